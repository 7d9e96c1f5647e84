//! Two states of the model, the runs that they come from, and the question before the window closes.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

use super::{click, enabled, tall, window};
use crate::ui::dialogs::closing::AtClose;
use crate::ui::fixture::Fixture;
use crate::ui::intent::{Close, Intent, StateName};
use crate::ui::ui_state::TrainingTab;
use ssvae_core::classes::ClassCount;
use ssvae_core::evaluation::Change;
use ssvae_core::training::record::Stored;

/// A run of which cloud and weights are kept.
const KEPT: &str = "20261125T110000Z";

/// A session in which 40 fours became nines and two of all others something else.
pub fn compared() -> Fixture {
    let before: Vec<u8> = (0..60_000).map(|i| (i % 10) as u8).collect();
    let mut after = before.clone();
    for four in 0..40 {
        after[10 * four + 4] = 9;
    }
    after[7] = 1;
    after[20] = 6;
    Fixture {
        change: Some(Change::between(&before, &after, ClassCount::default())),
        moves: (0..24).map(|i| (i, 0.31 - i as f32 / 100.0)).collect(),
        states: vec![StateName::Now, StateName::BeforeRun, StateName::Run(KEPT.into())],
        stored: Stored {
            clouds: [KEPT.to_owned()].into(),
            weights: [KEPT.to_owned()].into(),
            bytes: 6_200_000,
        },
        ..Fixture::default()
    }
}

#[test]
fn what_changed_is_counted_and_leads_to_its_samples() {
    let mut window = tall(compared());
    window.state_mut().ui_state.tab = TrainingTab::Changes;
    window.run_steps(2);
    window.get_by_label("42 of 60,000 (0.07 %)");
    let flips = "Select the 40 samples that were 4 and are 9 now";
    assert_eq!(click(&mut window, flips), [Intent::ChooseChanged(Some((4, 9)))]);
    assert_eq!(
        click(&mut window, "Select all that changed"),
        [Intent::ChooseChanged(None)]
    );
    window.get_by_label("Moved farthest: up to 31 %");
    assert_eq!(click(&mut window, "End"), [Intent::EndComparison]);
    window.get_by_role_and_label(Role::ComboBox, "From state: Before the last run");
    let mut without = tall(Fixture::default());
    without.state_mut().ui_state.tab = TrainingTab::Changes;
    without.run_steps(2);
    assert_eq!(
        click(&mut without, "Since the last run"),
        [Intent::ChangedSinceRun]
    );
}

#[test]
fn a_run_is_compared_and_brought_back_where_it_is_kept() {
    let mut window = window([1280.0, 1500.0], compared());
    window.state_mut().ui_state.tab = TrainingTab::Runs;
    window.state_mut().ui_state.compared = vec![KEPT.into()];
    window.run_steps(2);
    assert_eq!(click(&mut window, "Bring back"), [Intent::BringBack(KEPT.into())]);
    assert_eq!(
        click(&mut window, "Compare the clouds"),
        [Intent::CompareStates([
            StateName::Run(KEPT.into()),
            StateName::Now
        ])]
    );
    window.state_mut().ui_state.tab = TrainingTab::Runs;
    window.state_mut().ui_state.compared = vec!["20261125T120000Z".into()];
    window.run_steps(2);
    assert!(!enabled(&window, "Bring back"), "nothing of it is kept");
}

#[test]
fn closing_is_asked_about() {
    let fixture = |what| Fixture {
        closing: Some(what),
        ..Fixture::default()
    };
    let mut unsaved = tall(fixture(AtClose::Unsaved));
    for (name, answer) in [
        ("Save and close", Close::SaveFirst),
        ("Close without saving", Close::Anyway),
        ("Cancel", Close::Stay),
    ] {
        assert_eq!(click(&mut unsaved, name), [Intent::Close(answer)]);
    }
    let mut training = tall(fixture(AtClose::Training));
    assert!(training.query_by_label("Close without saving").is_none());
    assert_eq!(
        click(&mut training, "Stop and close"),
        [Intent::Stop, Intent::Close(Close::Anyway)]
    );
}
