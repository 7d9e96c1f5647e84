//! What a network looks like ([`Architecture`]) and how it is trained ([`TrainingConfig`]).

use serde::{Deserialize, Serialize};

use crate::choice::Choice;
use crate::classes::ClassCount;
use crate::dataset::Dataset;

/// Pixels of an image to each position of a conv network's inmost grid, in both directions.
pub(crate) const CONV_STEP: usize = 4;

/// Kind of encoder or decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkKind {
    /// Fully connected layers, of images of any size.
    Dense,
    /// Convolutions of 3×3 pixels, of images whose sides are multiples of 4.
    Conv,
}

impl Choice for NetworkKind {
    const ALL: &'static [Self] = &[Self::Dense, Self::Conv];

    fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Conv => "conv",
        }
    }
}

/// Sizes of a network. They follow from the parameter shapes, so a checkpoint does not store them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Image → latent distribution.
    pub encoder: NetworkKind,
    /// Latent → image.
    pub decoder: NetworkKind,
    /// Widths of the dense encoder's hidden layers; the dense decoder has them in reverse, and the last is the
    /// width of the classifier's two hidden layers.
    pub hidden_dims: Vec<usize>,
    /// Dimensions of the latent space.
    pub latent_dim: usize,
    /// Height of an image in pixels, and numbers of each of its rows: width × channels.
    pub image: [usize; 2],
    /// Numbers of a pixel: 1 (grey) or 3 (RGB). A dense network has none of its own; records of one do not name it.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub channels: usize,
    /// Classes that the classifier tells apart. Records of ten do not name it.
    #[serde(default, skip_serializing_if = "ClassCount::is_default")]
    pub classes: ClassCount,
}

impl Default for Architecture {
    fn default() -> Self {
        Self {
            encoder: NetworkKind::Dense,
            decoder: NetworkKind::Dense,
            hidden_dims: vec![256, 128, 64],
            latent_dim: 2,
            image: [28, 28],
            channels: 1,
            classes: ClassCount::default(),
        }
    }
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it in so")]
fn is_one(channels: &usize) -> bool {
    *channels == 1
}

impl Architecture {
    /// The default network for these images and their classes.
    pub fn of(dataset: &Dataset) -> Self {
        let [.., channels] = dataset.shape();
        Self {
            image: dataset.rows(),
            channels,
            classes: dataset.classes(),
            ..Self::default()
        }
    }

    /// Numbers of an image, height × width × channels.
    pub(crate) fn pixels(&self) -> usize {
        self.image[0] * self.image[1]
    }

    /// Height and width of an image in pixels, and numbers of a pixel.
    pub fn shape(&self) -> [usize; 3] {
        let [height, row] = self.image;
        [height, row / self.channels.max(1), self.channels]
    }

    /// Whether any of it is convolutional.
    pub(crate) fn is_conv(&self) -> bool {
        self.encoder == NetworkKind::Conv || self.decoder == NetworkKind::Conv
    }

    /// Refuses what cannot be built; the text says why.
    pub fn validate(&self) -> Result<(), String> {
        let [height, width, _] = self.shape();
        if self.is_conv() && [height, width].iter().any(|side| !side.is_multiple_of(CONV_STEP)) {
            return Err(format!(
                "conv networks take images whose sides are multiples of {CONV_STEP}, these have {height}×{width}; use dense"
            ));
        }
        Ok(())
    }
}

/// The validation metric that decides which epoch is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monitor {
    /// [`Monitor::ClassificationLoss`] where a sample of the training part is taught a class, [`Monitor::Loss`] otherwise.
    Auto,
    /// The total.
    Loss,
    /// The classification loss; the total where no sample of the validation part is taught a class, since the
    /// classification loss is always 0 then and could never improve.
    ClassificationLoss,
}

impl Choice for Monitor {
    const ALL: &'static [Self] = &[Self::Auto, Self::Loss, Self::ClassificationLoss];

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Loss => "loss",
            Self::ClassificationLoss => "classification_loss",
        }
    }
}

/// What unlabelled samples are taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// The classes that the labels were propagated to, weighted by their certainty.
    #[default]
    Propagated,
    /// Nothing: the Python system's objective.
    Labels,
}

impl Choice for TargetKind {
    const ALL: &'static [Self] = &[Self::Propagated, Self::Labels];

    fn name(self) -> &'static str {
        match self {
            Self::Propagated => "propagated",
            Self::Labels => "labels",
        }
    }
}

impl TargetKind {
    /// Records and settings that do not name it are of the Python system, or of a time that had only its objective.
    fn where_it_is_missing() -> Self {
        Self::Labels
    }

    /// Weight of the classification loss that measures best.
    pub fn usual_label_weight(self) -> f32 {
        match self {
            Self::Propagated => 100.0,
            Self::Labels => 1.0,
        }
    }
}

/// Hyperparameters of a training run, with the Python system's names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingConfig {
    /// Weight of the reconstruction error, 0 or more.
    pub recon_weight: f32,
    /// Weight of the KL divergence, 0 or more.
    pub kl_weight: f32,
    /// Weight of the classification loss, 0 or more.
    pub label_weight: f32,
    /// Step size of AdamW, above 0.
    pub learning_rate: f32,
    /// Samples of an optimizer step, 1 or more.
    pub batch_size: usize,
    /// Passes over the training part, at most.
    pub max_epochs: usize,
    /// Epochs without a better monitored metric after which a run stops.
    pub patience: usize,
    /// Share of the samples held out for validation, in 0..1.
    pub val_split: f64,
    /// Decides the split and everything that is drawn in training.
    #[serde(rename = "random_seed")]
    pub seed: u64,
    /// Largest global gradient norm; `None` switches clipping off.
    pub grad_clip_norm: Option<f32>,
    /// Decoupled weight decay on kernels; 0 means plain Adam.
    pub weight_decay: f32,
    /// Share of the outputs that are dropped in training where a layer has dropout, in 0..1.
    pub dropout_rate: f32,
    /// What decides which epoch is the best.
    #[serde(rename = "monitor_metric")]
    pub monitor: Monitor,
    /// What samples without a label are taught.
    #[serde(default = "TargetKind::where_it_is_missing")]
    pub targets: TargetKind,
    /// Pixels by which images are moved at most before they are classified, where what was propagated is taught.
    pub shift: u8,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            recon_weight: 1000.0,
            kl_weight: 0.1,
            label_weight: TargetKind::default().usual_label_weight(),
            learning_rate: 1e-3,
            batch_size: 256,
            max_epochs: 200,
            patience: 20,
            val_split: 0.1,
            seed: 42,
            grad_clip_norm: Some(1.0),
            weight_decay: 1e-4,
            dropout_rate: 0.2,
            monitor: Monitor::ClassificationLoss,
            targets: TargetKind::default(),
            shift: 1,
        }
    }
}

impl TrainingConfig {
    /// The Python system's defaults.
    pub fn reference() -> Self {
        Self {
            label_weight: TargetKind::Labels.usual_label_weight(),
            targets: TargetKind::Labels,
            ..Self::default()
        }
    }
}

/// What can be changed while a run is on: the optimizer and the objective take it from the next batch on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// See [`TrainingConfig::learning_rate`].
    pub learning_rate: f32,
    /// See [`TrainingConfig::recon_weight`].
    pub recon_weight: f32,
    /// See [`TrainingConfig::kl_weight`].
    pub kl_weight: f32,
    /// See [`TrainingConfig::label_weight`].
    pub label_weight: f32,
}

impl Adjustment {
    /// Whether the total loss means the same under both.
    pub(crate) fn same_objective(&self, other: &Self) -> bool {
        let rate = self.learning_rate;
        *self
            == Self {
                learning_rate: rate,
                ..*other
            }
    }
}

impl TrainingConfig {
    /// The part that can be changed while a run is on.
    pub fn adjustment(&self) -> Adjustment {
        Adjustment {
            learning_rate: self.learning_rate,
            recon_weight: self.recon_weight,
            kl_weight: self.kl_weight,
            label_weight: self.label_weight,
        }
    }

    /// Takes a change over.
    pub(crate) fn adjust(&mut self, adjustment: Adjustment) {
        let Adjustment {
            learning_rate,
            recon_weight,
            kl_weight,
            label_weight,
        } = adjustment;
        self.learning_rate = learning_rate;
        self.recon_weight = recon_weight;
        self.kl_weight = kl_weight;
        self.label_weight = label_weight;
    }

    /// Refuses what cannot be trained with; the text names the first such value.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let Self {
            recon_weight,
            kl_weight,
            label_weight,
            learning_rate,
            weight_decay,
            dropout_rate,
            ..
        } = *self;
        let weights = [
            ("recon_weight", recon_weight),
            ("kl_weight", kl_weight),
            ("label_weight", label_weight),
            ("weight_decay", weight_decay),
        ];
        for (name, value) in weights {
            if !value.is_finite() || value < 0.0 {
                return Err(format!("{name} is {value}, expected a number of 0 or more"));
            }
        }
        let above_0 = [
            ("learning_rate", learning_rate),
            ("grad_clip_norm", self.grad_clip_norm.unwrap_or(1.0)),
        ];
        for (name, value) in above_0 {
            if !value.is_finite() || value <= 0.0 {
                return Err(format!("{name} is {value}, expected a number above 0"));
            }
        }
        for (name, value) in [
            ("batch_size", self.batch_size),
            ("max_epochs", self.max_epochs),
            ("patience", self.patience),
        ] {
            if value == 0 {
                return Err(format!("{name} is 0, expected 1 or more"));
            }
        }
        let rates = [
            ("dropout_rate", f64::from(dropout_rate)),
            ("val_split", self.val_split),
        ];
        for (name, value) in rates {
            if !(0.0..1.0).contains(&value) {
                return Err(format!(
                    "{name} is {value}, expected a number from 0 up to, not including, 1"
                ));
            }
        }
        Ok(())
    }
}
