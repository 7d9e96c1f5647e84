//! The question before the window closes.

use egui::Context;

use crate::ui::intent::{Close, Intent};
use crate::ui::widgets::section::dialogue;

/// Why it is asked whether the window is to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtClose {
    /// A run is on.
    Training,
    /// The model in memory is in no file.
    Unsaved,
    /// The disk has not taken what a run has left behind.
    Unwritten,
}

/// Draws the question; Escape keeps the window open.
pub fn ask(ctx: &Context, what: Option<AtClose>, intents: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    let (text, first, answer) = match what {
        AtClose::Training => (
            "A run is on. It is stopped, and what it has learned is kept.",
            "Stop and close",
            Close::Anyway,
        ),
        AtClose::Unsaved => (
            "The model in memory is in no file. Saving it puts it into the checkpoint file; another network's file there is kept \
             beside it.",
            "Save and close",
            Close::SaveFirst,
        ),
        AtClose::Unwritten => (
            "What a run has learned could not be written to the disk, and is only in memory. Make room, then try again.",
            "Save and close",
            Close::SaveFirst,
        ),
    };
    dialogue("Close?").show(ctx, |ui| {
        ui.set_max_width(420.0);
        ui.label(text);
        ui.label("Labels are written before the window closes.");
        ui.horizontal(|ui| {
            let button = ui.button(first);
            // Enter presses it.
            if ui.memory(|memory| memory.focused().is_none()) {
                button.request_focus();
            }
            if button.clicked() {
                if what == AtClose::Training {
                    intents.push(Intent::Stop);
                }
                intents.push(Intent::Close(answer));
            }
            if what != AtClose::Training && ui.button("Close without saving").clicked() {
                intents.push(Intent::Close(Close::Anyway));
            }
            if ui.button("Cancel").clicked() {
                intents.push(Intent::Close(Close::Stay));
            }
        });
    });
}
