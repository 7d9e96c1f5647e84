//! Buttons of which one is chosen, and buttons that are on or off.

use egui::{Button, Color32, RichText, Ui, WidgetInfo, WidgetType};

/// One of several; returns whether it was chosen now.
pub fn choice(ui: &mut Ui, width: f32, chosen: bool, names: (&str, &str), help: &str) -> bool {
    option(ui, width, chosen, names, help, WidgetType::RadioButton) && !chosen
}

/// Something that is on or off; returns whether it was clicked.
pub fn switch(ui: &mut Ui, width: f32, on: bool, names: (&str, &str), help: &str) -> bool {
    option(ui, width, on, names, help, WidgetType::Checkbox)
}

fn option(
    ui: &mut Ui,
    width: f32,
    chosen: bool,
    (text, name): (&str, &str),
    help: &str,
    kind: WidgetType,
) -> bool {
    let text = if chosen {
        RichText::new(text).color(Color32::WHITE)
    } else {
        RichText::new(text)
    };
    let response = ui
        .scope(|ui| {
            // The width does not depend on the text.
            ui.spacing_mut().button_padding.x = 2.0;
            let button = Button::selectable(chosen, text)
                .frame_when_inactive(true)
                .truncate();
            ui.add_sized([width, 24.0], button)
        })
        .inner;
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(kind, enabled, chosen, name));
    response.on_hover_text(help).clicked()
}

/// One of several, as wide as its text; `name` is what assistive technology reads. Returns whether it was clicked.
pub fn radio(ui: &mut Ui, chosen: bool, (text, name): (&str, &str), help: &str) -> bool {
    let response = ui.add(Button::selectable(chosen, text).frame_when_inactive(true));
    response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, chosen, name));
    response.on_hover_text(help).clicked()
}

/// Width of each of `count` controls that share what is left of a row.
pub fn equal_width(ui: &Ui, count: usize) -> f32 {
    let gaps = count.saturating_sub(1) as f32 * ui.spacing().item_spacing.x;
    ((ui.available_width() - gaps) / count as f32).floor()
}
