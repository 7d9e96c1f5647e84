//! Hyperparameters of the next training run.

use std::ops::RangeInclusive;

use egui::emath::Numeric;
use egui::{
    Button, Checkbox, DragValue, Popup, PopupCloseBehavior, RichText, Slider, Ui, WidgetInfo, WidgetType,
    vec2,
};

use crate::ui::intent::Intent;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::radio;
use crate::ui::widgets::section::{ROW, fixed_label, heading, sized_button, wide_button};
use ssvae_core::model::config::{Adjustment, Monitor, TargetKind, TrainingConfig};

const NAME: f32 = 142.0;
const VALUE: f32 = 66.0;

/// Name, effect and range of a number.
struct Setting<N> {
    name: &'static str,
    help: &'static str,
    range: RangeInclusive<N>,
    step: f64,
    decimals: usize,
    logarithmic: bool,
}

/// Draws the settings; `running`: those of the run that is on.
pub fn show(
    ui: &mut Ui,
    ui_state: &mut UiState,
    running: Option<&TrainingConfig>,
    intents: &mut Vec<Intent>,
) {
    let config = &mut ui_state.config;
    let recon_weight = Setting {
        name: "Reconstruction weight",
        help: "Weight of the mean squared pixel error, 0 to 5000. More makes reconstructions sharper; less leaves \
               the latent space to the labels.",
        range: 0.0..=5000.0,
        step: 50.0,
        decimals: 0,
        logarithmic: false,
    };
    slider(ui, &recon_weight, &mut config.recon_weight);
    let kl_weight = Setting {
        name: "KL weight",
        help: "Weight of the divergence from a normal distribution, 0 to 1. More packs the cloud closer around the \
               origin.",
        range: 0.0..=1.0,
        step: 0.01,
        decimals: 2,
        logarithmic: false,
    };
    slider(ui, &kl_weight, &mut config.kl_weight);
    let learning_rate = Setting {
        name: "Learning rate",
        help: "Size of the optimizer's steps, 0.0001 to 0.01. More learns faster and less steadily.",
        range: 1e-4..=1e-2,
        step: 1e-4,
        decimals: 4,
        logarithmic: true,
    };
    slider(ui, &learning_rate, &mut config.learning_rate);
    let epochs = Setting {
        name: "Epochs",
        help: "Passes over the data set in one run, 1 to 200. A run ends earlier when its patience does.",
        range: 1..=200,
        step: 1.0,
        decimals: 0,
        logarithmic: false,
    };
    slider(ui, &epochs, &mut config.max_epochs);
    let more = wide_button(ui, true, "More settings…", 24.0).on_hover_text(
        "Classification weight, batch size, patience, regularization, monitored metric, seed.",
    );
    Popup::from_toggle_button_response(&more)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(350.0)
        .show(|ui| self::more(ui, ui_state));
    match running {
        None => {
            ui.label(
                RichText::new("A run continues from the weights in memory.")
                    .small()
                    .weak(),
            );
        }
        Some(running) => apply(ui, ui_state.config.adjustment(), running.adjustment(), intents),
    }
}

/// Changes of what a run takes while it is on.
fn apply(ui: &mut Ui, wanted: Adjustment, running: Adjustment, intents: &mut Vec<Intent>) {
    let size = vec2(ui.available_width(), 20.0);
    let response = sized_button(ui, wanted != running, size, Button::new("Apply to this run"))
        .on_hover_text("Use this learning rate and these loss weights from the next batch on.")
        .on_disabled_hover_text(
            "The run has this learning rate and these weights of the losses. Everything else takes effect in the \
             next run.",
        );
    if response.clicked() {
        intents.push(Intent::Adjust(wanted));
    }
}

fn more(ui: &mut Ui, ui_state: &mut UiState) {
    heading(ui, "More settings");
    let config = &mut ui_state.config;
    let label_weight = Setting {
        name: "Classification weight",
        help: "Weight of the labelled samples' cross entropy, 0 to 100. More pulls the classes further apart.",
        range: 0.0..=100.0,
        step: 0.1,
        decimals: 1,
        logarithmic: false,
    };
    targets(ui, config);
    number(ui, &label_weight, &mut config.label_weight);
    let shift = Setting {
        name: "Shift",
        help: "Pixels by which images are moved at random before they are classified, 0 to 8, where what was propagated is \
               taught. Some make the classifier less particular about where a figure stands.",
        range: 0..=8,
        step: 1.0,
        decimals: 0,
        logarithmic: false,
    };
    number(ui, &shift, &mut config.shift);
    let batch_size = Setting {
        name: "Batch size",
        help: "Samples per optimizer step, 16 to 4096. More is steadier and makes fewer steps per epoch.",
        range: 16..=4096,
        step: 16.0,
        decimals: 0,
        logarithmic: false,
    };
    number(ui, &batch_size, &mut config.batch_size);
    let patience = Setting {
        name: "Patience",
        help: "Epochs without a better monitored metric after which a run ends, 1 to 200.",
        range: 1..=200,
        step: 1.0,
        decimals: 0,
        logarithmic: false,
    };
    number(ui, &patience, &mut config.patience);
    let dropout_rate = Setting {
        name: "Dropout rate",
        help: "Share of the classifier's units that are left out at random in each step, 0 to 0.9.",
        range: 0.0..=0.9,
        step: 0.01,
        decimals: 2,
        logarithmic: false,
    };
    number(ui, &dropout_rate, &mut config.dropout_rate);
    let weight_decay = Setting {
        name: "Weight decay",
        help: "How strongly weights are pulled towards 0, 0 to 0.1. 0 is plain Adam.",
        range: 0.0..=0.1,
        step: 1e-4,
        decimals: 5,
        logarithmic: false,
    };
    number(ui, &weight_decay, &mut config.weight_decay);
    let val_split = Setting {
        name: "Validation split",
        help: "Share of the samples held out to judge each epoch, 0.01 to 0.5.",
        range: 0.01..=0.5,
        step: 0.01,
        decimals: 2,
        logarithmic: false,
    };
    number(ui, &val_split, &mut config.val_split);
    clipping(ui, config, &mut ui_state.clip_norm);
    monitor(ui, &mut ui_state.config.monitor);
    let seed = Setting {
        name: "Seed",
        help: "Seed of the split, the shuffling, dropout and sampling, 0 to 4294967295.",
        range: 0..=u64::from(u32::MAX),
        step: 1.0,
        decimals: 0,
        logarithmic: false,
    };
    number(ui, &seed, &mut ui_state.config.seed);
    ui.add_space(2.0);
    let defaults = wide_button(ui, true, "Reset to defaults", 24.0);
    if defaults
        .on_hover_text("All settings but the number of epochs.")
        .clicked()
    {
        ui_state.reset_settings();
    }
}

fn slider<N: Numeric>(ui: &mut Ui, setting: &Setting<N>, value: &mut N) {
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

fn number<N: Numeric>(ui: &mut Ui, setting: &Setting<N>, value: &mut N) {
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
        // A half-typed number is no number yet.
        .update_while_editing(false)
}

/// What unlabelled samples are taught. Another choice brings the classification weight that measures best with it.
fn targets(ui: &mut Ui, config: &mut TrainingConfig) {
    ui.horizontal(|ui| {
        fixed_label(ui, NAME, "Unlabelled samples learn");
        let before = config.targets;
        for (kind, name, help) in [
            (
                TargetKind::Propagated,
                "Propagated",
                "The classes that your labels spread to them, weighted by their certainty.",
            ),
            (
                TargetKind::Labels,
                "Nothing",
                "Only your labels teach the classifier: the Python system's objective.",
            ),
        ] {
            let name_of = format!("Unlabelled samples learn: {name}");
            if radio(ui, config.targets == kind, (name, &name_of), help) {
                config.targets = kind;
            }
        }
        if config.targets != before {
            config.label_weight = config.targets.usual_label_weight();
        }
    });
}

fn clipping(ui: &mut Ui, config: &mut TrainingConfig, norm: &mut f32) {
    let help = "Largest norm of all gradients together, 0.1 to 10; larger ones are scaled down to it. Off: no limit.";
    ui.horizontal(|ui| {
        fixed_label(ui, NAME, "Gradient clipping").on_hover_text(help);
        let mut on = config.grad_clip_norm.is_some();
        let check = ui.add(Checkbox::without_text(&mut on)).on_hover_text(help);
        check.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, on, "Gradient clipping"));
        let drag = DragValue::new(norm)
            .range(0.1..=10.0)
            .speed(0.05)
            .fixed_decimals(1)
            .update_while_editing(false);
        let value = ui.add_enabled(on, drag).on_hover_text(help);
        value.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, on, "Gradient norm"));
        if check.changed() || value.changed() {
            config.grad_clip_norm = on.then_some(*norm);
        }
    });
}

fn monitor(ui: &mut Ui, monitor: &mut Monitor) {
    let help = "The validation loss that decides which epoch is saved and when patience ends.";
    ui.horizontal(|ui| {
        fixed_label(ui, NAME, "Monitored metric").on_hover_text(help);
        ui.spacing_mut().item_spacing.x = 3.0;
        for (option, name, what) in [
            (
                Monitor::Auto,
                "Auto",
                "Classification where there are labels, the total otherwise.",
            ),
            (Monitor::Loss, "Total", "The sum of all terms."),
            (
                Monitor::ClassificationLoss,
                "Classification",
                "The cross entropy of the labelled samples.",
            ),
        ] {
            let name_of = format!("Monitor: {name}");
            if radio(ui, *monitor == option, (name, &name_of), what) {
                *monitor = option;
            }
        }
    });
}
