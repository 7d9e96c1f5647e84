//! [`Engine`] on the CPU for any network, by automatic differentiation. A training batch is cut into parts that are differentiated at the same time; the sum of
//! their gradients is the batch's gradient. The parts are always the same ones, whatever the number of threads, so
//! that a run is repeatable.

use std::sync::Arc;

use burn::backend::Autodiff;
use burn::module::{AutodiffModule, Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use burn_flex::{Flex, FlexDevice};
use rayon::prelude::*;

use crate::checkpoint::{Checkpoint, Moments, Parameters};
use crate::dataset::Dataset;
use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::network::{Network, Noise};
use crate::model::objective;
use crate::model::parameters::{self, host};

use super::engine::{Batch, Engine, HostNoise, Predictions};
use super::forward::{self, images, rows, targets};
use super::host_adam::HostAdam;
use super::message::Losses;
use super::threads::pool;

/// Parts of a training batch.
const PARTS: usize = 4;

type Cpu = Autodiff<Flex>;

pub struct CpuEngine {
    architecture: Architecture,
    dataset: Arc<Dataset>,
    network: Network<Cpu>,
    /// The same weights outside the autodiff graph, kept until the next step.
    evaluation: Network<Flex>,
    optimizer: HostAdam,
    step: i64,
}

/// Rows of a batch, with everything that belongs to them.
struct Part<'a> {
    serials: &'a [u32],
    targets: &'a [f32],
    noise: Option<(&'a [f32], Option<[&'a [f32]; 2]>)>,
    /// These rows' share of the batch.
    share: f32,
}

impl CpuEngine {
    /// `checkpoint` has been checked against `architecture`.
    pub fn new(architecture: Architecture, checkpoint: &Checkpoint, dataset: Arc<Dataset>) -> Self {
        let network = Network::<Cpu>::new(&architecture, &FlexDevice);
        let network = parameters::set(network, &checkpoint.params, &FlexDevice);
        Self {
            evaluation: network.valid(),
            optimizer: HostAdam::new(&network, checkpoint.moments.as_ref()),
            network,
            step: checkpoint.step,
            architecture,
            dataset,
        }
    }

    /// The gradient of the objective on a batch, an array per parameter in burn's order.
    pub(super) fn differentiate(
        &self,
        batch: Batch,
        noise: Option<HostNoise>,
        config: &TrainingConfig,
    ) -> Vec<Vec<f32>> {
        let n = batch.serials.len();
        let targets = targets(batch.labels);
        let size = n.div_ceil(PARTS).max(1);
        let parts: Vec<Part> = (0..n)
            .step_by(size)
            .map(|from| {
                let to = (from + size).min(n);
                let cut = |data| of_rows(data, n, from, to);
                Part {
                    serials: &batch.serials[from..to],
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
        let gradients = parts.par_iter().map(|part| self.gradients(part, config));
        sum(gradients.collect())
    }

    /// Gradients of one part's share of the objective, in burn's order of the parameters; a parameter without any has
    /// an empty one.
    fn gradients(&self, part: &Part, config: &TrainingConfig) -> Vec<Vec<f32>> {
        let architecture = &self.architecture;
        let width = architecture.classifier_width();
        // Leaves of their own keep the parts' graphs apart: burn locks a graph while it is differentiated.
        let network = self.network.clone().map(&mut OwnLeaves);
        let images = images::<Cpu>(&self.dataset, part.serials, &FlexDevice);
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
        let stepped = pool().install(|| {
            let gradients = self.differentiate(batch, noise, config);
            self.optimizer.step(&gradients, config)
        });
        if !stepped {
            return false;
        }
        let mut writer = Writer(self.optimizer.values().into_iter());
        self.network = self.network.clone().map(&mut writer);
        self.evaluation = self.network.valid();
        self.step += 1;
        true
    }

    fn evaluate(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions) {
        let images = images(&self.dataset, batch.serials, &FlexDevice);
        forward::evaluate(&self.evaluation, images, batch.labels, config)
    }

    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)> {
        pool().install(|| {
            let batches = batches.par_iter();
            batches.map(|&batch| self.evaluate(batch, config)).collect()
        })
    }

    fn predict(&self, serials: &[u32]) -> Predictions {
        forward::predict(&self.evaluation, images(&self.dataset, serials, &FlexDevice))
    }

    fn predict_each(&self, batches: &[&[u32]]) -> Vec<Predictions> {
        pool().install(|| batches.par_iter().map(|serials| self.predict(serials)).collect())
    }

    fn reconstruct(&self, serials: &[u32]) -> Vec<f32> {
        forward::reconstruct(&self.evaluation, images(&self.dataset, serials, &FlexDevice))
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        forward::decode(&self.evaluation, &self.architecture, latents, &FlexDevice)
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

/// The rows `from..to` of `n`.
fn of_rows(data: &[f32], n: usize, from: usize, to: usize) -> &[f32] {
    let width = data.len() / n;
    &data[from * width..to * width]
}

/// The gradients of all parts, added up in their order.
fn sum(parts: Vec<Vec<Vec<f32>>>) -> Vec<Vec<f32>> {
    let mut parts = parts.into_iter();
    let mut sums = parts.next().unwrap_or_default();
    for part in parts {
        sums.par_iter_mut().zip(part).for_each(|(sum, part)| {
            for (sum, value) in sum.iter_mut().zip(part) {
                *sum += value;
            }
        });
    }
    sums
}

/// Puts the arrays into the network, in burn's order.
struct Writer<'a>(std::vec::IntoIter<&'a [f32]>);

impl<B: Backend> ModuleMapper<B> for Writer<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let Some(value) = self.0.next() else {
            return param;
        };
        let (id, tensor, mapper) = param.consume();
        let data = TensorData::new(value.to_vec(), tensor.dims());
        let value = Tensor::from_data(data, &tensor.device()).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
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
