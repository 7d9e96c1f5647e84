//! An image in a frame.

use egui::{Color32, CornerRadius, Rect, Stroke, StrokeKind, TextureId, Ui, pos2};

use crate::ui::theme;

/// Paints an image, or an empty inset, with a thin frame.
pub fn paint(ui: &Ui, rect: Rect, texture: Option<TextureId>) {
    let corner = CornerRadius::same(3);
    ui.painter().rect_filled(rect, corner, theme::look(ui).inset);
    if let Some(texture) = texture {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, rect, uv, Color32::WHITE);
    }
    ui.painter().rect_stroke(
        rect,
        corner,
        Stroke::new(1.0, theme::look(ui).line),
        StrokeKind::Outside,
    );
}
