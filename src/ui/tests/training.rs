//! Settings, runs, curves and messages.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::{click, dashboard, enabled, tall, type_into};
use crate::ui::Intent;
use crate::ui::fixture::Fixture;
use crate::ui::run_state::RunState;
use crate::ui::ui_state::TrainingTab;
use ssvae_core::model::config::{Adjustment, Monitor, TrainingConfig};
use ssvae_core::model::objective::{Metric, Term};
use ssvae_core::training::message::EndState;

#[test]
fn training_starts_with_the_settings() {
    let mut window = dashboard(Fixture::default());
    type_into(&mut window, "KL weight", Role::SpinButton, "0.5");
    window.key_press(Key::Enter);
    window.run_steps(2);
    type_into(&mut window, "Epochs", Role::SpinButton, "3");
    window.key_press(Key::Enter);
    window.run_steps(2);
    let expected = TrainingConfig {
        kl_weight: 0.5,
        max_epochs: 3,
        ..TrainingConfig::default()
    };
    assert_eq!(click(&mut window, "Start Training"), [Intent::Start(expected)]);
}

#[test]
fn a_slider_moves_in_its_steps() {
    let mut window = dashboard(Fixture::default());
    window
        .get_by_role_and_label(Role::Slider, "Reconstruction weight")
        .focus();
    window.run_steps(2);
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    assert_eq!(window.state().ui_state.config.recon_weight, 1050.0);
}

#[test]
fn more_settings_are_a_click_away() {
    let mut window = dashboard(Fixture::default());
    assert!(window.query_by_label("Monitor: Total").is_none());
    click(&mut window, "More settings…");
    click(&mut window, "Monitor: Total");
    type_into(&mut window, "Batch size", Role::SpinButton, "128");
    window.key_press(Key::Enter);
    window.run_steps(2);
    window
        .get_by_role_and_label(Role::CheckBox, "Gradient clipping")
        .click();
    window.run_steps(2);
    let config = &window.state().ui_state.config;
    assert_eq!(
        (config.monitor, config.batch_size, config.grad_clip_norm),
        (Monitor::Loss, 128, None)
    );
    window
        .get_by_role_and_label(Role::CheckBox, "Gradient clipping")
        .click();
    window.run_steps(2);
    assert_eq!(window.state().ui_state.config.grad_clip_norm, Some(1.0));
    click(&mut window, "Reset to defaults");
    assert_eq!(window.state().ui_state.config.batch_size, 256);
    assert_eq!(window.state().ui_state.config.max_epochs, 5, "epochs stay");
}

#[test]
fn a_run_is_stopped_and_not_started_twice() {
    let mut window = dashboard(Fixture::running());
    assert!(!enabled(&window, "Start Training") && !enabled(&window, "Save checkpoint"));
    assert!(!enabled(&window, "New model…"));
    window.get_by_label("Epoch 3 of 5 · batch 120/211 · 0:12 left");
    assert!(!enabled(&window, "Apply to this run"), "nothing has changed");
    assert_eq!(click(&mut window, "Pause"), [Intent::Pause]);
    assert_eq!(click(&mut window, "Stop"), [Intent::Stop]);
    assert_eq!(
        click(&mut window, "Label 3"),
        [Intent::Label(Some(3))],
        "labels may be changed while it runs"
    );
    window.state_mut().fixture.run = RunState::Stopping;
    window.run_steps(2);
    assert!(!enabled(&window, "Stopping…"));
}

#[test]
fn idle_there_is_nothing_to_stop_and_the_model_can_be_saved() {
    let mut window = dashboard(Fixture::default());
    assert!(!enabled(&window, "Stop"));
    assert_eq!(click(&mut window, "Save checkpoint"), [Intent::SaveCheckpoint]);
}

#[test]
fn the_last_ten_messages_are_shown() {
    let mut window = dashboard(Fixture::default());
    click(&mut window, "Messages");
    let message = |epoch: usize| window.state().fixture.messages[epoch - 1].clone();
    assert!(window.query_by_label(&message(2)).is_none());
    for epoch in 3..=11 {
        window.get_by_label(&message(epoch));
    }
    assert_eq!(
        window.query_all_by_label(&message(12)).count(),
        2,
        "the newest stands beside the buttons too"
    );
}

#[test]
fn curves_are_chosen_by_tab_or_all_shown_where_there_is_room() {
    let mut window = dashboard(Fixture::fresh());
    click(&mut window, "KL");
    assert_eq!(
        window.state().ui_state.tab,
        TrainingTab::Curve(Metric::Term(Term::Kl))
    );
    window.get_by_label("KL: The curve starts after the first epoch");
    let wide = super::window([1920.0, 1080.0], Fixture::fresh());
    for name in ["Total", "Reconstruction", "KL", "Classification"] {
        wide.get_by_label(&format!("{name}: The curve starts after the first epoch"));
    }
}

#[test]
fn the_training_panel_folds() {
    let mut window = dashboard(Fixture::default());
    let before = window.state().viewport.unwrap().rect;
    click(&mut window, "⏷ Training");
    assert!(window.query_by_label("Epochs").is_none());
    window.get_by_label("Start Training");
    assert!(window.state().viewport.unwrap().rect.height() > before.height() + 100.0);
    click(&mut window, "⏵ Training");
    assert_eq!(window.state().viewport.unwrap().rect, before);
}

#[test]
fn a_paused_run_is_resumed_or_stopped() {
    let mut window = dashboard(Fixture::running());
    let RunState::Running(progress) = window.state().fixture.run else {
        panic!("the fixture does not run");
    };
    window.state_mut().fixture.run = RunState::Paused(progress);
    window.run_steps(2);
    window.get_by_label("Paused in epoch 3 of 5");
    assert_eq!(click(&mut window, "Resume"), [Intent::Resume]);
    assert_eq!(click(&mut window, "Stop"), [Intent::Stop]);
}

#[test]
fn a_run_takes_changes_of_rate_and_weights() {
    let mut window = dashboard(Fixture::running());
    type_into(&mut window, "KL weight", Role::SpinButton, "0.5");
    window.key_press(Key::Enter);
    window.run_steps(2);
    let expected = Adjustment {
        kl_weight: 0.5,
        ..TrainingConfig::default().adjustment()
    };
    assert_eq!(
        click(&mut window, "Apply to this run"),
        [Intent::Adjust(expected)]
    );
    window.state_mut().fixture.settings = Some(TrainingConfig {
        kl_weight: 0.5,
        ..TrainingConfig::default()
    });
    window.run_steps(2);
    assert!(!enabled(&window, "Apply to this run"));
}

#[test]
fn the_last_and_the_best_epoch_can_be_taken() {
    let mut window = tall(Fixture::default());
    window.get_by_label("epoch 5, the last");
    assert_eq!(click(&mut window, "Last epoch"), [], "it is in memory");
    assert_eq!(click(&mut window, "Best epoch"), [Intent::Take(EndState::Best)]);
    for fixture in [Fixture::fresh(), Fixture::running()] {
        let window = dashboard(fixture);
        assert!(!enabled(&window, "Best epoch") && !enabled(&window, "Last epoch"));
    }
}

#[test]
fn runs_are_listed_and_two_are_laid_over_each_other() {
    let mut window = dashboard(Fixture::default());
    click(&mut window, "Runs");
    let row = |window: &egui_kittest::Harness<'_, super::App>, epochs: &str| {
        let found = window.get_all_by_role(Role::CheckBox);
        let names: Vec<String> = found.filter_map(|node| node.accesskit_node().label()).collect();
        names.into_iter().find(|name| name.contains(epochs))
    };
    for (epochs, chosen) in [("· 3 epochs", 1), ("· 1 epoch ·", 2), ("· 2 epochs", 2)] {
        let name = row(&window, epochs).expect("the run is listed");
        click(&mut window, &name);
        assert_eq!(window.state().ui_state.compared.len(), chosen, "after {name}");
    }
    let compared = &window.state().ui_state.compared;
    assert_eq!(*compared, ["20261125T110000Z", "20261125T120000Z"]);
    click(&mut window, "Back to the model in memory");
    assert!(window.state().ui_state.compared.is_empty());
    let mut empty = dashboard(Fixture::fresh());
    click(&mut empty, "Runs");
    empty.get_by_label("No run is on record yet. Press Start Training.");
}

#[test]
fn results_are_told() {
    let mut window = tall(Fixture::default());
    click(&mut window, "Results");
    window.get_by_label_contains("now: 94.28 % (93.8 to 94.7) of 10,000 right");
    window.get_by_label("286 of 1,000 whose true class is 4 are predicted 9");
    window.get_by_label("9, 0.750, 0.857, 0.800, 1,000");
    assert_eq!(click(&mut window, "Copy"), []);
    click(&mut window, "Results of: Propagated");
    window.get_by_label("Nothing is propagated yet.");
    let mut window = tall(Fixture {
        tested: Some(Err("data/mnist: no t10k-images".into())),
        ..Fixture::default()
    });
    click(&mut window, "Results");
    window.get_by_label("data/mnist: no t10k-images");
}
