//! What holds for the whole window.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Event, Id, Modifiers, Order, PointerButton, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{App, CONTROLS, click, dashboard, enabled, window};
use crate::ui::Intent;
use crate::ui::fixture::Fixture;
use crate::ui::intent::ProbeMode;
use crate::ui::problem::{Cause, Offer, Problems};
use crate::ui::widgets::jobs::JobView;

#[test]
fn problems_are_dismissed_one_by_one_and_leave_the_controls_where_they_are() {
    let place = |window: &Harness<'_, App>| window.get_by_label("Fit view").rect();
    let quiet = dashboard(Fixture::default());
    let mut problems = Problems::default();
    for i in 0..5 {
        problems.report(Cause::Worker, format!("problem {i}"));
    }
    let mut window = dashboard(Fixture {
        problems,
        ..Fixture::default()
    });
    assert_eq!(place(&window), place(&quiet));
    assert!(
        window.query_by_label("problem 1").is_none(),
        "the newest three are shown"
    );
    window.get_by_label("2 more errors");
    assert_eq!(
        click(&mut window, "Dismiss: problem 3"),
        [Intent::DismissProblem(3)]
    );
    let free = |window: &Harness<'_, App>| window.state().viewport.unwrap().rect;
    assert_eq!(free(&window), free(&quiet), "the cloud does not jump");
    let card = window.get_by_label("2 more errors").rect();
    assert!(free(&window).contains_rect(card), "{card}");
    window.hover_at(card.center());
    window.run_steps(2);
    assert!(!window.state().viewport.unwrap().has_pointer);
}

#[test]
fn before_there_is_a_cloud_progress_is_shown_and_can_be_ended_and_nothing_else_can_be_pressed() {
    let loading = Some(JobView {
        what: "Encoding 60,000 images".into(),
        share: Some(0.42),
        left: Some(7.0),
        offer: Some(Intent::StopEncoding),
    });
    let mut window = dashboard(Fixture {
        architecture: None,
        loading,
        ..Fixture::fresh()
    });
    window.get_by_label("Encoding 60,000 images");
    window.get_by_label("42 % · 0:07 left");
    for name in ["Start Training", "Fit view", "Certainty", "Next"] {
        assert!(!enabled(&window, name), "{name}");
        assert_eq!(click(&mut window, name), []);
    }
    let cancel = "Cancel: Encoding 60,000 images";
    assert_eq!(click(&mut window, cancel), [Intent::StopEncoding]);
}

#[test]
fn what_was_stopped_can_be_gone_on_with() {
    let stopped = || JobView {
        what: "The encoding was stopped".into(),
        share: None,
        left: None,
        offer: Some(Intent::Encode),
    };
    for (loading, jobs) in [(Some(stopped()), vec![]), (None, vec![stopped()])] {
        let mut window = dashboard(Fixture {
            loading,
            jobs,
            ..Fixture::default()
        });
        assert_eq!(
            click(&mut window, "Encode: The encoding was stopped"),
            [Intent::Encode]
        );
    }
}

#[test]
fn each_job_is_cancelled_by_its_own_button() {
    let job = |id| JobView {
        what: format!("Writing view {id}.png"),
        share: Some(0.25),
        left: (id == 2).then_some(21.0),
        offer: Some(Intent::CancelExport(id)),
    };
    let mut window = dashboard(Fixture {
        jobs: vec![job(1), job(2)],
        ..Fixture::default()
    });
    window.get_by_label("25 %");
    window.get_by_label("25 % · 0:21 left");
    let cancel = "Cancel: Writing view 2.png";
    assert_eq!(click(&mut window, cancel), [Intent::CancelExport(2)]);
}

#[test]
fn the_cloud_keeps_its_room() {
    for (size, least) in [
        ([1024.0, 640.0], vec2(400.0, 250.0)),
        ([1280.0, 800.0], vec2(700.0, 500.0)),
    ] {
        let rect = window(size, Fixture::default()).state().viewport.unwrap().rect;
        assert!(
            rect.width() >= least.x && rect.height() >= least.y,
            "{size:?}: {rect:?}"
        );
    }
}

#[test]
fn the_pointer_is_the_clouds_over_the_cloud_alone() {
    let mut window = dashboard(Fixture::default());
    let mut has_pointer = |x: f32, y: f32| {
        window.hover_at(pos2(x, y));
        window.run_steps(2);
        window.state().viewport.unwrap().has_pointer
    };
    assert!(has_pointer(600.0, 300.0));
    assert!(!has_pointer(100.0, 300.0) && !has_pointer(1200.0, 300.0) && !has_pointer(600.0, 700.0));
    // A popup over the cloud.
    click(&mut window, "More settings…");
    let inside = window.get_by_label("Batch size").rect().center();
    assert!(window.state().viewport.unwrap().rect.contains(inside));
    window.hover_at(inside);
    window.run_steps(2);
    assert!(!window.state().viewport.unwrap().has_pointer);
}

#[test]
fn a_slider_that_is_dragged_over_the_cloud_keeps_the_pointer() {
    let mut window = dashboard(Fixture::default());
    let slider = window
        .get_by_role_and_label(Role::Slider, "KL weight")
        .rect()
        .center();
    window.hover_at(slider);
    window.run_steps(1);
    let button = PointerButton::Primary;
    window.event(Event::PointerButton {
        pos: slider,
        button,
        pressed: true,
        modifiers: Modifiers::NONE,
    });
    window.run_steps(1);
    window.hover_at(pos2(600.0, 300.0));
    window.run_steps(2);
    assert!(!window.state().viewport.unwrap().has_pointer);
}

#[test]
fn a_card_that_comes_later_is_not_cut_off() {
    let mut problems = Problems::default();
    problems.report(Cause::Worker, "the first".into());
    let mut window = dashboard(Fixture {
        problems,
        ..Fixture::default()
    });
    let problems = &mut window.state_mut().fixture.problems;
    problems.report(Cause::Export, "the second, and the mend. ".repeat(5));
    problems.offer(
        Cause::Merged,
        "12 labels were restored".into(),
        vec![Offer::Review, Offer::TakeOut],
    );
    window.run_steps(3);
    let area = window
        .ctx
        .memory(|memory| memory.area_rect(Id::new("toasts")))
        .unwrap();
    for name in ["Dismiss: the first", "Dismiss: 12 labels were restored", "Review"] {
        let button = window.get_by_label(name).rect();
        assert!(area.contains_rect(button), "{name}: {button} in {area}");
    }
    assert_eq!(click(&mut window, "Review"), [Intent::Accept(Offer::Review)]);
}

#[test]
fn cards_leave_the_middle_of_the_cloud_free() {
    let mut problems = Problems::default();
    for i in 0..9 {
        problems.report(
            Cause::Worker,
            format!("problem {i}: {}", "what went wrong, and the mend. ".repeat(20)),
        );
    }
    for size in [[1024.0, 640.0], [1280.0, 800.0], [3840.0, 2160.0]] {
        let fixture = Fixture {
            problems: problems.clone(),
            ..Fixture::default()
        };
        let window = super::window(size, fixture);
        let cloud = window.state().viewport.unwrap().rect;
        let over_the_middle = window.ctx.layer_id_at(cloud.center());
        assert!(
            over_the_middle.is_none_or(|layer| layer.order == Order::Background),
            "{size:?}"
        );
    }
}

#[test]
fn what_the_line_at_the_top_has_no_room_for_is_in_its_menu() {
    let mut narrow = super::window([500.0, 640.0], Fixture::default());
    assert!(narrow.query_by_label("Grid").is_none());
    narrow.get_by_label("More").click();
    narrow.run_steps(3);
    for name in ["Line", "Grid", "A+", "A−"] {
        narrow.get_by_label(name);
    }
    assert_eq!(click(&mut narrow, "Grid"), [Intent::SetProbe(ProbeMode::Grid)]);
    let wide = dashboard(Fixture::default());
    assert!(wide.query_by_label("More").is_none());
}

#[test]
fn the_buttons_of_training_stay_in_sight_with_the_largest_text() {
    // A window of 1024×640 with text of twice the size.
    let window = super::window([512.0, 320.0], Fixture::running());
    let edge = window.ctx.content_rect().right();
    for name in ["Stop", "Pause"] {
        let right = window.get_by_label(name).rect().right();
        assert!(right <= edge, "{name} ends at {right}, the window at {edge}");
    }
}

#[test]
fn a_window_that_was_tiny_has_its_panels_again() {
    let mut window = dashboard(Fixture::default());
    let widths = |window: &Harness<'_, App>| {
        let rect = window.state().viewport.unwrap().rect;
        (rect.left(), window.ctx.content_rect().right() - rect.right())
    };
    let before = widths(&window);
    for size in [[1.0, 1.0], [700.0, 500.0], [1280.0, 800.0]] {
        window.set_size(size.into());
        window.run_steps(4);
    }
    assert_eq!(widths(&window), before);
}

#[test]
fn numbers_that_change_move_nothing() {
    let places = |window: &Harness<'_, App>| {
        [
            "Fit view",
            "Label 5",
            "Next",
            "Start Training",
            "Stop",
            "Save checkpoint",
            "New model…",
        ]
        .map(|name| window.get_by_label(name).rect())
    };
    let quiet = dashboard(Fixture::fresh());
    let mut busy = Fixture {
        user_label: Some(3),
        ..Fixture::running()
    };
    busy.statistics.counts = &[0, 0, 0, 60_000, 0, 0, 0, 0, 0, 0];
    busy.statistics.labelled = 60_000;
    assert_eq!(places(&quiet), places(&dashboard(busy)));
}

#[test]
fn a_window_in_which_nothing_happens_asks_for_no_frame() {
    for fixture in [Fixture::default(), Fixture::running(), Fixture::fresh()] {
        let mut window = dashboard(fixture);
        window.run_steps(5);
        let quiet = window
            .output()
            .viewport_output
            .values()
            .all(|view| view.repaint_delay > Duration::from_secs(60));
        assert!(quiet);
    }
}

#[test]
fn a_drag_in_the_cloud_is_the_clouds() {
    let mut window = dashboard(Fixture::default());
    let (pos, button) = (pos2(600.0, 300.0), PointerButton::Primary);
    window.hover_at(pos);
    window.event(Event::PointerButton {
        pos,
        button,
        pressed: true,
        modifiers: Modifiers::NONE,
    });
    window.hover_at(pos2(620.0, 320.0));
    window.run_steps(3);
    assert!(window.state().viewport.unwrap().has_pointer);
}

/// The controls that are seen, with their places.
fn controls(window: &Harness<'_, App>) -> Vec<(String, Rect)> {
    let (whole, zoom) = (window.ctx.content_rect(), window.ctx.zoom_factor());
    window
        .root()
        .children_recursive()
        .filter(|node| CONTROLS.contains(&node.accesskit_node().role()))
        // Places are told in pixels.
        .map(|node| (format!("{:?}", node.accesskit_node().label()), node.rect() / zoom))
        .filter(|(_, rect)| whole.intersects(*rect))
        .collect()
}

#[test]
fn no_control_lies_over_another_in_small_windows_and_with_large_text() {
    for (size, scale) in [
        ([1280.0, 800.0], 1.0),
        ([1024.0, 640.0], 1.0),
        ([1024.0, 640.0], 1.5),
        ([3840.0, 2160.0], 2.5),
    ] {
        for fixture in [Fixture::default(), Fixture::running()] {
            let mut window = window(size, fixture);
            window.ctx.set_zoom_factor(scale);
            window.run_steps(4);
            let cloud = window.state().viewport.unwrap().rect;
            assert!(
                cloud.width() > 150.0 && cloud.height() > 120.0,
                "{size:?} × {scale}: {cloud:?}"
            );
            let controls = controls(&window);
            assert!(
                controls.len() > 15,
                "{size:?} × {scale}: {} controls",
                controls.len()
            );
            let canvas = cloud.shrink(2.0);
            for (i, (name, rect)) in controls.iter().enumerate() {
                assert!(
                    !canvas.intersects(*rect),
                    "{size:?} × {scale}: {name} lies over the cloud"
                );
                for (other, place) in &controls[..i] {
                    // A slider and the number beside it have the same name, and borders may touch.
                    let over = rect.shrink(1.0).intersects(place.shrink(1.0));
                    assert!(
                        !over,
                        "{size:?} × {scale}: {name} {rect:?} lies over {other} {place:?}"
                    );
                }
            }
        }
    }
}
