//! Everything that can be done without the mouse: one table for the keys, the list of keys and the command palette.

use egui::{Key, Modifiers};

use super::intent::{Close, Dimension, ExportKind, Intent, ProbeMode, ResultsFile};
use super::keys::KeyPress;
use super::preferences::SideName;
use super::ui_state::{ResultsOf, TrainingTab, UiState};
use super::view_model::{RunEnds, RunState, ViewModel};
use crate::cloud::{ColorMode, Ground, RegionKind, Scheme};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::filter::Filter;
use ssvae_core::model::objective::{Metric, Term};
use ssvae_core::training::message::EndState;

/// What commands need to know.
#[derive(Clone, Copy, Debug)]
pub struct CommandState<'a> {
    /// Whether there is a cloud, and whether there is a model.
    pub has_cloud: bool,
    pub has_model: bool,
    pub run: RunState,
    /// What the last run left behind.
    pub ends: Option<RunEnds>,
    pub latent_dim: usize,
    pub probe: ProbeMode,
    pub filter: &'a Filter,
    /// Whether it is asked if something else is to be opened.
    pub asks_to_open: bool,
    /// Or if the window is to close.
    pub asks_to_close: bool,
}

impl<'a> From<&ViewModel<'a>> for CommandState<'a> {
    fn from(state: &ViewModel<'a>) -> Self {
        Self {
            has_cloud: state.loading.is_none(),
            has_model: state.model.architecture.is_some(),
            run: state.training.run,
            ends: state.model.ends,
            latent_dim: state.latent_dim,
            probe: state.probe.mode,
            filter: state.filter.filter,
            asks_to_open: state.dropped.is_some(),
            asks_to_close: state.closing.is_some(),
        }
    }
}

/// Something to do.
pub struct Command {
    pub group: &'static str,
    pub name: &'static str,
    /// Keys in words.
    pub keys: &'static str,
    /// Other words that people look for it by.
    pub synonyms: &'static str,
    keyed: Keyed,
    act: Act,
}

/// The key that does it.
#[derive(Clone, Copy, PartialEq)]
enum Keyed {
    /// None, or a gesture that the cloud reads itself.
    No,
    On(Modifiers, Key),
    /// The same, again and again while it is held down.
    Again(Modifiers, Key),
}

/// What it does: asks the app for something, or changes what belongs to the overlay alone.
#[derive(Clone, Copy)]
enum Act {
    /// Nothing here: a gesture on the cloud.
    Gesture,
    Ask(fn(&CommandState, &UiState) -> Option<Intent>),
    Form(fn(&mut UiState)),
}

use Act::{Ask, Form, Gesture};
use Keyed::No;

/// Its keys are for the enlarged images, while there are some.
const GALLERY: &str = "Enlarged images";

const fn key(key: Key) -> Keyed {
    Keyed::On(Modifiers::NONE, key)
}

const fn ctrl(key: Key) -> Keyed {
    Keyed::On(Modifiers::COMMAND, key)
}

macro_rules! commands {
    ($($group:literal: { $($name:literal, $keys:literal, $keyed:expr, $synonyms:literal, $act:expr;)* })*) => {
        &[$($(Command {
            group: $group, name: $name, keys: $keys, synonyms: $synonyms, keyed: $keyed, act: $act,
        },)*)*]
    };
}

fn filter(state: &CommandState, change: impl FnOnce(&mut Filter)) -> Option<Intent> {
    let mut filter = state.filter.clone();
    change(&mut filter);
    Some(Intent::SetFilter(filter))
}

/// The way to probe, or none where it is on already.
pub fn probe(state: &CommandState, mode: ProbeMode) -> Option<Intent> {
    let off = state.probe == mode;
    Some(Intent::SetProbe(if off { ProbeMode::Off } else { mode }))
}

fn label(digit: u8) -> Option<Intent> {
    Some(Intent::Label(Some(digit)))
}

/// Shows a part of a side panel.
fn show_section(form: &mut UiState, left: bool, name: &str) {
    let preferences = &mut form.preferences;
    preferences.open(if left { SideName::Left } else { SideName::Right });
    preferences.folded.remove(name);
}

fn show_tab(form: &mut UiState, tab: TrainingTab) {
    form.preferences.training_open = true;
    form.tab = tab;
}

fn save_results(form: &mut UiState, file: ResultsFile) {
    show_tab(form, TrainingTab::Results);
    form.save_results = Some(file);
}

/// All of them. Of two keys that begin alike the one with more modifiers comes first.
pub const COMMANDS: &[Command] = commands! {
    "Label": {
        "Label 0", "0 – 9", key(Key::Num0), "class digit", Ask(|_, _| label(0));
        "Label 1", "", key(Key::Num1), "class digit", Ask(|_, _| label(1));
        "Label 2", "", key(Key::Num2), "class digit", Ask(|_, _| label(2));
        "Label 3", "", key(Key::Num3), "class digit", Ask(|_, _| label(3));
        "Label 4", "", key(Key::Num4), "class digit", Ask(|_, _| label(4));
        "Label 5", "", key(Key::Num5), "class digit", Ask(|_, _| label(5));
        "Label 6", "", key(Key::Num6), "class digit", Ask(|_, _| label(6));
        "Label 7", "", key(Key::Num7), "class digit", Ask(|_, _| label(7));
        "Label 8", "", key(Key::Num8), "class digit", Ask(|_, _| label(8));
        "Label 9", "", key(Key::Num9), "class digit", Ask(|_, _| label(9));
        "Label as predicted", "Enter", key(Key::Enter), "accept take prediction agree", Ask(|_, _| Some(Intent::TakePrediction));
        "Delete the label", "D, Delete", key(Key::D), "remove unlabel clear", Ask(|_, _| Some(Intent::Label(None)));
        "Mark as unsure, or take the mark off", "U", key(Key::U), "doubt flag uncertain", Ask(|_, _| Some(Intent::Unsure));
        "Most doubtful label", "W", key(Key::W), "wrong error mistake review check", Ask(|_, _| Some(Intent::NextDoubt));
        "Keep a doubtful label", "K", key(Key::K), "right confirm review", Ask(|_, _| Some(Intent::KeepLabel));
        "Take the suggestion for a doubtful label", "X", key(Key::X), "correct mend review other labels", Ask(|_, _| Some(Intent::TakeSuggestion));
        "Audit: label 50 random samples, blind", "", No, "accuracy estimate truth test evaluate check quality draw", Ask(|_, _| Some(Intent::Audit));
        "End the audit", "", No, "accuracy stop give up finish", Ask(|_, _| Some(Intent::EndAudit));
        "Redo", "Ctrl+Shift+Z, Ctrl+Y", Keyed::Again(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z), "again repeat", Ask(|_, _| Some(Intent::Redo));
        "Undo the last labels", "Ctrl+Z", Keyed::Again(Modifiers::COMMAND, Key::Z), "back revert", Ask(|_, _| Some(Intent::Undo));
        "Go on after each label, or stay", "", No, "advance automatic next one key", Form(|form| form.preferences.advance ^= true);
    }
    "Go": {
        "First of the queue", "N", key(Key::N), "next sample", Ask(|_, _| Some(Intent::Next));
        "Skip: to the end of the queue", "S", key(Key::S), "next later pass", Ask(|_, _| Some(Intent::Skip));
        "Back to the sample before", "P", Keyed::Again(Modifiers::NONE, Key::P), "previous visited", Ask(|_, _| Some(Intent::Previous));
        "Go to a sample by its index", "G", key(Key::G), "find search number serial", Form(|form| {
            show_section(form, false, "Find a sample");
            form.focus_go_to = true;
        });
        "Order: to label, the most helpful first", "", No, "queue sort acquisition uncertain", Ask(|_, _| Some(Intent::SetOrder(Order::ToLabel)));
        "Order: least certain first", "", No, "queue sort uncertain", Ask(|_, _| Some(Intent::SetOrder(Order::LeastCertain)));
        "Order: most certain first", "", No, "queue sort", Ask(|_, _| Some(Intent::SetOrder(Order::MostCertain)));
        "Strategy: explore, then refine", "", No, "queue acquisition function default", Ask(|_, _| Some(Intent::SetStrategy(Strategy::ExploreRefine)));
        "Strategy: uncertainty norm", "", No, "queue acquisition function", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Norm)));
        "Strategy: smallest margin", "", No, "queue acquisition function", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Margin)));
        "Strategy: entropy", "", No, "queue acquisition function", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Entropy)));
        "Strategy: least confidence", "", No, "queue acquisition function", Ask(|_, _| Some(Intent::SetStrategy(Strategy::LeastConfidence)));
        "Strategy: typical", "", No, "queue acquisition function typiclust cluster", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Typical)));
        "Strategy: BALD", "", No, "queue acquisition function dropout disagreement", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Bald)));
        "Strategy: k-centre", "", No, "queue acquisition function core set farthest", Ask(|_, _| Some(Intent::SetStrategy(Strategy::KCentre)));
        "Strategy: network margin", "", No, "queue acquisition function", Ask(|_, _| Some(Intent::SetStrategy(Strategy::NetworkMargin)));
        "Strategy: random", "", No, "queue acquisition function chance", Ask(|_, _| Some(Intent::SetStrategy(Strategy::Random)));
        "Order: by index", "", No, "queue sort serial", Ask(|_, _| Some(Intent::SetOrder(Order::Serial)));
    }
    "Select": {
        "Select a point", "Click", No, "", Gesture;
        "Select points with a lasso", "Shift + drag", No, "draw around many", Ask(|_, _| Some(Intent::Draw(RegionKind::Lasso)));
        "Select points with a box", "Alt + drag", No, "draw around many rectangle", Ask(|_, _| Some(Intent::Draw(RegionKind::Box)));
        "… in addition to those selected already", "… with Ctrl", No, "", Gesture;
        "Select all points that are shown", "Ctrl+A", ctrl(Key::A), "everything choose", Ask(|_, _| Some(Intent::ChooseShown));
        "Select the skipped samples", "", No, "list later queue choose", Ask(|_, _| Some(Intent::ChooseSkipped));
        "Select the unsure samples", "", No, "list marked doubt choose", Ask(|_, _| Some(Intent::ChooseUnsure));
        "Enlarge the selected images, or close them", "E", key(Key::E), "gallery grid full window", Form(|form| form.gallery.open ^= true);
        "Clear the selection", "Escape", key(Key::Escape), "deselect let go none", Ask(|_, _| Some(Intent::ClearSelection));
    }
    "Enlarged images": {
        "To the next image", "Arrow keys", Keyed::Again(Modifiers::NONE, Key::ArrowRight), "gallery right", Form(|form| form.walk(1, 0));
        "To the image before", "", Keyed::Again(Modifiers::NONE, Key::ArrowLeft), "gallery left", Form(|form| form.walk(-1, 0));
        "To the image below", "", Keyed::Again(Modifiers::NONE, Key::ArrowDown), "gallery down", Form(|form| form.walk(0, 1));
        "To the image above", "", Keyed::Again(Modifiers::NONE, Key::ArrowUp), "gallery up", Form(|form| form.walk(0, -1));
        "Take the image out, or put it back", "Space", key(Key::Space), "gallery remove exclude", Form(|form| form.gallery.toggle = form.gallery.open);
    }
    "View": {
        "Fit the whole cloud", "F, double click", key(Key::F), "zoom reset all home", Ask(|_, _| Some(Intent::FitView));
        "Move, or turn in 3-D", "Drag", No, "", Gesture;
        "Zoom at the cursor", "Wheel", No, "", Gesture;
        "Colour by your labels", "Ctrl+1", ctrl(Key::Num1), "color mode user", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::UserLabels)));
        "Colour by predicted class", "Ctrl+2", ctrl(Key::Num2), "color mode prediction", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Predicted)));
        "Colour by true label", "Ctrl+3", ctrl(Key::Num3), "color mode truth", Ask(|_, form| form.preferences.show_truth.then_some(Intent::SetColorMode(ColorMode::TrueLabel)));
        "Show or hide true labels", "T", key(Key::T), "truth answers blind data set", Form(|form| form.preferences.show_truth ^= true);
        "Colour by certainty", "Ctrl+4", ctrl(Key::Num4), "color mode confidence probability", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Certainty)));
        "Colour by propagated class", "Ctrl+5", ctrl(Key::Num5), "color mode poisson graph spread", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Propagated)));
        "What has changed since the last run", "C", key(Key::C), "compare difference flipped before after morph", Ask(|_, _| Some(Intent::ChangedSinceRun));
        "Colour by what has changed", "Ctrl+7", ctrl(Key::Num7), "color mode flipped difference", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Changed)));
        "Colour by what helps most", "Ctrl+6", ctrl(Key::Num6), "color mode acquisition score", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Helpful)));
        "Neighbours by pixels", "", No, "similarity graph images components", Ask(|_, _| Some(Intent::SetBasis(Basis::Pixels)));
        "Neighbours by the model", "", No, "similarity graph latents", Ask(|_, _| Some(Intent::SetBasis(Basis::Model)));
        "Show two dimensions", "", No, "2-D latent space plane flat", Ask(|_, _| Some(Intent::SetDimension(Dimension::Two)));
        "Show three dimensions", "", No, "3-D latent space", Ask(|state, _| (state.latent_dim > 2).then_some(Intent::SetDimension(Dimension::Three)));
        "Probe: decode the place under the cursor", "B", key(Key::B), "latent image generate decoder", Ask(|state, _| probe(state, ProbeMode::Cursor));
        "Probe: images from the selected point to the cursor", "L", key(Key::L), "latent line interpolate decoder", Ask(|state, _| probe(state, ProbeMode::Line));
        "Probe: a grid of decoded images", "M", key(Key::M), "latent manifold decoder", Ask(|state, _| probe(state, ProbeMode::Grid));
        "Images over the points, on or off", "I", key(Key::I), "thumbnails pictures", Form(|form| form.preferences.images ^= true);
    }
    "Filter": {
        "Show all points", "", No, "clear reset filter", Ask(|_, _| Some(Intent::SetFilter(Filter::default())));
        "Show labelled points only", "", No, "filter", Ask(|state, _| filter(state, |filter| filter.labelled = Some(true)));
        "Show unlabelled points only", "", No, "filter", Ask(|state, _| filter(state, |filter| filter.labelled = Some(false)));
        "Show where prediction and your label differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.against_label = true));
        "Show where prediction and true label differ", "", No, "filter errors mistakes", Ask(|state, form| filter(state, |filter| filter.against_truth = true).filter(|_| form.preferences.show_truth));
        "Show where propagated and predicted class differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.propagated_against_predicted = true));
        "Show where propagated class and your label differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.propagated_against_label = true));
        "Show a class alone, or all again", "Click in the legend", No, "", Gesture;
        "Grey out a class, or show it again", "Ctrl + click there", No, "", Gesture;
        "Hide a class, or show it again", "Shift + click there", No, "", Gesture;
    }
    "Train": {
        "Start training", "Ctrl+Enter", ctrl(Key::Enter), "run fit learn epochs", Ask(|state, form| {
            let ready = state.has_model && state.has_cloud && state.run == RunState::Idle;
            ready.then(|| Intent::Start(form.config.clone()))
        });
        "Stop training", "Ctrl+.", ctrl(Key::Period), "end abort cancel", Ask(|state, _| {
            (!matches!(state.run, RunState::Idle | RunState::Stopping)).then_some(Intent::Stop)
        });
        "Pause or resume training", "Ctrl+Space", ctrl(Key::Space), "hold continue", Ask(|state, _| match state.run {
            RunState::Paused(_) => Some(Intent::Resume),
            RunState::Running(_) => Some(Intent::Pause),
            _ => None,
        });
        "Save the checkpoint", "Ctrl+S", ctrl(Key::S), "write model weights", Ask(|state, _| {
            (state.run == RunState::Idle).then_some(Intent::SaveCheckpoint)
        });
        "Use the last epoch's weights", "", No, "model take", Ask(|state, _| take(state, EndState::Last));
        "Use the best epoch's weights", "", No, "model take", Ask(|state, _| take(state, EndState::Best));
        "New model…", "", No, "reset fresh weights architecture latent size", Form(|form| show_section(form, true, "Model"));
        "Results on the test images", "", No, "precision recall f1 calibration evaluation confusion matrix reliability", Form(|form| show_tab(form, TrainingTab::Results));
        "What has changed between two states", "", No, "compare runs morph difference flipped before after", Form(|form| show_tab(form, TrainingTab::Changes));
        "Results of the audit", "", No, "accuracy estimate interval wilson evaluation", Form(|form| {
            show_tab(form, TrainingTab::Results);
            form.results = ResultsOf::Audit;
        });
        "Epochs and other training settings", "", No, "hyperparameters learning rate batch size weights", Form(|form| show_tab(form, TrainingTab::Settings));
        "Reset the training settings to defaults", "", No, "hyperparameters", Form(UiState::reset_settings);
    }
    "Save": {
        "Save the view as a picture…", "Ctrl+E", ctrl(Key::E), "export image png screenshot", Form(|form| form.exporting = true);
        "Save the view as a drawing (SVG)", "", No, "export vector", Ask(|_, _| Some(Intent::Export(ExportKind::Svg)));
        "Save the selected points as CSV", "", No, "export table", Ask(|_, _| Some(Intent::Export(ExportKind::Csv)));
        "Save the selected points' images", "", No, "export contact sheet png", Ask(|_, _| Some(Intent::Export(ExportKind::ContactSheet)));
        "Save the results as CSV", "", No, "export table figures confusion matrix accuracy", Form(|form| save_results(form, ResultsFile::Csv));
        "Save the results as a picture", "", No, "export png plot curves confusion matrix accuracy", Form(|form| save_results(form, ResultsFile::Png));
    }
    "Panels": {
        "Left panel, on or off", "Ctrl+[", ctrl(Key::OpenBracket), "show hide side", Form(|form| form.preferences.toggle(SideName::Left));
        "Right panel, on or off", "Ctrl+]", ctrl(Key::CloseBracket), "show hide side", Form(|form| form.preferences.toggle(SideName::Right));
        "Training panel, on or off", "Ctrl+T", ctrl(Key::T), "show hide bottom", Form(|form| form.preferences.training_open ^= true);
        "Panel: colours and legend", "", No, "color", Form(|form| show_section(form, true, "Colour by"));
        "Panel: filter", "", No, "certainty range", Form(|form| show_section(form, true, "Filter"));
        "Panel: labels and accuracy", "", No, "statistics counts progress agreement", Form(|form| show_section(form, true, "Labels"));
        "Panel: model", "", No, "architecture latent dimensions checkpoint weights backend", Form(|form| show_section(form, true, "Model"));
        "Panel: find a sample", "", No, "queue search index", Form(|form| show_section(form, false, "Find a sample"));
        "Panel: skipped and unsure samples", "", No, "list later", Form(|form| show_section(form, false, "Skipped and unsure"));
        "Panel: neighbours", "", No, "similar nearest like", Form(|form| show_section(form, false, "Neighbours"));
        "Panel: labelled last", "", No, "recent history", Form(|form| show_section(form, false, "Labelled last"));
        "Panel: loss curves", "", No, "chart total validation", Form(|form| show_tab(form, TrainingTab::Curve(Metric::Total)));
        "Panel: reconstruction loss", "", No, "curve chart", Form(|form| show_tab(form, TrainingTab::Curve(Metric::Term(Term::Reconstruction))));
        "Panel: KL divergence", "", No, "curve chart loss", Form(|form| show_tab(form, TrainingTab::Curve(Metric::Term(Term::Kl))));
        "Panel: classification loss", "", No, "curve chart accuracy", Form(|form| show_tab(form, TrainingTab::Curve(Metric::Term(Term::Classification))));
        "Panel: log of training", "", No, "messages epochs", Form(|form| show_tab(form, TrainingTab::Log));
        "Panel: runs", "", No, "history compare records", Form(|form| show_tab(form, TrainingTab::Runs));
    }
    "Window": {
        "Commands", "Ctrl+K", ctrl(Key::K), "palette search", Form(|form| form.palette = Some(String::new()));
        "Help: all keys", "F1, ?", key(Key::F1), "shortcuts keyboard mouse", Form(|form| form.help ^= true);
        "Open data, labels or a checkpoint…", "Ctrl+O", ctrl(Key::O), "load file folder dataset model", Form(|form| form.opening = Some(String::new()));
        "Dark or light", "Ctrl+L", ctrl(Key::L), "theme colour color mode night", Form(|form| {
            form.preferences.ground = match form.preferences.ground {
                Ground::Dark => Ground::Light,
                Ground::Light => Ground::Dark,
            };
        });
        "Next set of colours", "", No, "colors palette theme scheme", Form(|form| {
            let at = Scheme::ALL.iter().position(|&scheme| scheme == form.preferences.scheme).unwrap_or(0);
            form.preferences.scheme = Scheme::ALL[(at + 1) % Scheme::ALL.len()];
        });
        "Shapes for labels, on or off", "", No, "markers symbols", Form(|form| form.preferences.shapes ^= true);
        "Larger text", "Ctrl + plus", Keyed::Again(Modifiers::COMMAND, Key::Plus), "zoom font bigger size", Form(|form| form.preferences.rescale(1));
        "Smaller text", "Ctrl + minus", Keyed::Again(Modifiers::COMMAND, Key::Minus), "zoom font size", Form(|form| form.preferences.rescale(-1));
        "Usual text size", "Ctrl+0", ctrl(Key::Num0), "zoom font reset", Form(|form| form.preferences.rescale(0));
        "Quit", "", No, "exit close end", Ask(|_, _| Some(Intent::Quit));
    }
};

/// Other keys for the same.
const ALIASES: &[((Modifiers, Key), &str)] = &[
    ((Modifiers::COMMAND, Key::Y), "Redo"),
    ((Modifiers::COMMAND, Key::Equals), "Larger text"),
    ((Modifiers::NONE, Key::Questionmark), "Help: all keys"),
    ((Modifiers::NONE, Key::Delete), "Delete the label"),
];

fn take(state: &CommandState, wanted: EndState) -> Option<Intent> {
    let ends = state
        .ends
        .filter(|ends| ends.taken != wanted && ends.last != ends.best);
    ends.filter(|_| state.run == RunState::Idle)
        .map(|_| Intent::Take(wanted))
}

impl Command {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// The one that a key is for.
    fn of(press: &KeyPress) -> Option<&'static Self> {
        let fits = |command: &&Command| match command.keyed {
            Keyed::No => false,
            Keyed::On(modifiers, key) => !press.repeat && press.fits((modifiers, key)),
            Keyed::Again(modifiers, key) => press.fits((modifiers, key)),
        };
        let alias = || {
            let (_, name) = ALIASES
                .iter()
                .find(|(keyed, _)| !press.repeat && press.fits(*keyed))?;
            Self::named(name)
        };
        COMMANDS.iter().find(fits).or_else(alias)
    }

    /// Whether it can be done from a list.
    pub fn can_be_done(&self) -> bool {
        !matches!(self.act, Gesture)
    }

    /// Does it.
    pub fn run(&self, state: &CommandState, form: &mut UiState, commands: &mut Vec<Intent>) {
        match self.act {
            Gesture => {}
            Ask(intent) => commands.extend(intent(state, form)),
            Form(change) => change(form),
        }
    }
}

/// Whose the keyboard is besides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Focus {
    /// Whether something is typed.
    pub typing: bool,
    /// Whether a control was reached by Tab: Enter, Space and the arrows are for it.
    pub control: bool,
}

/// Does what a key is for, and returns whether it was for anything. While something is typed, keys without Ctrl are text;
/// while a dialogue is open, keys are for it.
pub fn press(
    press: &KeyPress,
    focus: Focus,
    state: &CommandState,
    form: &mut UiState,
    commands: &mut Vec<Intent>,
) -> bool {
    let Some(command) = Command::of(press) else {
        return false;
    };
    if press.key == Key::Escape && close(state, form, commands) {
        return true;
    }
    let text = focus.typing && (press.is_plain() || edits(press.key));
    let control = focus.control
        && press.is_plain()
        && matches!(
            press.key,
            Key::Enter | Key::Space | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight
        );
    let through_tests = form.test_cell.is_some() && command.group == GALLERY;
    let asked = state.asks_to_open || state.asks_to_close;
    let for_dialogue = (form.has_dialogue() || asked) && command.group != "Window" && !through_tests;
    let waits = !state.has_cloud && matches!(command.act, Ask(_)) && command.group != "Window";
    // Arrows and Space are for scrolling unless images are enlarged.
    let elsewhere = matches!(command.group, GALLERY) && !form.gallery.open && !through_tests;
    let behind =
        form.gallery.open && !matches!(command.group, "Label" | "Select" | GALLERY | "Save" | "Window");
    if text || control || for_dialogue || waits || elsewhere || behind {
        return false;
    }
    command.run(state, form, commands);
    true
}

/// Closes the uppermost of what is open; returns whether anything was.
fn close(state: &CommandState, form: &mut UiState, commands: &mut Vec<Intent>) -> bool {
    if form.palette.take().is_some() || form.opening.take().is_some() {
        return true;
    }
    if state.asks_to_close {
        commands.push(Intent::Close(Close::Stay));
        return true;
    }
    if state.asks_to_open {
        commands.push(Intent::Open(false));
        return true;
    }
    for open in [&mut form.help, &mut form.exporting, &mut form.gallery.open] {
        if std::mem::take(open) {
            return true;
        }
    }
    if form.test_cell.take().is_some() {
        return true;
    }
    state.has_cloud && !std::mem::replace(&mut form.preferences.hints_read, true)
}

/// Whether a text field knows this key together with Ctrl.
fn edits(key: Key) -> bool {
    matches!(key, Key::A | Key::Z | Key::Y | Key::Minus | Key::Enter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::choice::Choice;

    use super::super::keys::digit;

    #[test]
    fn each_strategy_has_its_command() {
        let found = COMMANDS
            .iter()
            .filter_map(|command| command.name.strip_prefix("Strategy: "));
        let (mut found, mut titles): (Vec<String>, Vec<String>) = (
            found.map(str::to_lowercase).collect(),
            Strategy::ALL
                .iter()
                .map(|strategy| strategy.title().to_lowercase())
                .collect(),
        );
        found.sort();
        titles.sort();
        assert_eq!(found, titles);
    }

    #[test]
    fn names_and_keys_are_nobody_elses_and_aliases_lead_somewhere() {
        for (i, command) in COMMANDS.iter().enumerate() {
            for other in &COMMANDS[..i] {
                assert_ne!(command.name, other.name);
                if command.keyed != No {
                    assert!(
                        command.keyed != other.keyed,
                        "{} and {}",
                        command.name,
                        other.name
                    );
                }
            }
        }
        for (keyed, name) in ALIASES {
            assert!(Command::named(name).is_some(), "{name}");
            let press = KeyPress {
                key: keyed.1,
                digit: None,
                modifiers: Modifiers {
                    ctrl: keyed.0.command,
                    ..keyed.0
                },
                repeat: false,
            };
            let own = Command::of(&press).map(|command| command.name);
            assert_eq!(own, Some(*name));
        }
    }

    #[test]
    fn a_key_that_is_held_down_labels_one_sample_only() {
        let press = |key, repeat| KeyPress {
            key,
            digit: digit(key),
            modifiers: Modifiers::NONE,
            repeat,
        };
        let name = |key, repeat| Command::of(&press(key, repeat)).map(|command| command.name);
        assert_eq!(name(Key::Num7, false), Some("Label 7"));
        assert_eq!(name(Key::Num7, true), None);
        assert_eq!(name(Key::Enter, true), None);
        assert_eq!(name(Key::P, true), Some("Back to the sample before"));
    }
}
