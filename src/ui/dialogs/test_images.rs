//! The test images of one cell of the confusion matrix over the whole window, the most certain first.

use egui::{
    Align2, Color32, Context, CornerRadius, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextStyle,
    TextureId, Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::ui::panels::results::ResultsView;
use crate::ui::sample_view::{Class, ImageView, class_name};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::image_grid::{self, GAP};
use crate::ui::widgets::section::dialogue;
use crate::ui::widgets::thumbnail::Thumbnails;
use ssvae_core::format::{grouped, percent, plural};
use ssvae_core::training::tested::TestImages;

/// Side of an image in points.
const SIDE: f32 = 64.0;
/// Height of a line of text below an image.
const LINE: f32 = 14.0;
/// Margin around the window.
const MARGIN: f32 = 24.0;

/// Draws the window while it is open.
pub fn show(ctx: &Context, view: &ResultsView, classes: &[Class], ui_state: &mut UiState) {
    let (Some(cell), Some(Ok(tested))) = (ui_state.test_cell, view.tested) else {
        ui_state.test_cell = None;
        return;
    };
    let mut open = true;
    let size = ctx.content_rect().size() - vec2(2.0 * MARGIN, 2.0 * MARGIN + 40.0);
    dialogue("Test images")
        .open(&mut open)
        .fixed_size(size)
        .show(ctx, |ui| contents(ui, &tested.images, cell, classes, ui_state));
    if !open {
        ui_state.test_cell = None;
    }
}

fn contents(
    ui: &mut Ui,
    images: &TestImages,
    [truth, predicted]: [u8; 2],
    classes: &[Class],
    ui_state: &mut UiState,
) {
    let serials = images.of_cell(truth, predicted);
    let [truth, predicted] = [truth, predicted].map(|class| class_name(classes, class));
    ui.horizontal(|ui| {
        ui.strong(format!(
            "{} {} of class {truth}, predicted {predicted}",
            grouped(serials.len()),
            plural(serials.len(), "image")
        ));
        ui.label(
            RichText::new("The most certain first. The model is never trained on them. Escape closes.")
                .weak(),
        );
    });
    let (columns, side) = image_grid::columns(ui, SIDE);
    let height = side + 2.0 * LINE;
    let rows = std::mem::take(&mut ui_state.test_rows);
    ScrollArea::vertical()
        .id_salt(("test images", truth, predicted))
        .auto_shrink(false)
        .show_rows(ui, height, serials.len().div_ceil(columns), |ui, seen| {
            if rows != 0 {
                let row = height + ui.spacing().item_spacing.y;
                ui.scroll_with_delta(vec2(0.0, -row * rows as f32));
            }
            for row in seen {
                let serials = &serials[row * columns..((row + 1) * columns).min(serials.len())];
                let strip = strip(ui.ctx(), images, serials, &mut ui_state.thumbnails);
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = GAP;
                    for (column, &serial) in serials.iter().enumerate() {
                        let uv = |x: usize| x as f32 / serials.len() as f32;
                        let uv = Rect::from_min_max(pos2(uv(column), 0.0), pos2(uv(column + 1), 1.0));
                        image(ui, (side, strip, uv), images, serial, [truth, predicted]);
                    }
                });
            }
        });
}

/// The images side by side in one texture.
fn strip(ctx: &Context, images: &TestImages, serials: &[u32], thumbnails: &mut Thumbnails) -> TextureId {
    let lookup = |serial: u32| {
        Some(ImageView {
            shape: images.dataset.shape(),
            pixels: images.dataset.image(serial)?,
        })
    };
    thumbnails.test_strip(ctx, serials, &lookup)
}

fn image(
    ui: &mut Ui,
    (side, strip, uv): (f32, TextureId, Rect),
    images: &TestImages,
    serial: u32,
    [truth, predicted]: [&str; 2],
) {
    let (rect, response) = ui.allocate_exact_size(vec2(side, side + 2.0 * LINE), Sense::hover());
    let certainty = images.certainty.get(serial as usize).copied().unwrap_or(0.0);
    let certainty = percent(f64::from(certainty), 1);
    let words = format!(
        "Test image {}: true class {truth}, predicted {predicted}, {certainty} certain",
        grouped(serial as usize)
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &words));
    let picture = Rect::from_min_size(rect.min, vec2(side, side));
    let (painter, look) = (
        ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())),
        theme::look(ui),
    );
    painter.image(strip, picture, uv, Color32::WHITE);
    let font = TextStyle::Small.resolve(ui.style());
    for (line, text, color) in [
        (0.5, format!("{truth} as {predicted}"), look.text),
        (1.5, certainty, look.weak_text),
    ] {
        let at = pos2(rect.center().x, picture.bottom() + line * LINE);
        painter.text(at, Align2::CENTER_CENTER, text, font.clone(), color);
    }
    if response.hovered() {
        let line = Stroke::new(2.0, look.strong_text);
        painter.rect_stroke(rect, CornerRadius::same(3), line, StrokeKind::Inside);
    }
    response.on_hover_text(words);
}
