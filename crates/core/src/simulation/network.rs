//! The networks of a simulation.

use std::sync::Arc;

use crate::acquisition::Network;
use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::{Architecture, TargetKind, TrainingConfig};
use crate::propagation::Propagated;
use crate::training::backend::{Backend, engine};
use crate::training::dropout;
use crate::training::engine::Engine;
use crate::training::epoch::{self, Control};
use crate::training::heartbeat::Heartbeat;
use crate::training::history::EpochMetrics;
use crate::training::run::{BatchPosition, Observer, Task, run};
use crate::training::snapshot::LatentSnapshot;
use crate::training::targets::Targets;
use crate::worker::fresh;

/// Trains networks on the labels of a simulation.
pub struct Learner {
    /// What they are trained on.
    pub dataset: Arc<Dataset>,
    /// What they are tested on, where there is something.
    pub test: Option<Arc<Dataset>>,
    /// Sizes of every network.
    pub architecture: Architecture,
    /// How each is trained; the seed is replaced by the one of the simulation.
    pub config: TrainingConfig,
    /// The one that strategies ask, which learns on and on, and what it says.
    asked: Option<(Checkpoint, LatentSnapshot, Vec<f32>)>,
}

impl Learner {
    /// Nothing is trained yet.
    pub fn new(
        dataset: Arc<Dataset>,
        test: Option<Arc<Dataset>>,
        architecture: Architecture,
        config: TrainingConfig,
    ) -> Self {
        Self {
            dataset,
            test,
            architecture,
            config,
            asked: None,
        }
    }

    /// Share of the test images that a new network, trained on these labels, classifies right; 0 where there are none.
    pub(crate) fn test_accuracy(
        &self,
        labels: &[Option<u8>],
        propagated: &Arc<Propagated>,
        seed: u64,
    ) -> f64 {
        let Some(test) = &self.test else {
            return 0.0;
        };
        let config = TrainingConfig {
            seed,
            ..self.config.clone()
        };
        let mut state = fresh(&self.architecture, seed);
        self.train(&mut state, labels, propagated, &config);
        let engine = engine(
            &Backend::Cpu,
            self.architecture.clone(),
            &state,
            test,
            &Heartbeat::default(),
        );
        let answers = epoch::encode(engine.as_ref(), test.len(), None);
        let classes = answers.classes.iter().enumerate();
        let right = classes.filter(|&(serial, &class)| test.true_label(serial as u32) == Some(class));
        right.count() as f64 / test.len().max(1) as f64
    }

    /// Lets the network that strategies ask learn for one more epoch.
    pub(crate) fn learn_on(&mut self, labels: &[Option<u8>], propagated: &Arc<Propagated>, seed: u64) {
        let config = TrainingConfig {
            max_epochs: 1,
            seed,
            ..self.config.clone()
        };
        let mut state = match self.asked.take() {
            Some((state, ..)) => state,
            None => fresh(&self.architecture, seed),
        };
        self.train(&mut state, labels, propagated, &config);
        let engine = engine(
            &Backend::Cpu,
            self.architecture.clone(),
            &state,
            &self.dataset,
            &Heartbeat::default(),
        );
        let snapshot = epoch::encode(engine.as_ref(), self.dataset.len(), None);
        let rate = config.dropout_rate;
        let information = dropout::mutual_information(&state.params, &snapshot.latents, rate, seed);
        self.asked = Some((state, snapshot, information));
    }

    /// What that network says.
    pub(crate) fn answers(&self) -> Option<Network<'_>> {
        let (_, snapshot, information) = self.asked.as_ref()?;
        Some(Network {
            margin: &snapshot.margin,
            information,
        })
    }

    fn train(
        &self,
        state: &mut Checkpoint,
        labels: &[Option<u8>],
        propagated: &Arc<Propagated>,
        config: &TrainingConfig,
    ) {
        let targets = match config.targets {
            TargetKind::Propagated => Targets::propagated(labels.to_vec(), propagated.clone()),
            TargetKind::Labels => Targets::labels(labels.to_vec(), self.architecture.classes),
        };
        let mut engine = engine(
            &Backend::Cpu,
            self.architecture.clone(),
            state,
            &self.dataset,
            &Heartbeat::default(),
        );
        let task = Task {
            dataset: &self.dataset,
            targets: &targets,
            config,
        };
        let mut best = None;
        run(engine.as_mut(), task, state, &mut Quiet(&mut best));
        // As the command line does, which writes the best epoch.
        if let Some(best) = best {
            *state = best;
        }
    }
}

/// Keeps the best epoch.
struct Quiet<'a>(&'a mut Option<Checkpoint>);

impl Observer for Quiet<'_> {
    fn batch(&mut self, _engine: &dyn Engine, _at: BatchPosition) -> Control {
        Control::Continue
    }

    fn epoch(&mut self, _metrics: &EpochMetrics, _snapshot: Arc<LatentSnapshot>, _state: &Checkpoint) {}

    fn save_best(&mut self, state: &Checkpoint, _metrics: &EpochMetrics) {
        *self.0 = Some(state.clone());
    }
}
