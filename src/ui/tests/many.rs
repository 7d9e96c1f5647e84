//! Many samples at once: filter, legend, chosen points, history.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{App, click, dashboard, enabled, tall};
use crate::cloud::{Ground, Scheme};
use crate::ui::Intent;
use crate::ui::fixture::Fixture;
use crate::ui::intent::ExportKind;
use ssvae_core::active_learning::Basis;
use ssvae_core::classes::ClassCount;
use ssvae_core::filter::{Filter, Source, Visibility};
use ssvae_core::map::LayoutChoice;

fn changed(change: impl FnOnce(&mut Filter)) -> Vec<Intent> {
    let mut filter = Filter::default();
    change(&mut filter);
    vec![Intent::SetFilter(filter)]
}

#[test]
fn a_class_is_shown_alone_greyed_or_hidden_by_its_legend() {
    let mut window = dashboard(Fixture::default());
    let name = "7: 46 points";
    let only = changed(|filter| filter.only(Source::User, Some(7), ClassCount::default()));
    assert_eq!(click(&mut window, name), only);
    for (modifiers, visibility) in [
        (Modifiers::COMMAND, Visibility::Context),
        (Modifiers::SHIFT, Visibility::Hidden),
    ] {
        window.get_by_label(name).click_modifiers(modifiers);
        window.run_steps(3);
        let expected = changed(|filter| filter.set_class(Source::User, Some(7), visibility));
        assert_eq!(std::mem::take(&mut window.state_mut().intents), expected);
    }
    let mut fixture = Fixture::default();
    fixture.filter.set_class(Source::User, None, Visibility::Hidden);
    let mut window = dashboard(fixture);
    window
        .get_by_label("Unlabelled: 59,558 points, hidden")
        .click_modifiers(Modifiers::SHIFT);
    window.run_steps(3);
    assert_eq!(window.state().intents, [Intent::SetFilter(Filter::default())]);
}

#[test]
fn the_filter_asks_for_labels_and_disagreement_and_is_cleared() {
    let mut window = dashboard(Fixture::default());
    window.get_by_label("60,000 of 60,000 shown");
    assert!(!enabled(&window, "Clear filter"));
    let labelled = changed(|filter| filter.labelled = Some(true));
    assert_eq!(click(&mut window, "Filter: Labelled"), labelled);
    let against = changed(|filter| filter.against_label = true);
    assert_eq!(click(&mut window, "Prediction ≠ your label"), against);
    let mut fixture = Fixture {
        shown: 12,
        ..Fixture::default()
    };
    fixture.filter.against_truth = true;
    let mut window = dashboard(fixture);
    window.get_by_label("12 of 60,000 shown");
    assert_eq!(click(&mut window, "Select all shown"), [Intent::ChooseShown]);
    assert_eq!(
        click(&mut window, "Clear filter"),
        [Intent::SetFilter(Filter::default())]
    );
}

#[test]
fn chosen_points_are_images_to_take_out_and_are_labelled_together() {
    let mut window = dashboard(Fixture {
        selected: false,
        chosen: (0..500).collect(),
        chosen_images: (0..500).collect(),
        ..Fixture::default()
    });
    window.get_by_label("500 points selected");
    window.get_by_label("Label 500 points");
    let name = "Take out 4: Index 4, predicted 7 (98 %)";
    assert_eq!(click(&mut window, name), [Intent::TakeOut(vec![4])]);
    assert_eq!(click(&mut window, "Label 3"), [Intent::Label(Some(3))]);
    assert_eq!(click(&mut window, "Delete label"), [Intent::Label(None)]);
    assert_eq!(click(&mut window, "Clear selection"), [Intent::ClearSelection]);
    assert_eq!(
        click(&mut window, "Save as CSV"),
        [Intent::Export(ExportKind::Csv)]
    );
    let far = window.query_by_label_contains("Take out 499:");
    assert!(far.is_none(), "images out of sight are not drawn");
}

#[test]
fn the_enlarged_images_hold_any_number_and_ranges_are_taken_out_and_put_back() {
    let mut window = dashboard(Fixture {
        selected: false,
        chosen: (0..60_000).filter(|serial| *serial != 7).collect(),
        chosen_images: (0..60_000).rev().collect(),
        ..Fixture::default()
    });
    let press = |window: &mut Harness<'_, App>, key| {
        window.key_press(key);
        window.run_steps(3);
        std::mem::take(&mut window.state_mut().intents)
    };
    assert_eq!(press(&mut window, Key::Space), [], "nothing is enlarged yet");
    press(&mut window, Key::E);
    assert_eq!(press(&mut window, Key::Space), [Intent::TakeOut(vec![59_999])]);
    press(&mut window, Key::ArrowRight);
    assert_eq!(press(&mut window, Key::Space), [Intent::TakeOut(vec![59_998])]);
    let columns = window.state().ui_state.image_grid.columns;
    assert!(columns > 10, "{columns} in a row");
    // Shift takes all from the one before.
    let third = window
        .get_all_by_label_contains("Take out 59996:")
        .last()
        .unwrap();
    third.click_modifiers(Modifiers::SHIFT);
    window.run_steps(3);
    let range = Intent::TakeOut(vec![59_998, 59_997, 59_996]);
    assert_eq!(std::mem::take(&mut window.state_mut().intents), [range]);
    // The keys walk to what is out of sight, and what was taken out is there, greyed.
    window.state_mut().ui_state.image_grid.at = 59_991;
    window.key_press(Key::ArrowRight);
    window.run_steps(4);
    assert_eq!(window.get_all_by_label_contains("Put back 7:").count(), 1);
    window.key_press(Key::Space);
    window.run_steps(3);
    assert_eq!(
        std::mem::take(&mut window.state_mut().intents),
        [Intent::PutBack(vec![7])]
    );
    let drawn = window.get_all_by_label_contains("Take out").count();
    assert!(drawn < 1500, "{drawn}: only what is seen is drawn");
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(!window.state().ui_state.image_grid.open && window.state().intents.is_empty());
}

#[test]
fn what_was_done_is_undone_and_redone() {
    let mut window = tall(Fixture {
        redo: true,
        ..Fixture::default()
    });
    assert_eq!(click(&mut window, "Undo"), [Intent::Undo]);
    assert_eq!(click(&mut window, "Redo"), [Intent::Redo]);
    let last = "Go to 5: Index 5, predicted 7 (98 %)";
    assert_eq!(click(&mut window, last), [Intent::GoTo(5)]);
}

#[test]
fn neighbours_are_one_click_away() {
    let mut window = tall(Fixture::default());
    for serial in [200, 201] {
        let name = format!("Go to {serial}: ");
        window.get_by_label_contains(&name).click();
        window.run_steps(3);
        assert_eq!(
            std::mem::take(&mut window.state_mut().intents),
            [Intent::GoTo(serial)]
        );
    }
    let fresh = tall(Fixture::fresh());
    assert_eq!(
        fresh
            .get_all_by_label("Select a point to see what is like it.")
            .count(),
        1
    );
}

#[test]
fn neighbours_are_by_pixels_by_the_model_and_by_a_file_where_there_is_one() {
    let mut without = tall(Fixture::default());
    assert!(without.query_by_label("Neighbours by: features.npy").is_none());
    let model = Intent::SetBasis(Basis::Model);
    assert_eq!(click(&mut without, "Neighbours by: Model"), [model]);
    let mut with = tall(Fixture {
        vectors: Some("features.npy"),
        ..Fixture::default()
    });
    let vectors = Intent::SetBasis(Basis::Vectors);
    assert_eq!(click(&mut with, "Neighbours by: features.npy"), [vectors]);
}

#[test]
fn vectors_alone_say_what_they_are_without() {
    let mut window = tall(Fixture {
        vectors: Some("features.npy"),
        vectors_alone: true,
        architecture: None,
        ..Fixture::default()
    });
    for text in [
        "Original: Vectors alone: no images",
        "Reconstruction: Vectors alone: no model",
        "Predicted: no model",
        "The data set holds vectors alone: a model is trained on images.",
    ] {
        window.get_by_label(text);
    }
    for absent in [
        "Neighbours by: Pixels",
        "Neighbours by: Model",
        "Layout: map of the latents",
    ] {
        assert!(window.query_by_label(absent).is_none(), "{absent}");
    }
    window.get_by_label("Neighbours by: features.npy");
    let vectors = Intent::SetLayout(LayoutChoice::GraphMap);
    assert_eq!(
        click(&mut window, "Layout: map of the similarity graph"),
        [vectors]
    );
    assert!(!enabled(&window, "Start Training"));
    // Where images stand otherwise, samples are as easily reached.
    window.get_by_label_contains("Go to 200: ").click();
    window.run_steps(3);
    assert_eq!(
        std::mem::take(&mut window.state_mut().intents),
        [Intent::GoTo(200)]
    );
}

#[test]
fn looks_and_panels_are_the_overlays_own_affair() {
    let mut window = dashboard(Fixture::default());
    let before = window.state().viewport.unwrap().rect;
    for name in ["Left panel", "Right panel", "Training panel"] {
        assert_eq!(click(&mut window, name), []);
    }
    let after = window.state().viewport.unwrap().rect;
    assert!(after.width() > before.width() + 400.0 && after.height() > before.height() + 150.0);
    assert_eq!(click(&mut window, "Light"), []);
    assert_eq!(window.state().ui_state.preferences.ground, Ground::Light);
    click(&mut window, "Left panel");
    assert_eq!(click(&mut window, "Colours: tab10"), []);
    assert_eq!(window.state().ui_state.preferences.scheme, Scheme::Tab10);
    click(&mut window, "Shapes for labels");
    assert!(window.state().ui_state.preferences.shapes);
    click(&mut window, "Labels");
    assert!(
        window.query_by_label("442 of 60,000 labelled").is_none(),
        "it is folded away"
    );
}
