//! A data set of vectors alone: it has a cloud and no model.

use std::sync::Arc;

use crossbeam_channel::Receiver;

use crate::dataset::Vectors;
use crate::job::Job;
use crate::similarity::Similarity;
use crate::training::message::{Command, Event};
use crate::training::snapshot::{LatentSnapshot, empty_snapshot};

use super::event_sender::EventSender;

/// Why there is no model.
const NO_MODEL: &str = "the data set holds vectors and no images, which a model is trained on; put the images beside the vectors";

/// Shows what the vectors are compared by as the cloud, and refuses what needs a model until there is nobody left to answer.
pub(super) fn serve(vectors: &Vectors, commands: &Receiver<Command>, events: &EventSender) {
    if let Ok(features) = Similarity::features_of(vectors, &Job::new(|| {})) {
        let snapshot = LatentSnapshot {
            version: 1,
            latents: features.values().to_vec(),
            // No model says of what class a sample is.
            classes: Vec::new(),
            ..empty_snapshot(features.len(), features.dim())
        };
        events.send(Event::Latent(Arc::new(snapshot)));
    }
    events.send(Event::Tested(Err(NO_MODEL.into())));
    for command in commands {
        match command {
            Command::Train { .. } | Command::Reset { .. } | Command::BringBack(_) | Command::Save => {
                events.error(NO_MODEL.into());
            }
            _ => {}
        }
    }
}
