//! [`optimizer`](crate::training::optimizer) on arrays: one pass over the memory for the gradient's norm, one for everything
//! else, in pieces that several threads take.

use pulp::Arch;
use rayon::prelude::*;

use crate::checkpoint::Checkpoint;
use crate::model::config::TrainingConfig;
use crate::model::layers::Parameter;
use crate::model::parameters::{Moments, Parameters};

use super::network::{read, to_flax};
use crate::training::optimizer::{BETA_1, BETA_2, EPSILON, bias_corrections, decay};

/// Elements that one thread takes at a time. The norm is summed piece by piece, so that its rounding does not depend
/// on the number of threads.
const PIECE: usize = 16 * 1024;

/// Weights and moments of every parameter, in the order of their places.
pub struct CpuAdam {
    parameters: Vec<Parameter>,
    state: Vec<Weights>,
    count: i32,
}

struct Weights {
    value: Vec<f32>,
    mu: Vec<f32>,
    nu: Vec<f32>,
}

impl CpuAdam {
    /// Continues with the checkpoint's moments, or begins with zeros.
    pub fn new(parameters: Vec<Parameter>, checkpoint: &Checkpoint) -> Self {
        let moments = checkpoint.moments.as_ref();
        let state = parameters
            .iter()
            .map(|parameter| Weights {
                value: read(parameter, Some(&checkpoint.params)),
                mu: read(parameter, moments.map(|m| &m.mu)),
                nu: read(parameter, moments.map(|m| &m.nu)),
            })
            .collect();
        Self {
            parameters,
            state,
            count: moments.map_or(0, |m| m.count),
        }
    }

    /// The moments in Flax's layout.
    pub fn moments(&self) -> Moments {
        Moments {
            count: self.count,
            mu: self.to_flax(|state| &state.mu),
            nu: self.to_flax(|state| &state.nu),
        }
    }

    /// The weights, in the order of their places.
    pub fn values(&self) -> Vec<&[f32]> {
        self.state.iter().map(|state| state.value.as_slice()).collect()
    }

    /// The weights in Flax's layout.
    pub fn parameters(&self) -> Parameters {
        self.to_flax(|state| &state.value)
    }

    fn to_flax(&self, which: fn(&Weights) -> &Vec<f32>) -> Parameters {
        let named = self
            .parameters
            .iter()
            .zip(&self.state)
            .map(|(parameter, state)| (parameter.path.clone(), to_flax(parameter, which(state))));
        Parameters(named.collect())
    }

    /// One update of all weights. `gradients` has an array per parameter.
    /// False: the gradient is not finite, and nothing was changed.
    pub fn step(&mut self, gradients: &[Vec<f32>], config: &TrainingConfig) -> bool {
        let squares: f32 = gradients.iter().map(|gradient| sum_of_squares(gradient)).sum();
        if !squares.is_finite() {
            return false;
        }
        let clip = match config.grad_clip_norm {
            Some(limit) if squares.sqrt() >= limit => limit / squares.sqrt(),
            _ => 1.0,
        };
        self.count = self.count.saturating_add(1);
        let corrections = bias_corrections(self.count);
        for ((state, parameter), gradient) in self.state.iter_mut().zip(&self.parameters).zip(gradients) {
            let decay = decay(parameter, config);
            state.update(gradient, clip, corrections, config.learning_rate, decay);
        }
        true
    }
}

fn sum_of_squares(values: &[f32]) -> f32 {
    let pieces: Vec<f32> = values
        .par_chunks(PIECE)
        .map(|piece| {
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
    pieces.iter().sum()
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
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for (((value, mu), nu), gradient) in value.iter_mut().zip(mu).zip(nu).zip(gradient) {
                            let gradient = gradient * clip;
                            *mu = *mu * b1 + gradient * c1;
                            *nu = *nu * b2 + gradient * gradient * c2;
                            let step = *mu * first / ((*nu * second).sqrt() + epsilon) + *value * decay;
                            *value -= step * rate;
                        }
                    },
                );
            });
    }
}
