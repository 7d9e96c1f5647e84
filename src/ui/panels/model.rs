//! The model in memory, and the form for a new one.

use egui::{
    Button, DragValue, Label, Popup, PopupCloseBehavior, RichText, Slider, TextWrapMode, Ui, Widget,
    WidgetInfo, WidgetType, vec2,
};

use crate::ui::intent::Intent;
use crate::ui::run_state::RunEnds;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::radio;
use crate::ui::widgets::section::{fixed_label, heading, sized_button, wide_button};
use ssvae_core::model::config::{Architecture, NetworkKind};
use ssvae_core::training::message::EndState;

const NAME: f32 = 70.0;
/// Width of a name in the form for a new model.
const FIELD: f32 = 126.0;

/// The model in memory and the one in the file.
#[derive(Clone, Debug)]
pub struct ModelView<'a> {
    /// For example `CPU`; empty while unknown.
    pub backend: &'a str,
    /// `None` until the model is read.
    pub architecture: Option<&'a Architecture>,
    /// Which weights are in memory, for example `epoch 5, the last`.
    pub in_memory: String,
    /// What the last run left behind.
    pub ends: Option<RunEnds>,
    /// Which weights are in the checkpoint file, for example `best epoch 3`.
    pub in_file: &'a str,
    /// Path of the checkpoint file.
    pub checkpoint: String,
    /// Whether no run is on.
    pub idle: bool,
}

/// Draws what is known of the model, and the button for a new one.
pub fn show(ui: &mut Ui, model: &ModelView, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let (shape, widths) = model
        .architecture
        .map_or_else(Default::default, |a| (summary(a), widths(a)));
    fact(ui, "Runs on", model.backend, "Where the model is computed.");
    fact(
        ui,
        "Network",
        &shape,
        &format!("Encoder and decoder, and the size of the latent space. {widths}"),
    );
    fact(
        ui,
        "In memory",
        &model.in_memory,
        "The weights that the cloud shows and that training continues from.",
    );
    let file = format!(
        "The weights in {}, written at a run's best epoch and by Save checkpoint.",
        model.checkpoint
    );
    fact(ui, "In file", model.in_file, &file);
    ui.spacing_mut().item_spacing.y = 4.0;
    ends(ui, model.ends, model.idle, intents);
    let idle = model.idle && model.architecture.is_some();
    let button = wide_button(ui, idle, "New model…", 24.0)
        .on_hover_text(
            "Choose another network and start from new weights. The checkpoint file stays as it is.",
        )
        .on_disabled_hover_text("Not while a run is on.");
    if button.clicked()
        && let Some(architecture) = model.architecture
    {
        ui_state.architecture = architecture.clone();
    }
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(250.0)
        .show(|ui| fresh(ui, ui_state, intents));
}

/// For example `dense, latent 2`.
pub fn summary(architecture: &Architecture) -> String {
    let kind = |kind| {
        if kind == NetworkKind::Dense {
            "dense"
        } else {
            "conv"
        }
    };
    let (encoder, decoder) = (kind(architecture.encoder), kind(architecture.decoder));
    let both = if encoder == decoder {
        encoder.to_owned()
    } else {
        format!("{encoder}/{decoder}")
    };
    format!("{both}, latent {}", architecture.latent_dim)
}

fn widths(architecture: &Architecture) -> String {
    let widths: Vec<String> = architecture.hidden_dims.iter().map(ToString::to_string).collect();
    format!("Dense hidden layers: {}.", widths.join(", "))
}

/// The choice between the two states that a run leaves behind.
fn ends(ui: &mut Ui, ends: Option<RunEnds>, idle: bool, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        fixed_label(ui, 84.0, RichText::new("Use weights").weak())
            .on_hover_text("Which weights of the last run are in memory: the cloud shows them, and training continues from them.");
        let width = (ui.available_width() - ui.spacing().item_spacing.x) / 2.0;
        for (which, text, name, help) in [
            (
                EndState::Last,
                "Last",
                "Last epoch",
                "The weights after the last epoch of the run.",
            ),
            (
                EndState::Best,
                "Best",
                "Best epoch",
                "The weights of the best epoch of the run, which were saved automatically.",
            ),
        ] {
            let taken = ends.is_some_and(|ends| ends.taken == which || ends.last == ends.best);
            let enabled = idle && ends.is_some_and(|ends| ends.last != ends.best);
            let button = Button::selectable(taken, text).frame_when_inactive(true);
            let response = sized_button(ui, enabled, vec2(width, 22.0), button);
            response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, enabled, taken, name));
            let response = response.on_hover_text(help).on_disabled_hover_text(match ends {
                None => "No run of this session has weights to choose from.",
                Some(_) if !idle => "Not while a run is on.",
                Some(_) => "The run's last epoch was its best.",
            });
            if response.clicked() && !taken {
                intents.push(Intent::Take(which));
            }
        }
    });
    ui.add_space(2.0);
}

fn fact(ui: &mut Ui, name: &str, value: &str, help: &str) {
    ui.horizontal(|ui| {
        fixed_label(ui, NAME, RichText::new(name).weak()).on_hover_text(help);
        let value = if value.is_empty() { "…" } else { value };
        Label::new(value)
            .wrap_mode(TextWrapMode::Truncate)
            .ui(ui)
            .on_hover_text(format!("{value}\n\n{help}"));
    });
}

fn fresh(ui: &mut Ui, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    heading(ui, "New model");
    let architecture = &mut ui_state.architecture;
    kind(ui, "Encoder", &mut architecture.encoder);
    kind(ui, "Decoder", &mut architecture.decoder);
    ui.horizontal(|ui| {
        let name = fixed_label(ui, FIELD, "Latent dimensions");
        let slider = Slider::new(&mut architecture.latent_dim, 2..=32).show_value(false);
        let help = "Size of the latent space, 2 to 32. More of it classifies better; above 3 the cloud shows the \
                    leading principal components.";
        ui.spacing_mut().slider_width = 68.0;
        ui.add(slider).labelled_by(name.id).on_hover_text(help);
        ui.add(DragValue::new(&mut architecture.latent_dim).range(2..=32))
            .labelled_by(name.id)
            .on_hover_text(help);
    });
    ui.horizontal(|ui| {
        let name = fixed_label(ui, FIELD, "Weight seed");
        ui.add(DragValue::new(&mut ui_state.reset_seed).range(0..=u64::from(u32::MAX)))
            .labelled_by(name.id)
            .on_hover_text("The same seed gives the same initial weights, 0 to 4294967295.");
    });
    ui.add(
        Label::new(RichText::new("The model in memory is replaced; labels and the file stay.").weak()).wrap(),
    );
    if wide_button(ui, true, "Start from new weights", 26.0).clicked() {
        intents.push(Intent::Reset {
            architecture: ui_state.architecture.clone(),
            seed: ui_state.reset_seed,
        });
        ui.close();
    }
}

fn kind(ui: &mut Ui, name: &str, value: &mut NetworkKind) {
    ui.horizontal(|ui| {
        fixed_label(ui, FIELD, name);
        for (option, text, help) in [
            (NetworkKind::Dense, "Dense", "Fully connected layers: fast."),
            (
                NetworkKind::Conv,
                "Conv",
                "Convolutions: slower by far, and better on images.",
            ),
        ] {
            let name_of = format!("{name}: {text}");
            if radio(ui, *value == option, (text, &name_of), help) {
                *value = option;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_told_by_its_two_halves_and_its_latent_space() {
        let mut architecture = Architecture::default();
        assert_eq!(summary(&architecture), "dense, latent 2");
        architecture.encoder = NetworkKind::Conv;
        architecture.latent_dim = 16;
        assert_eq!(summary(&architecture), "conv/dense, latent 16");
    }
}
