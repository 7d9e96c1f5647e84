//! Samples like the selected one, and those that were labelled last, as images that lead to them.

use bevy_egui::egui::{Button, Label, RichText, Ui, WidgetInfo, WidgetType, vec2};

use crate::overlay::form::OverlayForm;
use crate::overlay::gallery;
use crate::overlay::intent::Intent;
use crate::overlay::number::grouped;
use crate::overlay::state::OverlayState;

const SIDE: f32 = 42.0;

/// Draws the nearest neighbours in latent space and by pixels.
pub fn show(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let without = if state.sample.is_some() {
        "…"
    } else {
        "Select a point to see what is like it."
    };
    for (name, serials) in [
        ("In latent space", state.neighbours.by_latent),
        ("By pixels", state.neighbours.by_pixels),
    ] {
        ui.label(RichText::new(name).weak());
        go(ui, (state, without), form, serials, commands);
    }
}

/// Draws the samples whose labels were changed last, the newest first.
pub fn recent(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let without = "None yet. Select a point and press a digit.";
    go(ui, (state, without), form, state.recent, commands);
}

/// Draws the samples that were put off, and those that are marked as unsure.
pub fn set_aside(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
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
    told: (&OverlayState, &str),
    form: &mut OverlayForm,
    serials: &[u32],
    commands: &mut Vec<Intent>,
) {
    let clicked = row(ui, told, form, serials);
    commands.extend(clicked.map(Intent::GoTo));
}

/// Draws a row of images, or in the same room why there are none; returns the one that was clicked.
pub fn row(
    ui: &mut Ui,
    (state, without): (&OverlayState, &str),
    form: &mut OverlayForm,
    serials: &[u32],
) -> Option<u32> {
    let (columns, side) = gallery::columns(ui, SIDE);
    let serials = &serials[..serials.len().min(columns)];
    let size = vec2(ui.available_width(), gallery::row_height(side));
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        if serials.is_empty() {
            ui.add(Label::new(RichText::new(without).weak()).wrap());
        }
        gallery::row(ui, state, &mut form.thumbnails, serials, (side, "Go to"))
    })
    .inner
}
