//! The samples nearest to the selected one, looked for beside the frames.

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use crate::cloud::Selected;
use crate::dataset::Dataset;
use crate::neighbours::{by_latent, by_pixels};
use crate::training::message::LatentSnapshot;

use super::progress::Progress;
use super::{Urgency, Wake};

/// As many as fit in a row of a wide panel.
const COUNT: usize = 12;

pub struct NeighboursPlugin;

impl Plugin for NeighboursPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Neighbours>()
            .add_systems(Update, (receive, ask).chain());
    }
}

/// Serials, the nearest first; empty while they are being looked for.
#[derive(Resource, Default)]
pub struct Neighbours {
    pub by_latent: Vec<u32>,
    pub by_pixels: Vec<u32>,
    /// Of which sample, by which version of the latents.
    of: Option<(u32, u64)>,
    task: Option<Task<Found>>,
}

/// By latents, and by pixels where they were looked for: a new model changes nothing about those.
struct Found {
    by_latent: Vec<u32>,
    by_pixels: Option<Vec<u32>>,
}

fn ask(
    selected: Res<Selected>,
    progress: Res<Progress>,
    wake: Res<Wake>,
    mut neighbours: ResMut<Neighbours>,
) {
    let (Some(serial), Some(snapshot), Some(dataset)) = (selected.0, &progress.snapshot, &progress.dataset)
    else {
        if neighbours.of.is_some() {
            *neighbours = Neighbours::default();
        }
        return;
    };
    let of = Some((serial, snapshot.version));
    if neighbours.of == of {
        return;
    }
    let same = neighbours.of.is_some_and(|(before, _)| before == serial);
    if !same {
        // Another sample's neighbours would mislead.
        neighbours.by_latent.clear();
        neighbours.by_pixels.clear();
    }
    neighbours.of = of;
    let known = same && !neighbours.by_pixels.is_empty();
    let (snapshot, dataset, wake) = (snapshot.clone(), dataset.clone(), wake.0.clone());
    neighbours.task = Some(AsyncComputeTaskPool::get().spawn(async move {
        let found = find(&snapshot, &dataset, serial, known);
        wake(if known { Urgency::News } else { Urgency::Answer });
        found
    }));
}

fn find(snapshot: &LatentSnapshot, dataset: &Dataset, serial: u32, known: bool) -> Found {
    Found {
        by_latent: by_latent(&snapshot.latents, snapshot.latent_dim, serial, COUNT),
        by_pixels: (!known).then(|| by_pixels(dataset, serial, COUNT)),
    }
}

fn receive(mut neighbours: ResMut<Neighbours>) {
    let Some(task) = &mut neighbours.task else {
        return;
    };
    if let Some(found) = block_on(poll_once(task)) {
        neighbours.task = None;
        neighbours.by_latent = found.by_latent;
        if let Some(by_pixels) = found.by_pixels {
            neighbours.by_pixels = by_pixels;
        }
    }
}
