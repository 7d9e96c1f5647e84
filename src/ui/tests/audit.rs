//! The audit, and the advice when to stop.

use egui::pos2;
use egui_kittest::kittest::Queryable;

use super::{click, dashboard, described, tall};
use crate::ui::Intent;
use crate::ui::fixture::Fixture;
use ssvae_core::classes::ClassCount;
use ssvae_core::evaluation::{Advice, Evaluation};

fn audited() -> Evaluation {
    let class = |place: usize| (place % 10) as u8;
    let predicted = |place: usize| {
        if place < 3 { class(place + 1) } else { class(place) }
    };
    Evaluation::of(
        ClassCount::default(),
        (0..50).map(|place| (class(place), Some(predicted(place)), 0.9)),
    )
}

#[test]
fn an_audit_is_begun_from_the_results_and_ended_over_the_buttons() {
    let mut window = tall(Fixture::default());
    window.get_by_label("Audit: none yet (Results, Audit 50)");
    assert!(window.query_by_label("End audit").is_none());
    click(&mut window, "Results");
    click(&mut window, "Results of: Audit");
    window
        .get_by_label("No audit yet: it estimates the accuracy where the data set has no labels of its own.");
    assert_eq!(click(&mut window, "Audit 50"), [Intent::Audit]);
    let mut window = dashboard(Fixture {
        audit: Some((12, 50)),
        ..Fixture::default()
    });
    window.get_by_label("Audit: 12 of 50 · labels stay out of training");
    assert_eq!(click(&mut window, "End audit"), [Intent::EndAudit]);
    assert_eq!(click(&mut window, "Label 7"), [Intent::Label(Some(7))]);
}

#[test]
fn its_share_has_an_interval_beside_every_accuracy() {
    let mut window = tall(Fixture {
        audited: Some(audited()),
        ..Fixture::default()
    });
    window.get_by_label("Audit: 94 % right (84 to 98 %, 50 images)");
    window.get_by_label("Audit, propagated: 94 % right (84 to 98 %, 50 images)");
    click(&mut window, "Results");
    window.get_by_label_contains("(93.8 to 94.7) of 10,000 right · audit 94 % (84 to 98) of 50 ·");
    click(&mut window, "Results of: Audit");
    window.get_by_label_contains("audit: 94 % (84 to 98) of 50 right · propagated 94 % (84 to 98)");
    window.get_by_label("1 of 5 whose true class is 0 are predicted 1");
}

/// All that a window draws and tells while a sample is audited that the model takes for this class.
fn seen(truth: u8, certainty: f32) -> String {
    let fixture = Fixture {
        audit: Some((12, 50)),
        true_label: Some(truth),
        hovered: Some(pos2(500.0, 300.0)),
        reconstruction: vec![certainty; 28 * 28],
        ..Fixture::default()
    };
    let mut window = tall(fixture);
    window.state_mut().ui_state.preferences.show_truth = true;
    window.run_steps(3);
    window.get_by_label("Reconstruction: hidden during the audit");
    format!("{:?}", window.output().shapes) + &described(&window.root())
}

#[test]
fn an_audited_sample_shows_its_image_alone() {
    assert!(seen(7, 0.1) == seen(2, 0.9));
    let all = seen(7, 0.5);
    for hidden in ["Predicted", "Propagated", "True label"] {
        assert!(
            all.contains(&format!("{hidden}: hidden during the audit")),
            "{hidden}"
        );
        assert!(!all.contains(&format!("{hidden}: 7")), "{hidden}");
    }
}

#[test]
fn the_advice_is_beside_the_counts_and_in_the_results() {
    let advice = Some(Advice::GoOn {
        labels: 10,
        changed: 0.021,
    });
    let mut window = tall(Fixture {
        advice,
        ..Fixture::default()
    });
    let text = "Over the last 10 labels 2.1 % of the classes changed: go on";
    window.get_by_label(text);
    click(&mut window, "Results");
    click(&mut window, "Results of: Propagated");
    window.get_by_label(&format!("Nothing is propagated yet. {text}."));
}
