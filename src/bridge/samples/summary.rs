//! How many samples the filter lets through, how many of their predictions agree with their labels, and the first of the queue.

use std::collections::HashSet;

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use super::sample_query::SampleQuery;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::queue::state::QueueOrder;
use crate::cloud::{CloudSystems, LabelChanged, ReplaceUserLabels};
use ssvae_core::acquisition::{Order, around};
use ssvae_core::filter::Facts;

/// Samples of the queue that are shown, and those that are kept ready, so that not every label ranks all samples.
const SHOWN: usize = 12;
const AHEAD: usize = 96;

/// The counts. A label updates them by its own effect; all samples are counted only when the model, the filter or the order
/// has changed.
#[derive(Resource, Default)]
pub struct Summary {
    /// Samples that the filter lets through.
    pub shown: usize,
    by_user: Share,
    by_truth: Share,
    /// The first samples of the queue, more than are shown.
    next: Vec<u32>,
    /// Version of the latents, order, whether the model is fresh, and version of the propagated labels if the filter needs it.
    counted: Option<(u64, Order, bool, u64)>,
    /// Versions of the scores and of the audit that the queue was made with.
    scored: (u64, u64),
}

impl Summary {
    /// The first samples of the queue.
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
    samples: SampleQuery,
    order: Res<QueueOrder>,
    mut changes: MessageReader<LabelChanged>,
    mut reloads: MessageReader<ReplaceUserLabels>,
    mut summary: ResMut<Summary>,
    mut log: MessageWriter<Log>,
) {
    let propagated = if samples.filter.0.is_open() {
        0
    } else {
        samples.learning.version + samples.comparison.revision()
    };
    let now = Some((samples.version(), order.0, samples.is_fresh(), propagated));
    let reloaded = reloads.read().count() > 0;
    let scored = (samples.learning.scored, samples.audit.version());
    if summary.counted == now && !reloaded && !samples.filter.is_changed() {
        if !changes.is_empty() || samples.skipped.is_changed() {
            summary.follow(&samples, order.0, changes.read());
        }
        if summary.scored != scored {
            summary.scored = scored;
            summary.next = samples.queue(order.0, |queue| queue.first(AHEAD));
        }
        return;
    }
    changes.clear();
    let mut all = Summary {
        counted: now,
        scored,
        ..default()
    };
    for serial in 0..samples.points() {
        let facts = samples.facts(serial);
        all.shown += usize::from(samples.passes(&facts));
        all.by_user.add(facts.user, facts.predicted);
        all.by_truth.add(facts.truth, facts.predicted);
    }
    all.next = samples.queue(order.0, |queue| queue.first(AHEAD));
    if samples.filter.is_changed() && summary.counted.is_some_and(|(version, ..)| version > 0) {
        log.write(Log(LogEntry::Filter { shown: all.shown }));
    }
    *summary = all;
}

impl Summary {
    fn follow<'a>(
        &mut self,
        samples: &SampleQuery,
        order: Order,
        changes: impl Iterator<Item = &'a LabelChanged>,
    ) {
        let mut gone = HashSet::new();
        let mut anew = samples.skipped.is_changed();
        for change in changes {
            let facts = samples.facts(change.serial);
            let [before, after] = [change.before, change.after].map(|user| Facts { user, ..facts });
            self.shown += usize::from(samples.passes(&after));
            self.shown -= usize::from(samples.passes(&before));
            self.by_user.add(after.user, after.predicted);
            self.by_user.take(before.user, before.predicted);
            let stays = samples.passes(&after) && (order != Order::ToLabel || after.user.is_none());
            let was = samples.passes(&before) && (order != Order::ToLabel || before.user.is_none());
            if !stays {
                gone.insert(change.serial);
            }
            anew |= (stays && !was) || samples.learning.expects(change.serial);
        }
        // A label tells much about the neighbours of its sample as well.
        if let (Order::ToLabel, Some(similarity)) = (order, &samples.learning.similarity) {
            let near: Vec<u32> = gone
                .iter()
                .flat_map(|&serial| around(&similarity.neighbours, serial))
                .collect();
            gone.extend(near);
        }
        self.next.retain(|serial| !gone.contains(serial));
        // Which samples come in, or move up, can only be found among all samples.
        if anew || self.next.len() < SHOWN {
            self.next = samples.queue(order, |queue| queue.first(AHEAD));
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
    use crate::cloud::PointFilter;
    use proptest::prelude::*;
    use ssvae_core::classes::ClassCount;
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
            .insert_resource(PointFilter(filter.clone()))
            .add_plugins(SummaryPlugin)
            .insert_resource(QueueOrder(order));
        app.update();
        app
    }

    fn counted(app: &App) -> (usize, Vec<u32>, (Option<f64>, Option<f64>)) {
        let summary = app.world().resource::<Summary>();
        (summary.shown, summary.next().to_vec(), summary.agreement())
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
            let mut labels = Labels::new(POINTS, ClassCount::default());
            let mut live = app(labels.clone(), &filter, order);
            for part in changes.chunks(3) {
                for &(serial, after) in part {
                    let before = live.world_mut().resource_mut::<UserLabels>().0.set(serial, after);
                    labels.set(serial, after);
                    live.world_mut().write_message(LabelChanged { serial, before, after, timed: false });
                }
                live.update();
                prop_assert_eq!(counted(&live), counted(&app(labels.clone(), &filter, order)));
            }
        }
    }
}
