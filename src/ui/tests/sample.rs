//! The selected sample, its label, and ways to another.

use egui::accesskit::Role;
use egui::{Key, pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{click, dashboard, described, enabled, tall, type_into};
use crate::ui::Intent;
use crate::ui::feedback::FeedbackKind;
use crate::ui::fixture::Fixture;
use ssvae_core::acquisition::Order;
use ssvae_core::propagation::Doubt;

#[test]
fn the_sample_is_described() {
    let mut window = dashboard(Fixture {
        user_label: Some(4),
        ..Fixture::default()
    });
    window.get_by_label("True label: hidden");
    click(&mut window, "Show true labels");
    for text in [
        "Index 31,337",
        "Predicted: 7 (98.2 % confidence)",
        "User label: 4",
        "True label: 7",
        "Original",
    ] {
        window.get_by_label(text);
    }
    window.get_by_role_and_label(Role::Image, "Reconstruction");
    dashboard(Fixture {
        decoded: false,
        ..Fixture::default()
    })
    .get_by_label("Reconstruction: decoding…");
}

/// All that a window draws, and all that it tells a screen reader.
fn seen(truth: u8, share: f64, shown: bool) -> String {
    let fixture = Fixture {
        true_label: Some(truth),
        hovered: Some(pos2(500.0, 300.0)),
        ..Fixture::default()
    };
    let mut window = tall(fixture);
    window.state_mut().fixture.statistics.agreement.1 = Some(share);
    window.state_mut().ui_state.preferences.show_truth = shown;
    window.run_steps(3);
    let output = window.output();
    format!("{:?}", output.shapes) + &described(&window.root())
}

#[test]
fn hidden_true_labels_change_nothing_that_is_drawn_or_described() {
    assert!(seen(7, 0.647, false) == seen(2, 0.111, false));
    assert!(seen(7, 0.647, true) != seen(2, 0.647, true));
    assert!(seen(7, 0.647, true) != seen(7, 0.111, true));
}

#[test]
fn without_a_selection_the_panel_says_what_to_do_and_labels_nothing() {
    let mut window = dashboard(Fixture::fresh());
    window.get_by_label("Original: Click a point to see it");
    for name in ["Label 0", "Label 9", "Delete label", "Undo", "Redo"] {
        assert!(!enabled(&window, name), "{name}");
        assert_eq!(click(&mut window, name), []);
    }
}

#[test]
fn a_doubtful_label_is_kept_taken_back_or_made_another_one() {
    let mut window = tall(Fixture::default());
    window.get_by_label("4 of 442 labels");
    for name in ["Keep", "Relabel", "Remove"] {
        assert!(!enabled(&window, name), "{name}: nothing doubtful is selected");
    }
    window.get_by_label_contains("Go to 300: ").click();
    window.run_steps(3);
    let sent = std::mem::take(&mut window.state_mut().intents);
    assert_eq!(sent, [Intent::GoInDoubts(300)]);
    let mut window = tall(Fixture {
        user_label: Some(4),
        doubt: Some(Doubt {
            serial: 31_337,
            label: 4,
            probability: 0.02,
            suggestion: 9,
            suggested: 0.93,
        }),
        ..Fixture::default()
    });
    window.get_by_label("Labelled 4; the others say 9 (93.0 %)");
    assert_eq!(click(&mut window, "Keep"), [Intent::KeepLabel]);
    assert_eq!(click(&mut window, "Relabel as 9"), [Intent::TakeSuggestion]);
    assert_eq!(click(&mut window, "Remove"), [Intent::Label(None)]);
}

#[test]
fn ten_buttons_label_the_selected_sample() {
    let mut window = dashboard(Fixture::default());
    for label in 0..10 {
        assert_eq!(
            click(&mut window, &format!("Label {label}")),
            [Intent::Label(Some(label))]
        );
    }
    assert!(!enabled(&window, "Delete label"), "there is no label to take off");
}

#[test]
fn the_current_label_is_marked_and_taken_off() {
    let mut window = dashboard(Fixture {
        user_label: Some(7),
        ..Fixture::default()
    });
    assert_eq!(
        window
            .get_by_label("Label 7")
            .accesskit_node()
            .toggled()
            .map(|t| format!("{t:?}"))
            .as_deref(),
        Some("True")
    );
    assert_eq!(
        window
            .get_by_label("Label 8")
            .accesskit_node()
            .toggled()
            .map(|t| format!("{t:?}"))
            .as_deref(),
        Some("False")
    );
    assert_eq!(click(&mut window, "Delete label"), [Intent::Label(None)]);
}

#[test]
fn the_feedback_is_shown_and_moves_nothing() {
    let place = |feedback| {
        let window = dashboard(Fixture {
            feedback,
            ..Fixture::default()
        });
        let rect = window.get_by_label("Next").rect();
        (window, rect)
    };
    let (_, quiet) = place(None);
    let (saved, short) = place(Some(("saved to labels.csv".to_owned(), FeedbackKind::Saved)));
    saved.get_by_label("saved to labels.csv");
    let (_, long) = place(Some(("not saved: ".repeat(30), FeedbackKind::Failed)));
    assert_eq!((quiet, quiet), (short, long));
}

#[test]
fn another_sample_is_found() {
    let mut window = dashboard(Fixture::default());
    assert_eq!(click(&mut window, "Next"), [Intent::Next]);
    assert_eq!(click(&mut window, "Back"), [Intent::Previous]);
    assert_eq!(
        click(&mut window, "Go to 101: Index 101, predicted 7 (98 %)"),
        [Intent::GoInQueue(101)]
    );
    let order = Intent::SetOrder(Order::MostCertain);
    assert_eq!(click(&mut window, "Order: Certain"), [order]);
    type_into(&mut window, "Go to index", Role::TextInput, "59,999");
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(window.state().intents, [Intent::GoTo(59_999)]);
    assert_eq!(window.state().ui_state.go_to, "");
}

#[test]
fn an_index_outside_the_data_set_is_refused() {
    let mut window = dashboard(Fixture::default());
    type_into(&mut window, "Go to index", Role::TextInput, "60000");
    window.get_by_label("Type a number from 0 to 59,999.");
    assert!(!enabled(&window, "Go"));
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert_eq!(window.state().intents, []);
}

#[test]
fn typing_in_a_field_takes_the_keyboard_until_it_ends() {
    let mut window = dashboard(Fixture::default());
    assert!(!window.state().typing);
    type_into(&mut window, "Go to index", Role::TextInput, "5");
    assert!(window.state().typing);
    window.key_press(Key::Enter);
    window.run_steps(2);
    assert!(!window.state().typing);
    type_into(&mut window, "KL weight", Role::SpinButton, "0.5");
    assert!(window.state().typing);
}

#[test]
fn the_hover_card_describes_the_point_and_takes_no_pointer() {
    let cursor = pos2(600.0, 300.0);
    let mut window = dashboard(Fixture {
        selected: false,
        hovered: Some(cursor),
        ..Fixture::default()
    });
    window.hover_at(cursor);
    window.run_steps(3);
    window.get_by_label("Index 31,337");
    let card = window
        .get_by_label("Predicted: 7 (98.2 % confidence)")
        .rect()
        .center();
    window.hover_at(card);
    window.run_steps(2);
    assert!(window.state().viewport.unwrap().has_pointer);
    window.hover_at(pos2(100.0, 300.0));
    window.run_steps(2);
    assert!(
        window.query_by_label("Index 31,337").is_none(),
        "over a panel there is no card"
    );
}
