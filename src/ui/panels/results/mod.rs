//! How good the predictions are: figures, confusion matrix, precision and recall, reliability, accuracy over the epochs.

mod export;
mod figures;
mod matrix;
mod plots;
mod sizes;
mod table;
mod view;

use std::fmt::Write as _;

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

use super::accuracy;
use super::audit::{self, AuditView};
use super::runs::{RunsView, compared};
use crate::ui::intent::Intent;
use crate::ui::sample_view::Class;
use crate::ui::ui_state::{ResultsOf, UiState};
use crate::ui::widgets::choice::choice;
use figures::{Figures, figures, headline};
use sizes::{GAP, Sizes};
use ssvae_core::training::record::RunRecord;

pub use view::ResultsView;

/// With less width the headline has a line of its own.
const NARROW: f32 = 640.0;

/// Draws all of it.
pub fn show(
    ui: &mut Ui,
    (view, runs): (&ResultsView, &RunsView),
    classes: &[Class],
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let mut shown = figures((view, runs), ui_state);
    let narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        for (of, name, help) in [
            (
                ResultsOf::Test,
                "Test images",
                "What the model predicts for the data set's test images, which it is never trained on.",
            ),
            (
                ResultsOf::Propagated,
                "Propagated",
                "What your labels say of the training images without one.",
            ),
            (
                ResultsOf::Audit,
                "Audit",
                "What the model predicts for images that you labelled blind, at random, and that nothing learns from.",
            ),
        ] {
            let name_of = format!("Results of: {name}");
            if choice(ui, 92.0, ui_state.results == of, (name, &name_of), help) {
                ui_state.results = of;
                shown = figures((view, runs), ui_state);
            }
        }
        export::buttons(ui, (view, runs), &shown, classes, (ui_state, intents));
        if !narrow {
            headline_row(ui, &view.audit, ui_state.results, &shown, intents);
        }
    });
    if narrow {
        ui.horizontal(|ui| headline_row(ui, &view.audit, ui_state.results, &shown, intents));
    }
    let room = ScrollArea::both().id_salt("results").auto_shrink(false);
    room.show(ui, |ui| {
        let count = shown
            .evaluation
            .map_or(classes.len(), |evaluation| evaluation.classes());
        let sizes = Sizes::of(ui.available_size(), count.max(1));
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            if let Some(evaluation) = shown.evaluation {
                let lead = matrix::lead(&shown, ui_state.results);
                let cell = matrix::show(ui, evaluation, classes, sizes.cell, lead);
                match (cell, ui_state.results) {
                    (Some(cell), ResultsOf::Test) => ui_state.test_cell = Some(cell),
                    (Some([truth, propagated]), ResultsOf::Propagated) => {
                        intents.push(Intent::ChooseCell { truth, propagated });
                    }
                    (Some(_), ResultsOf::Audit) | (None, _) => {}
                }
                table::show(ui, evaluation, classes, vec2(sizes.table, sizes.height));
            }
            let compared: Vec<&RunRecord> = compared(runs, &ui_state.compared).collect();
            let plot = |width| vec2(width, sizes.height);
            accuracy::show(ui, (view.accuracy, runs.records), &compared, plot(sizes.labels));
            if let Some(evaluation) = shown.evaluation {
                plots::reliability(ui, evaluation, plot(sizes.plot));
            }
            plots::over_epochs(ui, &export::drawn(runs, ui_state), plot(sizes.plot));
        });
    });
}

/// Draws the headline, or why there is none; of an audit with the button that begins or ends one.
fn headline_row(ui: &mut Ui, audit: &AuditView, of: ResultsOf, shown: &Figures, intents: &mut Vec<Intent>) {
    if of == ResultsOf::Audit {
        audit::button(ui, audit, intents);
    }
    let text = match shown.evaluation {
        Some(evaluation) => RichText::new(headline(evaluation, shown)),
        None => {
            let mut without = shown.without.to_owned();
            if let Some(error) = shown.reconstruction {
                let _ = write!(without, " Reconstruction error {error:.4}.");
            }
            for said in &shown.besides {
                let _ = write!(without, " {said}.");
            }
            RichText::new(without).weak()
        }
    };
    ui.add(Label::new(text).truncate());
}
