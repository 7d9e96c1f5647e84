//! All commands, with their keys.

use egui::{Key, Modifiers};

use super::command::Act::{Ask, Change, Gesture};
use super::command::Keyed::{self, No};
use super::command::{Command, CommandState, ctrl, key};
use crate::cloud::RegionKind;
use crate::cloud::{ColorMode, Ground, Scheme};
use crate::ui::intent::{Dimension, ExportKind, Intent, ProbeMode, ResultsFile};
use crate::ui::keys::KeyPress;
use crate::ui::opening::Opening;
use crate::ui::preferences::SideName;
use crate::ui::run_state::RunState;
use crate::ui::ui_state::{ResultsOf, TrainingTab, UiState};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::filter::Filter;
use ssvae_core::map::LayoutChoice;
use ssvae_core::model::objective::{Metric, Term};
use ssvae_core::training::message::EndState;

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

/// Switches a probe on, or off where it is on already.
pub fn probe(state: &CommandState, mode: ProbeMode) -> Option<Intent> {
    let off = state.probe == mode;
    Some(Intent::SetProbe(if off { ProbeMode::Off } else { mode }))
}

fn label(ui_state: &UiState, digit: u8) -> Option<Intent> {
    Some(Intent::Label(Some(ui_state.digits.class(digit))))
}

/// Opens a section of a side panel.
fn show_section(ui_state: &mut UiState, left: bool, name: &str) {
    let preferences = &mut ui_state.preferences;
    preferences.open(if left { SideName::Left } else { SideName::Right });
    preferences.folded.remove(name);
}

fn show_tab(ui_state: &mut UiState, tab: TrainingTab) {
    ui_state.preferences.training_open = true;
    ui_state.tab = tab;
}

fn save_results(ui_state: &mut UiState, file: ResultsFile) {
    show_tab(ui_state, TrainingTab::Results);
    ui_state.save_results = Some(file);
}

/// All commands. Of two shortcuts with the same key the one with more modifiers comes first.
pub const COMMANDS: &[Command] = commands! {
    "Label": {
        // In front of the digits, whose keys type a slash on many layouts.
        "Label by the name of a class", "/", key(Key::Slash), "search find type ahead letters", Change(|ui_state| ui_state.class_search = Some(String::new()));
        "Label 0", "0 – 9", key(Key::Num0), "class digit", Ask(|_, ui_state| label(ui_state, 0));
        "Label 1", "", key(Key::Num1), "class digit", Ask(|_, ui_state| label(ui_state, 1));
        "Label 2", "", key(Key::Num2), "class digit", Ask(|_, ui_state| label(ui_state, 2));
        "Label 3", "", key(Key::Num3), "class digit", Ask(|_, ui_state| label(ui_state, 3));
        "Label 4", "", key(Key::Num4), "class digit", Ask(|_, ui_state| label(ui_state, 4));
        "Label 5", "", key(Key::Num5), "class digit", Ask(|_, ui_state| label(ui_state, 5));
        "Label 6", "", key(Key::Num6), "class digit", Ask(|_, ui_state| label(ui_state, 6));
        "Label 7", "", key(Key::Num7), "class digit", Ask(|_, ui_state| label(ui_state, 7));
        "Label 8", "", key(Key::Num8), "class digit", Ask(|_, ui_state| label(ui_state, 8));
        "Label 9", "", key(Key::Num9), "class digit", Ask(|_, ui_state| label(ui_state, 9));
        "Put a class on a digit", "Alt + digit in the search", No, "", Gesture;
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
        "Go on after each label, or stay", "", No, "advance automatic next one key", Change(|ui_state| ui_state.preferences.advance ^= true);
    }
    "Go": {
        "First of the queue", "N", key(Key::N), "next sample", Ask(|_, _| Some(Intent::Next));
        "Skip: to the end of the queue", "S", key(Key::S), "next later pass", Ask(|_, _| Some(Intent::Skip));
        "Back to the sample before", "P", Keyed::Again(Modifiers::NONE, Key::P), "previous visited", Ask(|_, _| Some(Intent::Previous));
        "Go to a sample by its index", "G", key(Key::G), "find search number serial", Change(|ui_state| {
            show_section(ui_state, false, "Find a sample");
            ui_state.focus_go_to = true;
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
        "Enlarge the selected images, or close them", "E", key(Key::E), "gallery grid full window", Change(|ui_state| ui_state.image_grid.open ^= true);
        "Clear the selection", "Escape", key(Key::Escape), "deselect let go none", Ask(|_, _| Some(Intent::ClearSelection));
    }
    "Enlarged images": {
        "To the next image", "Arrow keys", Keyed::Again(Modifiers::NONE, Key::ArrowRight), "gallery right", Change(|ui_state| ui_state.walk(1, 0));
        "To the image before", "", Keyed::Again(Modifiers::NONE, Key::ArrowLeft), "gallery left", Change(|ui_state| ui_state.walk(-1, 0));
        "To the image below", "", Keyed::Again(Modifiers::NONE, Key::ArrowDown), "gallery down", Change(|ui_state| ui_state.walk(0, 1));
        "To the image above", "", Keyed::Again(Modifiers::NONE, Key::ArrowUp), "gallery up", Change(|ui_state| ui_state.walk(0, -1));
        "Take the image out, or put it back", "Space", key(Key::Space), "gallery remove exclude", Change(|ui_state| ui_state.image_grid.toggle = ui_state.image_grid.open);
    }
    "View": {
        "Fit the whole cloud", "F, double click", key(Key::F), "zoom reset all home", Ask(|_, _| Some(Intent::FitView));
        "Move, or turn in 3-D", "Drag", No, "", Gesture;
        "Zoom at the cursor", "Wheel", No, "", Gesture;
        "Colour by your labels", "Ctrl+1", ctrl(Key::Num1), "color mode user", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::UserLabels)));
        "Colour by predicted class", "Ctrl+2", ctrl(Key::Num2), "color mode prediction", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Predicted)));
        "Colour by true label", "Ctrl+3", ctrl(Key::Num3), "color mode truth", Ask(|_, ui_state| ui_state.preferences.show_truth.then_some(Intent::SetColorMode(ColorMode::TrueLabel)));
        "Show or hide true labels", "T", key(Key::T), "truth answers blind data set", Change(|ui_state| ui_state.preferences.show_truth ^= true);
        "Colour by certainty", "Ctrl+4", ctrl(Key::Num4), "color mode confidence probability", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Certainty)));
        "Colour by propagated class", "Ctrl+5", ctrl(Key::Num5), "color mode poisson graph spread", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Propagated)));
        "What has changed since the last run", "C", key(Key::C), "compare difference flipped before after morph", Ask(|_, _| Some(Intent::ChangedSinceRun));
        "Colour by what has changed", "Ctrl+7", ctrl(Key::Num7), "color mode flipped difference", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Changed)));
        "Colour by what helps most", "Ctrl+6", ctrl(Key::Num6), "color mode acquisition score", Ask(|_, _| Some(Intent::SetColorMode(ColorMode::Helpful)));
        "Neighbours by pixels", "", No, "similarity graph images components", Ask(|_, _| Some(Intent::SetBasis(Basis::Pixels)));
        "Neighbours by the model", "", No, "similarity graph latents", Ask(|_, _| Some(Intent::SetBasis(Basis::Model)));
        "Neighbours by vectors from a file", "", No, "similarity graph features embeddings CLIP DINO npy", Ask(|state, _| state.has_vectors.then_some(Intent::SetBasis(Basis::Vectors)));
        "Show the latent space", "", No, "layout principal components", Ask(|_, _| Some(Intent::SetLayout(LayoutChoice::Latent)));
        "Show a map of the latents", "", No, "layout UMAP neighbours", Ask(|_, _| Some(Intent::SetLayout(LayoutChoice::LatentMap)));
        "Show a map of the similarity graph", "", No, "layout UMAP neighbours images", Ask(|_, _| Some(Intent::SetLayout(LayoutChoice::GraphMap)));
        "Show two dimensions", "", No, "2-D latent space plane flat", Ask(|_, _| Some(Intent::SetDimension(Dimension::Two)));
        "Show three dimensions", "", No, "3-D latent space", Ask(|state, _| (state.latent_dim > 2).then_some(Intent::SetDimension(Dimension::Three)));
        "Probe: decode the place under the cursor", "B", key(Key::B), "latent image generate decoder", Ask(|state, _| probe(state, ProbeMode::Cursor));
        "Probe: images from the selected point to the cursor", "L", key(Key::L), "latent line interpolate decoder", Ask(|state, _| probe(state, ProbeMode::Line));
        "Probe: a grid of decoded images", "M", key(Key::M), "latent manifold decoder", Ask(|state, _| probe(state, ProbeMode::Grid));
        "Images over the points, on or off", "I", key(Key::I), "thumbnails pictures", Change(|ui_state| ui_state.preferences.images ^= true);
    }
    "Filter": {
        "Show all points", "", No, "clear reset filter", Ask(|_, _| Some(Intent::SetFilter(Filter::default())));
        "Show labelled points only", "", No, "filter", Ask(|state, _| filter(state, |filter| filter.labelled = Some(true)));
        "Show unlabelled points only", "", No, "filter", Ask(|state, _| filter(state, |filter| filter.labelled = Some(false)));
        "Show where prediction and your label differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.against_label = true));
        "Show where prediction and true label differ", "", No, "filter errors mistakes", Ask(|state, ui_state| filter(state, |filter| filter.against_truth = true).filter(|_| ui_state.preferences.show_truth));
        "Show where propagated and predicted class differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.propagated_against_predicted = true));
        "Show where propagated class and your label differ", "", No, "filter errors mistakes doubt", Ask(|state, _| filter(state, |filter| filter.propagated_against_label = true));
        "Show a class alone, or all again", "Click in the legend", No, "", Gesture;
        "Grey out a class, or show it again", "Ctrl + click there", No, "", Gesture;
        "Hide a class, or show it again", "Shift + click there", No, "", Gesture;
    }
    "Train": {
        "Start training", "Ctrl+Enter", ctrl(Key::Enter), "run fit learn epochs", Ask(|state, ui_state| {
            let ready = state.has_model && state.has_cloud && state.run == RunState::Idle;
            ready.then(|| Intent::Start(ui_state.config.clone()))
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
        "New model…", "", No, "reset fresh weights architecture latent size", Change(|ui_state| show_section(ui_state, true, "Model"));
        "Results on the test images", "", No, "precision recall f1 calibration evaluation confusion matrix reliability", Change(|ui_state| show_tab(ui_state, TrainingTab::Results));
        "What has changed between two states", "", No, "compare runs morph difference flipped before after", Change(|ui_state| show_tab(ui_state, TrainingTab::Changes));
        "Results of the audit", "", No, "accuracy estimate interval wilson evaluation", Change(|ui_state| {
            show_tab(ui_state, TrainingTab::Results);
            ui_state.results = ResultsOf::Audit;
        });
        "Epochs and other training settings", "", No, "hyperparameters learning rate batch size weights", Change(|ui_state| show_tab(ui_state, TrainingTab::Settings));
        "Reset the training settings to defaults", "", No, "hyperparameters", Change(UiState::reset_settings);
    }
    "Save": {
        "Save the view as a picture…", "Ctrl+E", ctrl(Key::E), "export image png screenshot", Change(|ui_state| ui_state.exporting = true);
        "Save the view as a drawing (SVG)", "", No, "export vector", Ask(|_, _| Some(Intent::Export(ExportKind::Svg)));
        "Save the selected points as CSV", "", No, "export table", Ask(|_, _| Some(Intent::Export(ExportKind::Csv)));
        "Save the selected points' images", "", No, "export contact sheet png", Ask(|_, _| Some(Intent::Export(ExportKind::ContactSheet)));
        "Save the results as CSV", "", No, "export table figures confusion matrix accuracy", Change(|ui_state| save_results(ui_state, ResultsFile::Csv));
        "Save the results as a picture", "", No, "export png plot curves confusion matrix accuracy", Change(|ui_state| save_results(ui_state, ResultsFile::Png));
    }
    "Panels": {
        "Left panel, on or off", "Ctrl+[", ctrl(Key::OpenBracket), "show hide side", Change(|ui_state| ui_state.preferences.toggle(SideName::Left));
        "Right panel, on or off", "Ctrl+]", ctrl(Key::CloseBracket), "show hide side", Change(|ui_state| ui_state.preferences.toggle(SideName::Right));
        "Training panel, on or off", "Ctrl+T", ctrl(Key::T), "show hide bottom", Change(|ui_state| ui_state.preferences.training_open ^= true);
        "Panel: colours and legend", "", No, "color", Change(|ui_state| show_section(ui_state, true, "Colour by"));
        "Panel: filter", "", No, "certainty range", Change(|ui_state| show_section(ui_state, true, "Filter"));
        "Panel: labels and accuracy", "", No, "statistics counts progress agreement", Change(|ui_state| show_section(ui_state, true, "Labels"));
        "Panel: model", "", No, "architecture latent dimensions checkpoint weights backend", Change(|ui_state| show_section(ui_state, true, "Model"));
        "Panel: find a sample", "", No, "queue search index", Change(|ui_state| show_section(ui_state, false, "Find a sample"));
        "Panel: skipped and unsure samples", "", No, "list later", Change(|ui_state| show_section(ui_state, false, "Skipped and unsure"));
        "Panel: neighbours", "", No, "similar nearest like", Change(|ui_state| show_section(ui_state, false, "Neighbours"));
        "Panel: labelled last", "", No, "recent history", Change(|ui_state| show_section(ui_state, false, "Labelled last"));
        "Panel: loss curves", "", No, "chart total validation", Change(|ui_state| show_tab(ui_state, TrainingTab::Curve(Metric::Total)));
        "Panel: reconstruction loss", "", No, "curve chart", Change(|ui_state| show_tab(ui_state, TrainingTab::Curve(Metric::Term(Term::Reconstruction))));
        "Panel: KL divergence", "", No, "curve chart loss", Change(|ui_state| show_tab(ui_state, TrainingTab::Curve(Metric::Term(Term::Kl))));
        "Panel: classification loss", "", No, "curve chart accuracy", Change(|ui_state| show_tab(ui_state, TrainingTab::Curve(Metric::Term(Term::Classification))));
        "Panel: log of training", "", No, "messages epochs", Change(|ui_state| show_tab(ui_state, TrainingTab::Log));
        "Panel: runs", "", No, "history compare records", Change(|ui_state| show_tab(ui_state, TrainingTab::Runs));
    }
    "Window": {
        "Commands", "Ctrl+K", ctrl(Key::K), "palette search", Change(|ui_state| ui_state.palette = Some(String::new()));
        "Help: all keys", "F1, ?", key(Key::F1), "shortcuts keyboard mouse", Change(|ui_state| ui_state.help ^= true);
        "Open data, labels or a checkpoint…", "Ctrl+O", ctrl(Key::O), "load file folder dataset model recent", Change(|ui_state| ui_state.opening = Some(Opening::default()));
        "Dark or light", "Ctrl+L", ctrl(Key::L), "theme colour color mode night", Change(|ui_state| {
            ui_state.preferences.ground = match ui_state.preferences.ground {
                Ground::Dark => Ground::Light,
                Ground::Light => Ground::Dark,
            };
        });
        "Next set of colours", "", No, "colors palette theme scheme", Change(|ui_state| {
            let at = Scheme::ALL.iter().position(|&scheme| scheme == ui_state.preferences.scheme).unwrap_or(0);
            ui_state.preferences.scheme = Scheme::ALL[(at + 1) % Scheme::ALL.len()];
        });
        "Shapes for labels, on or off", "", No, "markers symbols", Change(|ui_state| ui_state.preferences.shapes ^= true);
        "Larger text", "Ctrl + plus", Keyed::Again(Modifiers::COMMAND, Key::Plus), "zoom font bigger size", Change(|ui_state| ui_state.preferences.rescale(1));
        "Smaller text", "Ctrl + minus", Keyed::Again(Modifiers::COMMAND, Key::Minus), "zoom font size", Change(|ui_state| ui_state.preferences.rescale(-1));
        "Usual text size", "Ctrl+0", ctrl(Key::Num0), "zoom font reset", Change(|ui_state| ui_state.preferences.rescale(0));
        "Quit", "", No, "exit close end", Ask(|_, _| Some(Intent::Quit));
    }
};

/// Further keys of some commands.
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

/// The command of this name.
pub fn named(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// The command that a key is for.
pub fn of(press: &KeyPress) -> Option<&'static Command> {
    let fits = |command: &&Command| match command.keyed {
        Keyed::No => false,
        Keyed::On(modifiers, key) => !press.repeat && press.fits((modifiers, key)),
        Keyed::Again(modifiers, key) => press.fits((modifiers, key)),
    };
    let alias = || {
        let (_, name) = ALIASES
            .iter()
            .find(|(keyed, _)| !press.repeat && press.fits(*keyed))?;
        named(name)
    };
    COMMANDS.iter().find(fits).or_else(alias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::choice::Choice;

    use crate::ui::keys::digit;

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
            assert!(named(name).is_some(), "{name}");
            let press = KeyPress {
                key: keyed.1,
                digit: None,
                modifiers: Modifiers {
                    ctrl: keyed.0.command,
                    ..keyed.0
                },
                repeat: false,
            };
            let own = of(&press).map(|command| command.name);
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
        let name = |key, repeat| of(&press(key, repeat)).map(|command| command.name);
        assert_eq!(name(Key::Num7, false), Some("Label 7"));
        assert_eq!(name(Key::Num7, true), None);
        assert_eq!(name(Key::Enter, true), None);
        assert_eq!(name(Key::P, true), Some("Back to the sample before"));
    }
}
