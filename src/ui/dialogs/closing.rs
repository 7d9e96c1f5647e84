//! The question before the window closes.

use egui::{Context, Ui};

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

impl AtClose {
    /// What would be lost, or ended.
    pub fn told(self) -> &'static str {
        match self {
            Self::Training => "A run is on. It is stopped, and what it has learned is kept.",
            Self::Unsaved => {
                "The model in memory is in no file. Saving it puts it into the checkpoint file; another network's file there is \
                 kept beside it."
            }
            Self::Unwritten => {
                "What a run has learned could not be written to the disk, and is only in memory. Make room, then try again."
            }
        }
    }
}

/// Draws the question; Escape keeps the window open.
pub fn ask(ctx: &Context, what: Option<AtClose>, intents: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    dialogue("Close?").show(ctx, |ui| {
        ui.set_max_width(420.0);
        ui.label(what.told());
        ui.label("Labels are written before the window closes.");
        let given = answers(ui, Some(what), &CLOSE);
        if given == Some(Close::Anyway) && what == AtClose::Training {
            intents.push(Intent::Stop);
        }
        intents.extend(given.map(Intent::Close));
    });
}

/// The buttons of a question before the window goes.
pub(super) struct Buttons {
    pub plain: &'static str,
    pub stop: &'static str,
    pub save: &'static str,
    pub lose: &'static str,
}

const CLOSE: Buttons = Buttons {
    plain: "Close",
    stop: "Stop and close",
    save: "Save and close",
    lose: "Close without saving",
};

/// Draws the buttons; Enter presses the first. Returns the answer that was given.
pub(super) fn answers(ui: &mut Ui, loses: Option<AtClose>, buttons: &Buttons) -> Option<Close> {
    let mut given = None;
    let (first, answer) = match loses {
        None => (buttons.plain, Close::Anyway),
        Some(AtClose::Training) => (buttons.stop, Close::Anyway),
        Some(AtClose::Unsaved | AtClose::Unwritten) => (buttons.save, Close::SaveFirst),
    };
    ui.horizontal(|ui| {
        let button = ui.button(first);
        let mut own = vec![button.id];
        if button.clicked() {
            given = Some(answer);
        }
        if answer == Close::SaveFirst {
            let lose = ui.button(buttons.lose);
            own.push(lose.id);
            if lose.clicked() {
                given = Some(Close::Anyway);
            }
        }
        let cancel = ui.button("Cancel");
        own.push(cancel.id);
        if cancel.clicked() {
            given = Some(Close::Stay);
        }
        // The field of a dialogue that has just gone may still have the focus.
        let focused = ui.memory(|memory| memory.focused());
        if focused.is_none_or(|focused| !own.contains(&focused)) {
            button.request_focus();
        }
    });
    given
}
