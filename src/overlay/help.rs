//! All keys and gestures on one page, and three hints at the very first start.

use bevy_egui::egui::{
    Align2, Area, Context, Frame, Grid, Id, Order, RichText, ScrollArea, Ui, Window, vec2,
};

use crate::overlay::commands::COMMANDS;
use crate::overlay::form::OverlayForm;

const HINTS: [(&str, &str); 3] = [
    (
        "1",
        "Each point is an image, placed where the model sees it. Point at one to look at it; click to select it.",
    ),
    (
        "2",
        "Press N to go to the image that the model is least sure of, and a digit to label it. It is saved at once.",
    ),
    (
        "3",
        "Press Ctrl+Enter to train with your labels, and watch the cloud move. Then look again where it is unsure.",
    ),
];

/// Draws the page while it is open.
pub fn show(ctx: &Context, form: &mut OverlayForm) {
    let mut open = form.help;
    let height = (ctx.content_rect().height() - 120.0).max(200.0);
    Window::new("Keys and mouse")
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .show(ctx, |ui| {
            ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, table);
        });
    // The key that opened it may have closed it meanwhile.
    form.help &= open;
}

fn table(ui: &mut Ui) {
    let told = || COMMANDS.iter().filter(|command| !command.keys.is_empty());
    ui.horizontal_top(|ui| {
        for (name, groups) in [
            ("keys left", &["Label", "Select", "Filter", "Train", "Export"][..]),
            ("keys right", &["View", "Window"]),
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

/// Draws the hints until they were read.
pub fn hints(ctx: &Context, form: &mut OverlayForm) {
    if form.preferences.hints_read {
        return;
    }
    Area::new(Id::new("hints"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -40.0))
        .show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(14).show(ui, |ui| {
                ui.set_width(420.0);
                ui.label(RichText::new("Three things to know").size(16.0).strong());
                ui.add_space(4.0);
                for (number, hint) in HINTS {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(number).strong());
                        ui.add(bevy_egui::egui::Label::new(hint).wrap());
                    });
                    ui.add_space(4.0);
                }
                ui.horizontal(|ui| {
                    if ui.button("Got it").clicked() {
                        form.preferences.hints_read = true;
                    }
                    ui.weak("F1 shows all keys at any time.");
                });
            });
        });
}
