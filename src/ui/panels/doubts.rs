//! The labels that the others speak against, and what to do about the selected one.

use egui::{Button, RichText, Ui, vec2};

use crate::ui::intent::Intent;
use crate::ui::sample_view::{SamplesView, class_name};
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::equal_width;
use crate::ui::widgets::image_grid;
use crate::ui::widgets::section::sized_button;
use ssvae_core::format::{grouped, percent};
use ssvae_core::propagation::Doubt;

/// Labels that the others speak against, and what the others say of the selected one.
#[derive(Clone, Debug, Default)]
pub struct DoubtsView {
    /// The most doubtful first.
    pub serials: Vec<u32>,
    /// What the others say of the selected sample; `None` if it is not one of these.
    pub selected: Option<Doubt>,
    /// Number of labelled samples.
    pub labelled: usize,
}

/// Draws them, the most doubtful first.
pub fn show(
    ui: &mut Ui,
    view: &DoubtsView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let count = format!(
        "{} of {} labels",
        grouped(view.serials.len()),
        grouped(view.labelled)
    );
    ui.label(RichText::new(count).weak()).on_hover_text(
        "For which your other labels, spread to similar samples, say another class. Key for the next: W.",
    );
    let without = "None. Your labels agree with each other.";
    let clicked = image_grid::row_or_text(ui, samples, without, &mut ui_state.thumbnails, &view.serials);
    intents.extend(clicked.map(Intent::GoInDoubts));
    let name = |class: u8| class_name(samples.classes, class);
    let (says, suggestion) = match view.selected {
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
        let width = equal_width(ui, 3);
        let on = view.selected.is_some();
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
                intents.push(intent);
            }
        }
    });
}
