//! The line along the top: what is done often, and ways to everything else.

use bevy_egui::egui::{Align, Button, Layout, RichText, Ui, WidgetInfo, WidgetType, vec2};

use crate::cloud::palette::Ground;
use crate::overlay::commands::{self, Command};
use crate::overlay::form::OverlayForm;
use crate::overlay::intent::{Intent, ProbeMode};
use crate::overlay::section::sized_button;
use crate::overlay::state::OverlayState;

/// Its height without margins.
pub const HEIGHT: f32 = 24.0;

/// From this width on all of it has room.
const WIDE: f32 = 860.0;

/// Draws the line.
pub fn show(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let ready = state.loading.is_none();
        // What a narrow window has no room for is among the commands.
        let wide = ui.available_width() >= WIDE;
        command(ui, true, "Commands", "Commands", (state, form, commands));
        let fit = "Fit the whole cloud";
        command(ui, ready, "Fit view", fit, (state, form, commands));
        probe(ui, ready, wide, state, commands);
        let images = form.preferences.images;
        let help = "Draw the images themselves over points that have room for one: zoom in. Key: I.";
        if toggle(ui, images, "Images", help) {
            form.preferences.images = !images;
        }
        let export = "Save the view as a picture…";
        command(ui, ready, "Export…", export, (state, form, commands));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            command(ui, true, "Help", "Help: all keys", (state, form, commands));
            let ground = match form.preferences.ground {
                Ground::Dark => "Light",
                Ground::Light => "Dark",
            };
            command(ui, true, ground, "Dark or light", (state, form, commands));
            if wide {
                command(ui, true, "A+", "Larger text", (state, form, commands));
                command(ui, true, "A−", "Smaller text", (state, form, commands));
            }
            let preferences = &mut form.preferences;
            for (open, name, keys) in [
                (&mut preferences.right.open, "Right", "Ctrl+]"),
                (&mut preferences.training_open, "Training", "Ctrl+T"),
                (&mut preferences.left.open, "Left", "Ctrl+["),
            ] {
                let help = format!("Show or hide the {} panel. Keys: {keys}.", name.to_lowercase());
                if toggle_named(ui, *open, (name, &format!("{name} panel")), &help) {
                    *open = !*open;
                }
            }
        });
    });
}

/// A button for a command of the table.
fn command(
    ui: &mut Ui,
    enabled: bool,
    text: &str,
    name: &str,
    (state, form, commands): (&OverlayState, &mut OverlayForm, &mut Vec<Intent>),
) {
    let Some(command) = Command::named(name) else {
        return;
    };
    let width = 18.0 + 7.0 * text.chars().count() as f32;
    let response = sized_button(ui, enabled, vec2(width, HEIGHT), Button::new(RichText::new(text)));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, text));
    let help = if command.keys.is_empty() {
        command.name.to_owned()
    } else {
        format!("{}. Keys: {}.", command.name.trim_end_matches('…'), command.keys)
    };
    if response.on_hover_text(help).clicked() {
        command.run(state, form, commands);
    }
}

fn probe(ui: &mut Ui, ready: bool, wide: bool, state: &OverlayState, commands: &mut Vec<Intent>) {
    for (mode, name, help) in [
        (
            ProbeMode::Cursor,
            "Probe",
            "Show the image that the model has for the place under the cursor. Key: B.",
        ),
        (
            ProbeMode::Line,
            "Line",
            "Show the model's images along the line from the selected point to the cursor. Key: L.",
        ),
        (
            ProbeMode::Grid,
            "Grid",
            "Show the model's images on a grid over the view: the manifold. Key: M.",
        ),
    ] {
        let shown = wide || mode == ProbeMode::Cursor || state.probe.mode == mode;
        if shown && toggle(ui, state.probe.mode == mode, name, help) && ready {
            commands.extend(commands::probe(state, mode));
        }
    }
}

fn toggle(ui: &mut Ui, on: bool, name: &str, help: &str) -> bool {
    toggle_named(ui, on, (name, name), help)
}

fn toggle_named(ui: &mut Ui, on: bool, (text, name): (&str, &str), help: &str) -> bool {
    let button = Button::selectable(on, text)
        .frame_when_inactive(true)
        .min_size(vec2(0.0, HEIGHT));
    let response = ui.add(button);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, enabled, on, name));
    response.on_hover_text(help).clicked()
}
