//! Headings, rows and swatches that several panels share.

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Button, Color32, CornerRadius, Label, Layout, Order, Rect, Response, RichText, Sense,
    Shape, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, WidgetType, Window, vec2,
};

use crate::cloud::SHAPES;
use crate::ui::theme;
use crate::ui::ui_state::UiState;

/// Height of a row of a list.
pub const ROW: f32 = 20.0;
/// From the left end of a row with a swatch to its text.
pub const SWATCH: f32 = 20.0;

/// A window in the middle, over everything else, as large as its contents.
pub fn dialogue(title: &str) -> Window<'_> {
    Window::new(title)
        .order(Order::Foreground)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
}

/// The heading of a part of a panel.
pub fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).size(theme::HEADING).strong());
    ui.add_space(1.0);
}

/// A part of a panel under a heading that folds it.
pub fn section(
    ui: &mut Ui,
    ui_state: &mut UiState,
    name: &str,
    contents: impl FnOnce(&mut Ui, &mut UiState),
) {
    let folded = ui_state.preferences.folded.contains(name);
    let arrow = if folded { "⏵" } else { "⏷" };
    let title = RichText::new(format!("{arrow} {name}"))
        .size(theme::HEADING)
        .strong();
    let button = ui.add(Button::new(title).frame(false));
    button.widget_info(|| WidgetInfo::selected(WidgetType::CollapsingHeader, true, !folded, name));
    if button.on_hover_text("Fold or unfold this part.").clicked() {
        ui_state.preferences.fold(name);
    }
    if !folded {
        ui.push_id(name, |ui| contents(ui, ui_state));
    }
}

/// The gap between two parts of a panel.
pub fn gap(ui: &mut Ui) {
    ui.add_space(6.0);
    ui.separator();
    ui.add_space(4.0);
}

/// A label of fixed width, cut with an ellipsis where it is longer.
pub fn fixed_label(ui: &mut Ui, width: f32, text: impl Into<RichText>) -> Response {
    ui.allocate_ui_with_layout(vec2(width, ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.add(Label::new(text.into()).truncate())
    })
    .inner
}

/// A button over the whole width.
pub fn wide_button(ui: &mut Ui, enabled: bool, text: &str, height: f32) -> Response {
    let size = vec2(ui.available_width(), height);
    sized_button(ui, enabled, size, Button::new(text))
}

/// A button of exactly this size, its text in the middle.
pub fn sized_button(ui: &mut Ui, enabled: bool, size: Vec2, button: Button) -> Response {
    // A control that is disabled twice would be fainter than the others.
    ui.add_enabled_ui(enabled || !ui.is_enabled(), |ui| ui.add_sized(size, button))
        .inner
}

/// Text in exactly as many lines as given, the last cut with an ellipsis where it is longer.
pub fn lines(ui: &mut Ui, mut job: LayoutJob, rows: usize, height: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let text = job.text.clone();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &text));
    job.wrap.max_width = rect.width();
    job.wrap.max_rows = rows;
    let galley = ui.painter().layout_job(job);
    let top = if rows == 1 {
        rect.center().y - galley.size().y / 2.0
    } else {
        rect.top()
    };
    let cut = galley.elided;
    ui.painter()
        .galley(egui::pos2(rect.left(), top), galley, ui.visuals().text_color());
    if cut {
        response.on_hover_text(text)
    } else {
        response
    }
}

/// Room for a painted row that assistive technology reads as `name`.
pub fn painted_row(ui: &mut Ui, width: f32, name: &str) -> (Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, enabled, name));
    (rect, response)
}

/// A row of a list that can be clicked, with contents of its own; assistive technology reads it as `name`.
pub fn painted_button(ui: &mut Ui, chosen: bool, name: &str, contents: impl FnOnce(&mut Ui)) -> Response {
    let size = vec2(ui.available_width(), ROW + 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, name));
    let corner = CornerRadius::same(3);
    if chosen {
        ui.painter().rect_filled(rect, corner, theme::look(ui).accent);
    } else if response.hovered() || response.has_focus() {
        let fill = ui.visuals().widgets.hovered.bg_fill;
        ui.painter().rect_filled(rect, corner, fill);
    }
    let inner = rect.shrink2(vec2(6.0, 2.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner), contents);
    response
}

/// A filled square at the left end of a painted row, or the shape of a class; returns the x where the text may start.
pub fn swatch(ui: &Ui, row: Rect, color: [u8; 3], shape: Option<u8>) -> f32 {
    let side = 12.0;
    let center = row.left_center() + vec2(side / 2.0 + 1.0, 0.0);
    let (color, painter) = (rgb(color), ui.painter());
    let polygon = |corners: &[(f32, f32)]| {
        let corners = corners.iter().map(|&(x, y)| center + vec2(x, y) * side / 2.0);
        Shape::convex_polygon(corners.collect(), color, Stroke::NONE)
    };
    match shape.map(|class| class % SHAPES) {
        None => {
            let square = Rect::from_center_size(center, vec2(side, side));
            painter.rect_filled(square, CornerRadius::same(3), color);
        }
        Some(1) => {
            painter.add(polygon(&[
                (-0.85, -0.85),
                (0.85, -0.85),
                (0.85, 0.85),
                (-0.85, 0.85),
            ]));
        }
        Some(2) => {
            painter.add(polygon(&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]));
        }
        Some(3) => {
            painter.add(polygon(&[(0.0, -1.2), (1.15, 0.75), (-1.15, 0.75)]));
        }
        Some(4) => {
            painter.add(polygon(&[(0.0, 1.2), (1.15, -0.75), (-1.15, -0.75)]));
        }
        Some(_) => {
            painter.circle_filled(center, side / 2.0, color);
        }
    }
    row.left() + SWATCH
}

/// An opaque egui colour.
pub fn rgb([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

/// Black or white, whichever is easier to read on `background`.
pub fn text_on(background: [u8; 3]) -> Color32 {
    let linear = background.map(|value| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    // Contrast with black is (L + 0.05) / 0.05, with white 1.05 / (L + 0.05): equal at 0.179.
    if luminance > 0.179 {
        Color32::BLACK
    } else {
        Color32::WHITE
    }
}
