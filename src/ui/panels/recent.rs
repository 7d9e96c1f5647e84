//! The samples whose labels were changed last, as images that lead to them.

use egui::Ui;

use crate::ui::intent::Intent;
use crate::ui::sample_view::SamplesView;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::image_grid;

/// Draws them, the newest first.
pub fn show(
    ui: &mut Ui,
    recent: &[u32],
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let without = "None yet. Select a point and press a digit.";
    let clicked = image_grid::row_or_text(ui, samples, without, &mut ui_state.thumbnails, recent);
    intents.extend(clicked.map(Intent::GoTo));
}
