//! The parts of the right panel, one below the other.

use egui::Ui;

use super::audit::{self, AuditView};
use super::chosen::{self, ChosenView};
use super::doubts::{self, DoubtsView};
use super::finder::{self, QueueView};
use super::labelling::{self, LabellingView};
use super::neighbours::{self, NeighboursView};
use super::set_aside::{self, SetAsideView};
use super::{recent, sample};
use crate::ui::intent::Intent;
use crate::ui::sample_view::SamplesView;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::{gap, section};

/// What the right panel shows.
#[derive(Clone, Debug)]
pub struct RightView<'a> {
    pub chosen: ChosenView<'a>,
    pub audit: AuditView<'a>,
    pub labelling: LabellingView<'a>,
    pub queue: QueueView<'a>,
    pub doubts: DoubtsView,
    pub set_aside: SetAsideView,
    pub neighbours: NeighboursView<'a>,
    /// Samples whose labels were changed last, the newest first.
    pub recent: Vec<u32>,
}

/// Draws the parts.
pub fn show(
    ui: &mut Ui,
    view: &RightView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    if view.chosen.serials.is_empty() {
        sample::show(ui, samples.selected.as_ref(), samples.classes, ui_state);
    } else {
        chosen::show(ui, &view.chosen, samples, ui_state, intents);
    }
    gap(ui);
    audit::strip(ui, &view.audit, intents);
    labelling::show(ui, &view.labelling, samples, ui_state, intents);
    gap(ui);
    section(ui, ui_state, "Find a sample", |ui, ui_state| {
        finder::show(ui, &view.queue, samples, ui_state, intents);
    });
    gap(ui);
    section(ui, ui_state, "Doubtful labels", |ui, ui_state| {
        doubts::show(ui, &view.doubts, samples, ui_state, intents);
    });
    gap(ui);
    section(ui, ui_state, "Skipped and unsure", |ui, ui_state| {
        set_aside::show(ui, &view.set_aside, samples, ui_state, intents);
    });
    gap(ui);
    section(ui, ui_state, "Neighbours", |ui, ui_state| {
        neighbours::show(ui, &view.neighbours, samples, ui_state, intents);
    });
    gap(ui);
    section(ui, ui_state, "Labelled last", |ui, ui_state| {
        recent::show(ui, &view.recent, samples, ui_state, intents);
    });
}
