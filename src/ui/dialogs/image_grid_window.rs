//! The images of the selected points over the whole window: as many as there are, of which only those in sight are drawn.

use egui::{Context, RichText, ScrollArea, Ui, vec2};

use crate::ui::intent::Intent;
use crate::ui::panels::chosen;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::section::dialogue;
use ssvae_core::format::grouped;

/// Of an image, in points.
const SIDE: f32 = 56.0;
/// Around the window.
const MARGIN: f32 = 24.0;

/// Draws the window while it is open and there is something in it.
pub fn show(ctx: &Context, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    if state.chosen.is_empty() && (state.gallery.is_empty() || !form.gallery.open) {
        form.gallery.open = false;
    }
    if !form.gallery.open {
        return;
    }
    let mut open = true;
    let size = ctx.content_rect().size() - vec2(2.0 * MARGIN, 2.0 * MARGIN + 40.0);
    dialogue("Selected images")
        .open(&mut open)
        .fixed_size(size)
        .show(ctx, |ui| contents(ui, state, form, commands));
    form.gallery.open &= open;
}

fn contents(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    let (count, out) = (
        state.chosen.len(),
        state.gallery.len().saturating_sub(state.chosen.len()),
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
            chosen::grid(ui, sight, SIDE, (state, form, commands));
        });
}
