//! The images: IDX files on the disk → `u8` images in memory → scaled `f32` batches.
//!
//! Images stay `u8` (47 MB for MNIST); a batch is scaled when it is assembled. A sample is named by its serial, the
//! 0-based position in its split's file.

mod idx;
mod scaling;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use scaling::Scaling;

use crate::model::config::CLASSES;
use idx::IdxFile;

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
}

/// Why a data set could not be opened; each message names the file and the mend.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{}: no such folder; point --data-dir at the folder with MNIST's IDX files", dir.display())]
    NoFolder { dir: PathBuf },
    #[error("{}: holds neither {name} nor {name}.gz; put the file there or point --data-dir at another folder", dir.display())]
    NoFile { dir: PathBuf, name: String },
    #[error("{}: cannot be read ({source}); check the file or point --data-dir at another folder", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {problem}; fetch the file again or point --data-dir at another folder", path.display())]
    Broken { path: PathBuf, problem: String },
}

/// Images of one split, of one size, with the scaling that the model sees them through.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// `[n, height, width]`, row-major.
    images: Vec<u8>,
    size: [usize; 2],
    true_labels: Option<Vec<u8>>,
    scaling: Scaling,
}

impl Dataset {
    /// Reads a split from the IDX files in `dir`, plain or `.gz` (plain wins).
    ///
    /// Both splits are scaled as fitted on the training images, so `Split::Test` reads those too. The file with the
    /// true labels may be absent.
    ///
    /// # Errors
    /// A missing, unreadable or malformed file, splits of different image sizes, or labels that do not belong to the
    /// images.
    pub fn open(dir: &Path, split: Split) -> Result<Self, DatasetError> {
        if !dir.is_dir() {
            return Err(DatasetError::NoFolder { dir: dir.to_owned() });
        }
        let train = idx::read_images(dir, Split::Train.prefix())?;
        let scaling = Scaling::fit(&train.data, train.pixels());
        let images = match split {
            Split::Train => train,
            Split::Test => {
                let test = idx::read_images(dir, split.prefix())?;
                if test.size() != train.size() {
                    let [height, width] = test.size();
                    let [train_height, train_width] = train.size();
                    return Err(test.broken(format!(
                        "images of {height}×{width} beside training images of {train_height}×{train_width}"
                    )));
                }
                test
            }
        };
        let true_labels = idx::read_labels(dir, split.prefix())?
            .map(|labels| checked_labels(labels, images.count()))
            .transpose()?;
        Ok(Self {
            size: images.size(),
            images: images.data,
            true_labels,
            scaling,
        })
    }

    /// A data set from images in memory, `[n, height, width]` row-major, with the scaling fitted on them.
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
        Self {
            images,
            size,
            true_labels,
            scaling,
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

    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Rows of an image.
    pub fn height(&self) -> usize {
        self.size[0]
    }

    /// Columns of an image.
    pub fn width(&self) -> usize {
        self.size[1]
    }

    /// Pixels of an image, `height * width`.
    pub fn pixels(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// One image as it stands in the file, row-major `[height, width]`; `None` outside the data set.
    pub fn image(&self, serial: u32) -> Option<&[u8]> {
        let start = (serial as usize).checked_mul(self.pixels())?;
        self.images.get(start..start.checked_add(self.pixels())?)
    }

    /// The true class, in 0..10; `None` outside the data set and where there is no file of true labels.
    pub fn true_label(&self, serial: u32) -> Option<u8> {
        self.true_labels.as_ref()?.get(serial as usize).copied()
    }

    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// Assembles a batch: `out` becomes `[serials.len(), pixels]`, row-major, scaled. Its allocation is reused.
    ///
    /// # Panics
    /// If a serial lies outside the data set.
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

fn checked_labels(labels: IdxFile, images: usize) -> Result<Vec<u8>, DatasetError> {
    if labels.count() != images {
        return Err(labels.broken(format!("{} labels for {images} images", labels.count())));
    }
    match labels
        .data
        .iter()
        .position(|&label| usize::from(label) >= CLASSES)
    {
        Some(serial) => Err(labels.broken(format!(
            "label {} of sample {serial} is not one of 0–9",
            labels.data[serial]
        ))),
        None => Ok(labels.data),
    }
}
