//! Two states of the model, compared in place: which they are, what is different, and the cloud on its way between them.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, block_on, poll_once};

use super::state::{Compared, Comparison, Loading, StateSource};
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::records::RunRecords;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::samples::classes::Classes;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::samples::projection::{Projection, positions_of};
use crate::bridge::sets::WorkerEventSystems;
use crate::bridge::sets::{ComparisonSystems, IntentSystems};
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::{LatentsReady, ModelReady, RunStarted};
use crate::cloud::CloudDimension;
use crate::cloud::ColorMode;
use crate::cloud::{Choose, Morph, PointFilter};
use crate::ui::{Cause, FeedbackKind, Intent, StateName};
use ssvae_core::evaluation::{Change, farthest_moves};
use ssvae_core::outputs::clouds::{Cloud, cloud_path, read};

/// Moves that are listed.
const MOVES: usize = 24;

/// Bytes of the clouds at epochs' ends that are kept, about.
const KEPT: usize = 64 << 20;

pub struct ComparisonPlugin;

impl Plugin for ComparisonPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Comparison>()
            .add_systems(PreUpdate, keep_states.after(WorkerEventSystems))
            .add_systems(
                Update,
                (obey, finish, project.in_set(ComparisonSystems))
                    .chain()
                    .after(IntentSystems),
            );
    }
}

/// Keeps the states of the run that is on. New latents end what was compared.
fn keep_states(
    mut models: MessageReader<ModelReady>,
    mut runs: MessageReader<RunStarted>,
    mut latents: MessageReader<LatentsReady>,
    mut comparison: ResMut<Comparison>,
    mut mode: ResMut<ColorMode>,
    mut filter: ResMut<PointFilter>,
) {
    if models.read().count() > 0 {
        comparison.before = None;
        comparison.epochs.clear();
    }
    if let Some(RunStarted { before }) = runs.read().last() {
        comparison.before.clone_from(before);
        comparison.epochs.clear();
    }
    for LatentsReady { snapshot, epoch } in latents.read() {
        if comparison.shown.is_some() {
            comparison.end(&mut mode, &mut filter);
        }
        // Of a run that has just ended, the last epoch may come with the start of the next run.
        let before = comparison.before.as_ref().map_or(0, |before| before.version);
        if let Some(epoch) = epoch.filter(|_| snapshot.version > before) {
            let bytes = 4 * snapshot.latents.len() + 9 * snapshot.classes.len();
            comparison.epochs.push((epoch, snapshot.clone()));
            if comparison.epochs.len() > 4 && comparison.epochs.len() * bytes > KEPT {
                let mut number = 0;
                comparison.epochs.retain(|_| {
                    number += 1;
                    number % 2 == 0
                });
            }
        }
    }
}

fn obey(
    mut intents: MessageReader<UserIntent>,
    (latents, records, dataset): (Res<Latents>, Res<RunRecords>, Res<LoadedDataset>),
    (start, wake): (Res<Start>, Res<Wake>),
    mut comparison: ResMut<Comparison>,
    mut mode: ResMut<ColorMode>,
    mut filter: ResMut<PointFilter>,
    mut feedback: ResMut<Feedback>,
    mut morph: ResMut<Morph>,
    mut choose: MessageWriter<Choose>,
) {
    for UserIntent(intent) in intents.read() {
        let comparison = &mut *comparison;
        let wanted = match intent {
            Intent::ChangedSinceRun if comparison.shown.is_some() || comparison.is_loading() => {
                comparison.end(&mut mode, &mut filter);
                continue;
            }
            Intent::ChangedSinceRun => [StateName::BeforeRun, StateName::Now],
            Intent::SetColorMode(ColorMode::Changed) if comparison.shown.is_none() => {
                [StateName::BeforeRun, StateName::Now]
            }
            Intent::CompareStates(names) => names.clone(),
            Intent::EndComparison => {
                comparison.end(&mut mode, &mut filter);
                continue;
            }
            Intent::Morph(share) => {
                if let Some(shown) = &mut comparison.shown {
                    let nearer = shown.nearer();
                    shown.share = *share;
                    morph.0 = *share;
                    comparison.revision += u64::from(shown.nearer() != nearer);
                }
                continue;
            }
            Intent::ChooseChanged(classes) => {
                if let Some(shown) = &comparison.shown {
                    let before = &shown.clouds[0].classes;
                    let wanted =
                        |serial: usize, after: u8| classes.is_none_or(|pair| pair == (before[serial], after));
                    let changed = shown.change.changed.iter().enumerate();
                    let serials = changed
                        .filter_map(|(serial, after)| wanted(serial, (*after)?).then_some(serial as u32));
                    choose.write(Choose(serials.collect()));
                }
                continue;
            }
            _ => continue,
        };
        let sources = wanted
            .each_ref()
            .map(|name| comparison.source(name, &latents, &records));
        let [Some(one), Some(other)] = sources else {
            if *mode == ColorMode::Changed {
                *mode = ColorMode::default();
            }
            feedback.say(
                "Nothing to compare with: no state from before the last run is kept. Train first.",
                FeedbackKind::Info,
            );
            continue;
        };
        let samples = dataset.samples();
        let (runs, wake) = (start.options.runs.clone(), wake.0.clone());
        let task = AsyncComputeTaskPool::get().spawn(async move {
            let load = |source| match source {
                StateSource::Memory(snapshot) => Ok(Arc::new(Cloud::new(&snapshot, &[]))),
                StateSource::Run(id) => read(&cloud_path(&runs, &id), samples)
                    .map(Arc::new)
                    .map_err(|error| error.to_string()),
            };
            let clouds = load(one).and_then(|one| Ok([one, load(other)?]));
            wake(Urgency::Answer);
            clouds
        });
        comparison.loading = Some(Loading {
            since: Instant::now(),
            names: wanted,
            task,
        });
    }
}

/// Shows what was loaded.
fn finish(
    mut comparison: ResMut<Comparison>,
    mut mode: ResMut<ColorMode>,
    mut problems: ResMut<ProblemCards>,
    mut morph: ResMut<Morph>,
    classes: Res<Classes>,
    mut log: MessageWriter<Log>,
) {
    let Some(loading) = &mut comparison.loading else {
        return;
    };
    let Some(clouds) = block_on(poll_once(&mut loading.task)) else {
        return;
    };
    let Some(Loading { since, names, .. }) = comparison.loading.take() else {
        return;
    };
    let clouds = match clouds {
        Ok(clouds) => clouds,
        Err(message) => {
            problems.report(Cause::Worker, message);
            return;
        }
    };
    let change = Change::between(&clouds[0].classes, &clouds[1].classes, classes.count());
    log.write(Log(LogEntry::Changes {
        from: names[0].to_string(),
        to: names[1].to_string(),
        changed: change.count(),
        ms: since.elapsed().as_millis() as u64,
    }));
    if *mode != ColorMode::Changed {
        comparison.mode = Some(*mode);
        *mode = ColorMode::Changed;
    }
    morph.0 = 1.0;
    comparison.shown = Some(Compared {
        names,
        clouds,
        change,
        positions: Default::default(),
        dimension: None,
        moves: Vec::new(),
        share: 1.0,
    });
}

/// Finds where the points of both states are shown, as the cloud of now is turned.
fn project(dimension: Res<CloudDimension>, fed: Res<Projection>, mut comparison: ResMut<Comparison>) {
    let Some(shown) = &comparison.shown else {
        return;
    };
    if shown.dimension == Some(*dimension) {
        return;
    }
    comparison.revision += 1;
    let Some(shown) = &mut comparison.shown else {
        return;
    };
    shown.dimension = Some(*dimension);
    shown.positions = shown.clouds.each_ref().map(|cloud| {
        let mut projector = fed.projector.clone();
        Arc::new(positions_of(
            &mut projector,
            (&cloud.latents, cloud.latent_dim),
            dimension.axes(),
        ))
    });
    let [before, after] = shown.positions.each_ref().map(|positions| {
        positions
            .iter()
            .map(|position| position.to_array())
            .collect::<Vec<[f32; 3]>>()
    });
    let finite = shown.positions[1].iter().filter(|position| position.is_finite());
    let (least, most) = finite.fold(
        (Vec3::INFINITY, Vec3::NEG_INFINITY),
        |(least, most), &position| (least.min(position), most.max(position)),
    );
    let width = (most - least).max_element().max(f32::MIN_POSITIVE);
    shown.moves = farthest_moves(&before, &after, MOVES);
    for (_, way) in &mut shown.moves {
        *way /= width;
    }
}
