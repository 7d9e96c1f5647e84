//! Which states of the model are compared, and which could be.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;
use bevy::tasks::Task;

use crate::bridge::model::latents::Latents;
use crate::bridge::model::records::RunRecords;
use crate::cloud::{CloudDimension, ColorMode, PointFilter};
use crate::ui::StateName;
use ssvae_core::evaluation::Change;
use ssvae_core::filter::Source;
use ssvae_core::outputs::clouds::Cloud;
use ssvae_core::training::message::LatentSnapshot;

/// The states that are compared, and those that could be.
#[derive(Resource, Default)]
pub struct Comparison {
    /// The comparison that the cloud shows.
    pub shown: Option<Compared>,
    pub(super) loading: Option<Loading>,
    /// The latents before the last run since the start, and at the ends of its epochs, by their numbers within the model.
    pub(super) before: Option<Arc<LatentSnapshot>>,
    pub(super) epochs: Vec<(usize, Arc<LatentSnapshot>)>,
    /// The colour mode before the comparison.
    pub(super) mode: Option<ColorMode>,
    /// Rises whenever the displayed comparison changes.
    pub(super) revision: u64,
}

/// Two states side by side.
pub struct Compared {
    pub names: [StateName; 2],
    pub(super) clouds: [Arc<Cloud>; 2],
    pub change: Change,
    /// Displayed positions in both states, and the number of dimensions they are for.
    pub(super) positions: [Arc<Vec<Vec3>>; 2],
    pub(super) dimension: Option<CloudDimension>,
    /// Samples that moved farthest, with their distances as shares of the cloud's width.
    pub moves: Vec<(u32, f32)>,
    /// How far between the two, in 0..=1.
    pub share: f32,
}

/// States whose latents are being read from the disk.
pub(super) struct Loading {
    pub(super) since: Instant,
    pub(super) names: [StateName; 2],
    pub(super) task: Task<Result<[Arc<Cloud>; 2], String>>,
}

/// Where a state is found.
pub(super) enum StateSource {
    Memory(Arc<LatentSnapshot>),
    /// Beside the record of this run.
    Run(String),
}

impl Compared {
    /// Index of the state that the points are nearer to.
    pub(super) fn nearer(&self) -> usize {
        usize::from(self.share >= 0.5)
    }

    /// The state whose classes are shown.
    pub fn cloud(&self) -> &Cloud {
        &self.clouds[self.nearer()]
    }

    /// Displayed positions in both states, once they are computed for this dimension.
    pub fn positions(&self, dimension: CloudDimension) -> Option<&[Arc<Vec<Vec3>>; 2]> {
        (self.dimension == Some(dimension)).then_some(&self.positions)
    }
}

impl Comparison {
    /// Rises whenever the cloud needs new positions.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// The class of a sample in the second state, if it differs from the first.
    pub fn changed(&self, serial: u32) -> Option<u8> {
        let shown = self.shown.as_ref()?;
        shown.change.changed.get(serial as usize).copied().flatten()
    }

    /// The states that can be compared, the newest first.
    pub fn states(&self, records: &RunRecords) -> Vec<StateName> {
        let mut states = vec![StateName::Now];
        if self.before_the_last_run(records).is_some() {
            states.push(StateName::BeforeRun);
        }
        states.extend(
            self.epochs
                .iter()
                .rev()
                .map(|&(epoch, _)| StateName::Epoch(epoch)),
        );
        let runs = records.runs.iter().rev();
        let kept = runs.filter(|run| records.stored.clouds.contains(&run.id));
        states.extend(kept.map(|run| StateName::Run(run.id.clone())));
        states
    }

    /// Latents in memory, or else those of the run that the last one continued.
    pub(super) fn before_the_last_run(&self, records: &RunRecords) -> Option<StateSource> {
        if let Some(before) = &self.before {
            return Some(StateSource::Memory(before.clone()));
        }
        let last = records.runs.iter().rposition(|run| !run.states.is_empty())?;
        let began_with = &records.runs[last].began_with;
        let runs_before = records.runs[..last].iter().rev();
        let before = runs_before
            .filter(|run| records.stored.clouds.contains(&run.id))
            .find(|run| run.states.last() == Some(began_with))?;
        Some(StateSource::Run(before.id.clone()))
    }

    /// Where the latents of a state are found; `None` if they are not kept.
    pub(super) fn source(
        &self,
        name: &StateName,
        latents: &Latents,
        records: &RunRecords,
    ) -> Option<StateSource> {
        match name {
            StateName::Now => latents.snapshot.clone().map(StateSource::Memory),
            StateName::BeforeRun => self.before_the_last_run(records),
            StateName::Epoch(epoch) => {
                let found = self.epochs.iter().find(|kept| kept.0 == *epoch)?;
                Some(StateSource::Memory(found.1.clone()))
            }
            StateName::Run(id) => {
                let kept = records.stored.clouds.contains(id);
                kept.then(|| StateSource::Run(id.clone()))
            }
        }
    }

    /// Ends the comparison and gives the cloud back its colours and its filter.
    pub(super) fn end(&mut self, mode: &mut ColorMode, filter: &mut PointFilter) {
        self.loading = None;
        if self.shown.take().is_none() {
            return;
        }
        self.revision += 1;
        let without = filter.0.with_all_of(Source::Changed);
        if without != filter.0 {
            filter.0 = without;
        }
        if *mode == ColorMode::Changed {
            *mode = self.mode.take().unwrap_or_default();
        }
    }
}
