//! The images: IDX or `.npz` files on the disk → `u8` images → scaled `f32` batches.
//!
//! Images stay `u8`, grey or RGB, in memory; a batch is scaled when it is assembled. A sample is named by its serial, the
//! 0-based position in its split's file.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod array;
mod bytes;
mod error;
mod idx;
mod npz;
mod scaling;
#[cfg(test)]
mod tests;
mod watched;

use std::path::{Path, PathBuf};

pub use error::DatasetError;
pub use scaling::Scaling;

use crate::classes::{ClassCount, read_classes};
use crate::labels::count_classes;
use array::ByteArray;
use bytes::Bytes;
pub(crate) use watched::Progress;

/// Which half of the data set to open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// `train-*`: 60,000 images in MNIST.
    #[default]
    Train,
    /// `t10k-*`: 10,000 images in MNIST.
    Test,
}

impl Split {
    fn prefix(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "t10k",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "test",
        }
    }
}

/// Images of one split, of one shape, with the scaling that the model sees them through.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// `[n, height, width, channels]`, row-major.
    images: Bytes,
    shape: [usize; 3],
    true_labels: Option<Vec<u8>>,
    scaling: Scaling,
    classes: ClassCount,
    /// The file that tells how many classes there are.
    counted_in: Option<PathBuf>,
}

impl Dataset {
    /// Reads a split from the files in `dir`: IDX, plain or `.gz` (plain wins), or else `.npz`.
    ///
    /// Both splits are scaled as fitted on the training images, so `Split::Test` reads those too. There may be no true
    /// labels. There are as many classes as `classes.csv` and the training images' true labels ask for.
    ///
    /// # Errors
    /// A missing, unreadable or malformed file, splits of different image sizes, or labels that do not belong to the
    /// images.
    pub fn open(dir: &Path, split: Split) -> Result<Self, DatasetError> {
        Self::open_watched(dir, split, &mut |_, _| {})
    }

    /// The same; `progress` hears how many bytes of the images are read. Images that stay on the disk need no time.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn open_watched(dir: &Path, split: Split, progress: Progress) -> Result<Self, DatasetError> {
        if !dir.is_dir() {
            return Err(DatasetError::NoFolder { dir: dir.to_owned() });
        }
        let (mut images, mut labels) = read(dir, Split::Train, progress)?;
        // Whoever shows the names tells what is wrong with the file.
        let named = read_classes(dir).0.count();
        let named = named.map(|count| (count, dir.join("classes.csv")));
        let mut counted = named.max(labels.as_ref().and_then(counted_in));
        let shape = images.shape()?;
        let scaling = Scaling::fit(&images.data, shape.iter().product());
        if split == Split::Test {
            (images, labels) = read(dir, split, progress)?;
            counted = counted.or_else(|| labels.as_ref().and_then(counted_in));
            let [height, width, channels] = images.shape()?;
            if [height, width, channels] != shape {
                let colour = |channels| if channels == 3 { " in colour" } else { "" };
                let [train_height, train_width, train_channels] = shape;
                return Err(images.broken(format!(
                    "images of {height}×{width}{} beside training images of {train_height}×{train_width}{}",
                    colour(channels),
                    colour(train_channels)
                )));
            }
        }
        let (classes, counted_in) = counted.unzip();
        let classes = classes.unwrap_or_default();
        let true_labels = labels.map(|labels| checked_labels(labels, classes)).transpose()?;
        Ok(Self {
            shape,
            images: images.data,
            true_labels,
            scaling,
            classes,
            counted_in,
        })
    }

    /// The same; where no file of the data set tells how many classes there are, the user's labels do: see
    /// [`count_classes`].
    pub fn or_classes_of(self, labels: &Path) -> Self {
        if self.counted_in.is_some() {
            return self;
        }
        let classes = count_classes(labels, self.len());
        if classes.is_default() {
            return self;
        }
        Self {
            classes,
            counted_in: Some(labels.to_owned()),
            ..self
        }
    }

    /// A data set from grey images in memory, `[n, height, width]` row-major, with the scaling fitted on them. There are ten
    /// classes, or as many as its true labels ask for.
    ///
    /// # Panics
    /// If the images are not a whole number of `height * width` pixels, or the labels not one per image.
    pub fn from_images(images: Vec<u8>, size: [usize; 2], true_labels: Option<Vec<u8>>) -> Self {
        let pixels = size[0] * size[1];
        assert!(
            pixels > 0 && images.len().is_multiple_of(pixels),
            "images must be whole"
        );
        assert!(
            true_labels
                .as_ref()
                .is_none_or(|labels| labels.len() == images.len() / pixels),
            "one label per image"
        );
        let scaling = Scaling::fit(&images, pixels);
        let counted = true_labels
            .as_ref()
            .and_then(|labels| ClassCount::of(labels.iter().copied()));
        Self {
            images: images.into(),
            shape: [size[0], size[1], 1],
            true_labels,
            scaling,
            classes: counted.unwrap_or_default().max(ClassCount::default()),
            counted_in: None,
        }
    }

    /// The same images scaled by `x / 255` alone.
    pub fn unscaled(self) -> Self {
        Self {
            scaling: Scaling::unit(self.pixels()),
            ..self
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.images.len() / self.pixels()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Height and width of an image, and its channels: 1 for grey, 3 for RGB.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Rows of an image and values in a row, as the model sees it: a colour image has three values for each pixel.
    pub fn rows(&self) -> [usize; 2] {
        let [height, width, channels] = self.shape;
        [height, width * channels]
    }

    /// Values of an image, `height * width * channels`.
    pub fn pixels(&self) -> usize {
        self.shape.iter().product()
    }

    /// One image as it stands in the file, row-major `[height, width, channels]`; `None` outside the data set.
    pub fn image(&self, serial: u32) -> Option<&[u8]> {
        let start = (serial as usize).checked_mul(self.pixels())?;
        self.images.get(start..start.checked_add(self.pixels())?)
    }

    /// How many classes there are: see [`Self::open`] and [`Self::or_classes_of`]; ten where nothing tells.
    pub fn classes(&self) -> ClassCount {
        self.classes
    }

    /// The file that tells how many classes there are, if there is one.
    pub(crate) fn counted_in(&self) -> Option<&Path> {
        self.counted_in.as_deref()
    }

    /// The true class; `None` outside the data set and where there is no file of true labels.
    pub fn true_label(&self, serial: u32) -> Option<u8> {
        self.true_labels.as_ref()?.get(serial as usize).copied()
    }

    /// The map from pixels to what the model sees.
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// Assembles a batch: `out` becomes `[serials.len(), pixels]`, row-major, scaled. Its allocation is reused.
    ///
    /// # Panics
    /// If a serial lies outside the data set.
    #[expect(
        clippy::indexing_slicing,
        reason = "the serials are the program's own, and no file's"
    )]
    pub fn scaled_into(&self, serials: &[u32], out: &mut Vec<f32>) {
        let pixels = self.pixels();
        out.clear();
        out.reserve(serials.len() * pixels);
        for &serial in serials {
            let start = serial as usize * pixels;
            self.scaling.extend(&self.images[start..start + pixels], out);
        }
    }
}

/// Images of a split, and its true labels where there are any.
fn read(
    dir: &Path,
    split: Split,
    progress: Progress,
) -> Result<(ByteArray, Option<ByteArray>), DatasetError> {
    let prefix = split.prefix();
    if let Some(images) = idx::read_images(dir, prefix, progress)? {
        let labels = idx::read_labels(dir, prefix, images.count())?;
        return Ok((images, labels));
    }
    match npz::Npz::find(dir, split)? {
        Some(file) => {
            let images = file.images(progress)?;
            let labels = file.labels(images.count())?;
            Ok((images, labels))
        }
        None => Err(DatasetError::NoFile {
            dir: dir.to_owned(),
            name: format!("{prefix}-images-idx3-ubyte"),
        }),
    }
}

/// The number of classes of which these labels are, and their file.
fn counted_in(labels: &ByteArray) -> Option<(ClassCount, PathBuf)> {
    let count = ClassCount::of(labels.data.iter().copied())?;
    Some((count, labels.path.clone()))
}

fn checked_labels(labels: ByteArray, classes: ClassCount) -> Result<Vec<u8>, DatasetError> {
    let odd = (0..)
        .zip(labels.data.iter())
        .find(|&(_, &label): &(usize, _)| !classes.has(label));
    match odd {
        Some((serial, label)) => Err(labels.broken(format!(
            "label {label} of sample {serial} is not one of 0–{}, as those of the training images are",
            classes.last()
        ))),
        None => Ok(labels.data.to_vec()),
    }
}
