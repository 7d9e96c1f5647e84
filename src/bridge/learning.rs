//! What follows from the labels: asked of [`ssvae_core::active_learning`] when anything changes, and shown when it is answered.

use std::sync::Arc;

use bevy::prelude::*;

use super::log::entry::LogEntry;
use crate::cloud::{CloudSystems, ReplaceSuggestions, ReplaceUserLabels, Selected, Suggestions};
use crate::ui::intent::Intent;
use crate::ui::problem::Cause;
use crate::ui::run_state::RunState;
use crate::ui::widgets::jobs::JobView;
use ssvae_core::acquisition::Strategy;
use ssvae_core::active_learning::{ActiveLearning, Basis, News, Request};
use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::job::Job;
use ssvae_core::labels::Labels;
use ssvae_core::model::config::{TargetKind, TrainingConfig};
use ssvae_core::propagation::{Doubt, Propagated};
use ssvae_core::similarity::Similarity;
use ssvae_core::training::message::{Command, Event};
use ssvae_core::training::targets::Targets;

use super::labels::labelling::{LabelSystems, UserLabels};
use super::log::writer::Log;
use super::model::progress::Progress;
use super::model::worker::{FromWorker, ToWorker};
use super::panels::intents::{Requests, UserIntent};
use super::queue::{GoThrough, Visits};
use super::samples::sample_query::LabelChanged;
use super::{Start, Urgency, Wake};

pub struct LearningPlugin;

impl Plugin for LearningPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Learning>()
            .init_resource::<Acquisition>()
            .add_message::<Suggested>()
            .add_systems(PreUpdate, receive)
            .add_systems(Update, (begin, obey, begin_runs).chain().after(Requests))
            .add_systems(Update, note_labels.after(LabelSystems).before(GoThrough))
            .add_systems(PostUpdate, (ask, show).chain().after(CloudSystems::Selection));
    }
}

/// How the samples are scored, and by what they are compared.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acquisition {
    pub strategy: Strategy,
    pub basis: Basis,
}

/// Something new is known of the samples.
#[derive(Message, Clone, Copy, Debug)]
pub struct Suggested;

/// What is known, and what was asked.
#[derive(Resource, Default)]
pub struct Learning {
    thread: Option<ActiveLearning>,
    pub similarity: Option<Similarity>,
    pub propagated: Option<Arc<Propagated>>,
    /// It against the data set's own labels, where it has some.
    pub evaluation: Option<Arc<Evaluation>>,
    /// Number of labels that it is from.
    pub labels: usize,
    /// Rises with what is propagated.
    pub version: u64,
    scores: Option<Arc<Vec<f32>>>,
    /// See [`News::Scored`].
    ranks: Option<Arc<Vec<f32>>>,
    expected: Option<Expected>,
    /// The labels, the most doubtful first.
    pub doubts: Arc<Vec<Doubt>>,
    /// Rises with the scores.
    pub scored: u64,
    /// Revision of the labels that they are by.
    ranked: u64,
    /// Samples that were labelled since, each with the revision of its label.
    since: Vec<(u64, u32)>,
    /// The last sample that was labelled.
    last: Option<u32>,
    building: Option<Job>,
    /// Why there is no graph, and none is being built.
    without: Option<&'static str>,
    /// Revision of the labels, and of what is propagated.
    revision: u64,
    answered: u64,
    attempt: u64,
    information: Option<(u64, Arc<Vec<f32>>)>,
    /// The model's weights, of which version of the cloud, and of which they were asked for.
    weights: Option<(u64, Arc<Checkpoint>)>,
    weights_asked: Option<u64>,
    asked: Option<Wanted>,
    /// A run that begins when what it is taught has been propagated.
    waiting: Option<TrainingConfig>,
}

/// See [`News::Expected`].
struct Expected {
    serial: u32,
    scores: Arc<Vec<f32>>,
    revision: u64,
}

/// What an answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted {
    revision: u64,
    acquisition: Acquisition,
    attempt: u64,
    snapshot: u64,
    information: u64,
    looked_at: Option<u32>,
}

impl Learning {
    /// Score of each sample, where there are scores: those that were expected, when the label that they expect is there and
    /// has not been answered yet.
    pub fn scores(&self, labels: &Labels) -> Option<&[f32]> {
        let expected = self.expected.as_ref();
        let expected = expected.filter(|expected| labels.get(expected.serial).is_some());
        let scores = expected.map(|expected| &expected.scores).or(self.scores.as_ref());
        scores.map(|scores| scores.as_slice())
    }

    pub fn has_scores(&self) -> bool {
        self.scores.is_some()
    }

    /// Whether a label of this sample puts others in front at once.
    pub fn expects(&self, serial: u32) -> bool {
        self.expected
            .as_ref()
            .is_some_and(|expected| expected.serial == serial)
    }

    /// The share of the samples with no higher score than this one's, 0 without scores.
    pub fn rank(&self, serial: u32) -> f32 {
        let ranks = self.ranks.as_ref();
        ranks
            .and_then(|ranks| ranks.get(serial as usize).copied())
            .unwrap_or(0.0)
    }

    /// Whether the samples are to be ranked anew by labels that neither scores nor expected scores know.
    pub fn is_behind(&self) -> bool {
        let expected = |expected: &Expected| {
            expected.revision + 1 == self.revision && self.since.iter().all(|pair| pair.1 == expected.serial)
        };
        let ranked = self.ranked == self.revision || self.expected.as_ref().is_some_and(expected);
        self.scores.is_some() && self.thread.is_some() && !ranked
    }

    /// Samples that were labelled since they were scored, and the last one: what is like them is offered later.
    pub fn avoided(&self) -> Vec<u32> {
        self.since.iter().map(|pair| pair.1).chain(self.last).collect()
    }

    /// Whether what is propagated is by the labels as they are.
    pub fn is_up_to_date(&self) -> bool {
        self.answered == self.revision
    }

    /// Whether a graph is there or will be.
    pub fn is_coming(&self) -> bool {
        self.thread.is_some() && self.without.is_none()
    }

    /// What goes on, as the overlay shows it.
    pub fn job(&self) -> Option<JobView> {
        if let Some(job) = &self.building {
            return Some(JobView {
                what: "Comparing the images".into(),
                share: Some(job.share()),
                left: job.left(),
                offer: Some(Intent::StopComparing),
            });
        }
        self.without.map(|why| JobView {
            what: why.into(),
            share: None,
            left: None,
            offer: (why == STOPPED).then_some(Intent::Compare),
        })
    }

    /// Goes on as without a graph.
    #[cfg(test)]
    pub fn stop(&mut self) {
        self.thread = None;
        self.building = None;
        self.without = Some(STOPPED);
        self.forget();
    }

    fn forget(&mut self) {
        self.similarity = None;
        self.propagated = None;
        self.evaluation = None;
        self.scores = None;
        self.expected = None;
        self.doubts = Arc::default();
        self.version += 1;
        self.scored += 1;
    }
}

const STOPPED: &str = "The images are not compared: nothing is propagated";

fn begin(mut events: MessageReader<FromWorker>, wake: Res<Wake>, mut learning: ResMut<Learning>) {
    for FromWorker(event) in events.read() {
        match event {
            Event::Dataset(dataset) => {
                let wake = wake.0.clone();
                learning.forget();
                learning.asked = None;
                learning.thread = Some(ActiveLearning::start(dataset.clone(), move || {
                    wake(Urgency::Answer)
                }));
            }
            Event::Weights { version, state } => learning.weights = Some((*version, state.clone())),
            Event::Information { version, values } => {
                learning.information = Some((*version, values.clone()));
            }
            _ => {}
        }
    }
}

fn obey(
    mut asked: MessageReader<UserIntent>,
    mut acquisition: ResMut<Acquisition>,
    mut learning: ResMut<Learning>,
) {
    for UserIntent(intent) in asked.read() {
        match intent {
            Intent::SetStrategy(strategy) => acquisition.strategy = *strategy,
            Intent::SetBasis(basis) => acquisition.basis = *basis,
            Intent::StopComparing => {
                if let Some(job) = &learning.building {
                    job.cancel();
                }
            }
            Intent::Compare => {
                learning.attempt += 1;
                learning.without = None;
            }
            _ => {}
        }
    }
}

/// Starts runs, each when what it is taught is there.
fn begin_runs(
    mut asked: MessageReader<UserIntent>,
    labels: Option<Res<UserLabels>>,
    mut learning: ResMut<Learning>,
    mut progress: ResMut<Progress>,
    mut worker: MessageWriter<ToWorker>,
) {
    for UserIntent(intent) in asked.read() {
        match intent {
            Intent::Start(config) if labels.is_some() => {
                progress.run = RunState::Starting;
                learning.waiting = Some(config.clone());
            }
            Intent::Stop if learning.waiting.take().is_some() => progress.run = RunState::Idle,
            _ => {}
        }
    }
    let (Some(labels), Some(config)) = (labels, &learning.waiting) else {
        return;
    };
    let all = labels.0.as_slice().to_vec();
    let targets = if config.targets == TargetKind::Labels || labels.0.labelled() == 0 {
        Targets::labels(all)
    } else {
        match &learning.propagated {
            Some(propagated) if learning.is_up_to_date() => Targets::propagated(all, propagated.clone()),
            // Its answer is on its way.
            _ if learning.is_coming() => return,
            _ => {
                progress.say("Without a similarity graph the run is taught your labels alone".into());
                Targets::labels(all)
            }
        }
    };
    if let Some(config) = learning.waiting.take() {
        worker.write(ToWorker(Command::Train { config, targets }));
    }
}

/// Counts the states of the labels.
fn note_labels(
    labels: Option<Res<UserLabels>>,
    mut changes: MessageReader<LabelChanged>,
    mut reloads: MessageReader<ReplaceUserLabels>,
    mut learning: ResMut<Learning>,
) {
    let reloaded = reloads.read().count() > 0;
    let changes: Vec<LabelChanged> = changes.read().copied().collect();
    let Some(labels) = labels.filter(|labels| reloaded || !changes.is_empty() || labels.is_added()) else {
        return;
    };
    learning.revision += 1;
    let revision = learning.revision;
    for change in changes.iter().filter(|change| change.after.is_some()) {
        learning.since.push((revision, change.serial));
        learning.last = Some(change.serial);
    }
    learning.last = learning.last.filter(|&serial| labels.0.get(serial).is_some());
}

/// Asks when anything has changed that an answer depends on.
fn ask(
    labels: Option<Res<UserLabels>>,
    acquisition: Res<Acquisition>,
    progress: Res<Progress>,
    (selected, visits): (Res<Selected>, Res<Visits>),
    start: Res<Start>,
    mut learning: ResMut<Learning>,
    mut worker: MessageWriter<ToWorker>,
) {
    let Some(labels) = labels else {
        return;
    };
    // Within a run the latents change all the time: what it ends with counts.
    let snapshot = progress
        .snapshot
        .as_ref()
        .filter(|_| progress.run == RunState::Idle);
    let before = learning.asked.map_or(0, |asked| asked.snapshot);
    let version = snapshot.map_or(before, |snapshot| snapshot.version);
    let asks_network = acquisition.strategy.asks_network() || acquisition.basis == Basis::Model;
    let wanted = Wanted {
        revision: learning.revision,
        acquisition: *acquisition,
        attempt: learning.attempt,
        snapshot: if asks_network { version } else { 0 },
        information: learning.information.as_ref().map_or(0, |(version, _)| *version),
        looked_at: selected.0.filter(|&serial| visits.came_by_queue(serial)),
    };
    if learning.asked == Some(wanted) || learning.thread.is_none() {
        return;
    }
    if acquisition.strategy == Strategy::Bald
        && wanted.information != version
        && learning
            .asked
            .map(|asked| (asked.acquisition.strategy, asked.snapshot))
            != Some((Strategy::Bald, wanted.snapshot))
    {
        worker.write(ToWorker(Command::Inform { version }));
    }
    if acquisition.basis == Basis::Model && version > 0 {
        let there = learning.weights.as_ref().is_some_and(|(of, _)| *of == version);
        if !there && learning.weights_asked != Some(version) {
            learning.weights_asked = Some(version);
            worker.write(ToWorker(Command::Weights));
        }
        if !there {
            return;
        }
    }
    learning.asked = Some(wanted);
    let request = Request {
        revision: learning.revision,
        labels: labels.0.as_slice().to_vec(),
        strategy: acquisition.strategy,
        seed: start.args.common.seed,
        basis: acquisition.basis,
        attempt: learning.attempt,
        snapshot: progress.snapshot.clone().filter(|_| asks_network),
        weights: learning
            .weights
            .clone()
            .filter(|_| acquisition.basis == Basis::Model),
        information: learning.information.clone(),
        looked_at: wanted.looked_at,
    };
    if let Some(thread) = &learning.thread {
        thread.ask(request);
    }
}

/// Takes what was found.
fn receive(
    mut learning: ResMut<Learning>,
    mut progress: ResMut<Progress>,
    mut told: MessageWriter<Suggested>,
    mut log: MessageWriter<Log>,
) {
    loop {
        let news = learning
            .thread
            .as_ref()
            .and_then(|thread| thread.news.try_recv().ok());
        let Some(news) = news else {
            return;
        };
        let learning = &mut *learning;
        match news {
            News::Building(job) => {
                learning.building = Some(job);
                learning.without = None;
            }
            News::Built { similarity, took } => {
                learning.building = None;
                log.write(Log(LogEntry::Compared {
                    samples: similarity.graph.len(),
                    ms: took.as_millis() as u64,
                }));
                learning.similarity = Some(similarity);
            }
            News::Stopped => {
                learning.building = None;
                learning.without = Some(STOPPED);
            }
            News::NotOffered => {
                learning.building = None;
                learning.without = Some(TOO_MANY);
            }
            News::Propagated {
                propagated,
                revision,
                labels,
                evaluation,
                took,
            } => {
                learning.propagated = Some(propagated);
                learning.evaluation = evaluation;
                learning.labels = labels;
                learning.answered = revision;
                learning.version += 1;
                log.write(Log(LogEntry::Propagated {
                    labels,
                    ms: took.as_millis() as u64,
                }));
                told.write(Suggested);
            }
            News::Scored {
                scores,
                ranks,
                revision,
                ..
            } => {
                learning.scores = Some(scores);
                learning.expected = None;
                learning.ranks = Some(ranks);
                learning.scored += 1;
                learning.ranked = revision;
                learning.since.retain(|pair| pair.0 > revision);
                told.write(Suggested);
            }
            News::Expected {
                serial,
                scores,
                revision,
            } => {
                // After another label it is not what is to come any more.
                if learning
                    .since
                    .iter()
                    .all(|pair| pair.0 <= revision || pair.1 == serial)
                {
                    learning.expected = Some(Expected {
                        serial,
                        scores,
                        revision,
                    });
                    learning.scored += 1;
                }
            }
            News::Doubted { doubts, .. } => {
                learning.doubts = doubts;
            }
            News::Failed(message) => {
                learning.building = None;
                learning.thread = None;
                progress.report(Cause::Propagation, message);
                return;
            }
        }
    }
}

const TOO_MANY: &str = "More than 1,000,000 images are not compared: nothing is propagated";

/// Colours the cloud by it.
fn show(
    mut told: MessageReader<Suggested>,
    learning: Res<Learning>,
    mut cloud: MessageWriter<ReplaceSuggestions>,
) {
    if told.read().count() == 0 {
        return;
    }
    let Some(propagated) = &learning.propagated else {
        return;
    };
    let samples = propagated.len() as u32;
    cloud.write(ReplaceSuggestions(Arc::new(Suggestions {
        propagated: (0..samples).map(|serial| propagated.class(serial)).collect(),
        certainty: propagated.certainties().to_vec(),
        score: learning.ranks.as_ref().map_or(Vec::new(), |ranks| ranks.to_vec()),
    })));
}
