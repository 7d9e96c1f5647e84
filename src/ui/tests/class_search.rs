//! Many classes: found by name, put on digits, searched in the legend.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{App, click, dashboard, type_into};
use crate::ui::fixture::Fixture;
use crate::ui::intent::Intent;

/// The names of 23 classes.
const NAMES: [&str; 23] = [
    "ant", "bear", "bee", "cat", "crab", "deer", "dog", "eel", "elk", "fox", "frog", "goat", "hare", "ibis",
    "jay", "kiwi", "lion", "lynx", "mole", "newt", "owl", "seal", "zebra",
];

/// A session with these classes, of which dog and then owl were given last.
pub(super) fn animals() -> Fixture {
    let mut fixture = Fixture::of_classes(NAMES.len());
    for (place, name) in NAMES.iter().enumerate() {
        fixture.classes[place].name = (*name).into();
        fixture.legend[place].name = (*name).into();
    }
    fixture.used = vec![20, 6];
    fixture
}

/// Keys one after the other, each in a frame of its own: a slash, letters, `\n` for Enter.
fn keys(window: &mut Harness<'_, App>, text: &str) -> Vec<Intent> {
    for letter in text.chars() {
        match letter {
            '/' => {
                window.event(Event::Text("/".into()));
                window.key_press(Key::Slash);
            }
            '\n' => window.key_press(Key::Enter),
            letter => {
                if let Some(key) = Key::from_name(&letter.to_uppercase().to_string()) {
                    window.key_press(key);
                }
                window.event(Event::Text(letter.into()));
            }
        }
        window.run_steps(1);
    }
    std::mem::take(&mut window.state_mut().intents)
}

#[test]
fn a_class_is_found_by_letters_and_enter_labels_with_it() {
    let mut window = dashboard(animals());
    assert_eq!(keys(&mut window, "/zeb\n"), [Intent::Label(Some(22))]);
    assert!(window.state().ui_state.class_search.is_none(), "it is closed");
    // What was given last comes first, and among equals too.
    assert_eq!(keys(&mut window, "/\n"), [Intent::Label(Some(20))]);
    assert_eq!(keys(&mut window, "/d\n"), [Intent::Label(Some(6))]);
    assert_eq!(
        keys(&mut window, "/ly\n/se\n"),
        [17, 21].map(|class| Intent::Label(Some(class)))
    );
    // Letters are commands again.
    assert_eq!(keys(&mut window, "n"), [Intent::Next]);
    assert_eq!(keys(&mut window, "/unicorn\n"), []);
    assert!(window.state().ui_state.class_search.is_some());
    window.get_by_label("No class has such a name.");
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert!(window.state().ui_state.class_search.is_none());
    assert!(window.state().intents.is_empty(), "the selection stays");
    let labelled = click(&mut window, "By name…");
    assert_eq!(labelled, []);
    window.key_press(Key::ArrowDown);
    window.run_steps(1);
    assert_eq!(keys(&mut window, "\n"), [Intent::Label(Some(6))]);
}

#[test]
fn any_class_is_put_on_any_digit() {
    let mut window = dashboard(animals());
    keys(&mut window, "/zeb");
    window.key_press_modifiers(Modifiers::ALT, Key::Num3);
    window.run_steps(2);
    window.get_by_label("Class zebra, key 3");
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.key_press(Key::Num3);
    window.run_steps(2);
    let labelled = std::mem::take(&mut window.state_mut().intents);
    assert_eq!(labelled, [Intent::Label(Some(22))]);
    // Its button stands where that of the digit stood.
    let [zebra, bee, crab] =
        ["zebra", "bee", "crab"].map(|name| window.get_by_label(&format!("Label {name}")).rect());
    assert!(bee.right() < zebra.left() && zebra.right() < crab.left());
    assert_eq!(click(&mut window, "Label zebra"), [Intent::Label(Some(22))]);
    assert_eq!(click(&mut window, "Label cat"), [Intent::Label(Some(3))]);
}

#[test]
fn the_legend_is_searched() {
    let mut window = dashboard(animals());
    window.get_by_label("ant: 0 points");
    type_into(&mut window, "Find a class in the legend", Role::TextInput, "l");
    window.run_steps(2);
    for name in ["lion: 16 points", "lynx: 17 points"] {
        window.get_by_label(name);
    }
    assert!(window.query_by_label("ant: 0 points").is_none());
    type_into(
        &mut window,
        "Find a class in the legend",
        Role::TextInput,
        "unicorn",
    );
    window.run_steps(2);
    window.get_by_label("No class has such a name.");
    let ten = dashboard(Fixture::default());
    assert!(ten.query_by_label("Find a class in the legend").is_none());
}
