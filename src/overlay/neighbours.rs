//! Samples like the selected one, and those that were labelled last, as images that lead to them.

use bevy_egui::egui::{Label, RichText, Ui, vec2};

use crate::overlay::form::OverlayForm;
use crate::overlay::gallery;
use crate::overlay::intent::Intent;
use crate::overlay::state::OverlayState;

const SIDE: f32 = 42.0;

/// Draws the nearest neighbours in latent space and by pixels.
pub fn show(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let without = if state.sample.is_some() {
        "…"
    } else {
        "Select a point to see what is like it."
    };
    for (name, serials) in [
        ("In latent space", state.neighbours.by_latent),
        ("By pixels", state.neighbours.by_pixels),
    ] {
        ui.label(RichText::new(name).weak());
        go(ui, (state, without), form, serials, commands);
    }
}

/// Draws the samples whose labels were changed last, the newest first.
pub fn recent(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let without = "None yet. Select a point and press a digit.";
    go(ui, (state, without), form, state.recent, commands);
}

/// Draws images that lead to their samples, a row of them, or in the same room why there are none.
pub fn go(
    ui: &mut Ui,
    (state, without): (&OverlayState, &str),
    form: &mut OverlayForm,
    serials: &[u32],
    commands: &mut Vec<Intent>,
) {
    let (columns, side) = gallery::columns(ui, SIDE);
    let serials = &serials[..serials.len().min(columns)];
    let size = vec2(ui.available_width(), gallery::row_height(side));
    let clicked = ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        if serials.is_empty() {
            ui.add(Label::new(RichText::new(without).weak()).wrap());
        }
        gallery::row(ui, state, &mut form.thumbnails, serials, (side, "Go to"))
    });
    commands.extend(clicked.inner.map(Intent::GoTo));
}
