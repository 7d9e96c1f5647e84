//! Two states of the model, compared in place: which they are, what is different, and the cloud on its way between them.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use crate::bridge::log::entry::LogEntry;
use crate::cloud::camera::orbit::CloudDimension;
use crate::cloud::style::palette::ColorMode;
use crate::cloud::{Choose, Morph, Shown};
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::{Intent, StateName};
use crate::ui::problem::Cause;
use ssvae_core::evaluation::{Change, farthest_moves};
use ssvae_core::filter::Source;
use ssvae_core::outputs::clouds::{Cloud, cloud_path, read};
use ssvae_core::training::message::{Event, LatentSnapshot};

use super::progress::Progress;
use super::worker::FromWorker;
use crate::bridge::log::writer::Log;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::intents::{Requests, UserIntent};
use crate::bridge::samples::projection_sync::{Fed, positions_of};
use crate::bridge::{Start, Urgency, Wake};

/// Moves that are listed.
const MOVES: usize = 24;

/// Bytes of the clouds at epochs' ends that are kept, about.
const KEPT: usize = 64 << 20;

pub struct ComparisonPlugin;

impl Plugin for ComparisonPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Comparison>()
            .add_systems(PreUpdate, remember)
            .add_systems(Update, (obey, finish, project).chain().after(Requests));
    }
}

/// What is compared, and what could be.
#[derive(Resource, Default)]
pub struct Comparison {
    pub shown: Option<Compared>,
    loading: Option<Loading>,
    /// The cloud before the last run of this session, and at the ends of its epochs, by their numbers within the model.
    before: Option<Arc<LatentSnapshot>>,
    epochs: Vec<(usize, Arc<LatentSnapshot>)>,
    /// Whether the next cloud is that of an epoch's end, and of which.
    ends: Option<usize>,
    /// The colours before.
    mode: Option<ColorMode>,
    /// Rises with what is shown.
    revision: u64,
}

/// Two states side by side.
pub struct Compared {
    pub names: [StateName; 2],
    clouds: [Arc<Cloud>; 2],
    pub change: Change,
    /// Where the points are shown in both, and in how many dimensions.
    positions: [Arc<Vec<Vec3>>; 2],
    dimension: Option<CloudDimension>,
    /// Samples that have moved farthest, with their ways as shares of the cloud's width.
    pub moves: Vec<(u32, f32)>,
    /// How far between the two, in 0..=1.
    pub share: f32,
}

struct Loading {
    since: Instant,
    names: [StateName; 2],
    task: Task<Result<[Arc<Cloud>; 2], String>>,
}

/// Where a state is found.
enum Place {
    WeightsProvenance(Arc<LatentSnapshot>),
    /// Beside the record of this run.
    Run(String),
}

impl Compared {
    /// The state that the points are nearer to: its place in the arrays.
    fn nearer(&self) -> usize {
        usize::from(self.share >= 0.5)
    }

    /// The one whose classes are shown.
    pub fn cloud(&self) -> &Cloud {
        &self.clouds[self.nearer()]
    }

    /// Where the points come from and where they go, once that is known in so many dimensions.
    pub fn positions(&self, dimension: CloudDimension) -> Option<&[Arc<Vec<Vec3>>; 2]> {
        (self.dimension == Some(dimension)).then_some(&self.positions)
    }
}

impl Comparison {
    /// Rises whenever the cloud has to be fed anew.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// What a sample has become, where that is another class.
    pub fn changed(&self, serial: u32) -> Option<u8> {
        let shown = self.shown.as_ref()?;
        shown.change.changed.get(serial as usize).copied().flatten()
    }

    /// What can be compared: the newest first.
    pub fn states(&self, progress: &Progress) -> Vec<StateName> {
        let mut states = vec![StateName::Now];
        if self.before_the_last_run(progress).is_some() {
            states.push(StateName::BeforeRun);
        }
        states.extend(
            self.epochs
                .iter()
                .rev()
                .map(|&(epoch, _)| StateName::Epoch(epoch)),
        );
        let runs = progress.runs.iter().rev();
        let kept = runs.filter(|run| progress.stored.clouds.contains(&run.id));
        states.extend(kept.map(|run| StateName::Run(run.id.clone())));
        states
    }

    /// In memory, or else what the run before the last one has left behind, where the last one went on from it.
    fn before_the_last_run(&self, progress: &Progress) -> Option<Place> {
        if let Some(before) = &self.before {
            return Some(Place::WeightsProvenance(before.clone()));
        }
        let last = progress.runs.iter().rposition(|run| !run.states.is_empty())?;
        let began_with = &progress.runs[last].began_with;
        let runs_before = progress.runs[..last].iter().rev();
        let before = runs_before
            .filter(|run| progress.stored.clouds.contains(&run.id))
            .find(|run| run.states.last() == Some(began_with))?;
        Some(Place::Run(before.id.clone()))
    }

    fn place(&self, name: &StateName, progress: &Progress) -> Option<Place> {
        match name {
            StateName::Now => progress.snapshot.clone().map(Place::WeightsProvenance),
            StateName::BeforeRun => self.before_the_last_run(progress),
            StateName::Epoch(epoch) => {
                let found = self.epochs.iter().find(|kept| kept.0 == *epoch)?;
                Some(Place::WeightsProvenance(found.1.clone()))
            }
            StateName::Run(id) => {
                let kept = progress.stored.clouds.contains(id);
                kept.then(|| Place::Run(id.clone()))
            }
        }
    }

    fn end(&mut self, mode: &mut ColorMode, filter: &mut Shown) {
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

/// Keeps the states of the run that is on. A new cloud ends what was compared.
fn remember(
    mut events: MessageReader<FromWorker>,
    progress: Res<Progress>,
    mut comparison: ResMut<Comparison>,
    mut mode: ResMut<ColorMode>,
    mut filter: ResMut<Shown>,
) {
    for FromWorker(event) in events.read() {
        match event {
            Event::ModelReady { .. } => {
                comparison.before = None;
                comparison.epochs.clear();
            }
            Event::TrainingStarted { .. } => {
                comparison.before.clone_from(&progress.snapshot);
                comparison.epochs.clear();
            }
            Event::Epoch(metrics) => comparison.ends = Some(progress.epochs_before() + metrics.epoch),
            Event::Latent(snapshot) => {
                if comparison.shown.is_some() {
                    comparison.end(&mut mode, &mut filter);
                }
                if let Some(epoch) = comparison.ends.take() {
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
            _ => {}
        }
    }
}

fn obey(
    mut asked: MessageReader<UserIntent>,
    (progress, start, wake): (Res<Progress>, Res<Start>, Res<Wake>),
    mut comparison: ResMut<Comparison>,
    mut mode: ResMut<ColorMode>,
    mut filter: ResMut<Shown>,
    mut feedback: ResMut<Feedback>,
    mut morph: ResMut<Morph>,
    mut choose: MessageWriter<Choose>,
) {
    for UserIntent(intent) in asked.read() {
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
        let places = wanted.each_ref().map(|name| comparison.place(name, &progress));
        let [Some(one), Some(other)] = places else {
            if *mode == ColorMode::Changed {
                *mode = ColorMode::default();
            }
            feedback.say(
                "Nothing to compare with: no state from before the last run is kept. Train first.",
                FeedbackKind::Info,
            );
            continue;
        };
        let samples = progress.dataset.as_ref().map_or(0, |dataset| dataset.len());
        let (runs, wake) = (start.args.common.runs.clone(), wake.0.clone());
        let task = AsyncComputeTaskPool::get().spawn(async move {
            let load = |place| match place {
                Place::WeightsProvenance(snapshot) => Ok(Arc::new(Cloud::new(&snapshot, &[]))),
                Place::Run(id) => read(&cloud_path(&runs, &id), samples)
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
    mut progress: ResMut<Progress>,
    mut morph: ResMut<Morph>,
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
            progress.report(Cause::Worker, message);
            return;
        }
    };
    let change = Change::between(&clouds[0].classes, &clouds[1].classes);
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
pub(crate) fn project(dimension: Res<CloudDimension>, fed: Res<Fed>, mut comparison: ResMut<Comparison>) {
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
