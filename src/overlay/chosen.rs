//! The chosen points as images, to take the wrong ones out before all are labelled with one key.

use bevy_egui::egui::{Button, RichText, ScrollArea, Ui, vec2};

use crate::overlay::form::OverlayForm;
use crate::overlay::gallery;
use crate::overlay::intent::{ExportKind, Intent};
use crate::overlay::number::{grouped, plural};
use crate::overlay::section::{heading, sized_button};
use crate::overlay::state::OverlayState;

const SIDE: f32 = 42.0;
/// Height of the grid.
const GRID: f32 = 212.0;

/// Draws the grid and what can be done with all of them.
pub fn show(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let chosen = state.chosen;
    heading(
        ui,
        &format!(
            "{} {} chosen",
            grouped(chosen.len()),
            plural(chosen.len(), "point")
        ),
    );
    ui.label(RichText::new("Click an image to take it out. A digit labels the rest.").weak());
    let (columns, side) = gallery::columns(ui, SIDE);
    let height = gallery::row_height(side);
    ScrollArea::vertical()
        .id_salt("chosen")
        .max_height(GRID)
        .min_scrolled_height(GRID)
        .auto_shrink(false)
        .show_rows(ui, height, chosen.len().div_ceil(columns), |ui, rows| {
            for row in rows {
                let serials = chosen.iter().skip(row * columns).take(columns);
                let serials: Vec<u32> = serials.copied().collect();
                let size = (side, "Take out");
                if let Some(serial) = gallery::row(ui, state, &mut form.thumbnails, &serials, size) {
                    commands.push(Intent::TakeOut(serial));
                }
            }
        });
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0).floor();
        for (name, help, intent) in [
            (
                "Let go",
                "Choose nothing. Key: Escape.",
                Intent::Choose(Vec::new()),
            ),
            (
                "Save as CSV",
                "Write serial, labels, prediction, certainty and latent of the chosen points to artifacts/exports.",
                Intent::Export(ExportKind::Csv),
            ),
            (
                "Save images",
                "Write the images of the chosen points as one contact sheet (PNG) to artifacts/exports.",
                Intent::Export(ExportKind::ContactSheet),
            ),
        ] {
            if sized_button(ui, true, vec2(width, 24.0), Button::new(name))
                .on_hover_text(help)
                .clicked()
            {
                commands.push(intent);
            }
        }
    });
}
