//! What the positions in the cloud stand for, and how many dimensions are shown.

use egui::Ui;

use crate::ui::intent::{Dimension, Intent};
use crate::ui::widgets::choice::{choice, equal_width};
use ssvae_core::map::LayoutChoice;

/// What the positions stand for.
#[derive(Clone, Copy, Debug)]
pub struct DimensionsView {
    /// What is laid out.
    pub layout: LayoutChoice,
    /// The share of the map that is done, in 0..=1; `None` where no map is wanted.
    pub map_share: Option<f32>,
    /// The share of the latents' variance, in 0..=1, along the principal components; `None` where latents are shown as they
    /// are.
    pub explained: Option<f32>,
    /// Dimensions of the latent space.
    pub latent: usize,
    /// Dimensions of the cloud.
    pub shown: Dimension,
}

/// Draws the choices, and says what is shown; `vectors`: in place of latents.
pub fn show(ui: &mut Ui, view: &DimensionsView, vectors: bool, intents: &mut Vec<Intent>) {
    let latent = if vectors {
        (
            LayoutChoice::Latent,
            "Vectors",
            "Layout: vectors",
            "Show the vectors, or their principal components.",
        )
    } else {
        (
            LayoutChoice::Latent,
            "Latent",
            "Layout: latent space",
            "Show the latent space, or its principal components.",
        )
    };
    ui.horizontal(|ui| {
        let width = equal_width(ui, if vectors { 2 } else { 3 });
        let choices = [
            latent,
            (
                LayoutChoice::LatentMap,
                "Map",
                "Layout: map of the latents",
                "Show a map (UMAP) in which samples with like latents lie together.",
            ),
            (
                LayoutChoice::GraphMap,
                "Graph map",
                "Layout: map of the similarity graph",
                "Show a map (UMAP) of the similarity graph that labels are propagated on.",
            ),
        ];
        // The graph's neighbours are the vectors' own: a map of either is the same.
        let offered = choices
            .into_iter()
            .filter(|choice| !vectors || choice.0 != LayoutChoice::LatentMap);
        for (layout, name, full, help) in offered {
            if choice(ui, width, view.layout == layout, (name, full), help) {
                intents.push(Intent::SetLayout(layout));
            }
        }
    });
    if view.latent > 2 || view.layout != LayoutChoice::Latent {
        dimensions(ui, view, intents);
    }
    if let Some(text) = description(view) {
        ui.weak(text);
    }
}

fn dimensions(ui: &mut Ui, view: &DimensionsView, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let width = equal_width(ui, 2);
        for (dimension, name, help) in [
            (
                Dimension::Two,
                "2-D",
                "Show the first two dimensions, or principal components, of the latent space, or a flat map.",
            ),
            (
                Dimension::Three,
                "3-D",
                "Show three dimensions, principal components, or a map in space; drag turns the view.",
            ),
        ] {
            if choice(ui, width, view.shown == dimension, (name, name), help) {
                intents.push(Intent::SetDimension(dimension));
            }
        }
    });
}

/// What is shown, where the names of the choices do not say it.
fn description(view: &DimensionsView) -> Option<String> {
    let map = |of: &str| match view.map_share {
        Some(share) if share < 1.0 => format!("UMAP of {of}: {:.0} %", share * 100.0),
        _ => format!("UMAP of {of}"),
    };
    match view.layout {
        LayoutChoice::Latent => view.explained.map(|share| {
            let percent = share * 100.0;
            format!("Principal components, {percent:.0} % of the variance")
        }),
        LayoutChoice::LatentMap => Some(map("the latents")),
        LayoutChoice::GraphMap => Some(map("the similarity graph")),
    }
}
