//! The images of the selected points over the whole window. Only the images in sight are drawn.

use egui::{Context, RichText, ScrollArea, Ui, vec2};

use crate::ui::intent::Intent;
use crate::ui::panels::chosen::{self, ChosenView};
use crate::ui::sample_view::SamplesView;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::dialogue;
use ssvae_core::format::grouped;

/// Side of an image in points.
const SIDE: f32 = 56.0;
/// Margin around the window.
const MARGIN: f32 = 24.0;

/// Draws the window while it is open and there is something in it.
pub fn show(
    ctx: &Context,
    view: &ChosenView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    if view.serials.is_empty() && (view.images.is_empty() || !ui_state.image_grid.open) {
        ui_state.image_grid.open = false;
    }
    if !ui_state.image_grid.open {
        return;
    }
    let mut open = true;
    let size = ctx.content_rect().size() - vec2(2.0 * MARGIN, 2.0 * MARGIN + 40.0);
    dialogue("Selected images")
        .open(&mut open)
        .fixed_size(size)
        .show(ctx, |ui| contents(ui, view, samples, ui_state, intents));
    ui_state.image_grid.open &= open;
}

fn contents(
    ui: &mut Ui,
    view: &ChosenView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let (count, out) = (
        view.serials.len(),
        view.images.len().saturating_sub(view.serials.len()),
    );
    ui.horizontal(|ui| {
        ui.strong(format!("{} selected, {} taken out", grouped(count), grouped(out)));
        ui.label(
            RichText::new(
                "The oddest first. Click or Space takes one out, and puts it back; Shift takes a range; a digit labels \
                 the rest.",
            )
            .weak(),
        );
    });
    ScrollArea::vertical()
        .id_salt("selected images")
        .auto_shrink(false)
        .show_viewport(ui, |ui, sight| {
            chosen::grid(ui, (sight, SIDE), view, samples, (ui_state, intents));
        });
}
