//! The images, and the progress of reading them.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;

use crate::ui::JobView;
use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::Dataset;
use ssvae_core::job::seconds_left;
use ssvae_core::printable;

/// The training images.
#[derive(Resource, Default)]
pub struct LoadedDataset {
    /// `None` before all are read.
    pub dataset: Option<Arc<Dataset>>,
    /// Share of the images that is read, in 0..=1, and when reading began.
    reading: Option<(f32, Instant)>,
}

impl LoadedDataset {
    /// Number of samples, 0 before they are read.
    pub fn samples(&self) -> usize {
        self.dataset.as_ref().map_or(0, |dataset| dataset.len())
    }

    /// How many classes there are, the usual number before they are read.
    pub fn classes(&self) -> ClassCount {
        let dataset = self.dataset.as_ref();
        dataset.map_or_else(ClassCount::default, |dataset| dataset.classes())
    }

    /// Whether the samples are vectors without images; not before they are read.
    pub fn is_vectors_alone(&self) -> bool {
        self.dataset.as_ref().is_some_and(|dataset| !dataset.has_images())
    }

    /// The name of the file with a vector for each sample, if there is one.
    pub fn vectors(&self) -> Option<String> {
        let name = self.dataset.as_ref()?.vectors_file()?.file_name()?;
        Some(printable::line(&name.to_string_lossy()))
    }

    /// Notes that so many bytes have been read.
    pub fn note_reading(&mut self, done: u64, of: u64) {
        let since = self.reading.map_or_else(Instant::now, |(_, since)| since);
        self.reading = Some((done as f32 / of.max(1) as f32, since));
    }

    /// The progress of reading as the panels show it.
    pub fn reading_job(&self) -> JobView {
        let (share, since) = self.reading.unzip();
        let share = share.unwrap_or(0.0);
        JobView {
            what: "Reading the images".into(),
            share: Some(share),
            left: since.and_then(|since| seconds_left(since.elapsed(), share)),
            offer: None,
        }
    }
}
