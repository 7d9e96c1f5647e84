//! The question before something that was dropped takes the place of what is shown.

use bevy_egui::egui::{Align2, Context, Key, Window, vec2};

use crate::overlay::intent::Intent;

/// Asks about `what`; Enter and Escape answer too.
pub fn show(ctx: &Context, what: Option<&str>, commands: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    if ctx.input(|input| input.key_pressed(Key::Escape)) {
        commands.push(Intent::Open(false));
    }
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
                    let button = ui.button(name);
                    // Enter opens it.
                    if yes && ui.memory(|memory| memory.focused().is_none()) {
                        button.request_focus();
                    }
                    if button.clicked() {
                        commands.push(Intent::Open(yes));
                    }
                }
            });
        });
}
