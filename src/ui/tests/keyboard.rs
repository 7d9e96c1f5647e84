//! Everything without a mouse.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{App, CONTROLS, click, dashboard, type_into};
use crate::cloud::ColorMode;
use crate::ui::Intent;
use crate::ui::fixture::Fixture;
use crate::ui::intent::ProbeMode;
use crate::ui::run_state::RunState;

fn press(window: &mut Harness<'_, App>, modifiers: Modifiers, key: Key) -> Vec<Intent> {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(3);
    std::mem::take(&mut window.state_mut().intents)
}

#[test]
fn keys_ask_for_what_their_list_says() {
    let mut window = dashboard(Fixture::default());
    let ctrl = Modifiers::COMMAND;
    for (modifiers, key, intent) in [
        (Modifiers::NONE, Key::N, Intent::Next),
        (Modifiers::NONE, Key::P, Intent::Previous),
        (Modifiers::NONE, Key::S, Intent::Skip),
        (Modifiers::NONE, Key::U, Intent::Unsure),
        (Modifiers::NONE, Key::Enter, Intent::TakePrediction),
        (Modifiers::NONE, Key::Num7, Intent::Label(Some(7))),
        (Modifiers::NONE, Key::D, Intent::Label(None)),
        (Modifiers::NONE, Key::Delete, Intent::Label(None)),
        (Modifiers::NONE, Key::F, Intent::FitView),
        (Modifiers::NONE, Key::Escape, Intent::ClearSelection),
        (ctrl, Key::Z, Intent::Undo),
        (ctrl | Modifiers::SHIFT, Key::Z, Intent::Redo),
        (ctrl, Key::Y, Intent::Redo),
        (ctrl, Key::A, Intent::ChooseShown),
        (ctrl, Key::Num4, Intent::SetColorMode(ColorMode::Certainty)),
        (ctrl, Key::S, Intent::SaveCheckpoint),
        (Modifiers::NONE, Key::B, Intent::SetProbe(ProbeMode::Cursor)),
    ] {
        assert_eq!(press(&mut window, modifiers, key), [intent], "{key:?}");
    }
    let started = press(&mut window, ctrl, Key::Enter);
    assert!(matches!(started.as_slice(), [Intent::Start(_)]));
    let mut running = dashboard(Fixture::running());
    assert!(matches!(running.state().fixture.run, RunState::Running(_)));
    assert_eq!(press(&mut running, ctrl, Key::Enter), [], "one run at a time");
    assert_eq!(press(&mut running, ctrl, Key::Period), [Intent::Stop]);
}

#[test]
fn keys_are_text_while_something_is_typed() {
    let mut window = dashboard(Fixture::default());
    type_into(&mut window, "Go to index", Role::TextInput, "5");
    for (modifiers, key) in [(Modifiers::NONE, Key::N), (Modifiers::COMMAND, Key::Z)] {
        assert_eq!(press(&mut window, modifiers, key), [], "{key:?}");
    }
}

#[test]
fn the_text_grows_and_shrinks_and_panels_go() {
    let mut window = dashboard(Fixture::default());
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    press(&mut window, Modifiers::COMMAND, Key::Equals);
    assert!((window.state().ui_state.preferences.scale - 1.21).abs() < 1e-3);
    press(&mut window, Modifiers::COMMAND, Key::Minus);
    press(&mut window, Modifiers::COMMAND, Key::Num0);
    assert_eq!(window.state().ui_state.preferences.scale, 1.0);
    press(&mut window, Modifiers::COMMAND, Key::OpenBracket);
    assert!(window.query_by_label("Fit view").is_some());
    assert!(window.query_by_label("Filter: Labelled").is_none());
}

#[test]
fn the_command_palette_finds_and_does() {
    let mut window = dashboard(Fixture::default());
    press(&mut window, Modifiers::COMMAND, Key::K);
    window.event(Event::Text("colour cert".into()));
    window.run_steps(2);
    let done = press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(done, [Intent::SetColorMode(ColorMode::Certainty)]);
    assert!(window.state().ui_state.palette.is_none(), "it is closed");
    press(&mut window, Modifiers::COMMAND, Key::K);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(press(&mut window, Modifiers::NONE, Key::Escape), []);
    assert!(window.state().ui_state.palette.is_none());
}

#[test]
fn while_a_dialogue_is_open_keys_are_for_it() {
    let mut window = dashboard(Fixture::default());
    for (modifiers, key) in [
        (Modifiers::NONE, Key::F1),
        (Modifiers::COMMAND, Key::E),
        (Modifiers::COMMAND, Key::O),
    ] {
        press(&mut window, modifiers, key);
        assert!(window.state().ui_state.has_dialogue());
        for key in [Key::Num7, Key::N, Key::D] {
            assert_eq!(press(&mut window, Modifiers::NONE, key), [], "{key:?}");
        }
        assert!(!window.state().viewport.unwrap().has_pointer);
        assert_eq!(press(&mut window, Modifiers::NONE, Key::Escape), []);
        assert!(!window.state().ui_state.has_dialogue());
    }
    assert_eq!(
        press(&mut window, Modifiers::NONE, Key::Num7),
        [Intent::Label(Some(7))]
    );
}

#[test]
fn the_hints_go_with_escape_and_leave_the_middle_of_the_cloud_free() {
    let mut window = dashboard(Fixture::fresh());
    window.state_mut().ui_state.preferences.hints_read = false;
    window.run_steps(3);
    let strip = window.get_by_label("Three things to know").rect();
    let cloud = window.state().viewport.unwrap().rect;
    assert!(strip.bottom() < cloud.center().y - 60.0, "{strip} in {cloud}");
    assert_eq!(press(&mut window, Modifiers::NONE, Key::Escape), []);
    assert!(window.query_by_label("Three things to know").is_none());
}

#[test]
fn help_shows_every_key_and_the_hints_come_once() {
    let mut window = dashboard(Fixture::default());
    press(&mut window, Modifiers::NONE, Key::F1);
    window.get_by_label("Undo the last labels");
    window.get_by_label("Ctrl+Z");
    press(&mut window, Modifiers::NONE, Key::F1);
    assert!(window.query_by_label("Ctrl+Z").is_none());
    window.state_mut().ui_state.preferences.hints_read = false;
    window.run_steps(2);
    window.get_by_label("Three things to know");
    click(&mut window, "Got it");
    assert!(window.query_by_label("Three things to know").is_none());
    assert!(window.state().ui_state.preferences.hints_read);
}

#[test]
fn every_control_can_be_reached_with_tab_and_has_a_name() {
    let mut window = dashboard(Fixture::default());
    let mut reached = std::collections::HashSet::new();
    for _ in 0..160 {
        window.key_press(Key::Tab);
        window.run_steps(1);
        let focused = window.ctx.memory(|memory| memory.focused());
        if !focused.is_none_or(|id| reached.insert(id)) {
            break;
        }
    }
    assert!(reached.len() > 60, "{} controls", reached.len());
    let mut count = 0;
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        if !CONTROLS.contains(&node.role()) {
            continue;
        }
        count += 1;
        let labelled = node.labelled_by().any(|label| label.value().is_some());
        let named = node.label().is_some_and(|label| !label.is_empty()) || labelled;
        assert!(named, "{:?} at {:?} has no name", node.role(), node.raw_bounds());
    }
    assert!(count > 60, "{count} controls");
}
