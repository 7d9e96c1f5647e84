//! The keys and mouse gestures, folded away until wanted.

use bevy_egui::egui::{Align, CollapsingHeader, Grid, RichText, Ui};

const KEYS: [(&str, &str); 10] = [
    ("0 – 9", "label the selected point"),
    ("D or Delete", "take its label off"),
    ("F", "fit the view"),
    ("Click", "select a point"),
    ("Drag", "move, or turn in 3-D"),
    ("Shift + drag", "draw a lasso around points"),
    ("Alt + drag", "draw a box around points"),
    ("… with Ctrl", "add to the chosen points"),
    ("Wheel", "zoom at the cursor"),
    ("Double click", "fit the view"),
];

/// Draws the list of keys.
pub fn show(ui: &mut Ui) {
    let section = CollapsingHeader::new("Keys and mouse").show_unindented(ui, |ui| {
        Grid::new("keys")
            .num_columns(2)
            .spacing([10.0, 3.0])
            .show(ui, |ui| {
                for (key, meaning) in KEYS {
                    ui.label(RichText::new(key).strong());
                    ui.label(RichText::new(meaning).weak());
                    ui.end_row();
                }
            });
    });
    if let Some(body) = section
        .body_response
        .filter(|_| section.header_response.clicked())
    {
        body.scroll_to_me(Some(Align::BOTTOM));
    }
}
