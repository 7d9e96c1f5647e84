//! The matrix leads to its samples, and everything is copied and saved.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Rect};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::{App, click, dashboard, tall};
use crate::ui::Intent;
use crate::ui::commands;
use crate::ui::fixture::Fixture;
use crate::ui::intent::ResultsFile;
use crate::ui::ui_state::TrainingTab;
use ssvae_core::classes::ClassCount;
use ssvae_core::evaluation::Evaluation;

const CELL: &str = "286 of 1,000 whose true class is 4 are predicted 9";

fn results(fixture: Fixture) -> Harness<'static, App> {
    let mut window = tall(fixture);
    click(&mut window, "Results");
    window
}

fn press(window: &mut Harness<'_, App>, key: Key) -> Vec<Intent> {
    window.key_press(key);
    window.run_steps(3);
    std::mem::take(&mut window.state_mut().intents)
}

#[test]
fn a_cell_of_the_test_images_shows_them_and_takes_the_keys() {
    let mut window = results(Fixture::default());
    window.get_by_role_and_label(Role::Button, CELL);
    let empty = "0 of 1,000 whose true class is 0 are predicted 1";
    assert!(window.query_by_role_and_label(Role::Button, empty).is_none());
    window.get_by_label(empty);
    assert_eq!(click(&mut window, CELL), []);
    window.get_by_label("286 images of class 4, predicted 9");
    let tested = window.state().fixture.tested.clone().unwrap().unwrap();
    let first = tested.images.of_cell(4, 9)[0];
    let first = ssvae_core::format::grouped(first as usize);
    window.get_by_label_contains(&format!(
        "Test image {first}: true class 4, predicted 9, 98.0 % certain"
    ));
    for key in [Key::Num3, Key::D, Key::N, Key::Enter, Key::ArrowDown, Key::Space] {
        assert_eq!(press(&mut window, key), [], "{key:?}");
    }
    assert_eq!(window.state().ui_state.test_cell, Some([4, 9]));
    assert_eq!(press(&mut window, Key::Escape), []);
    assert_eq!(window.state().ui_state.test_cell, None);
    assert_eq!(
        press(&mut window, Key::Num3),
        [Intent::Label(Some(3))],
        "keys label again"
    );
}

#[test]
fn the_matrix_has_a_row_for_each_of_any_number_of_classes() {
    for count in [3, 11, 62, 256] {
        let classes = ClassCount::new(count).unwrap();
        let mut tested = Arc::unwrap_or_clone(Fixture::default().tested.unwrap().unwrap());
        tested.evaluation = Evaluation::of(classes, classes.iter().map(|class| (class, Some(class), 0.9)));
        let window = results(Fixture {
            tested: Some(Ok(tested.into())),
            ..Fixture::of_classes(count)
        });
        window.get_by_label("1 of 1 whose true class is 0 are predicted 0");
    }
}

#[test]
fn a_cell_is_pressed_from_the_keyboard() {
    let mut window = results(Fixture::default());
    window.get_by_label(CELL).focus();
    window.run_steps(2);
    assert_eq!(press(&mut window, Key::Enter), []);
    assert_eq!(window.state().ui_state.test_cell, Some([4, 9]));
}

#[test]
fn a_cell_of_what_is_propagated_selects_its_points() {
    let propagated = Evaluation::of(
        ClassCount::default(),
        [(5, Some(5), 0.9), (5, Some(6), 0.8)].into_iter(),
    );
    let mut window = results(Fixture {
        propagated: Some(propagated),
        ..Fixture::default()
    });
    click(&mut window, "Results of: Propagated");
    assert_eq!(
        click(&mut window, "1 of 2 whose true class is 5 are predicted 6"),
        [Intent::ChooseCell {
            truth: 5,
            propagated: 6
        }]
    );
    assert_eq!(window.state().ui_state.test_cell, None);
}

#[test]
fn of_a_run_on_record_the_cells_are_figures_alone() {
    let mut window = results(Fixture::default());
    window.state_mut().ui_state.compared = vec!["20261125T110000Z".into()];
    window.run_steps(2);
    window.get_by_label(CELL);
    assert!(window.query_by_role_and_label(Role::Button, CELL).is_none());
}

#[test]
fn all_of_it_is_saved_from_the_panel_and_from_the_list_of_commands() {
    let mut window = results(Fixture::default());
    let [Intent::SaveResults(report, ResultsFile::Csv)] = &click(&mut window, "Save CSV")[..] else {
        panic!("nothing is saved");
    };
    assert_eq!(report.of, "Test images, now");
    assert!(
        report
            .headline
            .starts_with("Test images, now: 94.28 % (93.8 to 94.7) of 10,000 right"),
        "{}",
        report.headline
    );
    assert_eq!((report.runs.len(), report.drawn.len()), (3, 1));
    assert_eq!(report.accuracy, window.state().fixture.accuracy);
    let mut window = dashboard(Fixture::default());
    let state = window.state_mut();
    let lookup = |serial| state.fixture.lookup(serial);
    let known = (&state.fixture.view(&lookup)).into();
    commands::named("Save the results as a picture").unwrap().run(
        &known,
        &mut state.ui_state,
        &mut state.intents,
    );
    window.run_steps(3);
    assert_eq!(window.state().ui_state.tab, TrainingTab::Results);
    let sent = &window.state().intents;
    assert!(
        matches!(sent[..], [Intent::SaveResults(_, ResultsFile::Png)]),
        "{sent:?}"
    );
}

#[test]
fn matrix_table_and_curve_are_in_sight_in_a_usual_window() {
    let mut window = dashboard(Fixture::default());
    click(&mut window, "Results");
    let cloud = window.state().viewport.unwrap().rect;
    let panel = Rect::from_x_y_ranges(cloud.x_range(), cloud.bottom()..=800.0);
    for label in [
        "857 of 1,000 whose true class is 9 are predicted 9",
        "9, 0.750, 0.857, 0.800, 1,000",
        "Accuracy against number of labels, propagated 96.7 % with 442 labels, test images 92.7 % with 300 labels",
    ] {
        let found = window.get_by_label(label);
        assert!(
            panel.contains_rect(found.rect()),
            "{label}: {:?} in {panel:?}",
            found.rect()
        );
    }
    // Settings are a click away.
    click(&mut window, "Settings");
    window.get_by_role_and_label(Role::SpinButton, "KL weight");
    assert_ne!(window.state().ui_state.tab, TrainingTab::Results);
}

#[test]
fn before_the_first_label_and_run_the_curve_says_when_it_starts() {
    let window = results(Fixture::fresh());
    window.get_by_label("Accuracy against the number of labels: the curve starts with the first label.");
}
