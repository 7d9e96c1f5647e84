//! Pictures of all panels in both looks, compared with those that were looked at. `UPDATE_SNAPSHOTS=1` takes new ones.

use egui::{Key, Modifiers, pos2};
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use super::{App, window};
use crate::cloud::{ColorMode, Ground};
use crate::ui::dialogs::closing::AtClose;
use crate::ui::feedback::FeedbackKind;
use crate::ui::fixture::Fixture;
use crate::ui::intent::Intent;
use crate::ui::problem::{Cause, Problems};
use crate::ui::ui_state::{ResultsOf, TrainingTab};
use crate::ui::widgets::jobs::JobView;
use ssvae_core::classes::ClassCount;

/// Takes a picture of each look.
fn compare(
    name: &str,
    size: [f32; 2],
    fixture: impl Fn() -> Fixture,
    prepare: impl Fn(&mut Harness<'_, App>),
) {
    let mut results = SnapshotResults::new();
    for (ground, suffix) in [(Ground::Dark, "dark"), (Ground::Light, "light")] {
        let mut window = window(size, fixture());
        window.state_mut().ui_state.preferences.ground = ground;
        window.run_steps(3);
        prepare(&mut window);
        window.run_steps(3);
        // Graphics drivers differ in the last bits of blended edges.
        let options = SnapshotOptions::new()
            .output_path("tests/pictures/ui")
            .threshold(2.0)
            .failed_pixel_count_threshold(60);
        results.add(window.try_snapshot_options(format!("{name}-{suffix}"), &options));
    }
}

const USUAL: [f32; 2] = [1280.0, 800.0];

#[test]
fn a_session_at_rest() {
    compare("rest", USUAL, Fixture::default, |_| {});
}

#[test]
fn results_of_the_model_in_memory() {
    compare("results", USUAL, Fixture::default, |window| {
        window.state_mut().ui_state.tab = TrainingTab::Results;
    });
}

#[test]
fn results_where_there_is_room() {
    compare("results-wide", [1800.0, 900.0], Fixture::default, |window| {
        window.state_mut().ui_state.tab = TrainingTab::Results;
    });
}

#[test]
fn an_audit() {
    let audited = || Fixture {
        audit: Some((12, 50)),
        neighbours: Vec::new(),
        ..Fixture::default()
    };
    compare("audit", USUAL, audited, |window| {
        window.state_mut().ui_state.tab = TrainingTab::Results;
        window.state_mut().ui_state.results = ResultsOf::Audit;
    });
}

#[test]
fn a_first_start() {
    compare("first-start", USUAL, Fixture::fresh, |window| {
        window.state_mut().ui_state.preferences.hints_read = false;
    });
}

fn rows_that_cannot_be_used() -> Problems {
    let mut problems = Problems::default();
    let title = "data/mnist/labels.csv: 60,000 rows cannot be used; correct or delete them";
    let lines = (2..60_002).map(|line| format!("line {line}: label \"12\" is not one of 0–9"));
    problems.replace(Cause::LabelsRows, title.into(), lines);
    problems
}

#[test]
fn a_run_with_problems_in_a_small_window() {
    let fixture = || Fixture {
        problems: rows_that_cannot_be_used(),
        jobs: vec![JobView {
            what: "Saving 20261126T092711123Z-view.png".into(),
            share: Some(0.42),
            left: Some(7.0),
            offer: Some(Intent::CancelExport(1)),
        }],
        mode: ColorMode::Certainty,
        ..Fixture::running()
    };
    compare("run-small", [1024.0, 640.0], fixture, |_| {});
}

#[test]
fn before_there_is_a_cloud() {
    let fixture = || Fixture {
        loading: Some(JobView {
            what: "Encoding the images".into(),
            share: Some(0.42),
            left: Some(7.0),
            offer: Some(Intent::StopEncoding),
        }),
        ..Fixture::fresh()
    };
    compare("waiting", USUAL, fixture, |_| {});
}

#[test]
fn chosen_points_under_a_filter() {
    let fixture = || {
        let mut fixture = Fixture {
            chosen: (0..96).filter(|serial| *serial != 3).collect(),
            chosen_images: (0..96).collect(),
            shown: 1_204,
            selected: false,
            feedback: Some(("Saved 40 samples = 7".into(), FeedbackKind::Saved)),
            ..Fixture::default()
        };
        fixture.filter.labelled = Some(false);
        fixture
            .filter
            .only(ssvae_core::filter::Source::User, Some(7), ClassCount::default());
        fixture
    };
    compare("chosen", USUAL, fixture, |_| {});
}

#[test]
fn messages_and_the_hover_card() {
    let fixture = || Fixture {
        hovered: Some(pos2(600.0, 300.0)),
        user_label: Some(7),
        ..Fixture::default()
    };
    compare("hover", USUAL, fixture, |window| {
        window.state_mut().ui_state.tab = TrainingTab::Log;
        window.hover_at(pos2(600.0, 300.0));
    });
}

#[test]
fn help() {
    compare("help", USUAL, Fixture::default, |window| {
        window.state_mut().ui_state.help = true;
    });
}

#[test]
fn commands() {
    compare("commands", USUAL, Fixture::default, |window| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    });
}

#[test]
fn all_of_the_side_panels() {
    let fixture = || Fixture {
        user_label: Some(7),
        recent: vec![31_337, 5, 6, 12],
        ..Fixture::default()
    };
    compare("tall", [1024.0, 1300.0], fixture, |window| {
        window.state_mut().ui_state.preferences.shapes = true;
    });
}

#[test]
fn large_text() {
    compare("large-text", [1280.0, 800.0], Fixture::default, |window| {
        window.ctx.set_zoom_factor(1.5);
    });
}

#[test]
fn two_states_side_by_side() {
    compare("changes", USUAL, super::changes::compared, |window| {
        window.state_mut().ui_state.tab = TrainingTab::Changes;
    });
}

#[test]
fn the_question_before_the_window_closes() {
    let fixture = || Fixture {
        closing: Some(AtClose::Unsaved),
        ..Fixture::default()
    };
    compare("closing", USUAL, fixture, |_| {});
}

#[test]
fn what_can_be_opened() {
    compare(
        "open",
        USUAL,
        || super::opening::fixture(""),
        |window| {
            window.key_press_modifiers(Modifiers::COMMAND, Key::O);
        },
    );
}

#[test]
fn the_question_before_something_else_opens() {
    let fixture = || Fixture {
        dropped: Some("the data folder /home/me/data/fashion".into()),
        loses: Some(AtClose::Unsaved),
        ..Fixture::default()
    };
    compare("open-question", USUAL, fixture, |_| {});
}

#[test]
fn a_class_is_searched_for() {
    compare("class-search", USUAL, super::class_search::animals, |window| {
        window.state_mut().ui_state.digits.put(22, 3);
        window.state_mut().ui_state.legend_search = "l".into();
        window.key_press(Key::Slash);
    });
}
