//! The terms of [`crate::model::objective`] on some rows of a batch: values, and gradients by the network's outputs.

use crate::model::objective::Term;

/// What the network makes of some rows.
#[derive(Clone, Copy, Debug)]
pub struct Outputs<'a> {
    /// `[n, pixels]`
    pub images: &'a [f32],
    /// `[n, pixels]`
    pub reconstruction: &'a [f32],
    /// Posterior, `[n, latent_dim]` each.
    pub mean: &'a [f32],
    pub log_variance: &'a [f32],
    /// Length of a row of the next two, 1 or more.
    pub classes: usize,
    /// `[n, classes]`
    pub logits: &'a [f32],
    /// `[n, classes]`, see [`Targets::rows`](crate::training::targets::Targets::rows).
    pub targets: &'a [f32],
}

/// Gradients by the outputs, of their shapes. z's own share comes to the posterior's afterwards.
#[derive(Debug)]
pub struct Gradients<'a> {
    pub reconstruction: &'a mut [f32],
    pub mean: &'a mut [f32],
    pub log_variance: &'a mut [f32],
    pub logits: &'a mut [f32],
}

/// A term's sum over some rows with `pixels` pixels each, without its weight.
pub fn sum(term: Term, outputs: Outputs, pixels: usize) -> f64 {
    let mut sum = 0.0;
    match term {
        Term::Reconstruction => {
            let images = outputs.images.chunks(pixels.max(1));
            for (ours, image) in outputs.reconstruction.chunks(pixels.max(1)).zip(images) {
                sum += f64::from(squared_distance(ours, image));
            }
        }
        Term::Kl => {
            for (mean, log) in outputs.mean.iter().zip(outputs.log_variance) {
                sum += -0.5 * f64::from(1.0 + log - mean * mean - log.exp());
            }
        }
        Term::Classification => {
            let targets = outputs.targets.chunks(outputs.classes);
            for (logits, targets) in outputs.logits.chunks(outputs.classes).zip(targets) {
                if targets.iter().any(|&target| target > 0.0) {
                    let (largest, total) = exponentials(logits);
                    for (logit, target) in logits.iter().zip(targets) {
                        sum -= f64::from((logit - largest - total.ln()) * target);
                    }
                }
            }
        }
    }
    sum
}

/// A term of a batch of `n` samples from the [`sum`] over all of its rows.
pub fn value(term: Term, sum: f64, n: usize, pixels: usize) -> f64 {
    let n = n.max(1) as f64;
    match term {
        Term::Reconstruction => sum / (n * pixels as f64),
        Term::Kl => sum / n,
        Term::Classification => sum,
    }
}

/// Adds a term's gradient with its weight; the rows belong to a batch of `n` samples with `pixels` pixels each.
pub fn add_gradient(
    term: Term,
    weight: f32,
    outputs: Outputs,
    n: usize,
    pixels: usize,
    gradients: &mut Gradients,
) {
    let n = n as f32;
    match term {
        Term::Reconstruction => {
            let factor = 2.0 * weight / (n * pixels as f32);
            let rows = outputs.reconstruction.iter().zip(outputs.images);
            for (gradient, (ours, image)) in gradients.reconstruction.iter_mut().zip(rows) {
                *gradient += (ours - image) * factor;
            }
        }
        Term::Kl => {
            let factor = weight / n;
            for (gradient, mean) in gradients.mean.iter_mut().zip(outputs.mean) {
                *gradient += factor * mean;
            }
            for (gradient, log) in gradients.log_variance.iter_mut().zip(outputs.log_variance) {
                *gradient += factor * 0.5 * (log.exp() - 1.0);
            }
        }
        Term::Classification => {
            let rows = outputs
                .logits
                .chunks(outputs.classes)
                .zip(outputs.targets.chunks(outputs.classes));
            for (gradient, (logits, targets)) in gradients.logits.chunks_mut(outputs.classes).zip(rows) {
                let taught: f32 = targets.iter().sum();
                if taught == 0.0 {
                    continue;
                }
                let (largest, total) = exponentials(logits);
                for ((gradient, logit), target) in gradient.iter_mut().zip(logits).zip(targets) {
                    *gradient += ((logit - largest).exp() / total * taught - target) * weight;
                }
            }
        }
    }
}

/// Several sums at once, which the compiler turns into vectors.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += (a - b) * (a - b);
        }
    }
    lanes.iter().sum()
}

/// The largest logit, and the sum of all exponentials over its.
pub fn exponentials(logits: &[f32]) -> (f32, f32) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (largest, logits.iter().map(|logit| (logit - largest).exp()).sum())
}
