//! The choice of what is opened, and the question before.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{App, CONTROLS, click, dashboard};
use crate::ui::dialogs::closing::AtClose;
use crate::ui::fixture::Fixture;
use crate::ui::intent::{Close, Intent};
use crate::ui::opening::{EntryKind, FolderEntries, FolderEntry, RecentEntry};

/// A session that has opened two data sets before, in a folder with some files.
pub(super) fn fixture(folder: &str) -> Fixture {
    let recent = |name: &str| RecentEntry {
        name: name.into(),
        detail: format!("/home/me/data/{name} · ssvae.ckpt"),
    };
    let entry = |(name, kind): (&str, EntryKind)| FolderEntry {
        name: name.into(),
        kind,
    };
    Fixture {
        opened: ["fashion", "kmnist"].map(recent).into(),
        folder: FolderEntries {
            folder: folder.into(),
            entries: [
                ("artifacts", EntryKind::Folder),
                ("data", EntryKind::Folder),
                ("checkpoint_100", EntryKind::Checkpoint),
                ("my labels.csv", EntryKind::Labels),
                ("train-images-idx3-ubyte.gz", EntryKind::Data),
            ]
            .map(entry)
            .into(),
            others: 3,
            problem: None,
        },
        ..Fixture::default()
    }
}

fn press(window: &mut Harness<'_, App>, key: Key) -> Vec<Intent> {
    window.key_press(key);
    window.run_steps(1);
    std::mem::take(&mut window.state_mut().intents)
}

fn type_text(window: &mut Harness<'_, App>, text: &str) -> Vec<Intent> {
    // A key at a time, as they come.
    for letter in text.chars() {
        window.event(Event::Text(letter.into()));
        window.run_steps(1);
    }
    std::mem::take(&mut window.state_mut().intents)
}

fn open(folder: &str) -> Harness<'static, App> {
    let mut window = dashboard(fixture(folder));
    window.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.run_steps(1);
    window
}

#[test]
fn enter_opens_what_was_opened_before_and_the_arrows_lead_to_the_rest() {
    let mut window = open("");
    assert_eq!(press(&mut window, Key::Enter), [Intent::OpenRecent(0)]);
    assert!(window.state().ui_state.opening.is_none(), "it is closed");
    let mut window = open("");
    assert_eq!(type_text(&mut window, "kmn"), []);
    assert_eq!(press(&mut window, Key::Enter), [Intent::OpenRecent(1)]);
    let mut window = open("");
    // The first row is current when the list opens.
    for _ in 0..4 {
        assert_eq!(press(&mut window, Key::ArrowDown), []);
    }
    assert_eq!(
        press(&mut window, Key::Enter),
        [Intent::OpenPath("checkpoint_100".into())]
    );
}

#[test]
fn a_folder_is_entered_and_its_entries_are_asked_for() {
    let mut window = open("");
    assert_eq!(type_text(&mut window, "dat"), []);
    let asked = press(&mut window, Key::Enter);
    assert!(
        asked
            .iter()
            .all(|intent| *intent == Intent::ListFolder("data/".into()))
    );
    let opening = window.state().ui_state.opening.clone().unwrap();
    assert_eq!(opening.path, "data/");
    // What is typed goes on behind it.
    let asked = type_text(&mut window, "mnist");
    assert!(asked.contains(&Intent::ListFolder("data/".into())), "{asked:?}");
    let opened = press(&mut window, Key::Enter);
    assert_eq!(opened, [Intent::OpenPath("data/mnist".into())]);
}

#[test]
fn rows_and_places_are_clicked_and_heard_by_name() {
    let mut window = open("data/");
    window.state_mut().ui_state.opening.as_mut().unwrap().path = "data/".into();
    window.run_steps(2);
    window.state_mut().intents.clear();
    window.get_by_label("3 other files are not shown.");
    assert_eq!(
        click(&mut window, "Open this folder: data/"),
        [Intent::OpenPath("data/".into())]
    );
    let mut window = open("");
    assert_eq!(
        click(
            &mut window,
            "Open again: kmnist, /home/me/data/kmnist · ssvae.ckpt"
        ),
        [Intent::OpenRecent(1)]
    );
    for (button, folder) in [
        ("Up", "../"),
        ("Home", "~/"),
        ("Beside the data", "/home/me/data/"),
    ] {
        let mut window = open("");
        let asked = click(&mut window, button);
        assert!(
            asked.contains(&Intent::ListFolder(folder.into())),
            "{button}: {asked:?}"
        );
    }
    let window = open("");
    let controls = window.root().children_recursive();
    let controls = controls.map(|node| node.accesskit_node());
    for node in controls.filter(|node| CONTROLS.contains(&node.role()) || node.role() == Role::TextInput) {
        let labelled = node.labelled_by().any(|label| label.value().is_some());
        let named = node.label().is_some_and(|label| !label.is_empty()) || labelled;
        assert!(named, "{:?} has no name", node.role());
    }
}

#[test]
fn the_question_says_what_would_be_lost_and_saves_it_first() {
    let asked = |loses| {
        dashboard(Fixture {
            dropped: Some("the labels in mine.csv".into()),
            loses,
            ..Fixture::default()
        })
    };
    assert_eq!(click(&mut asked(None), "Open"), [Intent::Open(Close::Anyway)]);
    for loses in [AtClose::Unsaved, AtClose::Unwritten] {
        for (button, answer) in [
            ("Save and open", Close::SaveFirst),
            ("Open without saving", Close::Anyway),
            ("Cancel", Close::Stay),
        ] {
            assert_eq!(click(&mut asked(Some(loses)), button), [Intent::Open(answer)]);
        }
    }
    let mut running = asked(Some(AtClose::Training));
    assert_eq!(
        click(&mut running, "Stop and open"),
        [Intent::Stop, Intent::Open(Close::Anyway)]
    );
    let mut kept = asked(Some(AtClose::Unsaved));
    // Enter presses the first button, which saves.
    assert_eq!(press(&mut kept, Key::Enter), [Intent::Open(Close::SaveFirst)]);
    let mut kept = asked(None);
    assert_eq!(press(&mut kept, Key::Escape), [Intent::Open(Close::Stay)]);
}
