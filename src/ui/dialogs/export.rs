//! The size of the picture when the view is saved.

use egui::{Context, DragValue};

use crate::ui::intent::{ExportKind, Intent};
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::dialogue;

/// Least and greatest side of a picture in pixels.
const SIDE: std::ops::RangeInclusive<u32> = 64..=16_384;

/// Asks for the size while the dialogue is open.
pub fn show(ctx: &Context, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let mut open = ui_state.exporting;
    let mut done = false;
    dialogue("Save the view").open(&mut open).show(ctx, |ui| {
        ui.label("Points, colours and legend as they are now, into a file of their own.");
        ui.horizontal(|ui| {
            for (name, side) in ["Width", "Height"].into_iter().zip(&mut ui_state.export_size) {
                let label = ui.label(name);
                ui.add(DragValue::new(side).range(SIDE).suffix(" px"))
                    .labelled_by(label.id)
                    .on_hover_text("In pixels, 64 to 16384.");
            }
        });
        ui.horizontal(|ui| {
            for (name, kind) in [
                ("Save PNG", ExportKind::Png(ui_state.export_size)),
                ("Save SVG", ExportKind::Svg),
            ] {
                if ui.button(name).clicked() {
                    intents.push(Intent::Export(kind));
                    done = true;
                }
            }
        });
    });
    ui_state.exporting = open && !done;
}
