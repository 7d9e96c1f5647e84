//! Opening another data folder, labels file or checkpoint: by its path, and after a question.

use egui::{Context, Key, TextEdit};

use crate::ui::intent::Intent;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::dialogue;

/// Asks whether `what` is to be opened; Enter and Escape answer too.
pub fn ask(ctx: &Context, what: Option<&str>, unsaved: bool, intents: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    dialogue("Open?").show(ctx, |ui| {
        ui.set_max_width(420.0);
        ui.label(format!("The window restarts with {what}."));
        ui.label(if unsaved {
            "Labels are written first. The model in memory is in no file and is lost."
        } else {
            "Labels are written first, and the model is saved."
        });
        ui.horizontal(|ui| {
            for (name, yes) in [("Open", true), ("Cancel", false)] {
                let button = ui.button(name);
                // Enter presses it.
                if yes && ui.memory(|memory| memory.focused().is_none()) {
                    button.request_focus();
                }
                if button.clicked() {
                    intents.push(Intent::Open(yes));
                }
            }
        });
    });
}

/// Asks for the path of what is to be opened, while the dialogue is open.
pub fn show(ctx: &Context, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let Some(path) = &mut ui_state.opening else {
        return;
    };
    let (mut open, mut chosen) = (true, false);
    dialogue("Open")
        .open(&mut open)
        .show(ctx, |ui| {
            let label = ui.label("A data folder, a labels file (.csv) or a checkpoint (.ckpt). It can also be dropped onto the window.");
            let field = ui
                .add(TextEdit::singleline(path).hint_text("Path").desired_width(420.0))
                .labelled_by(label.id);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if !entered {
                field.request_focus();
            }
            chosen = ui.button("Open").clicked() || entered;
        });
    if chosen && !path.trim().is_empty() {
        intents.push(Intent::OpenPath(path.trim().into()));
    }
    if chosen || !open {
        ui_state.opening = None;
    }
}
