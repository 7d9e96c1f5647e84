//! The command palette: type a part of a name, press Enter.

use std::cmp::Reverse;

use egui::{Align, Color32, Context, Layout, Response, RichText, Ui};

use crate::ui::commands::{COMMANDS, Command};
use crate::ui::intent::Intent;
use crate::ui::matching::{Fit, Query};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::section::painted_button;
use crate::ui::widgets::type_ahead::{self, TypeAhead};

const LIST: TypeAhead = TypeAhead {
    id: "command palette",
    name: "Command",
    hint: "What do you want to do?",
    without: "No such command. Try “label”, “filter”, “save”, “colour”.",
    below: "",
};

/// Draws it while it is open.
pub fn show(ctx: &Context, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let Some(mut query) = ui_state.palette.take() else {
        return;
    };
    let found = matches(&query);
    let typed = type_ahead::show(ctx, &LIST, &mut query, &found, entry);
    match typed.picked {
        Some(command) => command.run(&view.into(), ui_state, intents),
        None if typed.stays => ui_state.palette = Some(query),
        None => {}
    }
}

fn entry(ui: &mut Ui, command: &Command, current: bool) -> Response {
    painted_button(ui, current, command.name, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(command.group).weak().small());
            let color = if current {
                Color32::WHITE
            } else {
                theme::look(ui).text
            };
            ui.label(RichText::new(command.name).color(color));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(command.keys).weak())
            });
        });
    })
}

/// Commands by how well the query fits them; of those that it fits alike, by the score of a fuzzy match.
fn matches(query: &str) -> Vec<&'static Command> {
    let mut query = Query::new(query);
    let mut found: Vec<((Fit, u32), &Command)> = COMMANDS
        .iter()
        .filter(|command| command.can_be_done())
        .filter_map(|command| {
            let beside = format!("{} {}", command.group, command.synonyms);
            Some((query.fit(command.name, &beside)?, command))
        })
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
