//! A bar that fills, with text that can be read on both of its parts.

use bevy_egui::egui::{
    Color32, ProgressBar, Rect, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::overlay::theme;

const CORNER: f32 = 4.0;

/// Draws it; `share` is in 0..=1.
pub fn bar(ui: &mut Ui, share: f32, size: Vec2, text: &str) {
    let share = share.clamp(0.0, 1.0);
    let bar = ui.add(
        ProgressBar::new(share)
            .desired_width(size.x)
            .desired_height(size.y)
            .corner_radius(CORNER),
    );
    bar.widget_info(|| WidgetInfo::labeled(WidgetType::ProgressIndicator, true, text));
    let look = theme::look(ui);
    let painter = ui.painter();
    // The bar's own ground may be the one that it stands on.
    let line = Stroke::new(1.0, look.line);
    painter.rect_stroke(bar.rect, CORNER, line, StrokeKind::Outside);
    let font = TextStyle::Button.resolve(ui.style());
    let galley = painter.layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER);
    let at = bar.rect.left_center() + vec2(6.0, -galley.size().y / 2.0);
    let edge = bar.rect.left() + (bar.rect.width() * share).max(2.0 * CORNER);
    let Rect { min, max } = bar.rect.intersect(painter.clip_rect());
    for (part, color) in [
        (Rect::from_min_max(min, pos2(edge, max.y)), Color32::WHITE),
        (Rect::from_min_max(pos2(edge, min.y), max), look.text),
    ] {
        painter.with_clip_rect(part).galley(at, galley.clone(), color);
    }
}
