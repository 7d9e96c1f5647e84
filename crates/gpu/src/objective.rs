//! The terms of [`ssvae_core::model::objective`] on tensors; burn differentiates them.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;
use burn::tensor::backend::Backend;

use crate::network::Pass;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::model::objective::Term;

/// A term of one batch without its weight, a tensor of one element. `images`: `[n, pixels]`; `targets`: `[n, classes]`, see
/// [`Targets::rows`](ssvae_core::training::targets::Targets::rows).
fn value<B: Backend>(
    term: Term,
    pass: &Pass<B>,
    images: &Tensor<B, 2>,
    targets: &Tensor<B, 2>,
) -> Tensor<B, 1> {
    let n = images.dims()[0] as f32;
    match term {
        Term::Reconstruction => {
            let error = pass.reconstruction.clone() - images.clone();
            (error.clone() * error).mean()
        }
        Term::Kl => {
            let mean = pass.posterior.mean.clone();
            let log_variance = pass.posterior.log_variance.clone();
            let sum = (log_variance.clone() + 1.0 - mean.clone() * mean - log_variance.exp()).sum();
            sum * (-0.5 / n)
        }
        Term::Classification => (log_softmax(pass.logits.clone(), 1) * targets.clone()).sum() * -1.0,
    }
}

/// The losses of one batch in the order of [`Metric::ALL`](ssvae_core::model::objective::Metric::ALL): the total, then the
/// terms as histories have them.
pub fn losses<B: Backend>(
    pass: &Pass<B>,
    images: &Tensor<B, 2>,
    targets: &Tensor<B, 2>,
    config: &TrainingConfig,
) -> Vec<Tensor<B, 1>> {
    let mut total = None;
    let mut reported = Vec::new();
    for term in Term::ALL {
        let value = value(term, pass, images, targets);
        let weighted = value.clone() * term.weight(config);
        total = Some(match total {
            Some(total) => total + weighted.clone(),
            None => weighted.clone(),
        });
        reported.push(if term.is_reported_weighted() {
            weighted
        } else {
            value
        });
    }
    total.into_iter().chain(reported).collect()
}
