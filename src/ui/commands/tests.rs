//! What each command asks for, and which keys run it.

use egui::{Key, Modifiers};

use super::table::of;
use super::{COMMANDS, CommandState, Focus, named, press};
use crate::cloud::ColorMode;
use crate::ui::intent::{Close, Dimension, Intent, ProbeMode};
use crate::ui::keys::{KeyPress, digit};
use crate::ui::run_state::{RunEnds, RunProgress, RunState};
use crate::ui::ui_state::UiState;
use ssvae_core::filter::Filter;
use ssvae_core::training::message::EndState;

const PROGRESS: RunProgress = RunProgress {
    before: 0,
    epoch: 1,
    epochs: 5,
    batch: 1,
    batches: 9,
    eta_seconds: None,
};

/// A session at rest.
fn idle(filter: &Filter) -> CommandState<'_> {
    CommandState {
        has_cloud: true,
        has_model: true,
        has_vectors: true,
        run: RunState::Idle,
        ends: None,
        latent_dim: 2,
        probe: ProbeMode::Off,
        filter,
        asks_to_open: false,
        asks_to_close: false,
    }
}

/// What a command asks for in a session that `change` makes of one at rest.
fn asked(name: &str, change: impl FnOnce(&mut CommandState)) -> Vec<Intent> {
    let (filter, mut intents) = (Filter::default(), Vec::new());
    let mut state = idle(&filter);
    change(&mut state);
    let command = named(name).unwrap_or_else(|| panic!("{name}"));
    command.run(&state, &mut UiState::default(), &mut intents);
    intents
}

/// All of the panels' state that commands change.
fn written(state: &UiState) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        state.preferences,
        (state.tab, state.results, state.save_results),
        state.image_grid,
        state.opening,
        (&state.palette, &state.class_search),
        (state.help, state.exporting),
        state.focus_go_to,
        state.config,
    )
}

#[test]
fn every_command_of_the_list_does_something() {
    let filter = Filter::default();
    let ends = |taken| RunEnds {
        last: 5,
        best: 3,
        taken,
    };
    for command in COMMANDS.iter().filter(|command| command.can_be_done()) {
        let states = [
            (RunState::Idle, EndState::Last),
            (RunState::Idle, EndState::Best),
            (RunState::Running(PROGRESS), EndState::Last),
        ];
        let acts = states.into_iter().any(|(run, taken)| {
            let state = CommandState {
                run,
                ends: Some(ends(taken)),
                latent_dim: 16,
                ..idle(&filter)
            };
            let mut ui_state = UiState::default();
            ui_state.config.batch_size = 16;
            ui_state.image_grid.open = true;
            (ui_state.image_grid.count, ui_state.image_grid.columns) = (9, 3);
            ui_state.image_grid.at = 4;
            let preferences = &mut ui_state.preferences;
            (preferences.left.open, preferences.right.open) = (false, false);
            (preferences.training_open, preferences.show_truth) = (false, true);
            preferences.rescale(2);
            let before = written(&ui_state);
            let mut intents = Vec::new();
            command.run(&state, &mut ui_state, &mut intents);
            !intents.is_empty() || written(&ui_state) != before
        });
        assert!(acts, "{}", command.name);
    }
}

#[test]
fn a_run_decides_what_can_be_asked_of_it() {
    let running = RunState::Running(PROGRESS);
    let with = |name: &str, run: RunState| asked(name, |state| state.run = run);
    assert!(matches!(
        with("Start training", RunState::Idle).as_slice(),
        [Intent::Start(_)]
    ));
    assert_eq!(with("Start training", running), []);
    assert_eq!(asked("Start training", |state| state.has_model = false), []);
    assert_eq!(asked("Start training", |state| state.has_cloud = false), []);
    assert_eq!(with("Stop training", running), [Intent::Stop]);
    assert_eq!(with("Stop training", RunState::Starting), [Intent::Stop]);
    for run in [RunState::Idle, RunState::Stopping] {
        assert_eq!(with("Stop training", run), []);
    }
    let pause = "Pause or resume training";
    assert_eq!(with(pause, running), [Intent::Pause]);
    assert_eq!(with(pause, RunState::Paused(PROGRESS)), [Intent::Resume]);
    assert_eq!(with(pause, RunState::Starting), []);
    assert_eq!(
        with("Save the checkpoint", RunState::Idle),
        [Intent::SaveCheckpoint]
    );
    assert_eq!(with("Save the checkpoint", running), []);
}

#[test]
fn weights_are_taken_where_there_are_others() {
    let best = "Use the best epoch's weights";
    let with = |last, taken, run| {
        asked(best, |state| {
            state.ends = Some(RunEnds { last, best: 3, taken });
            state.run = run;
        })
    };
    let take = [Intent::Take(EndState::Best)];
    assert_eq!(with(5, EndState::Last, RunState::Idle), take);
    assert_eq!(with(5, EndState::Best, RunState::Idle), [], "they are in memory");
    assert_eq!(
        with(3, EndState::Last, RunState::Idle),
        [],
        "they are the last ones"
    );
    assert_eq!(with(5, EndState::Last, RunState::Running(PROGRESS)), []);
    assert_eq!(asked(best, |_| {}), [], "there was no run");
}

#[test]
fn views_are_offered_where_they_can_be_shown() {
    let three = "Show three dimensions";
    assert_eq!(asked(three, |_| {}), []);
    assert_eq!(
        asked(three, |state| state.latent_dim = 3),
        [Intent::SetDimension(Dimension::Three)]
    );
    assert_eq!(
        asked("Colour by true label", |_| {}),
        [],
        "true labels are hidden"
    );
    let line = "Probe: images from the selected point to the cursor";
    assert_eq!(asked(line, |_| {}), [Intent::SetProbe(ProbeMode::Line)]);
    assert_eq!(
        asked(line, |state| state.probe = ProbeMode::Line),
        [Intent::SetProbe(ProbeMode::Off)]
    );
    let mut only = Filter::default();
    only.labelled = Some(true);
    assert_eq!(
        asked("Show labelled points only", |_| {}),
        [Intent::SetFilter(only)]
    );
}

fn key(key: Key, modifiers: Modifiers) -> KeyPress {
    KeyPress {
        key,
        digit: digit(key),
        modifiers,
        repeat: false,
    }
}

/// Presses a key; returns whether it was used, and what it asked for.
fn pressed(
    pressed: KeyPress,
    focus: Focus,
    state: &CommandState,
    ui_state: &mut UiState,
) -> (bool, Vec<Intent>) {
    let mut intents = Vec::new();
    let used = press(&pressed, focus, state, ui_state, &mut intents);
    (used, intents)
}

#[test]
fn keys_belong_to_what_has_the_focus() {
    let filter = Filter::default();
    let state = idle(&filter);
    let (plain, ctrl) = (Modifiers::NONE, Modifiers::CTRL | Modifiers::COMMAND);
    let nothing = (false, vec![]);
    let free = Focus::default();
    let typing = Focus {
        typing: true,
        control: false,
    };
    let control = Focus {
        typing: false,
        control: true,
    };
    let ui_state = &mut UiState::default();
    let seven = key(Key::Num7, plain);
    assert_eq!(
        pressed(seven, free, &state, ui_state),
        (true, vec![Intent::Label(Some(7))])
    );
    assert_eq!(pressed(seven, typing, &state, ui_state), nothing);
    assert_eq!(
        pressed(key(Key::Z, ctrl), typing, &state, ui_state),
        nothing,
        "a field undoes its own text"
    );
    let certainty = Intent::SetColorMode(ColorMode::Certainty);
    assert_eq!(
        pressed(key(Key::Num4, ctrl), typing, &state, ui_state),
        (true, vec![certainty])
    );
    assert_eq!(
        pressed(key(Key::Enter, plain), control, &state, ui_state),
        nothing
    );
    assert!(pressed(key(Key::N, plain), control, &state, ui_state).0);
    assert_eq!(
        pressed(key(Key::ArrowRight, plain), free, &state, ui_state),
        nothing,
        "no images are enlarged"
    );
    ui_state.image_grid.open = true;
    assert!(pressed(key(Key::ArrowRight, plain), free, &state, ui_state).0);
    assert_eq!(
        pressed(key(Key::N, plain), free, &state, ui_state),
        nothing,
        "it is behind the enlarged images"
    );
    let waiting = CommandState {
        has_cloud: false,
        ..idle(&filter)
    };
    assert_eq!(pressed(seven, free, &waiting, &mut UiState::default()), nothing);
}

#[test]
fn escape_closes_what_is_on_top_and_then_clears_the_selection() {
    let filter = Filter::default();
    let escape = || key(Key::Escape, Modifiers::NONE);
    let mut ui_state = UiState {
        palette: Some(String::new()),
        help: true,
        ..UiState::default()
    };
    ui_state.image_grid.open = true;
    let asks = CommandState {
        asks_to_close: true,
        ..idle(&filter)
    };
    let mut press = |state: &CommandState| pressed(escape(), Focus::default(), state, &mut ui_state).1;
    assert_eq!(press(&asks), [], "the command palette");
    assert_eq!(press(&asks), [Intent::Close(Close::Stay)]);
    let rest = idle(&filter);
    for what in ["the help", "the enlarged images", "the hints"] {
        assert_eq!(press(&rest), [], "{what}");
    }
    assert_eq!(press(&rest), [Intent::ClearSelection]);
    assert!(!ui_state.help && !ui_state.image_grid.open && ui_state.preferences.hints_read);
}

#[test]
fn a_shortcut_with_more_modifiers_comes_first() {
    let ctrl = Modifiers::CTRL | Modifiers::COMMAND;
    let name = |modifiers| of(&key(Key::Z, modifiers)).map(|command| command.name);
    assert_eq!(name(ctrl), Some("Undo the last labels"));
    assert_eq!(name(ctrl | Modifiers::SHIFT), Some("Redo"));
    assert_eq!(name(Modifiers::NONE), None);
}
