//! Samples like the selected one, and those that were labelled last, as images that lead to them.

use egui::{Button, Label, RichText, Ui, WidgetInfo, WidgetType, vec2};

use super::filter::choice;
use crate::ui::intent::Intent;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::image_grid;
use crate::ui::widgets::section::fixed_label;
use ssvae_core::active_learning::Basis;
use ssvae_core::format::grouped;

const SIDE: f32 = 42.0;

/// Draws the nearest neighbours, and what they are the nearest by.
pub fn show(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        fixed_label(ui, 92.0, "Neighbours by");
        let width = ((ui.available_width() - ui.spacing().item_spacing.x) / 2.0).floor();
        for (basis, name, help) in [
            (
                Basis::Pixels,
                "Pixels",
                "Compare the images by their principal components. Labels spread along these neighbours, and what to label \
                 next is chosen by them.",
            ),
            (
                Basis::Model,
                "Model",
                "Compare the samples by the last hidden layer of the model's encoder, anew after each run. Labels spread along these neighbours.",
            ),
        ] {
            let name_of = format!("Neighbours by: {name}");
            if choice(ui, width, state.neighbours.basis == basis, (name, &name_of), help) {
                commands.push(Intent::SetBasis(basis));
            }
        }
    });
    let without = match (state.sample.is_some(), state.neighbours.without) {
        (false, _) => "Select a point to see what is like it.",
        (true, "") => "…",
        (true, why) => why,
    };
    go(ui, (state, without), form, state.neighbours.serials, commands);
}

/// Draws the samples whose labels were changed last, the newest first.
pub fn recent(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    let without = "None yet. Select a point and press a digit.";
    go(ui, (state, without), form, state.recent, commands);
}

/// Draws the samples that were put off, and those that are marked as unsure.
pub fn set_aside(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    for (name, serials, without, all) in [
        (
            "Skipped",
            state.queue.skipped,
            "None. S skips the selected sample.",
            Intent::ChooseSkipped,
        ),
        (
            "Unsure",
            state.queue.unsure,
            "None. U marks the selected sample.",
            Intent::ChooseUnsure,
        ),
    ] {
        ui.horizontal(|ui| {
            ui.label(RichText::new(format!("{name}: {}", grouped(serials.len()))).weak());
            let select = Button::new("Select all").small();
            let some = !serials.is_empty();
            let response = ui.add_enabled(some, select);
            response.widget_info(|| {
                WidgetInfo::labeled(
                    WidgetType::Button,
                    some,
                    format!("Select all: {}", name.to_lowercase()),
                )
            });
            if response
                .on_hover_text("See all of them, and label them together.")
                .clicked()
            {
                commands.push(all);
            }
        });
        go(ui, (state, without), form, serials, commands);
    }
}

/// Draws images that lead to their samples.
fn go(
    ui: &mut Ui,
    told: (&ViewModel, &str),
    form: &mut UiState,
    serials: &[u32],
    commands: &mut Vec<Intent>,
) {
    let clicked = row(ui, told, form, serials);
    commands.extend(clicked.map(Intent::GoTo));
}

/// Draws a row of images, or in the same room why there are none; returns the one that was clicked.
pub fn row(
    ui: &mut Ui,
    (state, without): (&ViewModel, &str),
    form: &mut UiState,
    serials: &[u32],
) -> Option<u32> {
    let (columns, side) = image_grid::columns(ui, SIDE);
    let serials = &serials[..serials.len().min(columns)];
    let size = vec2(ui.available_width(), image_grid::row_height(side));
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        if serials.is_empty() {
            ui.add(Label::new(RichText::new(without).weak()).wrap());
        }
        image_grid::row(ui, state, &mut form.thumbnails, serials, (side, "Go to"))
    })
    .inner
}
