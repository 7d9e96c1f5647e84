//! The samples that were skipped, and those that are marked as unsure.

use egui::{Button, RichText, Ui, WidgetInfo, WidgetType};

use crate::ui::intent::Intent;
use crate::ui::sample_view::SamplesView;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::image_grid;
use ssvae_core::format::grouped;

/// Samples that are to be labelled later.
#[derive(Clone, Debug, Default)]
pub struct SetAsideView {
    /// Skipped samples that are not marked as unsure.
    pub skipped: Vec<u32>,
    /// Samples that are marked as unsure.
    pub unsure: Vec<u32>,
}

/// Draws both lists.
pub fn show(
    ui: &mut Ui,
    view: &SetAsideView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    for (name, serials, without, all) in [
        (
            "Skipped",
            &view.skipped,
            "None. S skips the selected sample.",
            Intent::ChooseSkipped,
        ),
        (
            "Unsure",
            &view.unsure,
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
                intents.push(all);
            }
        });
        let clicked = image_grid::row_or_text(ui, samples, without, &mut ui_state.thumbnails, serials);
        intents.extend(clicked.map(Intent::GoTo));
    }
}
