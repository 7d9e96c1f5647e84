//! What is known of the samples, put together from data set, labels and model, and how many the filter lets through.

use std::collections::HashSet;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::log::entry::LogEntry;
use crate::cloud::{CloudSystems, ReplaceUserLabels, Shown};
use crate::ui::run_state::RunState;
use ssvae_core::acquisition::{Order, Queue, around, scattered};
use ssvae_core::filter::{Facts, Filter, Source, Visibility};
use ssvae_core::labels::Labels;
use ssvae_core::model::config::CLASSES;

use crate::bridge::labels::audit::Audit;
use crate::bridge::labels::labelling::UserLabels;
use crate::bridge::learning::Learning;
use crate::bridge::log::writer::Log;
use crate::bridge::model::comparison::Comparison;
use crate::bridge::model::progress::Progress;
use crate::bridge::model::weights_provenance::WeightsProvenance;
use crate::bridge::queue::Skipped;

/// Samples of the order that are shown, and those that are kept, so that not every label asks all samples.
const SHOWN: usize = 12;
const AHEAD: usize = 96;

/// Samples by serial.
#[derive(SystemParam)]
pub struct SampleQuery<'w> {
    progress: Res<'w, Progress>,
    labels: Option<Res<'w, UserLabels>>,
    filter: Res<'w, Shown>,
    skipped: Res<'w, Skipped>,
    learning: Res<'w, Learning>,
    comparison: Res<'w, Comparison>,
    audit: Res<'w, Audit>,
}

impl SampleQuery<'_> {
    /// What a filter asks of a sample.
    pub fn facts(&self, serial: u32) -> Facts {
        let at = serial as usize;
        let snapshot = self.progress.snapshot.as_ref();
        let predicted = snapshot.and_then(|snapshot| snapshot.classes.get(at).copied());
        let certainty = snapshot.and_then(|snapshot| snapshot.certainty.get(at).copied());
        let truth = self
            .progress
            .dataset
            .as_ref()
            .and_then(|dataset| dataset.true_label(serial));
        let user = self.labels().and_then(|labels| labels.get(serial));
        let facts = Facts {
            changed: self.comparison.changed(serial),
            ..Facts::new(user, predicted, truth, certainty.unwrap_or(0.0))
        };
        match &self.learning.propagated {
            Some(propagated) => Facts {
                propagated: propagated.class(serial),
                propagated_certainty: propagated.certainty(serial),
                score: self.learning.rank(serial),
                ..facts
            },
            None => facts,
        }
    }

    /// The data set and what the model says of it.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The user's labels.
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref().map(|labels| &labels.0)
    }

    /// Whether the filter lets a sample through.
    pub fn is_shown(&self, serial: u32) -> bool {
        self.filter.0.is_open() || self.passes(&self.facts(serial))
    }

    fn passes(&self, facts: &Facts) -> bool {
        self.filter.0.judge(facts) == Visibility::Shown
    }

    /// How many samples that `filter` lets through have each class of a source, and how many have none.
    pub fn count_classes(&self, source: Source, filter: &Filter) -> ([usize; CLASSES], usize) {
        let (mut counts, mut without) = ([0; CLASSES], 0);
        let points = self.progress.dataset.as_ref().map_or(0, |dataset| dataset.len()) as u32;
        for serial in 0..points {
            let facts = self.facts(serial);
            if filter.judge(&facts) != Visibility::Shown {
                continue;
            }
            match facts
                .class(source)
                .and_then(|class| counts.get_mut(usize::from(class)))
            {
                Some(count) => *count += 1,
                None => without += 1,
            }
        }
        (counts, without)
    }

    /// Serials of the samples that it lets through.
    pub fn shown(&self) -> impl Iterator<Item = u32> {
        (0..self.points()).filter(|&serial| self.is_shown(serial))
    }

    /// Serials of the unlabelled samples that were put off and are shown, in the order in which they come again.
    pub fn skipped(&self) -> impl Iterator<Item = u32> {
        let unlabelled = |serial| self.labels().is_none_or(|labels| labels.get(serial).is_none());
        let serials = self.skipped.serials().into_iter();
        serials.filter(move |&serial| serial < self.points() && unlabelled(serial) && self.is_offered(serial))
    }

    /// Whether a sample is shown and not held out for the audit.
    fn is_offered(&self, serial: u32) -> bool {
        self.is_shown(serial) && !self.audit.holds(serial)
    }

    fn points(&self) -> u32 {
        self.progress
            .snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.classes.len()) as u32
    }

    /// Asks about the samples that are shown, in an order.
    pub fn queue<T: Default>(&self, order: Order, ask: impl FnOnce(Queue) -> T) -> T {
        let (Some(snapshot), Some(labels)) = (&self.progress.snapshot, self.labels()) else {
            return T::default();
        };
        // Without a graph there are the model's doubts, and before it has learnt anything chance.
        let scores = self.learning.scores(labels);
        let score = |serial: u32| match scores {
            Some(scores) => scores.get(serial as usize).copied().unwrap_or(f32::NEG_INFINITY),
            None if self.is_fresh() => scattered(serial, 0),
            None => -snapshot.certainty.get(serial as usize).copied().unwrap_or(1.0),
        };
        let similarity = self.learning.similarity.as_ref();
        ask(Queue {
            order,
            certainty: &snapshot.certainty,
            score: &score,
            labels: labels.as_slice(),
            skipped: &|serial| self.skipped.place(serial),
            shown: &|serial| self.is_offered(serial),
            neighbours: similarity.map(|similarity| &*similarity.neighbours),
            since: &self.learning.avoided(),
        })
    }

    /// Whether the order of what is to be labelled will be another one in a moment. While a run takes the processors it is
    /// not waited for.
    pub fn is_behind(&self) -> bool {
        self.progress.run == RunState::Idle && self.learning.is_behind()
    }

    /// Whether the model has learnt nothing yet.
    pub fn is_fresh(&self) -> bool {
        self.progress.memory == WeightsProvenance::Fresh
    }

    fn version(&self) -> u64 {
        self.progress
            .snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.version)
    }
}

/// The order in which samples are gone through.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueOrder(pub Order);

/// What follows from all of it. A label changes it by what that label changes; all samples are asked only when the model,
/// the filter or the order is another one.
#[derive(Resource, Default)]
pub struct Summary {
    /// Samples that the filter lets through.
    pub shown: usize,
    by_user: Share,
    by_truth: Share,
    /// The first samples of the order, more than are shown.
    next: Vec<u32>,
    /// Version of the latents, order, whether the model is fresh, and of what is propagated, where the filter asks for it.
    counted: Option<(u64, Order, bool, u64)>,
    /// Versions of the scores that the order is by, and of what is held out of it.
    scored: (u64, u64),
}

impl Summary {
    /// The first samples of the order.
    pub fn next(&self) -> &[u32] {
        &self.next[..self.next.len().min(SHOWN)]
    }

    /// Shares of the labelled samples, and of those with a true label, whose prediction is that label.
    pub fn agreement(&self) -> (Option<f64>, Option<f64>) {
        (self.by_user.get(), self.by_truth.get())
    }
}

/// A sample's label has become another one.
#[derive(Message, Clone, Copy, Debug)]
pub struct LabelChanged {
    pub serial: u32,
    pub before: Option<u8>,
    pub after: Option<u8>,
}

pub struct SampleQueryPlugin;

impl Plugin for SampleQueryPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<LabelChanged>()
            .init_resource::<QueueOrder>()
            .init_resource::<Summary>()
            .add_systems(
                PostUpdate,
                count
                    .after(CloudSystems::Ingest)
                    .before(EguiPostUpdateSet::EndPass),
            );
    }
}

fn count(
    known: SampleQuery,
    walk: Res<QueueOrder>,
    mut changes: MessageReader<LabelChanged>,
    mut reloads: MessageReader<ReplaceUserLabels>,
    mut tally: ResMut<Summary>,
    mut log: MessageWriter<Log>,
) {
    let propagated = if known.filter.0.is_open() {
        0
    } else {
        known.learning.version + known.comparison.revision()
    };
    let now = Some((known.version(), walk.0, known.is_fresh(), propagated));
    let reloaded = reloads.read().count() > 0;
    let scored = (known.learning.scored, known.audit.version());
    if tally.counted == now && !reloaded && !known.filter.is_changed() {
        if !changes.is_empty() || known.skipped.is_changed() {
            tally.follow(&known, walk.0, changes.read());
        }
        if tally.scored != scored {
            tally.scored = scored;
            tally.next = known.queue(walk.0, |queue| queue.first(AHEAD));
        }
        return;
    }
    changes.clear();
    let mut all = Summary {
        counted: now,
        scored,
        ..default()
    };
    for serial in 0..known.points() {
        let facts = known.facts(serial);
        all.shown += usize::from(known.passes(&facts));
        all.by_user.add(facts.user, facts.predicted);
        all.by_truth.add(facts.truth, facts.predicted);
    }
    all.next = known.queue(walk.0, |queue| queue.first(AHEAD));
    if known.filter.is_changed() && tally.counted.is_some_and(|(version, ..)| version > 0) {
        log.write(Log(LogEntry::Filter { shown: all.shown }));
    }
    *tally = all;
}

impl Summary {
    fn follow<'a>(
        &mut self,
        known: &SampleQuery,
        order: Order,
        changes: impl Iterator<Item = &'a LabelChanged>,
    ) {
        let mut gone = HashSet::new();
        let mut anew = known.skipped.is_changed();
        for change in changes {
            let facts = known.facts(change.serial);
            let [before, after] = [change.before, change.after].map(|user| Facts { user, ..facts });
            self.shown += usize::from(known.passes(&after));
            self.shown -= usize::from(known.passes(&before));
            self.by_user.add(after.user, after.predicted);
            self.by_user.take(before.user, before.predicted);
            let stays = known.passes(&after) && (order != Order::ToLabel || after.user.is_none());
            let was = known.passes(&before) && (order != Order::ToLabel || before.user.is_none());
            if !stays {
                gone.insert(change.serial);
            }
            anew |= (stays && !was) || known.learning.expects(change.serial);
        }
        // A label says much the same of a sample's neighbours.
        if let (Order::ToLabel, Some(similarity)) = (order, &known.learning.similarity) {
            let near: Vec<u32> = gone
                .iter()
                .flat_map(|&serial| around(&similarity.neighbours, serial))
                .collect();
            gone.extend(near);
        }
        self.next.retain(|serial| !gone.contains(serial));
        // Who comes in, or comes up from behind, only all samples know.
        if anew || self.next.len() < SHOWN {
            self.next = known.queue(order, |queue| queue.first(AHEAD));
        }
    }
}

/// How often two classes are the same.
#[derive(Default)]
struct Share {
    same: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, class: Option<u8>, predicted: Option<u8>) {
        self.of += usize::from(class.is_some());
        self.same += usize::from(class.is_some() && class == predicted);
    }

    fn take(&mut self, class: Option<u8>, predicted: Option<u8>) {
        self.of -= usize::from(class.is_some());
        self.same -= usize::from(class.is_some() && class == predicted);
    }

    fn get(&self) -> Option<f64> {
        (self.of > 0).then(|| self.same as f64 / self.of as f64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use proptest::prelude::*;
    use ssvae_core::training::message::LatentSnapshot;

    const POINTS: usize = 150;

    fn app(labels: Labels, filter: &Filter, order: Order) -> App {
        let mut progress = Progress::default();
        progress.snapshot = Some(Arc::new(LatentSnapshot {
            version: 1,
            latent_dim: 2,
            latents: vec![0.0; 2 * POINTS],
            classes: (0..POINTS).map(|i| (i * 7 % 10) as u8).collect(),
            certainty: (0..POINTS).map(|i| (i * 31 % 97) as f32 / 97.0).collect(),
            margin: vec![0.0; POINTS],
        }));
        let mut app = App::new();
        app.add_message::<Log>()
            .add_message::<ReplaceUserLabels>()
            .insert_resource(progress)
            .init_resource::<Skipped>()
            .init_resource::<Learning>()
            .init_resource::<Comparison>()
            .init_resource::<Audit>()
            .insert_resource(UserLabels(labels))
            .insert_resource(Shown(filter.clone()))
            .add_plugins(SampleQueryPlugin)
            .insert_resource(QueueOrder(order));
        app.update();
        app
    }

    fn told(app: &App) -> (usize, Vec<u32>, (Option<f64>, Option<f64>)) {
        let tally = app.world().resource::<Summary>();
        (tally.shown, tally.next().to_vec(), tally.agreement())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_labels_change_is_what_counting_anew_finds(
            changes in prop::collection::vec((0..POINTS as u32, prop::option::of(0..10_u8)), 1..160),
            labelled in prop::option::of(any::<bool>()), against in any::<bool>(), order in 0..4_usize,
        ) {
            let mut filter = Filter::default();
            filter.labelled = labelled;
            filter.against_label = against;
            let order = Order::ALL[order];
            let mut labels = Labels::new(POINTS);
            let mut live = app(labels.clone(), &filter, order);
            for part in changes.chunks(3) {
                for &(serial, after) in part {
                    let before = live.world_mut().resource_mut::<UserLabels>().0.set(serial, after);
                    labels.set(serial, after);
                    live.world_mut().write_message(LabelChanged { serial, before, after });
                }
                live.update();
                prop_assert_eq!(told(&live), told(&app(labels.clone(), &filter, order)));
            }
        }
    }
}
