//! The settings that are numbers: names, effects and ranges, and how they are drawn.

use std::ops::RangeInclusive;

use egui::emath::Numeric;
use egui::{DragValue, Slider, Ui};

use crate::ui::widgets::section::{ROW, fixed_label};

/// Width of the name of a setting.
pub const NAME: f32 = 142.0;
/// Width of its value.
const VALUE: f32 = 66.0;

/// Name, effect and range of a number.
pub struct Setting<N> {
    name: &'static str,
    help: &'static str,
    range: RangeInclusive<N>,
    step: f64,
    decimals: usize,
    logarithmic: bool,
}

pub const RECON_WEIGHT: Setting<f32> = Setting {
    name: "Reconstruction weight",
    help: "Weight of the mean squared pixel error, 0 to 5000. More makes reconstructions sharper; less leaves \
           the latent space to the labels.",
    range: 0.0..=5000.0,
    step: 50.0,
    decimals: 0,
    logarithmic: false,
};

pub const KL_WEIGHT: Setting<f32> = Setting {
    name: "KL weight",
    help: "Weight of the divergence from a normal distribution, 0 to 1. More packs the cloud closer around the \
           origin.",
    range: 0.0..=1.0,
    step: 0.01,
    decimals: 2,
    logarithmic: false,
};

pub const LEARNING_RATE: Setting<f32> = Setting {
    name: "Learning rate",
    help: "Size of the optimizer's steps, 0.0001 to 0.01. More learns faster and less steadily.",
    range: 1e-4..=1e-2,
    step: 1e-4,
    decimals: 4,
    logarithmic: true,
};

pub const EPOCHS: Setting<usize> = Setting {
    name: "Epochs",
    help: "Passes over the data set in one run, 1 to 200. A run ends earlier when its patience does.",
    range: 1..=200,
    step: 1.0,
    decimals: 0,
    logarithmic: false,
};

pub const LABEL_WEIGHT: Setting<f32> = Setting {
    name: "Classification weight",
    help: "Weight of the labelled samples' cross entropy, 0 to 100. More pulls the classes further apart.",
    range: 0.0..=100.0,
    step: 0.1,
    decimals: 1,
    logarithmic: false,
};

pub const SHIFT: Setting<u8> = Setting {
    name: "Shift",
    help: "Pixels by which images are moved at random before they are classified, 0 to 8, where what was propagated is \
           taught. Some make the classifier less particular about where a figure stands.",
    range: 0..=8,
    step: 1.0,
    decimals: 0,
    logarithmic: false,
};

pub const BATCH_SIZE: Setting<usize> = Setting {
    name: "Batch size",
    help: "Samples per optimizer step, 16 to 4096. More is steadier and makes fewer steps per epoch.",
    range: 16..=4096,
    step: 16.0,
    decimals: 0,
    logarithmic: false,
};

pub const PATIENCE: Setting<usize> = Setting {
    name: "Patience",
    help: "Epochs without a better monitored metric after which a run ends, 1 to 200.",
    range: 1..=200,
    step: 1.0,
    decimals: 0,
    logarithmic: false,
};

pub const DROPOUT_RATE: Setting<f32> = Setting {
    name: "Dropout rate",
    help: "Share of the classifier's units that are left out at random in each step, 0 to 0.9.",
    range: 0.0..=0.9,
    step: 0.01,
    decimals: 2,
    logarithmic: false,
};

pub const WEIGHT_DECAY: Setting<f32> = Setting {
    name: "Weight decay",
    help: "How strongly weights are pulled towards 0, 0 to 0.1. 0 is plain Adam.",
    range: 0.0..=0.1,
    step: 1e-4,
    decimals: 5,
    logarithmic: false,
};

pub const VAL_SPLIT: Setting<f64> = Setting {
    name: "Validation split",
    help: "Share of the samples held out to judge each epoch, 0.01 to 0.5.",
    range: 0.01..=0.5,
    step: 0.01,
    decimals: 2,
    logarithmic: false,
};

pub const SEED: Setting<u64> = Setting {
    name: "Seed",
    help: "Seed of the split, the shuffling, dropout and sampling, 0 to 4294967295.",
    range: 0..=4_294_967_295,
    step: 1.0,
    decimals: 0,
    logarithmic: false,
};

/// Draws the name, a slider and the value.
pub fn slider<N: Numeric>(ui: &mut Ui, setting: &Setting<N>, value: &mut N) {
    ui.horizontal(|ui| {
        let name = fixed_label(ui, NAME, setting.name).on_hover_text(setting.help);
        ui.spacing_mut().slider_width = ui.available_width() - VALUE - ui.spacing().item_spacing.x;
        let slider = Slider::new(value, setting.range.clone())
            .show_value(false)
            .step_by(setting.step)
            .logarithmic(setting.logarithmic)
            .max_decimals(setting.decimals);
        ui.add(slider).labelled_by(name.id).on_hover_text(setting.help);
        let drag = drag(setting, value);
        ui.add_sized([VALUE, ROW], drag)
            .labelled_by(name.id)
            .on_hover_text(setting.help);
    });
}

/// Draws the name and the value.
pub fn number<N: Numeric>(ui: &mut Ui, setting: &Setting<N>, value: &mut N) {
    ui.horizontal(|ui| {
        let name = fixed_label(ui, NAME, setting.name).on_hover_text(setting.help);
        ui.add_sized([VALUE + 20.0, ROW], drag(setting, value))
            .labelled_by(name.id)
            .on_hover_text(setting.help);
    });
}

fn drag<'a, N: Numeric>(setting: &Setting<N>, value: &'a mut N) -> DragValue<'a> {
    DragValue::new(value)
        .range(setting.range.clone())
        .speed(setting.step / 2.0)
        .fixed_decimals(setting.decimals)
        // A number counts when it is entered, not while it is half typed.
        .update_while_editing(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::model::config::TrainingConfig;

    #[test]
    fn the_defaults_are_within_the_ranges() {
        let config = TrainingConfig::default();
        for (setting, value) in [
            (RECON_WEIGHT, config.recon_weight),
            (KL_WEIGHT, config.kl_weight),
            (LABEL_WEIGHT, config.label_weight),
            (LEARNING_RATE, config.learning_rate),
            (DROPOUT_RATE, config.dropout_rate),
            (WEIGHT_DECAY, config.weight_decay),
        ] {
            assert!(setting.range.contains(&value), "{}: {value}", setting.name);
        }
        for (setting, value) in [
            (EPOCHS, config.max_epochs),
            (BATCH_SIZE, config.batch_size),
            (PATIENCE, config.patience),
        ] {
            assert!(setting.range.contains(&value), "{}: {value}", setting.name);
        }
        assert!(VAL_SPLIT.range.contains(&config.val_split));
        assert!(SHIFT.range.contains(&config.shift) && SEED.range.contains(&config.seed));
    }
}
