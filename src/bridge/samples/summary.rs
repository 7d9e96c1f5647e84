//! How many samples the filter lets through, how many of their predictions agree with their labels, and the first of the queue.

use std::collections::HashSet;

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use super::sample_query::SampleQuery;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::queue::state::QueueOrder;
use crate::cloud::LabelChanged;
use crate::cloud::{CloudSystems, ReplaceUserLabels};
use ssvae_core::acquisition::{Order, around};
use ssvae_core::filter::Facts;

/// Samples of the order that are shown, and those that are kept, so that not every label asks all samples.
const SHOWN: usize = 12;
const AHEAD: usize = 96;

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

pub struct SummaryPlugin;

impl Plugin for SummaryPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<QueueOrder>()
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
    use crate::bridge::labels::audit::state::Audit;
    use crate::bridge::labels::state::UserLabels;
    use crate::bridge::learning::state::Learning;
    use crate::bridge::model::comparison::state::Comparison;
    use crate::bridge::model::latents::Latents;
    use crate::bridge::model::run::TrainingRun;
    use crate::bridge::model::state::ModelState;
    use crate::bridge::queue::state::Skipped;
    use crate::bridge::samples::dataset::LoadedDataset;
    use crate::cloud::Shown;
    use proptest::prelude::*;
    use ssvae_core::filter::Filter;
    use ssvae_core::labels::Labels;
    use ssvae_core::training::message::LatentSnapshot;

    const POINTS: usize = 150;

    fn app(labels: Labels, filter: &Filter, order: Order) -> App {
        let mut latents = Latents::default();
        latents.replace(Arc::new(LatentSnapshot {
            version: 1,
            latent_dim: 2,
            latents: vec![0.0; 2 * POINTS],
            classes: (0..POINTS).map(|i| (i * 7 % 10) as u8).collect(),
            certainty: (0..POINTS).map(|i| (i * 31 % 97) as f32 / 97.0).collect(),
            margin: vec![0.0; POINTS],
        }));
        let mut app = App::new();
        app.add_message::<Log>()
            .add_message::<LabelChanged>()
            .add_message::<ReplaceUserLabels>()
            .insert_resource(latents)
            .init_resource::<LoadedDataset>()
            .init_resource::<ModelState>()
            .init_resource::<TrainingRun>()
            .init_resource::<Skipped>()
            .init_resource::<Learning>()
            .init_resource::<Comparison>()
            .init_resource::<Audit>()
            .insert_resource(UserLabels(labels))
            .insert_resource(Shown(filter.clone()))
            .add_plugins(SummaryPlugin)
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
                    live.world_mut().write_message(LabelChanged { serial, before, after, timed: false });
                }
                live.update();
                prop_assert_eq!(told(&live), told(&app(labels.clone(), &filter, order)));
            }
        }
    }
}
