//! The images: IDX, `.npz` or `.npy` files on the disk → `u8` images → scaled `f32` batches.
//!
//! Names tell which files hold what (`names`, `find`). A `source` gives the `head` of an array and its values in chunks;
//! its `layout` says where they belong in the images, and other values than bytes are stretched to them (`stretch`). Images stay `u8`, grey or RGB, in memory; a batch is scaled when it is assembled. A sample is named by its serial, the
//! 0-based position in its split's file.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod bytes;
mod error;
mod find;
mod head;
mod idx;
mod layout;
mod names;
mod number;
mod options;
mod pixels;
mod scaling;
mod source;
mod split;
mod stretch;
#[cfg(test)]
mod tests;
mod true_labels;
mod vectors;
mod vectors_error;
mod web_page;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::DatasetError;
pub use options::{OpenOptions, Transpose};
pub use scaling::Scaling;
pub use split::Split;
pub use vectors::{Vectors, is_vectors_file};
pub use vectors_error::VectorsError;

use crate::classes::{ClassCount, read_classes};
use crate::labels::count_classes;
use bytes::Bytes;
use find::{files, find, find_labels};
use pixels::file_name;
pub(crate) use source::Progress;
use source::Source;
use true_labels::FileLabels;

/// Images of one split, of one shape, with the scaling that the model sees them through; or vectors alone, without images.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Number of samples.
    count: usize,
    /// `[n, height, width, channels]`, row-major; empty where there are vectors alone.
    images: Bytes,
    /// All 0 where there are vectors alone.
    shape: [usize; 3],
    true_labels: Option<Vec<Option<u8>>>,
    scaling: Scaling,
    notes: Vec<String>,
    classes: ClassCount,
    /// The file that tells how many classes there are.
    counted_in: Option<PathBuf>,
    /// Number of training images, which the user labels.
    training_images: usize,
    /// The file with a vector for each of them.
    vectors: Option<PathBuf>,
    /// The vectors, where there are no images.
    alone: Option<Arc<Vectors>>,
}

impl Dataset {
    /// Reads a split from the files in `dir`: IDX, plain or packed (plain wins), or else `.npz` or `.npy`.
    ///
    /// Both splits are scaled as fitted on the training images, so `Split::Test` reads those too. There may be no true
    /// labels, and those that cannot be used are left out; [`Self::notes`] says why. There are as many classes as
    /// `classes.csv` and the training images' true labels ask for. Where no file is named as images are, the vectors of a
    /// file such as `features.npy` are the samples.
    ///
    /// # Errors
    /// A missing, unreadable or malformed file, what is not an array of images, or splits of different image sizes.
    pub fn open(dir: &Path, split: Split) -> Result<Self, DatasetError> {
        Self::open_with(dir, split, OpenOptions::default())
    }

    /// The same with options.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(dir: &Path, split: Split, options: OpenOptions) -> Result<Self, DatasetError> {
        Self::open_watched(dir, split, options, &mut |_, _| {})
    }

    /// The same; `progress` hears how many bytes of the images are read. What is read twice counts twice.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn open_watched(
        dir: &Path,
        split: Split,
        options: OpenOptions,
        progress: Progress,
    ) -> Result<Self, DatasetError> {
        if !dir.is_dir() {
            return Err(DatasetError::NoFolder { dir: dir.to_owned() });
        }
        let transpose = options.transpose;
        let (vectors, several) = vectors::find(&files(dir)?);
        let mut found = match (find(dir, Split::Train, None), &vectors) {
            (Err(DatasetError::NoFile { .. }), Some(path)) => {
                return Self::of_vectors(dir, path, split, several, progress);
            }
            (found, _) => found?,
        };
        let mut images = pixels::read(&found.images, transpose, None, progress)?;
        let shape = images.shape;
        let scaling = Scaling::fit(&images.data, shape.iter().product());
        let mut labels = labels(found.labels.as_ref(), images.count);
        let mut first = first(&labels);
        // Whoever shows the names tells what is wrong with the file.
        let named = read_classes(dir).0.count();
        let named = named.map(|count| (count, dir.join("classes.csv")));
        let (classes, counted_in) = named
            .max(counted_in(found.labels.as_ref(), &labels, first))
            .unzip();
        let training_images = images.count;
        if split == Split::Test {
            found = find(dir, split, Some(&found.family))?;
            images = pixels::read(&found.images, transpose, images.stretch, progress)?;
            if images.shape != shape {
                return Err(other_shape(found.images.path(), images.shape, shape));
            }
            labels = self::labels(found.labels.as_ref(), images.count);
            // The training labels say how both splits are counted.
            first = first.or(self::first(&labels));
        }
        // The training labels tell themselves how many classes there are.
        let among = match split {
            Split::Train => ClassCount::MOST,
            Split::Test => classes.unwrap_or(ClassCount::MOST),
        };
        let mut notes = found.notes;
        notes.append(&mut images.notes);
        notes.extend(several.filter(|_| split == Split::Train));
        let true_labels = true_labels(labels, first.unwrap_or_default(), among, "images", &mut notes);
        Ok(Self {
            count: images.count,
            shape,
            images: images.data,
            true_labels,
            scaling,
            notes,
            classes: classes.unwrap_or_default(),
            counted_in,
            training_images,
            vectors: vectors.filter(|_| split == Split::Train),
            alone: None,
        })
    }

    /// Vectors without images.
    fn of_vectors(
        dir: &Path,
        path: &Path,
        split: Split,
        several: Option<String>,
        progress: Progress,
    ) -> Result<Self, DatasetError> {
        if split == Split::Test {
            return Err(no_images(path, "a test"));
        }
        let vectors = vectors::read(path, None, progress)?;
        let count = vectors.len();
        let source = find_labels(dir)?;
        let labels = labels(source.as_ref(), count);
        let first = first(&labels);
        let named = read_classes(dir).0.count();
        let named = named.map(|count| (count, dir.join("classes.csv")));
        let (classes, counted_in) = named.max(counted_in(source.as_ref(), &labels, first)).unzip();
        let mut notes: Vec<String> = several.into_iter().collect();
        let first = first.unwrap_or_default();
        let true_labels = true_labels(labels, first, ClassCount::MOST, "vectors", &mut notes);
        Ok(Self {
            count,
            images: Vec::new().into(),
            shape: [0; 3],
            true_labels,
            scaling: Scaling::unit(0),
            notes,
            classes: classes.unwrap_or_default(),
            counted_in,
            training_images: count,
            vectors: Some(path.to_owned()),
            alone: Some(Arc::new(vectors)),
        })
    }

    /// Whether there are images, and not vectors alone.
    pub fn has_images(&self) -> bool {
        self.alone.is_none()
    }

    /// Fails where there are vectors alone; `what` is not done without images.
    ///
    /// # Errors
    /// [`DatasetError::Unfit`].
    pub fn need_images(&self, what: &str) -> Result<(), DatasetError> {
        match &self.alone {
            Some(vectors) => Err(no_images(vectors.path(), what)),
            None => Ok(()),
        }
    }

    /// The same; where no file of the data set tells how many classes there are, the user's labels do: see
    /// [`count_classes`].
    pub fn or_classes_of(self, labels: &Path) -> Self {
        if self.counted_in.is_some() {
            return self;
        }
        let classes = count_classes(labels, self.training_images);
        if classes.is_default() {
            return self;
        }
        Self {
            classes,
            counted_in: Some(labels.to_owned()),
            ..self
        }
    }

    /// A data set from images in memory, each of `shape`, `[height, width, channels]` row-major, with the scaling fitted on them.
    /// There are ten classes, or as many as its true labels ask for.
    ///
    /// # Panics
    /// If the images are not a whole number of this shape, or the labels not one per image.
    pub fn from_images(images: Vec<u8>, shape: [usize; 3], true_labels: Option<Vec<u8>>) -> Self {
        let pixels = shape.iter().product();
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
            count: images.len() / pixels,
            training_images: images.len() / pixels,
            images: images.into(),
            shape,
            true_labels: true_labels.map(|labels| labels.into_iter().map(Some).collect()),
            scaling,
            notes: Vec::new(),
            classes: counted.unwrap_or_default().max(ClassCount::default()),
            counted_in: None,
            vectors: None,
            alone: None,
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
        self.count
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.count == 0
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

    /// Values of an image, `height * width * channels`; 0 where there are vectors alone.
    pub fn pixels(&self) -> usize {
        self.shape.iter().product()
    }

    /// One image as it stands in the file, row-major `[height, width, channels]`; `None` outside the data set, and
    /// where there are vectors alone.
    pub fn image(&self, serial: u32) -> Option<&[u8]> {
        if !self.has_images() {
            return None;
        }
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

    /// The true class; `None` outside the data set and where there is no true label. It is one of [`Self::classes`], except
    /// that of a test image where the training images' files do not tell how many classes there are.
    pub fn true_label(&self, serial: u32) -> Option<u8> {
        self.true_labels.as_ref()?.get(serial as usize).copied().flatten()
    }

    /// The file with a vector for each training sample, if the folder holds one.
    pub fn vectors_file(&self) -> Option<&Path> {
        self.vectors.as_deref()
    }

    /// Reads vectors of the samples from a file, such as [`Self::vectors_file`]; `progress` hears how many bytes are read.
    ///
    /// # Errors
    /// A file that cannot be read, or holds anything but a finite vector for each sample.
    pub fn read_vectors(
        &self,
        path: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Arc<Vectors>, VectorsError> {
        match self.vectors_alone().filter(|vectors| vectors.path() == path) {
            Some(vectors) => Ok(vectors.clone()),
            None => vectors::read(path, Some(self.len()), progress).map(Arc::new),
        }
    }

    /// The vectors in memory, where there are no images.
    pub fn vectors_alone(&self) -> Option<&Arc<Vectors>> {
        self.alone.as_ref()
    }

    /// What was done to the files' values, and which files could not be used: a line each, for the user.
    pub fn notes(&self) -> &[String] {
        &self.notes
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

/// The true labels and the file's name, or why those that are there cannot be used; `None`: there are none.
type Labels = Option<Result<(String, FileLabels), String>>;

fn labels(source: Option<&Source>, samples: usize) -> Labels {
    let source = source?;
    let labels = FileLabels::read(source, samples);
    Some(
        labels
            .map(|labels| (file_name(source), labels))
            .map_err(|error| error.found()),
    )
}

/// The label of the first class.
fn first(labels: &Labels) -> Option<i64> {
    let (_, labels) = labels.as_ref()?.as_ref().ok()?;
    Some(labels.first())
}

/// How many classes the labels ask for, and their file.
fn counted_in(source: Option<&Source>, labels: &Labels, first: Option<i64>) -> Option<(ClassCount, PathBuf)> {
    let (_, labels) = labels.as_ref()?.as_ref().ok()?;
    let count = labels.count(first.unwrap_or_default())?;
    Some((count, source?.path().to_owned()))
}

/// The class of each of `what`, where `first` is the label of the first; `None`, with a line for the user, where the labels
/// cannot be used.
fn true_labels(
    labels: Labels,
    first: i64,
    among: ClassCount,
    what: &str,
    notes: &mut Vec<String>,
) -> Option<Vec<Option<u8>>> {
    let classes = labels?.and_then(|(file, labels)| {
        let classes = labels
            .classes(first, among)
            .map_err(|problem| format!("{file}: {problem}"))?;
        if let (1, Some(greatest)) = (first, labels.greatest()) {
            notes.push(format!("{file}: the labels 1…{greatest} are counted from 0 here"));
        }
        Ok(classes)
    });
    let left_out = |problem| format!("{problem}; the {what} are opened without true labels");
    classes
        .map_err(|problem: String| notes.push(left_out(problem)))
        .ok()
}

fn no_images(vectors: &Path, what: &str) -> DatasetError {
    DatasetError::Unfit {
        path: vectors.to_owned(),
        problem: format!("holds vectors, and {what} needs images"),
        mend: "put the images beside it".into(),
    }
}

fn other_shape(images: &Path, of_test: [usize; 3], of_training: [usize; 3]) -> DatasetError {
    let size = |[height, width, channels]: [usize; 3]| {
        let colour = if channels == 3 { " in colour" } else { "" };
        format!("{height}×{width}{colour}")
    };
    DatasetError::Unfit {
        path: images.to_owned(),
        problem: format!(
            "holds images of {} beside training images of {}",
            size(of_test),
            size(of_training)
        ),
        mend: "scale them alike".into(),
    }
}
