//! Ways to another sample: the queue, back to the one before, and by index.

use egui::{Button, ComboBox, Key, Label, RichText, TextEdit, Ui, vec2};

use crate::ui::intent::Intent;
use crate::ui::sample_view::SamplesView;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::{choice, equal_width};
use crate::ui::widgets::image_grid;
use crate::ui::widgets::section::{fixed_label, sized_button};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::choice::Choice;
use ssvae_core::format::grouped;

/// The order in which samples are gone through, and the first of them.
#[derive(Clone, Copy, Debug)]
pub struct QueueView<'a> {
    pub order: Order,
    pub strategy: Strategy,
    /// The first samples of the queue.
    pub next: &'a [u32],
    /// What the order is by, where its strategy alone does not say it.
    pub explanation: &'a str,
    /// Points that the filter lets through.
    pub shown: usize,
    /// Whether there is no cloud yet.
    pub waiting: bool,
}

const ORDERS: [(Order, &str, &str); 4] = [
    (
        Order::ToLabel,
        "To label",
        "Unlabelled samples, those first whose labels help most by the strategy below.",
    ),
    (
        Order::LeastCertain,
        "Uncertain",
        "All samples, the least certain predictions first.",
    ),
    (
        Order::MostCertain,
        "Certain",
        "All samples, the most certain predictions first. With “Prediction ≠ your label”: your most doubtful \
         labels.",
    ),
    (
        Order::Serial,
        "Index",
        "All samples by their position in the data set.",
    ),
];

/// Draws the ways to another sample.
pub fn show(
    ui: &mut Ui,
    view: &QueueView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    ui.horizontal(|ui| {
        let width = equal_width(ui, 4);
        for (order, name, help) in ORDERS {
            let name_of = format!("Order: {name}");
            if choice(ui, width, view.order == order, (name, &name_of), help) {
                intents.push(Intent::SetOrder(order));
            }
        }
    });
    strategy(ui, view.strategy, intents);
    let without = match (view.order, view.shown) {
        _ if view.waiting => "",
        (_, 0) => "The filter lets nothing through.",
        (Order::ToLabel, _) => {
            "All that is shown is labelled. Uncertain, Certain and Index go through labelled samples, too."
        }
        _ => "…",
    };
    let clicked = image_grid::row_or_text(ui, samples, without, &mut ui_state.thumbnails, view.next);
    intents.extend(clicked.map(Intent::GoInQueue));
    ui.horizontal(|ui| {
        let width = equal_width(ui, 3);
        let some = !view.next.is_empty();
        let selected = samples.selected.is_some();
        for (name, enabled, help, intent) in [
            (
                "Back",
                true,
                "The sample that was visited before. Key: P.",
                Intent::Previous,
            ),
            (
                "Skip",
                some && selected,
                "Move this sample to the end of the queue. Key: S.",
                Intent::Skip,
            ),
            (
                "Next",
                some,
                "The first sample of the queue, under the filter. Key: N.",
                Intent::Next,
            ),
        ] {
            let why_not = if some {
                "No sample is selected."
            } else {
                "Nothing is left in the queue."
            };
            if sized_button(ui, enabled, vec2(width, 26.0), Button::new(name))
                .on_hover_text(help)
                .on_disabled_hover_text(why_not)
                .clicked()
            {
                intents.push(intent);
            }
        }
    });
    go_to(ui, samples.count, ui_state, intents);
    let advance = &mut ui_state.preferences.advance;
    ui.checkbox(advance, "After a label go on to the next in the queue")
        .on_hover_text(
            "For samples that came from the queue: one key labels one, and the next one is shown.",
        );

    if view.order == Order::ToLabel && !view.explanation.is_empty() {
        ui.add(Label::new(RichText::new(view.explanation).weak()).wrap());
    }
}

/// The choice of what is to be labelled first.
fn strategy(ui: &mut Ui, chosen: Strategy, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let label = fixed_label(ui, 76.0, "Strategy");
        let combo = ComboBox::from_id_salt("strategy")
            .selected_text(chosen.title())
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for &strategy in Strategy::ALL {
                    let option = ui
                        .selectable_label(strategy == chosen, strategy.title())
                        .on_hover_text(strategy.looks_for());
                    if option.clicked() && strategy != chosen {
                        intents.push(Intent::SetStrategy(strategy));
                    }
                }
            });
        combo
            .response
            .labelled_by(label.id)
            .on_hover_text(chosen.looks_for());
    });
}

/// The field for an index.
fn go_to(ui: &mut Ui, points: usize, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let name = fixed_label(ui, 76.0, "Go to index");
        let button = 44.0;
        let width = ui.available_width() - button - ui.spacing().item_spacing.x;
        let field = ui
            .add(
                TextEdit::singleline(&mut ui_state.go_to)
                    .desired_width(width)
                    .hint_text("Key: G")
                    .char_limit(12),
            )
            .labelled_by(name.id)
            .on_hover_text(format!(
                "Position of a sample in the data set, 0 to {}.",
                points.saturating_sub(1)
            ));
        if std::mem::take(&mut ui_state.focus_go_to) {
            field.request_focus();
        }
        let target = serial(&ui_state.go_to, points);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let go = Button::new("Go").min_size(vec2(button, 22.0));
        let clicked = ui
            .add_enabled(target.is_some(), go)
            .on_hover_text("Select this sample and bring it into view.")
            .on_disabled_hover_text("Type the position of a sample first.")
            .clicked();
        if let Some(serial) = target.filter(|_| entered || clicked) {
            intents.push(Intent::GoTo(serial));
            ui_state.go_to.clear();
        }
    });
    if !ui_state.go_to.trim().is_empty() && serial(&ui_state.go_to, points).is_none() {
        let text = format!("Type a number from 0 to {}.", grouped(points.saturating_sub(1)));
        ui.label(RichText::new(text).color(theme::look(ui).warning));
    }
}

/// The sample that the text names, if the data set has it; `31,337` is as good as `31337`.
fn serial(text: &str, points: usize) -> Option<u32> {
    let serial = text.trim().replace([',', ' ', '_'], "").parse().ok()?;
    usize::try_from(serial)
        .is_ok_and(|serial| serial < points)
        .then_some(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_may_be_grouped_and_must_be_in_the_data_set() {
        for (text, found) in [
            ("31337", Some(31_337)),
            (" 31,337 ", Some(31_337)),
            ("31_337", Some(31_337)),
            ("59999", Some(59_999)),
            ("60000", None),
            ("-1", None),
            ("seven", None),
            ("", None),
        ] {
            assert_eq!(serial(text, 60_000), found, "{text:?}");
        }
    }
}
