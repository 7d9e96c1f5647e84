//! [`Engine`] on the CPU. A training batch is cut into parts that are differentiated at the same time; the sum of
//! their gradients is the batch's gradient. The parts are always the same ones, whatever the number of threads, so
//! that a run is repeatable.

use burn::backend::Autodiff;
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn_flex::{Flex, FlexDevice};
use rayon::prelude::*;

use crate::checkpoint::{Checkpoint, Moments, Parameters};
use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::network::{Network, Noise};
use crate::model::objective;
use crate::model::parameters::{self, host};

use super::engine::{Batch, Engine, HostNoise, Predictions};
use super::forward::{self, rows, targets};
use super::host_adam::HostAdam;
use super::message::Losses;
use super::threads::pool;

/// Parts of a training batch.
const PARTS: usize = 4;

type Cpu = Autodiff<Flex>;

pub struct CpuEngine {
    architecture: Architecture,
    network: Network<Cpu>,
    /// The same weights outside the autodiff graph, kept until the next step.
    evaluation: Network<Flex>,
    optimizer: HostAdam,
    step: i64,
}

/// Rows of a batch, with everything that belongs to them.
struct Part<'a> {
    images: &'a [f32],
    targets: &'a [f32],
    noise: Option<(&'a [f32], Option<[&'a [f32]; 2]>)>,
    /// These rows' share of the batch.
    share: f32,
}

impl CpuEngine {
    /// `checkpoint` has been checked against `architecture`.
    pub fn new(architecture: Architecture, checkpoint: &Checkpoint) -> Self {
        let network = Network::<Cpu>::new(&architecture, &FlexDevice);
        let network = parameters::set(network, &checkpoint.params, &FlexDevice);
        Self {
            evaluation: network.valid(),
            optimizer: HostAdam::new(&network, checkpoint.moments.as_ref()),
            network,
            step: checkpoint.step,
            architecture,
        }
    }

    /// Gradients of one part's share of the objective, in burn's order of the parameters; a parameter without any has
    /// an empty one.
    fn gradients(&self, part: &Part, config: &TrainingConfig) -> Vec<Vec<f32>> {
        let architecture = &self.architecture;
        let width = architecture.classifier_width();
        // Leaves of their own keep the parts' graphs apart: burn locks a graph while it is differentiated.
        let network = self.network.clone().map(&mut OwnLeaves);
        let images = rows::<Cpu>(part.images, architecture.pixels(), &FlexDevice);
        let noise = part.noise.map(|(epsilon, dropout)| Noise {
            epsilon: rows(epsilon, architecture.latent_dim, &FlexDevice),
            dropout: dropout.map(|masks| masks.map(|mask| rows(mask, width, &FlexDevice))),
        });
        let pass = network.forward(images.clone(), noise);
        let targets = rows(part.targets, CLASSES, &FlexDevice);
        let terms = objective::terms(&pass, images, targets, config);
        let gradients = terms.total(config.label_weight, part.share).backward();
        let mut reader = Reader {
            gradients: GradientsParams::from_grads(gradients, &network),
            arrays: Vec::new(),
        };
        network.visit(&mut reader);
        reader.arrays
    }
}

impl Engine for CpuEngine {
    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn train_step(&mut self, batch: Batch, noise: Option<HostNoise>, config: &TrainingConfig) -> bool {
        let n = batch.labels.len();
        let targets = targets(batch.labels);
        let size = n.div_ceil(PARTS).max(1);
        let parts: Vec<Part> = (0..n)
            .step_by(size)
            .map(|from| {
                let to = (from + size).min(n);
                let cut = |data| of_rows(data, n, from, to);
                Part {
                    images: of_rows(batch.images, n, from, to),
                    targets: of_rows(&targets, n, from, to),
                    noise: noise.as_ref().map(|noise| {
                        let dropout = noise.dropout.as_ref();
                        (
                            cut(&noise.epsilon),
                            dropout.map(|[first, second]| [cut(first), cut(second)]),
                        )
                    }),
                    share: (to - from) as f32 / n as f32,
                }
            })
            .collect();
        let stepped = pool().install(|| {
            let gradients = parts.par_iter().map(|part| self.gradients(part, config));
            let gradients = gradients.collect();
            self.optimizer.step(self.network.clone(), gradients, config)
        });
        let Some(network) = stepped else {
            return false;
        };
        self.network = network;
        self.evaluation = self.network.valid();
        self.step += 1;
        true
    }

    fn evaluate(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions) {
        forward::evaluate(&self.evaluation, &self.architecture, batch, config, &FlexDevice)
    }

    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)> {
        pool().install(|| {
            let batches = batches.par_iter();
            batches.map(|&batch| self.evaluate(batch, config)).collect()
        })
    }

    fn predict(&self, images: &[f32]) -> Predictions {
        forward::predict(&self.evaluation, &self.architecture, images, &FlexDevice)
    }

    fn predict_each(&self, batches: &[&[f32]]) -> Vec<Predictions> {
        pool().install(|| batches.par_iter().map(|images| self.predict(images)).collect())
    }

    fn reconstruct(&self, images: &[f32]) -> Vec<f32> {
        forward::reconstruct(&self.evaluation, &self.architecture, images, &FlexDevice)
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        forward::decode(&self.evaluation, &self.architecture, latents, &FlexDevice)
    }

    fn parameters(&self) -> Parameters {
        parameters::get(&self.evaluation)
    }

    fn moments(&self) -> Moments {
        self.optimizer.moments()
    }

    fn step(&self) -> i64 {
        self.step
    }
}

/// The rows `from..to` of `n`.
fn of_rows(data: &[f32], n: usize, from: usize, to: usize) -> &[f32] {
    let width = data.len() / n;
    &data[from * width..to * width]
}

struct OwnLeaves;

impl ModuleMapper<Cpu> for OwnLeaves {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<Cpu, D>>) -> Param<Tensor<Cpu, D>> {
        let (id, tensor, mapper) = param.consume();
        let leaf = Tensor::from_inner(tensor.inner()).require_grad();
        Param::from_mapped_value(id, leaf, mapper)
    }
}

struct Reader {
    gradients: GradientsParams,
    arrays: Vec<Vec<f32>>,
}

impl ModuleVisitor<Cpu> for Reader {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<Cpu, D>>) {
        let gradient = self.gradients.remove::<Flex, D>(param.id);
        self.arrays.push(gradient.map(host).unwrap_or_default());
    }
}
