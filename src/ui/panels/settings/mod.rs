//! Hyperparameters of the next training run.

mod number;

use egui::{
    Button, Checkbox, DragValue, Popup, PopupCloseBehavior, RichText, Ui, WidgetInfo, WidgetType, vec2,
};

use crate::ui::intent::Intent;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::radio;
use crate::ui::widgets::section::{fixed_label, heading, sized_button, wide_button};
use number::{
    BATCH_SIZE, DROPOUT_RATE, EPOCHS, KL_WEIGHT, LABEL_WEIGHT, LEARNING_RATE, NAME, PATIENCE, RECON_WEIGHT,
    SEED, SHIFT, VAL_SPLIT, WEIGHT_DECAY, number, slider,
};
use ssvae_core::model::config::{Adjustment, Monitor, TargetKind, TrainingConfig};

/// Draws the settings; `running`: those of the run that is on.
pub fn show(
    ui: &mut Ui,
    ui_state: &mut UiState,
    running: Option<&TrainingConfig>,
    intents: &mut Vec<Intent>,
) {
    let config = &mut ui_state.config;
    slider(ui, &RECON_WEIGHT, &mut config.recon_weight);
    slider(ui, &KL_WEIGHT, &mut config.kl_weight);
    slider(ui, &LEARNING_RATE, &mut config.learning_rate);
    slider(ui, &EPOCHS, &mut config.max_epochs);
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

/// The button that gives the run that is on another learning rate and other loss weights.
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
    targets(ui, config);
    number(ui, &LABEL_WEIGHT, &mut config.label_weight);
    number(ui, &SHIFT, &mut config.shift);
    number(ui, &BATCH_SIZE, &mut config.batch_size);
    number(ui, &PATIENCE, &mut config.patience);
    number(ui, &DROPOUT_RATE, &mut config.dropout_rate);
    number(ui, &WEIGHT_DECAY, &mut config.weight_decay);
    number(ui, &VAL_SPLIT, &mut config.val_split);
    clipping(ui, config, &mut ui_state.clip_norm);
    monitor(ui, &mut ui_state.config.monitor);
    number(ui, &SEED, &mut ui_state.config.seed);
    ui.add_space(2.0);
    let defaults = wide_button(ui, true, "Reset to defaults", 24.0);
    if defaults
        .on_hover_text("All settings but the number of epochs.")
        .clicked()
    {
        ui_state.reset_settings();
    }
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
