//! The model's latents and predictions for all samples, and the reconstruction of one.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;

use crate::ui::{Intent, JobView};
use ssvae_core::job::seconds_left;
use ssvae_core::training::message::LatentSnapshot;

/// The newest latents.
#[derive(Resource, Default)]
pub struct Latents {
    pub snapshot: Option<Arc<LatentSnapshot>>,
    encoding: Encoding,
}

/// Progress of encoding all samples outside a run.
#[derive(Clone, Copy, Debug, Default)]
enum Encoding {
    /// The latents belong to the model in memory.
    #[default]
    Done,
    /// This share, in 0..=1, and when it began.
    Running(f32, Instant),
    /// The latents belong to the previous model, or there are none.
    Stopped,
}

impl Latents {
    /// Version of the latents, 0 where there are none.
    pub fn version(&self) -> u64 {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.version)
    }

    /// The class that the model finds most probable for a sample.
    pub fn predicted(&self, serial: u32) -> Option<u8> {
        self.snapshot.as_ref()?.classes.get(serial as usize).copied()
    }

    pub fn replace(&mut self, snapshot: Arc<LatentSnapshot>) {
        self.snapshot = Some(snapshot);
        self.encoding = Encoding::Done;
    }

    /// Notes that so many samples have been encoded.
    pub fn note_encoding(&mut self, done: usize, of: usize) {
        let since = match self.encoding {
            Encoding::Running(_, since) => since,
            _ => Instant::now(),
        };
        self.encoding = Encoding::Running(done as f32 / of.max(1) as f32, since);
    }

    pub fn stop_encoding(&mut self) {
        self.encoding = Encoding::Stopped;
    }

    /// The progress of encoding as the panels show it.
    pub fn encoding_job(&self) -> Option<JobView> {
        match self.encoding {
            Encoding::Done => None,
            Encoding::Running(share, since) => Some(JobView {
                what: "Encoding the images".into(),
                share: Some(share),
                left: seconds_left(since.elapsed(), share),
                offer: Some(Intent::StopEncoding),
            }),
            Encoding::Stopped => Some(JobView {
                what: match self.snapshot {
                    Some(_) => "Encoding was stopped: the cloud still shows the previous model",
                    None => "Encoding was stopped: there is no cloud yet",
                }
                .into(),
                share: None,
                left: None,
                offer: Some(Intent::Encode),
            }),
        }
    }
}

/// Reconstruction of a sample by the model in memory: its serial and its pixels.
#[derive(Resource, Default)]
pub struct DecodedSample(pub Option<(u32, Arc<[f32]>)>);
