//! Keys do what the table of commands says.

use egui::Key;

use super::command::{Act, CommandState};
use super::table::of;
use crate::ui::intent::{Close, Intent};
use crate::ui::keys::KeyPress;
use crate::ui::ui_state::UiState;

/// The group whose keys work while images are enlarged.
const ENLARGED: &str = "Enlarged images";

/// What else may want the keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct Focus {
    /// Whether something is typed.
    pub typing: bool,
    /// Whether a control was reached by Tab: Enter, Space and the arrows are for it.
    pub control: bool,
}

/// Runs the command of a key, and returns whether the key was used. While text is typed, keys without Ctrl are text; while
/// a dialogue is open, keys belong to it.
pub fn press(
    press: &KeyPress,
    focus: Focus,
    state: &CommandState,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) -> bool {
    if ui_state.class_search.is_some() && press.modifiers.alt && press.digit.is_some() {
        ui_state.put_on_digit = press.digit;
        return true;
    }
    let Some(command) = of(press) else {
        return false;
    };
    if press.key == Key::Escape && close(state, ui_state, intents) {
        return true;
    }
    let text = focus.typing && (press.is_plain() || edits(press.key));
    let control = focus.control
        && press.is_plain()
        && matches!(
            press.key,
            Key::Enter | Key::Space | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight
        );
    let through_tests = ui_state.test_cell.is_some() && command.group == ENLARGED;
    let asked = state.asks_to_open || state.asks_to_close;
    let for_dialogue = (ui_state.has_dialogue() || asked) && command.group != "Window" && !through_tests;
    let waits = !state.has_cloud && matches!(command.act, Act::Ask(_)) && command.group != "Window";
    // Arrows and Space are for scrolling unless images are enlarged.
    let elsewhere = matches!(command.group, ENLARGED) && !ui_state.image_grid.open && !through_tests;
    let behind = ui_state.image_grid.open
        && !matches!(command.group, "Label" | "Select" | ENLARGED | "Save" | "Window");
    if text || control || for_dialogue || waits || elsewhere || behind {
        return false;
    }
    command.run(state, ui_state, intents);
    true
}

/// Closes whatever is open on top; returns whether anything was.
fn close(state: &CommandState, ui_state: &mut UiState, intents: &mut Vec<Intent>) -> bool {
    let closed = [ui_state.palette.take(), ui_state.class_search.take()];
    if closed.iter().any(Option::is_some) || ui_state.opening.take().is_some() {
        return true;
    }
    if state.asks_to_close {
        intents.push(Intent::Close(Close::Stay));
        return true;
    }
    if state.asks_to_open {
        intents.push(Intent::Open(Close::Stay));
        return true;
    }
    for open in [
        &mut ui_state.help,
        &mut ui_state.exporting,
        &mut ui_state.image_grid.open,
    ] {
        if std::mem::take(open) {
            return true;
        }
    }
    if ui_state.test_cell.take().is_some() {
        return true;
    }
    state.has_cloud && !std::mem::replace(&mut ui_state.preferences.hints_read, true)
}

/// Whether a text field knows this key together with Ctrl.
fn edits(key: Key) -> bool {
    matches!(key, Key::A | Key::Z | Key::Y | Key::Minus | Key::Enter)
}
