//! Samples like the selected one, and those that were labelled last, as images that lead to them.

use bevy_egui::egui::{RichText, Ui};

use crate::overlay::form::OverlayForm;
use crate::overlay::gallery;
use crate::overlay::intent::Intent;
use crate::overlay::state::OverlayState;

const SIDE: f32 = 42.0;

/// Draws the nearest neighbours in latent space and by pixels.
pub fn show(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    if state.sample.is_none() {
        ui.weak("Select a point to see what is like it.");
        return;
    }
    for (name, serials) in [
        ("in latent space", state.neighbours.by_latent),
        ("by pixels", state.neighbours.by_pixels),
    ] {
        ui.label(RichText::new(name).weak());
        if serials.is_empty() {
            ui.weak("…");
        }
        go(ui, state, form, serials, commands);
    }
}

/// Draws the samples whose labels were changed last, the newest first.
pub fn recent(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    if state.recent.is_empty() {
        ui.weak("None yet. Select a point and press a digit.");
        return;
    }
    go(ui, state, form, state.recent, commands);
}

/// Draws images that lead to their samples, no more than a row.
pub fn go(
    ui: &mut Ui,
    state: &OverlayState,
    form: &mut OverlayForm,
    serials: &[u32],
    commands: &mut Vec<Intent>,
) {
    let (columns, side) = gallery::columns(ui, SIDE);
    let serials = &serials[..serials.len().min(columns)];
    if let Some(serial) = gallery::row(ui, state, &mut form.thumbnails, serials, (side, "Go to")) {
        commands.push(Intent::GoTo(serial));
    }
}
