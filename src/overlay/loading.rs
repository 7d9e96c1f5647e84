//! What is going on before there is a cloud.

use bevy_egui::egui::{
    Align, Color32, Layout, ProgressBar, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, vec2,
};

use crate::overlay::number::{duration, percent};
use crate::overlay::state::Loading;
use crate::overlay::theme;

/// Draws the progress in the middle of `rect`.
pub fn show(ui: &mut Ui, rect: Rect, loading: &Loading) {
    let width = (rect.width() - 48.0).clamp(120.0, 380.0);
    let place = Rect::from_center_size(rect.center(), vec2(width, 64.0));
    let mut ui = ui.new_child(
        UiBuilder::new()
            .max_rect(place)
            .layout(Layout::top_down(Align::Center)),
    );
    ui.label(RichText::new(loading.what).size(15.0));
    ui.add_space(4.0);
    let fraction = loading.fraction.clamp(0.0, 1.0);
    let mut text = percent(f64::from(fraction), 0);
    if let Some(left) = loading.left {
        text += &format!(" · {} left", duration(left));
    }
    let text = RichText::new(text).color(Color32::WHITE);
    let bar = ui.add(
        ProgressBar::new(fraction)
            .desired_width(width)
            .desired_height(20.0)
            .corner_radius(4)
            .text(text),
    );
    // The bar's own ground is as dark as the cloud's.
    ui.painter().rect_stroke(
        bar.rect,
        4.0,
        Stroke::new(1.0, theme::look(&ui).line),
        StrokeKind::Outside,
    );
}
