//! Samples like the selected one, as images that lead to them.

use egui::Ui;

use crate::ui::intent::Intent;
use crate::ui::sample_view::SamplesView;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::{choice, equal_width};
use crate::ui::widgets::image_grid;
use crate::ui::widgets::section::fixed_label;
use ssvae_core::active_learning::Basis;

/// Samples nearest to the selected one, the nearest first.
#[derive(Clone, Debug, Default)]
pub struct NeighboursView<'a> {
    /// What the samples are compared by.
    pub basis: Basis,
    /// The name of the file with a vector for each sample, if there is one.
    pub vectors: Option<String>,
    /// The nearest first.
    pub serials: Vec<u32>,
    /// Why there are none.
    pub without: &'a str,
}

/// Draws the nearest neighbours, and what they are the nearest by.
pub fn show(
    ui: &mut Ui,
    view: &NeighboursView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    ui.horizontal(|ui| {
        fixed_label(ui, 92.0, "Neighbours by");
        let pixels_and_model = [
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
        ];
        let vectors = view.vectors.as_deref().map(|file| {
            (
                Basis::Vectors,
                file,
                "Compare the samples by the vectors in this file: by their cosine where they have more than 64 numbers, and else \
                 by their distance. Labels spread along these neighbours, and what to label next is chosen by them.",
            )
        });
        let images = pixels_and_model.into_iter().filter(|_| !samples.vectors_alone);
        let choices: Vec<_> = images.chain(vectors).collect();
        let width = equal_width(ui, choices.len().max(2));
        for (basis, name, help) in choices {
            let name_of = format!("Neighbours by: {name}");
            if choice(ui, width, view.basis == basis, (name, &name_of), help) {
                intents.push(Intent::SetBasis(basis));
            }
        }
    });
    let without = match (samples.selected.is_some(), view.without) {
        (false, _) => "Select a point to see what is like it.",
        (true, "") => "…",
        (true, why) => why,
    };
    let clicked = image_grid::row_or_text(ui, samples, without, &mut ui_state.thumbnails, &view.serials);
    intents.extend(clicked.map(Intent::GoTo));
}
