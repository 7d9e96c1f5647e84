//! Active learning with an oracle in the place of the user: how many labels a strategy needs.

mod network;
mod table;

pub use network::Learner;
pub use table::{Measured, Options, Table, TableError};

use std::sync::Arc;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use crate::acquisition::{Known, Order, Queue, Scorer, Strategy};
use crate::classes::ClassCount;
use crate::evaluation::Evaluation;
use crate::job::{Cancelled, Job};
use crate::propagation::{Propagated, Propagation};
use crate::similarity::Similarity;

/// Labels after which a network that a strategy asks learns on.
const ASKED_EVERY: usize = 10;

/// One simulation.
pub struct Simulation<'a> {
    /// Of the samples that are labelled.
    pub similarity: &'a Similarity,
    /// True class of each sample.
    pub truth: &'a [u8],
    /// How many classes there are.
    pub classes: ClassCount,
    /// By which samples are chosen for their labels.
    pub strategy: Strategy,
    /// Decides the first labels, whatever is random about the strategy, and the networks.
    pub seed: u64,
    /// Random labels to begin with.
    pub start: usize,
    /// Labels between two rankings.
    pub batch: usize,
    /// Labels at the end.
    pub budget: usize,
    /// Numbers of labels at which a network is trained and tested.
    pub train_at: &'a [usize],
}

impl Simulation<'_> {
    /// Labels sample by sample until the budget is used. Returns what was measured after each label, beginning with the last
    /// of `start`. `learner` trains the networks that are asked for.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn run(&self, learner: &mut Learner, job: &Job) -> Result<Vec<Measured>, Cancelled> {
        let mut labels: Vec<Option<u8>> = vec![None; self.truth.len()];
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let budget = self.budget.min(self.truth.len());
        for serial in sample(&mut random, self.truth.len(), self.start.min(budget)) {
            labels[serial] = Some(self.truth[serial]);
        }
        let mut count = self.start.min(budget);
        let mut propagation = Propagation::new(self.similarity.graph.clone(), self.classes);
        let mut scorer = Scorer::new(
            propagation.laplacian().clone(),
            self.similarity,
            self.classes,
            self.seed,
        );
        let quiet = job.part(0.0, 0.0);
        let mut propagated = Arc::new(propagation.propagate(&labels, &quiet)?);
        let mut rows = Vec::new();
        let mut last = None;
        if count > 0 {
            rows.push(self.measure(&labels, count, &propagated, learner));
        }
        while count < budget {
            if self.strategy.asks_network() && count.is_multiple_of(ASKED_EVERY) {
                learner.learn_on(&labels, &propagated, self.seed);
            }
            let network = learner.answers().filter(|_| self.strategy.asks_network());
            let known = Known {
                labels: &labels,
                propagated: &propagated,
                network,
            };
            let scores = scorer.scores(self.strategy, known, &quiet)?;
            let chosen = self.first(&labels, &scores, last, self.batch.min(budget - count));
            for serial in chosen {
                last = Some(serial);
                labels[serial as usize] = Some(self.truth[serial as usize]);
                count += 1;
                propagated = Arc::new(propagation.propagate(&labels, &quiet)?);
                rows.push(self.measure(&labels, count, &propagated, learner));
            }
            job.reached(count as u64, budget as u64)?;
        }
        Ok(rows)
    }

    /// The first samples of the queue, as the window offers them.
    fn first(&self, labels: &[Option<u8>], scores: &[f32], last: Option<u32>, count: usize) -> Vec<u32> {
        let certainty = vec![0.0; labels.len()];
        let queue = Queue {
            order: Order::ToLabel,
            certainty: &certainty,
            score: &|serial| scores[serial as usize],
            labels,
            skipped: &|_| None,
            shown: &|_| true,
            neighbours: Some(&self.similarity.neighbours),
            since: last.as_slice(),
        };
        queue.first(count)
    }

    fn measure(
        &self,
        labels: &[Option<u8>],
        count: usize,
        propagated: &Arc<Propagated>,
        learner: &mut Learner,
    ) -> Measured {
        let truth = |serial: u32| self.truth.get(serial as usize).copied();
        let evaluation = Evaluation::of_propagated(labels, propagated, truth);
        let test_accuracy = self
            .train_at
            .contains(&count)
            .then(|| learner.test_accuracy(labels, propagated, self.seed));
        Measured {
            strategy: self.strategy,
            seed: self.seed,
            labels: count,
            unlabelled_accuracy: evaluation.accuracy().unwrap_or(1.0),
            test_accuracy,
            ece: evaluation.calibration_error().unwrap_or(0.0),
        }
    }
}
