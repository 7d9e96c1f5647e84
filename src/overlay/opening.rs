//! The question before something that was dropped takes the place of what is shown.

use bevy_egui::egui::{Align2, Context, Window, vec2};

use crate::overlay::intent::Intent;

/// Asks about `what`.
pub fn show(ctx: &Context, what: Option<&str>, commands: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    Window::new("Open?")
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .show(ctx, |ui| {
            ui.set_max_width(420.0);
            ui.label(format!("The window starts again with {what}."));
            ui.label("All labels are saved. What the model has learnt since its last checkpoint is lost.");
            ui.horizontal(|ui| {
                for (name, yes) in [("Open it", true), ("Stay here", false)] {
                    if ui.button(name).clicked() {
                        commands.push(Intent::Open(yes));
                    }
                }
            });
        });
}
