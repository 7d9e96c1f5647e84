//! A progress bar whose text is readable on both of its parts.

use egui::{
    Color32, ProgressBar, Rect, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::ui::theme;

const CORNER: f32 = 4.0;
const MARGIN: f32 = 6.0;

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
    // The empty part of the bar may have the colour of the panel.
    let line = Stroke::new(1.0, look.line);
    painter.rect_stroke(bar.rect, CORNER, line, StrokeKind::Outside);
    let font = TextStyle::Button.resolve(ui.style());
    let laid = |text: String| painter.layout_no_wrap(text, font.clone(), Color32::PLACEHOLDER);
    let fitting = shorter(text).map(laid);
    let mut galley = laid(text.to_owned());
    for shorter in fitting {
        if galley.size().x + 2.0 * MARGIN <= bar.rect.width() {
            break;
        }
        galley = shorter;
    }
    let at = bar.rect.left_center() + vec2(MARGIN, -galley.size().y / 2.0);
    let edge = bar.rect.left() + (bar.rect.width() * share).max(2.0 * CORNER);
    let Rect { min, max } = bar.rect.intersect(painter.clip_rect());
    for (part, color) in [
        (Rect::from_min_max(min, pos2(edge, max.y)), Color32::WHITE),
        (Rect::from_min_max(pos2(edge, min.y), max), look.text),
    ] {
        painter.with_clip_rect(part).galley(at, galley.clone(), color);
    }
}

/// Shorter versions of a text whose parts stand between middle dots: the first and the last part, then the first alone.
fn shorter(text: &str) -> impl Iterator<Item = String> {
    const DOT: &str = " · ";
    let first = text.split(DOT).next().unwrap_or(text);
    let both = text
        .rsplit_once(DOT)
        .map(|(_, last)| format!("{first}{DOT}{last}"));
    both.into_iter().chain([first.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_left_out_from_the_middle() {
        let parts = |text: &str| shorter(text).collect::<Vec<String>>();
        assert_eq!(
            parts("Epoch 3 of 5 · batch 120/211 · 0:12 left"),
            ["Epoch 3 of 5 · 0:12 left", "Epoch 3 of 5"]
        );
        assert_eq!(parts("Starting…"), ["Starting…"]);
    }
}
