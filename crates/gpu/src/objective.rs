//! The objective: weighted reconstruction error + weighted KL divergence + weighted cross entropy
//! (Kingma et al. 2014, "Semi-supervised learning with deep generative models", in the Python system's form).

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;
use burn::tensor::backend::Backend;

use crate::network::Pass;
use ssvae_core::model::config::TrainingConfig;

/// Terms of one batch, each a tensor of one element; reconstruction and KL are weighted, classification is not.
#[derive(Debug, Clone)]
pub struct Terms<B: Backend> {
    pub reconstruction: Tensor<B, 1>,
    pub kl: Tensor<B, 1>,
    pub classification: Tensor<B, 1>,
}

impl<B: Backend> Terms<B> {
    pub fn total(&self, label_weight: f32) -> Tensor<B, 1> {
        self.reconstruction.clone() + self.kl.clone() + self.classification.clone() * label_weight
    }
}

/// `images`: `[n, pixels]`; `targets`: `[n, CLASSES]`, for a labelled sample 1 / (labelled samples of the batch)
/// at its class, zero rows for the others.
pub fn terms<B: Backend>(
    pass: &Pass<B>,
    images: Tensor<B, 2>,
    targets: Tensor<B, 2>,
    config: &TrainingConfig,
) -> Terms<B> {
    let n = images.dims()[0] as f32;
    let error = pass.reconstruction.clone() - images;
    let reconstruction = (error.clone() * error).mean() * config.recon_weight;
    let mean = pass.posterior.mean.clone();
    let log_variance = pass.posterior.log_variance.clone();
    let divergence = (log_variance.clone() + 1.0 - mean.clone() * mean - log_variance.exp()).sum() * -0.5;
    let classification = (log_softmax(pass.logits.clone(), 1) * targets).sum() * -1.0;
    Terms {
        reconstruction,
        kl: divergence * (config.kl_weight / n),
        classification,
    }
}
