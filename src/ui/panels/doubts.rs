//! The labels that the others speak against, and what to do about the selected one.

use egui::{Button, RichText, Ui, vec2};

use super::neighbours::row;
use crate::ui::intent::Intent;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::section::sized_button;
use ssvae_core::format::{grouped, percent};

/// Draws them, the most doubtful first.
pub fn show(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    let doubts = &state.doubts;
    let count = format!(
        "{} of {} labels",
        grouped(doubts.serials.len()),
        grouped(state.statistics.labelled)
    );
    ui.label(RichText::new(count).weak()).on_hover_text(
        "For which your other labels, spread to similar samples, say another class. Key for the next: W.",
    );
    let without = "None. Your labels agree with each other.";
    let clicked = row(ui, (state, without), form, doubts.serials);
    commands.extend(clicked.map(Intent::GoInDoubts));
    let name = |class: u8| {
        state
            .classes
            .get(usize::from(class))
            .map_or("", |class| &class.name)
    };
    let (says, suggestion) = match doubts.selected {
        Some(doubt) => (
            format!(
                "Labelled {}; the others say {} ({})",
                name(doubt.label),
                name(doubt.suggestion),
                percent(f64::from(doubt.suggested), 1)
            ),
            format!("Relabel as {}", name(doubt.suggestion)),
        ),
        None => ("The selected label is not doubted.".into(), "Relabel".into()),
    };
    ui.label(RichText::new(says).weak());
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0).floor();
        let on = doubts.selected.is_some();
        for (text, intent, help) in [
            (
                "Keep",
                Intent::KeepLabel,
                "The label is right: do not ask again. Key: K.",
            ),
            (
                &suggestion,
                Intent::TakeSuggestion,
                "Label it as the others say. Key: X.",
            ),
            ("Remove", Intent::Label(None), "Take the label off. Key: D."),
        ] {
            let button = sized_button(ui, on, vec2(width, 24.0), Button::new(text).truncate());
            if button.on_hover_text(help).clicked() {
                commands.push(intent);
            }
        }
    });
}
