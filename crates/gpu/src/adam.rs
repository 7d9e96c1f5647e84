//! [`optimizer`](ssvae_core::training::optimizer) on tensors: nothing leaves the device.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData};

use crate::network::Network;
use crate::parameters::{from_flax, parameters, to_cpu, to_flax};
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::model::layers::Parameter;
use ssvae_core::model::parameters::{Moments, Parameters};
use ssvae_core::training::optimizer::{BETA_1, BETA_2, EPSILON, bias_corrections, decay};

/// Moments of every parameter, flattened, in burn's order of the parameters.
pub struct GpuAdam<B: Backend> {
    parameters: Vec<Parameter>,
    moments: Vec<[Tensor<B, 1>; 2]>,
    count: i32,
    /// `[1]`: the first step whose gradient was not finite, 0 while there is none.
    diverged: Tensor<B, 1>,
}

impl<B: Backend> GpuAdam<B> {
    /// Continues with `moments`, or begins with zeros.
    pub fn new<A: AutodiffBackend<InnerBackend = B>>(
        network: &Network<A>,
        moments: Option<&Moments>,
        device: &B::Device,
    ) -> Self {
        let parameters = parameters(network);
        let load = |parameter: &Parameter, of: Option<&Parameters>| {
            let data = match of.and_then(|flax| flax.0.get(&parameter.path)) {
                Some(array) => from_flax(parameter, &array.data),
                None => vec![0.0; parameter.elements()],
            };
            let length = data.len();
            Tensor::from_data(TensorData::new(data, [length]), device)
        };
        Self {
            moments: parameters
                .iter()
                .map(|parameter| {
                    [
                        load(parameter, moments.map(|m| &m.mu)),
                        load(parameter, moments.map(|m| &m.nu)),
                    ]
                })
                .collect(),
            count: moments.map_or(0, |m| m.count),
            parameters,
            diverged: Tensor::zeros([1], device),
        }
    }

    /// The moments in Flax's layout.
    pub fn moments(&self) -> Moments {
        let read = |which: usize| {
            let pairs = self.parameters.iter().zip(&self.moments);
            let named = pairs.map(|(parameter, pair)| {
                let array = to_flax(parameter, &to_cpu(pair[which].clone()));
                (parameter.path.clone(), array)
            });
            Parameters(named.collect())
        };
        Moments {
            count: self.count,
            mu: read(0),
            nu: read(1),
        }
    }

    /// The first step whose gradient was not finite. Waits for the device.
    pub fn diverged(&self) -> Option<i64> {
        let step = to_cpu(self.diverged.clone()).first().copied().unwrap_or_default();
        (step > 0.0).then_some(step as i64)
    }

    /// One update of all weights, which is step `number` of the model.
    pub fn step<A: AutodiffBackend<InnerBackend = B>>(
        &mut self,
        network: Network<A>,
        gradients: GradientsParams,
        config: &TrainingConfig,
        number: i64,
    ) -> Network<A> {
        let mut collector = Collector::<B> {
            gradients,
            flat: Vec::new(),
        };
        network.visit(&mut collector);
        let gradients = match squares(&collector.flat) {
            Some(squares) => {
                let bad = squares.clone().is_finite().bool_not();
                let first = bad.bool_and(self.diverged.clone().equal_elem(0.0));
                self.diverged = self.diverged.clone().mask_fill(first, number as f32);
                clip(collector.flat, squares, config.grad_clip_norm)
            }
            None => collector.flat,
        };
        self.count = self.count.saturating_add(1);
        let correction = bias_corrections(self.count);
        let mut index = 0;
        let mut update = |value: Tensor<B, 1>| {
            let i = index;
            index += 1;
            let Some(Some(gradient)) = gradients.get(i) else {
                return value;
            };
            let [mu, nu] = self.moments[i].clone();
            let mu = mu * BETA_1 + gradient.clone() * (1.0 - BETA_1);
            let nu = nu * BETA_2 + gradient.clone() * gradient.clone() * (1.0 - BETA_2);
            self.moments[i] = [mu.clone(), nu.clone()];
            let mut step = mu / correction[0] / ((nu / correction[1]).sqrt() + EPSILON);
            let decay = decay(&self.parameters[i], config);
            if decay > 0.0 {
                step = step + value.clone() * decay;
            }
            value - step * config.learning_rate
        };
        network.map(&mut Updater { update: &mut update })
    }
}

/// `[1]`: the sum of the squares of all gradients, on the device.
fn squares<B: Backend>(gradients: &[Option<Tensor<B, 1>>]) -> Option<Tensor<B, 1>> {
    let squares = gradients.iter().flatten().map(|g| (g.clone() * g.clone()).sum());
    squares.reduce(|a, b| a + b)
}

/// Optax's `clip_by_global_norm`, without waiting for the norm.
fn clip<B: Backend>(
    gradients: Vec<Option<Tensor<B, 1>>>,
    squares: Tensor<B, 1>,
    norm: Option<f32>,
) -> Vec<Option<Tensor<B, 1>>> {
    let Some(limit) = norm else {
        return gradients;
    };
    let scale = (squares.sqrt().recip() * limit).clamp_max(1.0);
    gradients
        .into_iter()
        .map(|gradient| gradient.map(|g| g * scale.clone()))
        .collect()
}

struct Collector<B: Backend> {
    gradients: GradientsParams,
    flat: Vec<Option<Tensor<B, 1>>>,
}

impl<A: AutodiffBackend> ModuleVisitor<A> for Collector<A::InnerBackend> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<A, D>>) {
        let gradient = self.gradients.remove::<A::InnerBackend, D>(param.id);
        self.flat.push(gradient.map(|g| g.flatten(0, D - 1)));
    }
}

struct Updater<'a, B: Backend> {
    update: &'a mut dyn FnMut(Tensor<B, 1>) -> Tensor<B, 1>,
}

impl<A: AutodiffBackend> ModuleMapper<A> for Updater<'_, A::InnerBackend> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<A, D>>) -> Param<Tensor<A, D>> {
        let (id, tensor, mapper) = param.consume();
        let value = tensor.inner();
        let shape = value.shape();
        let updated = (self.update)(value.flatten(0, D - 1)).reshape::<D, _>(shape);
        Param::from_mapped_value(id, Tensor::from_inner(updated).require_grad(), mapper)
    }
}
