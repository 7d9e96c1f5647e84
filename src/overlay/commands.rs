//! Everything that can be done without the mouse: one table for the keys, the list of keys and the command palette.

use bevy_egui::egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::acquisition::Order;
use crate::cloud::palette::{ColorMode, Ground, Scheme};
use crate::filter::Filter;
use crate::overlay::form::OverlayForm;
use crate::overlay::intent::{Dimension, ExportKind, Intent, ProbeMode};
use crate::overlay::state::{OverlayState, RunState};

/// Something to do.
pub struct Command {
    pub group: &'static str,
    pub name: &'static str,
    /// Keys in words.
    pub keys: &'static str,
    shortcut: Option<KeyboardShortcut>,
    act: Act,
}

/// What it does: asks the app for something, or changes what belongs to the overlay alone.
enum Act {
    /// Nothing here: the cloud reads this key or gesture itself.
    Elsewhere,
    Ask(fn(&OverlayState, &OverlayForm) -> Option<Intent>),
    Form(fn(&mut OverlayForm)),
}

use Act::{Ask, Elsewhere, Form};

const fn key(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

const fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

const fn ctrl_shift(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(
        Modifiers::COMMAND.plus(Modifiers::SHIFT),
        key,
    ))
}

macro_rules! commands {
    ($($group:literal: { $($name:literal, $keys:literal, $shortcut:expr, $act:expr;)* })*) => {
        &[$($(Command { group: $group, name: $name, keys: $keys, shortcut: $shortcut, act: $act },)*)*]
    };
}

fn filter(state: &OverlayState, change: impl FnOnce(&mut Filter)) -> Option<Intent> {
    let mut filter = state.filter.filter.clone();
    change(&mut filter);
    Some(Intent::SetFilter(filter))
}

/// The way to probe, or none where it is on already.
pub fn probe(state: &OverlayState, mode: ProbeMode) -> Option<Intent> {
    let off = state.probe.mode == mode;
    Some(Intent::SetProbe(if off { ProbeMode::Off } else { mode }))
}

/// All of them. Of two shortcuts that begin alike the one with more modifiers comes first.
pub const COMMANDS: &[Command] = commands! {
    "Label": {
        "Label the chosen points, or the selected one", "0 – 9", None, Elsewhere;
        "Take the label off", "D, Delete", None, Elsewhere;
        "Redo", "Ctrl+Shift+Z, Ctrl+Y", ctrl_shift(Key::Z), Ask(|_, _| Some(Intent::Redo));
        "Undo the last labels", "Ctrl+Z", ctrl(Key::Z), Ask(|_, _| Some(Intent::Undo));
    }
    "Select": {
        "Next sample in the order chosen", "N", key(Key::N), Ask(|_, _| Some(Intent::Next));
        "Previous sample", "P", key(Key::P), Ask(|_, _| Some(Intent::Previous));
        "Go to a sample by its index", "G", key(Key::G), Form(|form| form.focus_go_to = true);
        "Select a point", "Click", None, Elsewhere;
        "Choose points with a lasso", "Shift + drag", None, Elsewhere;
        "Choose points with a box", "Alt + drag", None, Elsewhere;
        "… in addition to those chosen already", "… with Ctrl", None, Elsewhere;
        "Choose all points that are shown", "Ctrl+A", ctrl(Key::A), Ask(|_, _| Some(Intent::ChooseShown));
        "Let go of the chosen points and the selected one", "Escape", None, Elsewhere;
        "Order: to label, least certain first", "", None, Ask(|_, _| Some(Intent::SetOrder(Order::ToLabel)));
        "Order: least certain first", "", None, Ask(|_, _| Some(Intent::SetOrder(Order::LeastCertain)));
        "Order: most certain first", "", None, Ask(|_, _| Some(Intent::SetOrder(Order::MostCertain)));
        "Order: by index", "", None, Ask(|_, _| Some(Intent::SetOrder(Order::Serial)));
    }
    "View": {
        "Fit the whole cloud", "F, double click", None, Ask(|_, _| Some(Intent::FitView));
        "Move, or turn in 3-D", "Drag", None, Elsewhere;
        "Zoom at the cursor", "Wheel", None, Elsewhere;
        "Colour by your labels", "Ctrl+1", ctrl(Key::Num1), Ask(|_, _| Some(Intent::SetColorMode(ColorMode::UserLabels)));
        "Colour by predicted class", "Ctrl+2", ctrl(Key::Num2), Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Predicted)));
        "Colour by true label", "Ctrl+3", ctrl(Key::Num3), Ask(|_, _| Some(Intent::SetColorMode(ColorMode::TrueLabel)));
        "Colour by certainty", "Ctrl+4", ctrl(Key::Num4), Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Certainty)));
        "Show two dimensions", "", None, Ask(|_, _| Some(Intent::SetDimension(Dimension::Two)));
        "Show three dimensions", "", None, Ask(|state, _| (state.latent_dim > 2).then_some(Intent::SetDimension(Dimension::Three)));
        "Probe: decode the place under the cursor", "B", key(Key::B), Ask(|state, _| probe(state, ProbeMode::Cursor));
        "Probe: images from the selected point to the cursor", "L", key(Key::L), Ask(|state, _| probe(state, ProbeMode::Line));
        "Probe: a grid of decoded images", "M", key(Key::M), Ask(|state, _| probe(state, ProbeMode::Grid));
        "Images over the points, on or off", "I", key(Key::I), Form(|form| form.preferences.images ^= true);
    }
    "Filter": {
        "Show all points", "", None, Ask(|_, _| Some(Intent::SetFilter(Filter::default())));
        "Show labelled points only", "", None, Ask(|state, _| filter(state, |filter| filter.labelled = Some(true)));
        "Show unlabelled points only", "", None, Ask(|state, _| filter(state, |filter| filter.labelled = Some(false)));
        "Show where prediction and your label differ", "", None, Ask(|state, _| filter(state, |filter| filter.against_label = true));
        "Show where prediction and true label differ", "", None, Ask(|state, _| filter(state, |filter| filter.against_truth = true));
        "Show a class alone, or all again", "Click in the legend", None, Elsewhere;
        "Grey a class, or show it again", "Ctrl + click there", None, Elsewhere;
        "Hide a class, or show it again", "Shift + click there", None, Elsewhere;
    }
    "Train": {
        "Start training", "Ctrl+Enter", ctrl(Key::Enter), Ask(|state, form| {
            let ready = state.model.architecture.is_some() && state.loading.is_none();
            (ready && state.training.run == RunState::Idle).then(|| Intent::Start(form.config.clone()))
        });
        "Stop training", "Ctrl+.", ctrl(Key::Period), Ask(|state, _| {
            (!matches!(state.training.run, RunState::Idle | RunState::Stopping)).then_some(Intent::Stop)
        });
        "Pause or resume training", "Ctrl+Space", ctrl(Key::Space), Ask(|state, _| match state.training.run {
            RunState::Paused(_) => Some(Intent::Resume),
            RunState::Running(_) => Some(Intent::Pause),
            _ => None,
        });
        "Save the checkpoint", "Ctrl+S", ctrl(Key::S), Ask(|state, _| {
            (state.training.run == RunState::Idle).then_some(Intent::SaveCheckpoint)
        });
    }
    "Export": {
        "Save the view as a picture…", "Ctrl+E", ctrl(Key::E), Form(|form| form.exporting = true);
        "Save the view as a drawing (SVG)", "", None, Ask(|_, _| Some(Intent::Export(ExportKind::Svg)));
        "Save the chosen points as CSV", "", None, Ask(|_, _| Some(Intent::Export(ExportKind::Csv)));
        "Save the chosen points' images", "", None, Ask(|_, _| Some(Intent::Export(ExportKind::ContactSheet)));
    }
    "Window": {
        "Commands", "Ctrl+K", ctrl(Key::K), Form(|form| form.palette = Some(String::new()));
        "Help: all keys", "F1, ?", key(Key::F1), Form(|form| form.help ^= true);
        "Dark or light", "Ctrl+L", ctrl(Key::L), Form(|form| {
            form.preferences.ground = match form.preferences.ground {
                Ground::Dark => Ground::Light,
                Ground::Light => Ground::Dark,
            };
        });
        "Next set of colours", "", None, Form(|form| {
            let at = Scheme::ALL.iter().position(|&scheme| scheme == form.preferences.scheme).unwrap_or(0);
            form.preferences.scheme = Scheme::ALL[(at + 1) % Scheme::ALL.len()];
        });
        "Shapes for labels, on or off", "", None, Form(|form| form.preferences.shapes ^= true);
        "Larger text", "Ctrl + plus", ctrl(Key::Plus), Form(|form| form.preferences.rescale(1));
        "Smaller text", "Ctrl + minus", ctrl(Key::Minus), Form(|form| form.preferences.rescale(-1));
        "Usual text size", "Ctrl+0", ctrl(Key::Num0), Form(|form| form.preferences.rescale(0));
        "Left panel, on or off", "Ctrl+[", ctrl(Key::OpenBracket), Form(|form| form.preferences.left.open ^= true);
        "Right panel, on or off", "Ctrl+]", ctrl(Key::CloseBracket), Form(|form| form.preferences.right.open ^= true);
        "Training panel, on or off", "Ctrl+T", ctrl(Key::T), Form(|form| form.preferences.training_open ^= true);
    }
};

/// Other keys for the same.
const ALIASES: &[(KeyboardShortcut, &str)] = &[
    (KeyboardShortcut::new(Modifiers::COMMAND, Key::Y), "Redo"),
    (
        KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals),
        "Larger text",
    ),
    (
        KeyboardShortcut::new(Modifiers::NONE, Key::Questionmark),
        "Help: all keys",
    ),
];

impl Command {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// Whether it can be done from a list.
    pub fn can_be_done(&self) -> bool {
        !matches!(self.act, Elsewhere)
    }

    /// Does it.
    pub fn run(&self, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
        match self.act {
            Elsewhere => {}
            Ask(intent) => commands.extend(intent(state, form)),
            Form(change) => change(form),
        }
    }
}

/// Does what the keys of this frame say. While something is typed, keys without Ctrl are text.
pub fn press(
    ctx: &Context,
    typing: bool,
    state: &OverlayState,
    form: &mut OverlayForm,
    commands: &mut Vec<Intent>,
) {
    let aliases = ALIASES
        .iter()
        .filter_map(|(shortcut, name)| Some((*shortcut, Command::named(name)?)));
    let shortcuts = COMMANDS
        .iter()
        .filter_map(|command| Some((command.shortcut?, command)));
    for (shortcut, command) in shortcuts.chain(aliases) {
        let text = typing && (shortcut.modifiers == Modifiers::NONE || edits(shortcut.logical_key));
        // Several presses may have come in one frame.
        while !text && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
            if state.loading.is_none() || matches!(command.act, Form(_)) {
                command.run(state, form, commands);
            }
        }
    }
}

/// Whether a text field knows this key together with Ctrl.
fn edits(key: Key) -> bool {
    matches!(key, Key::A | Key::Z | Key::Y | Key::Minus | Key::Enter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_nobody_elses_and_aliases_lead_somewhere() {
        for (i, command) in COMMANDS.iter().enumerate() {
            for other in &COMMANDS[..i] {
                assert_ne!(command.name, other.name);
                if let (Some(one), Some(two)) = (command.shortcut, other.shortcut) {
                    assert_ne!(one, two, "{} and {}", command.name, other.name);
                }
            }
            assert!(
                command.shortcut.is_none() || !command.keys.is_empty(),
                "{} has a key that is not told",
                command.name
            );
        }
        for (_, name) in ALIASES {
            assert!(Command::named(name).is_some(), "{name}");
        }
    }
}
