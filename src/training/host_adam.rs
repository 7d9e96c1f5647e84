//! [`optimizer`](super::optimizer) on arrays: one pass over the memory for the gradient's norm, one for everything
//! else, in pieces that several threads take.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use crate::checkpoint::{Moments, Parameters};
use crate::model::config::TrainingConfig;
use crate::model::network::Network;
use crate::model::parameters::{Entry, arrays, entries};

use super::optimizer::{BETA_1, BETA_2, EPSILON, bias_corrections};

/// Elements that one thread takes at a time. The norm is summed piece by piece, so that its rounding does not depend
/// on the number of threads.
const PIECE: usize = 16 * 1024;

/// Weights and moments of every parameter, in burn's layout and order.
pub struct HostAdam {
    entries: Vec<Entry>,
    state: Vec<Weights>,
    count: i32,
}

struct Weights {
    value: Vec<f32>,
    mu: Vec<f32>,
    nu: Vec<f32>,
}

impl HostAdam {
    /// Continues with `moments`, or begins with zeros.
    pub fn new<B: Backend>(network: &Network<B>, moments: Option<&Moments>) -> Self {
        let entries = entries(network);
        let moment = |entry: &Entry, of: Option<&Parameters>| match of
            .and_then(|parameters| parameters.0.get(&entry.path))
        {
            Some(tensor) => entry.from_flax(&tensor.data),
            None => vec![0.0; entry.elements()],
        };
        let state = entries
            .iter()
            .zip(arrays(network))
            .map(|(entry, value)| Weights {
                value,
                mu: moment(entry, moments.map(|m| &m.mu)),
                nu: moment(entry, moments.map(|m| &m.nu)),
            })
            .collect();
        Self {
            entries,
            state,
            count: moments.map_or(0, |m| m.count),
        }
    }

    /// The moments in Flax's layout.
    pub fn moments(&self) -> Moments {
        let read = |which: fn(&Weights) -> &Vec<f32>| {
            let named = self
                .entries
                .iter()
                .zip(&self.state)
                .map(|(entry, state)| (entry.path.clone(), entry.to_flax(which(state))));
            Parameters(named.collect())
        };
        Moments {
            count: self.count,
            mu: read(|state| &state.mu),
            nu: read(|state| &state.nu),
        }
    }

    /// One update of all weights. `parts` are gradients that add up to the batch's, each with an array per parameter,
    /// empty for a parameter without a gradient. `None`: the gradient is not finite, and nothing was changed.
    pub fn step<B: Backend>(
        &mut self,
        network: Network<B>,
        parts: Vec<Vec<Vec<f32>>>,
        config: &TrainingConfig,
    ) -> Option<Network<B>> {
        let mut parts = parts.into_iter();
        let mut gradients = parts.next().unwrap_or_default();
        let others: Vec<_> = parts.collect();
        let squares: f32 = gradients
            .iter_mut()
            .enumerate()
            .map(|(i, sum)| add_up(sum, others.iter().filter_map(|part| part.get(i))))
            .sum();
        if !squares.is_finite() {
            return None;
        }
        let clip = match config.grad_clip_norm {
            Some(limit) if squares.sqrt() >= limit => limit / squares.sqrt(),
            _ => 1.0,
        };
        self.count = self.count.saturating_add(1);
        let corrections = bias_corrections(self.count);
        for ((state, entry), gradient) in self.state.iter_mut().zip(&self.entries).zip(&gradients) {
            let decay = if entry.is_kernel() {
                config.weight_decay
            } else {
                0.0
            };
            state.update(gradient, clip, corrections, config.learning_rate, decay);
        }
        Some(network.map(&mut Writer(self.state.iter())))
    }
}

/// Adds `others` to `sum`; returns the sum of the result's squares.
fn add_up<'a>(sum: &mut [f32], others: impl Iterator<Item = &'a Vec<f32>>) -> f32 {
    let others: Vec<&Vec<f32>> = others.filter(|other| other.len() == sum.len()).collect();
    let squares: Vec<f32> = sum
        .par_chunks_mut(PIECE)
        .enumerate()
        .map(|(i, piece)| {
            for other in &others {
                for (a, b) in piece.iter_mut().zip(&other[i * PIECE..]) {
                    *a += b;
                }
            }
            // Several sums at once, which the compiler turns into vectors.
            let mut lanes = [0.0_f32; 16];
            for row in piece.chunks(16) {
                for (lane, value) in lanes.iter_mut().zip(row) {
                    *lane += value * value;
                }
            }
            lanes.iter().sum()
        })
        .collect();
    squares.iter().sum()
}

impl Weights {
    fn update(&mut self, gradient: &[f32], clip: f32, corrections: [f32; 2], rate: f32, decay: f32) {
        let [first, second] = corrections.map(f32::recip);
        let (b1, b2) = (BETA_1 as f32, BETA_2 as f32);
        let (c1, c2) = ((1.0 - BETA_1) as f32, (1.0 - BETA_2) as f32);
        let epsilon = EPSILON as f32;
        self.value
            .par_chunks_mut(PIECE)
            .zip(self.mu.par_chunks_mut(PIECE))
            .zip(self.nu.par_chunks_mut(PIECE))
            .zip(gradient.par_chunks(PIECE))
            .for_each(|(((value, mu), nu), gradient)| {
                for (((value, mu), nu), gradient) in value.iter_mut().zip(mu).zip(nu).zip(gradient) {
                    let gradient = gradient * clip;
                    *mu = *mu * b1 + gradient * c1;
                    *nu = *nu * b2 + gradient * gradient * c2;
                    let step = *mu * first / ((*nu * second).sqrt() + epsilon) + *value * decay;
                    *value -= step * rate;
                }
            });
    }
}

/// Puts the arrays into the network, in burn's order.
struct Writer<'a>(std::slice::Iter<'a, Weights>);

impl<B: Backend> ModuleMapper<B> for Writer<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
        let Some(state) = self.0.next() else {
            return param;
        };
        let (id, tensor, mapper) = param.consume();
        let data = TensorData::new(state.value.clone(), tensor.dims());
        let value = Tensor::from_data(data, &tensor.device()).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
}
