//! A command, and what it needs to know.

use egui::{Key, Modifiers};

use crate::ui::intent::{Intent, ProbeMode};
use crate::ui::run_state::{RunEnds, RunState};
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use ssvae_core::filter::Filter;

/// What commands need to know.
#[derive(Clone, Copy, Debug)]
pub struct CommandState<'a> {
    /// Whether there is a cloud, and whether there is a model.
    pub has_cloud: bool,
    pub has_model: bool,
    /// Whether there is a file with a vector for each sample.
    pub has_vectors: bool,
    pub run: RunState,
    /// What the last run left behind.
    pub ends: Option<RunEnds>,
    /// Dimensions of the latent space.
    pub latent_dim: usize,
    pub probe: ProbeMode,
    pub filter: &'a Filter,
    /// Whether the question is open if something else is to be opened.
    pub asks_to_open: bool,
    /// Whether the question is open if the window is to close.
    pub asks_to_close: bool,
}

impl<'a> From<&ViewModel<'a>> for CommandState<'a> {
    fn from(view: &ViewModel<'a>) -> Self {
        Self {
            has_cloud: view.loading.is_none(),
            has_model: view.left.model.architecture.is_some(),
            has_vectors: view.right.neighbours.vectors.is_some(),
            run: view.training.run,
            ends: view.left.model.ends,
            latent_dim: view.left.dimensions.latent,
            probe: view.canvas.probe.mode,
            filter: view.left.filter.filter,
            asks_to_open: view.questions.opening.is_some(),
            asks_to_close: view.questions.closing.is_some(),
        }
    }
}

/// Something to do.
pub struct Command {
    /// The heading of its list of keys.
    pub group: &'static str,
    pub name: &'static str,
    /// Its keys, as they are shown.
    pub keys: &'static str,
    /// Further words that find it.
    pub synonyms: &'static str,
    pub keyed: Keyed,
    /// What it does.
    pub act: Act,
}

/// The key that does it.
#[derive(Clone, Copy, PartialEq)]
pub enum Keyed {
    /// None, or a gesture that the cloud reads itself.
    No,
    On(Modifiers, Key),
    /// The key repeats while it is held down.
    Again(Modifiers, Key),
}

/// What it does: asks the app for something, or changes the state of the panels.
#[derive(Clone, Copy)]
pub enum Act {
    /// Nothing: the cloud reads the gesture itself.
    Gesture,
    Ask(fn(&CommandState, &UiState) -> Option<Intent>),
    Change(fn(&mut UiState)),
}

/// By this key alone.
pub const fn key(key: Key) -> Keyed {
    Keyed::On(Modifiers::NONE, key)
}

/// By this key together with Ctrl, or with Command on a Mac.
pub const fn ctrl(key: Key) -> Keyed {
    Keyed::On(Modifiers::COMMAND, key)
}

impl Command {
    /// Whether it can be chosen from a list.
    pub fn can_be_done(&self) -> bool {
        !matches!(self.act, Act::Gesture)
    }

    /// Runs it.
    pub fn run(&self, state: &CommandState, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
        match self.act {
            Act::Gesture => {}
            Act::Ask(intent) => intents.extend(intent(state, ui_state)),
            Act::Change(change) => change(ui_state),
        }
    }
}
