//! How many dimensions of the latent space the cloud shows.

use egui::Ui;

use crate::ui::intent::{Dimension, Intent};
use crate::ui::widgets::choice::{choice, equal_width};

/// The dimensions of the latent space, and how many of them are shown.
#[derive(Clone, Copy, Debug)]
pub struct DimensionsView {
    /// Dimensions of the latent space.
    pub latent: usize,
    /// Dimensions of the cloud.
    pub shown: Dimension,
}

/// Draws the choice, where there is one.
pub fn show(ui: &mut Ui, view: &DimensionsView, intents: &mut Vec<Intent>) {
    if view.latent <= 2 {
        return;
    }
    ui.horizontal(|ui| {
        let width = equal_width(ui, 2);
        for (dimension, name, help) in [
            (
                Dimension::Two,
                "2-D",
                "Show the first two dimensions, or principal components, of the latent space.",
            ),
            (
                Dimension::Three,
                "3-D",
                "Show three dimensions, or principal components; drag turns the view.",
            ),
        ] {
            if choice(ui, width, view.shown == dimension, (name, name), help) {
                intents.push(Intent::SetDimension(dimension));
            }
        }
    });
}
