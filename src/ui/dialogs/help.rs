//! All keys and gestures on one page.

use egui::{Context, Grid, RichText, ScrollArea, Ui};

use crate::ui::commands::COMMANDS;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::dialogue;

/// Draws the page while it is open.
pub fn show(ctx: &Context, ui_state: &mut UiState) {
    let mut open = ui_state.help;
    let height = (ctx.content_rect().height() - 120.0).max(200.0);
    dialogue("Keys and mouse").open(&mut open).show(ctx, |ui| {
        ScrollArea::vertical()
            .max_height(height)
            .min_scrolled_height(height)
            .show(ui, table);
    });
    // Its key may have closed it in this frame.
    ui_state.help &= open;
}

fn table(ui: &mut Ui) {
    let told = || COMMANDS.iter().filter(|command| !command.keys.is_empty());
    ui.horizontal_top(|ui| {
        for (name, groups) in [
            (
                "keys left",
                &["Label", "Go", "Select", "Enlarged images", "Filter"][..],
            ),
            ("keys right", &["View", "Train", "Save", "Panels", "Window"]),
        ] {
            Grid::new(name)
                .num_columns(2)
                .spacing([12.0, 2.0])
                .show(ui, |ui| {
                    for group in groups {
                        ui.strong(*group);
                        ui.end_row();
                        for command in told().filter(|command| command.group == *group) {
                            ui.label(command.keys);
                            ui.label(RichText::new(command.name).weak());
                            ui.end_row();
                        }
                    }
                });
            ui.add_space(18.0);
        }
    });
    ui.add_space(4.0);
    ui.weak("Ctrl+K lists all commands, those without a key too.");
}
