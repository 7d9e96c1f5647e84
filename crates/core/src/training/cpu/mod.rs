//! [`Engine`] on the CPU: products of matrices in memory that is allocated once. The gradients are written out instead of
//! found by automatic differentiation, which makes it several times as fast.
//!
//! A batch is cut into parts that several threads take. The parts are always the same ones, whatever the number of
//! threads, so that a run is repeatable.

mod adam;
mod gradient;
mod im2col;
mod images;
mod layer;
mod network;
mod objective;
mod role;
mod rows;
mod sequential;
mod sparse;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::{Architecture, TrainingConfig};
use crate::model::layers::Kind;
use crate::model::objective::Losses;
use crate::model::parameters::{Moments, Parameters};

use super::engine::{Batch, BatchNoise, Engine, Predictions, largest};
use super::heartbeat::Heartbeat;
use super::threads::pool;
use adam::CpuAdam;
use layer::Weights;
use network::{Layers, to_flax};
use objective::exponentials;
use role::Role;
use rows::Rows;

/// Samples of a part: few enough that all of their numbers lie in a core's cache.
const PART: usize = 64;

/// Columns of a kernel that are transposed at a time: as many numbers as a line of the cache has.
const BLOCK: usize = 16;

/// A network with its optimizer on the CPU, in `f32`.
pub struct CpuEngine {
    architecture: Architecture,
    dataset: Arc<Dataset>,
    layers: Layers,
    optimizer: CpuAdam,
    step: i64,
    /// Kept from step to step.
    parts: Vec<Rows>,
    gradients: Vec<Vec<f32>>,
    transposed: Vec<Vec<f32>>,
    threads: Arc<ThreadPool>,
    heartbeat: Heartbeat,
}

impl CpuEngine {
    /// `checkpoint` has been checked against `architecture`; `threads`: how many compute, `None` for one per core.
    pub fn new(
        architecture: Architecture,
        checkpoint: &Checkpoint,
        dataset: Arc<Dataset>,
        threads: Option<usize>,
        heartbeat: Heartbeat,
    ) -> Self {
        let layers = Layers::new(&architecture);
        let parameters = &layers.parameters;
        Self {
            gradients: parameters
                .iter()
                .map(|parameter| vec![0.0; parameter.elements()])
                .collect(),
            transposed: vec![Vec::new(); parameters.len()],
            optimizer: CpuAdam::new(parameters.clone(), checkpoint),
            parts: Vec::new(),
            step: checkpoint.step,
            layers,
            architecture,
            dataset,
            threads: Arc::new(pool(threads)),
            heartbeat,
        }
    }

    /// The gradient of the objective on `batch`, in Flax's layout.
    pub fn gradients(
        &mut self,
        batch: Batch,
        noise: Option<BatchNoise>,
        config: &TrainingConfig,
    ) -> Parameters {
        let threads = self.threads.clone();
        threads.install(|| self.differentiate(batch, noise, config));
        let named = self.layers.parameters.iter().zip(&self.gradients);
        Parameters(
            named
                .map(|(parameter, gradient)| (parameter.path.clone(), to_flax(parameter, gradient)))
                .collect(),
        )
    }

    /// Puts the gradient of the objective on `batch` into `self.gradients`.
    fn differentiate(&mut self, batch: Batch, noise: Option<BatchNoise>, config: &TrainingConfig) {
        let n = batch.serials.len();
        let shifts = noise.as_ref().and_then(|noise| noise.shifts.as_ref());
        let roles: &[Role] = match shifts {
            Some(_) => &[Role::Decoded, Role::Classified],
            None => &[Role::Both],
        };
        let ranges = n.div_ceil(PART);
        self.parts.resize_with(ranges * roles.len(), Rows::default);
        let Self {
            parts,
            layers,
            optimizer,
            dataset,
            gradients,
            transposed,
            heartbeat,
            ..
        } = self;
        let weights = optimizer.values();
        transpose(layers, &weights, transposed);
        parts.par_iter_mut().enumerate().for_each(|(i, part)| {
            let (role, i) = (roles[i / ranges], i % ranges);
            let (from, to) = (i * PART, n.min((i + 1) * PART));
            let cut = |data: &[f32]| {
                let width = data.len() / n;
                data[from * width..to * width].to_vec()
            };
            let shifts = shifts.filter(|_| role == Role::Classified);
            part.role = role;
            part.fill(
                layers,
                dataset,
                &batch.serials[from..to],
                shifts.map(|shifts| &shifts[from..to]),
            );
            part.images.transpose(dataset.pixels());
            part.targets = cut(batch.targets);
            // A moved image is classified at its posterior mean.
            let sampled = noise.as_ref().filter(|_| role != Role::Classified);
            part.epsilon = sampled.map(|noise| cut(&noise.epsilon));
            let dropout = noise.as_ref().and_then(|noise| noise.dropout.as_ref());
            part.dropout = dropout.map(|masks| masks.iter().map(|mask| cut(mask)).collect());
            part.encode(layers, &weights);
            part.decode(layers, &weights);
            part.backward(layers, transposed, n, config);
            heartbeat.beat();
        });
        gradient::collect(layers, parts, gradients);
    }

    /// `then` sees the samples part by part, without sampling and dropout.
    fn each_part<T>(&self, serials: &[u32], mut then: impl FnMut(&mut Rows, &Weights) -> T) -> Vec<T> {
        let weights = self.optimizer.values();
        let mut rows = Rows::default();
        let parts = serials.chunks(PART);
        parts
            .map(|serials| {
                rows.fill(&self.layers, &self.dataset, serials, None);
                let answer = then(&mut rows, &weights);
                self.heartbeat.beat();
                answer
            })
            .collect()
    }

    fn evaluate_one(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions) {
        let mut predictions = Predictions::default();
        let mut targets = batch.targets.chunks(PART * self.architecture.classes.get());
        let sums = self.each_part(batch.serials, |rows, weights| {
            rows.targets = targets.next().unwrap_or_default().to_vec();
            rows.encode(&self.layers, weights);
            rows.decode(&self.layers, weights);
            rows.append_to(&mut predictions);
            rows.sums()
        });
        let (n, pixels) = (batch.serials.len(), self.architecture.pixels());
        let losses = Losses::weighted(config, |term| {
            let sum = sums.iter().map(|sums| sums[term as usize]).sum();
            objective::value(term, sum, n, pixels)
        });
        (losses, predictions)
    }

    fn predict_one(&self, serials: &[u32]) -> Predictions {
        let mut predictions = Predictions::default();
        self.each_part(serials, |rows, weights| {
            rows.encode(&self.layers, weights);
            rows.append_to(&mut predictions);
        });
        predictions
    }
}

/// Fills in the kernels that the way back needs.
fn transpose(layers: &Layers, weights: &Weights, transposed: &mut [Vec<f32>]) {
    let mut places: Vec<Option<&mut Vec<f32>>> = transposed.iter_mut().map(Some).collect();
    let mut tasks = Vec::new();
    for layer in layers.on_the_way_back() {
        if let Some(out) = places[layer.kernel].take() {
            let [rows, columns] = layer.kernel_size();
            out.resize(rows * columns, 0.0);
            let blocks = out.chunks_mut(BLOCK * rows).enumerate();
            tasks.extend(blocks.map(|(i, out)| (layer.kernel, [rows, columns], i * BLOCK, out)));
        }
    }
    let tasks = tasks.into_par_iter().with_min_len(4);
    tasks.for_each(|(kernel, [rows, columns], from, out)| {
        for (i, row) in weights[kernel].chunks_exact(columns).enumerate() {
            for (value, out) in row[from..].iter().zip(out.chunks_exact_mut(rows)) {
                out[i] = *value;
            }
        }
    });
}

impl Rows {
    fn fill(&mut self, layers: &Layers, dataset: &Dataset, serials: &[u32], shifts: Option<&[[i8; 2]]>) {
        self.count = serials.len();
        self.classes = layers.classes;
        let dense = |layer: &layer::Layer| matches!(layer.kind, Kind::Dense { .. });
        self.images.read(
            dataset,
            serials,
            shifts,
            layers.encoder.first().is_some_and(dense),
        );
    }

    fn append_to(&self, predictions: &mut Predictions) {
        predictions.latents.extend(&self.mean.output);
        for logits in self.logits().chunks_exact(self.classes) {
            let (class, [first, second]) = largest(logits);
            let certainty = exponentials(logits).1.recip();
            predictions.classes.push(class);
            predictions.certainty.push(certainty);
            predictions
                .margin
                .push(certainty * (1.0 - (second - first).exp()));
        }
    }
}

impl Engine for CpuEngine {
    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn train_step(&mut self, batch: Batch, noise: Option<BatchNoise>, config: &TrainingConfig) -> bool {
        let threads = self.threads.clone();
        let stepped = threads.install(|| {
            self.differentiate(batch, noise, config);
            self.optimizer.step(&self.gradients, config)
        });
        self.step += i64::from(stepped);
        stepped
    }

    fn diverged(&self) -> Option<i64> {
        // A step that would not be finite is not taken, and said at once.
        None
    }

    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)> {
        self.threads.install(|| {
            let batches = batches.par_iter();
            batches.map(|&batch| self.evaluate_one(batch, config)).collect()
        })
    }

    fn predict_each(&self, batches: &[&[u32]]) -> Vec<Predictions> {
        let predict = |serials: &&[u32]| self.predict_one(serials);
        self.threads.install(|| batches.par_iter().map(predict).collect())
    }

    fn reconstruct(&self, serials: &[u32]) -> Vec<f32> {
        let parts = self.each_part(serials, |rows, weights| {
            rows.encode(&self.layers, weights);
            rows.decode(&self.layers, weights);
            rows.reconstruction().to_vec()
        });
        parts.concat()
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        let mut rows = Rows {
            count: latents.len() / self.architecture.latent_dim.max(1),
            z: latents.to_vec(),
            ..Rows::default()
        };
        rows.decode(&self.layers, &self.optimizer.values());
        rows.reconstruction().to_vec()
    }

    fn parameters(&self) -> Parameters {
        self.optimizer.parameters()
    }

    fn moments(&self) -> Moments {
        self.optimizer.moments()
    }

    fn step(&self) -> i64 {
        self.step
    }
}
