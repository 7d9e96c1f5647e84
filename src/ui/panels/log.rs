//! The last status messages.

use egui::{Label, RichText, ScrollArea, TextWrapMode, Ui, Widget};

/// Messages that are shown.
pub const SHOWN: usize = 10;

/// Draws the last ten messages, the newest at the bottom.
pub fn show(ui: &mut Ui, messages: &[String]) {
    if messages.is_empty() {
        ui.weak("No messages yet. Press Start Training.");
        return;
    }
    ScrollArea::vertical()
        .id_salt("messages")
        .auto_shrink(false)
        .stick_to_bottom(true)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for message in &messages[messages.len().saturating_sub(SHOWN)..] {
                let text = RichText::new(message).size(12.5);
                Label::new(text)
                    .wrap_mode(TextWrapMode::Wrap)
                    .selectable(true)
                    .ui(ui);
            }
        });
}
