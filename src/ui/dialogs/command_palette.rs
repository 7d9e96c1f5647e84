//! The command palette: type a part of a name, press Enter.

use std::cmp::Reverse;

use egui::{
    Align2, Area, Context, Frame, Id, Key, Modifiers, Order, RichText, ScrollArea, TextEdit, Ui, WidgetInfo,
    WidgetType, vec2,
};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::ui::commands::{COMMANDS, Command};
use crate::ui::intent::Intent;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::section::painted_button;

const WIDTH: f32 = 460.0;
const ROWS: f32 = 300.0;

/// Draws it while it is open.
pub fn show(ctx: &Context, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let Some(mut query) = ui_state.palette.take() else {
        return;
    };
    let before = query.clone();
    let found = matches(&query);
    // Escape is handled with the other keys: it closes what is open.
    let (up, down, enter) = ctx.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        (
            pressed(Key::ArrowUp),
            pressed(Key::ArrowDown),
            pressed(Key::Enter),
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
                            ui.weak("No such command. Try “label”, “filter”, “save”, “colour”.");
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
        command.run(&view.into(), ui_state, intents);
        ctx.request_repaint();
    } else if !area.response.clicked_elsewhere() {
        ui_state.palette = Some(query);
    } else {
        ctx.request_repaint();
    }
}

fn entry(ui: &mut Ui, command: &Command, current: bool, moved: bool) -> bool {
    let response = painted_button(ui, current, command.name, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(command.group).weak().small());
            let color = if current {
                egui::Color32::WHITE
            } else {
                theme::look(ui).text
            };
            ui.label(RichText::new(command.name).color(color));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(RichText::new(command.keys).weak())
            });
        });
    });
    if current && moved {
        response.scroll_to_me(None);
    }
    response.clicked()
}

/// How a query fits a command, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Its letters stand in name, group or synonyms, in this order.
    Letters,
    /// Each of its words begins a word of them.
    Words,
    /// Each begins a word of the name.
    Name,
    /// The name begins with it.
    Start,
}

/// Commands by how well the query fits them; of those that it fits alike, by the score of a fuzzy match.
fn matches(query: &str) -> Vec<&'static Command> {
    let query = query.trim().to_lowercase();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(&query, CaseMatching::Ignore, Normalization::Smart);
    let mut buffer = Vec::new();
    let mut rank = |command: &Command| {
        let name = command.name.to_lowercase();
        let all = format!("{name} {} {}", command.group.to_lowercase(), command.synonyms);
        let score = pattern.score(Utf32Str::new(&all, &mut buffer), &mut matcher)?;
        let begins = |text: &str| {
            let mut words = query.split_whitespace();
            words.all(|word| text.split([' ', '(', ',']).any(|part| part.starts_with(word)))
        };
        let fit = match (name.starts_with(&query), begins(&name), begins(&all)) {
            (true, ..) => Fit::Start,
            (_, true, _) => Fit::Name,
            (.., true) => Fit::Words,
            _ => Fit::Letters,
        };
        Some((fit, score))
    };
    let mut found: Vec<((Fit, u32), &Command)> = COMMANDS
        .iter()
        .filter(|command| command.can_be_done())
        .filter_map(|command| Some((rank(command)?, command)))
        .collect();
    found.sort_by_key(|(rank, _)| Reverse(*rank));
    found.into_iter().map(|(_, command)| command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_name_find_a_command() {
        let first = |query| matches(query).first().map(|command| command.name);
        for (query, name) in [
            ("undo", "Undo the last labels"),
            ("colour cert", "Colour by certainty"),
            ("start", "Start training"),
            ("show all points", "Show all points"),
            ("quit", "Quit"),
            ("skip", "Skip: to the end of the queue"),
            ("open", "Open data, labels or a checkpoint…"),
            ("theme", "Dark or light"),
            ("epoch", "Epochs and other training settings"),
            ("accuracy", "Panel: labels and accuracy"),
            ("lasso", "Select points with a lasso"),
            ("label 7", "Label 7"),
        ] {
            assert_eq!(first(query), Some(name), "{query}");
        }
        for query in ["color", "latent", "lbls accr"] {
            assert!(first(query).is_some(), "{query}");
        }
        assert_eq!(first("xyzzy"), None);
        assert!(matches("").len() > 60);
    }
}
