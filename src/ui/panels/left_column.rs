//! The parts of the left panel, one below the other.

use egui::{Label, RichText, Ui};

use super::color::{self, ColorView};
use super::dimensions::{self, DimensionsView};
use super::filter::{self, FilterView};
use super::model::{self, ModelView};
use super::statistics::{self, StatisticsView};
use crate::ui::intent::Intent;
use crate::ui::sample_view::{NO_MODEL, SamplesView};
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::{gap, section};

/// What the left panel shows.
#[derive(Clone, Debug)]
pub struct LeftView<'a> {
    pub color: ColorView<'a>,
    pub dimensions: DimensionsView,
    pub filter: FilterView<'a>,
    pub statistics: StatisticsView<'a>,
    pub model: ModelView<'a>,
}

/// Draws the parts.
pub fn show(
    ui: &mut Ui,
    view: &LeftView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    section(ui, ui_state, "Colour by", |ui, ui_state| {
        color::show(ui, &view.color, view.filter.filter, ui_state, intents);
    });
    gap(ui);
    section(ui, ui_state, "Layout", |ui, _| {
        dimensions::show(ui, &view.dimensions, samples.vectors_alone, intents);
    });
    gap(ui);
    section(ui, ui_state, "Filter", |ui, ui_state| {
        filter::show(ui, &view.filter, ui_state.preferences.show_truth, intents);
    });
    gap(ui);
    section(ui, ui_state, "Labels", |ui, ui_state| {
        let truth = ui_state.preferences.show_truth;
        statistics::show(ui, &view.statistics, samples.classes, truth);
    });
    gap(ui);
    section(ui, ui_state, "Model", |ui, ui_state| {
        if samples.vectors_alone {
            ui.add(Label::new(RichText::new(NO_MODEL).weak()).wrap());
        } else {
            model::show(ui, &view.model, ui_state, intents);
        }
    });
}
