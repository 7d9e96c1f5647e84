//! All commands under one key: type a part of a name, press Enter.

use bevy_egui::egui::{
    Align2, Area, Context, Frame, Id, Key, Modifiers, Order, RichText, ScrollArea, TextEdit, Ui, WidgetInfo,
    WidgetType, vec2,
};

use crate::overlay::commands::{COMMANDS, Command};
use crate::overlay::form::OverlayForm;
use crate::overlay::intent::Intent;
use crate::overlay::section::painted_button;
use crate::overlay::state::OverlayState;
use crate::overlay::theme;

const WIDTH: f32 = 460.0;
const ROWS: f32 = 300.0;

/// Draws it while it is open.
pub fn show(ctx: &Context, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let Some(mut query) = form.palette.take() else {
        return;
    };
    let before = query.clone();
    let found = matches(&query);
    let (up, down, enter, escape) = ctx.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        (
            pressed(Key::ArrowUp),
            pressed(Key::ArrowDown),
            pressed(Key::Enter),
            pressed(Key::Escape),
        )
    });
    let last = found.len().saturating_sub(1);
    let at = Id::new("command palette row");
    let mut row: usize = ctx.data(|data| data.get_temp(at)).unwrap_or(0);
    row = if down {
        (row + 1).min(last)
    } else if up {
        row.saturating_sub(1)
    } else {
        row.min(last)
    };
    let mut picked = found.get(row).copied().filter(|_| enter);
    let area = Area::new(Id::new("command palette"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 80.0))
        .show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH);
                let field = TextEdit::singleline(&mut query)
                    .hint_text("What do you want to do?")
                    .desired_width(WIDTH);
                let field = ui.add(field);
                field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Command"));
                field.request_focus();
                ScrollArea::vertical()
                    .max_height(ROWS)
                    .min_scrolled_height(ROWS)
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        for (i, command) in found.iter().enumerate() {
                            if entry(ui, command, i == row, up || down) {
                                picked = Some(command);
                            }
                        }
                        if found.is_empty() {
                            ui.weak("Nothing is called so. Try “label”, “filter”, “save”, “colour”.");
                        }
                    });
            });
        });
    if query != before {
        row = 0;
    }
    ctx.data_mut(|data| data.insert_temp(at, row));
    if let Some(command) = picked {
        ctx.data_mut(|data| data.insert_temp(at, 0_usize));
        command.run(state, form, commands);
        ctx.request_repaint();
    } else if !escape && !area.response.clicked_elsewhere() {
        form.palette = Some(query);
    } else {
        ctx.request_repaint();
    }
}

fn entry(ui: &mut Ui, command: &Command, current: bool, moved: bool) -> bool {
    let response = painted_button(ui, current, command.name, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(command.group).weak().small());
            let color = if current {
                bevy_egui::egui::Color32::WHITE
            } else {
                theme::look(ui).text
            };
            ui.label(RichText::new(command.name).color(color));
            ui.with_layout(
                bevy_egui::egui::Layout::right_to_left(bevy_egui::egui::Align::Center),
                |ui| ui.label(RichText::new(command.keys).weak()),
            );
        });
    });
    if current && moved {
        response.scroll_to_me(None);
    }
    response.clicked()
}

/// Commands whose group and name hold all words of the query: first those whose name begins with it, then those in which
/// its words begin words.
fn matches(query: &str) -> Vec<&'static Command> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let rank = |command: &Command| {
        let name = command.name.to_lowercase();
        let text = format!("{} {name}", command.group.to_lowercase());
        let begins = |word: &&str| text.split([' ', '(']).any(|part| part.starts_with(*word));
        if name.starts_with(&query) {
            Some(0)
        } else if words.iter().all(begins) {
            Some(1)
        } else {
            words.iter().all(|word| text.contains(word)).then_some(2)
        }
    };
    let mut found: Vec<(u8, &Command)> = COMMANDS
        .iter()
        .filter(|command| command.can_be_done())
        .filter_map(|command| Some((rank(command)?, command)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, command)| command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_name_find_a_command() {
        let first = |query| matches(query).first().map(|command| command.name);
        assert_eq!(first("undo"), Some("Undo the last labels"));
        assert_eq!(first("colour cert"), Some("Colour by certainty"));
        assert_eq!(first("start"), Some("Start training"));
        assert_eq!(first("show all points"), Some("Show all points"));
        assert_eq!(first("class colour"), Some("Colour by predicted class"));
        assert_eq!(first("xyzzy"), None);
        assert!(matches("").len() > 30);
    }
}
