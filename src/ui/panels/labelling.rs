//! The ten label buttons, what became of the last label, and ways to the next sample.

use egui::text::LayoutJob;
use egui::{
    Align, Button, Color32, ComboBox, FontSelection, Key, Label, RichText, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, WidgetType, vec2,
};

use super::filter::choice;
use super::neighbours;
use crate::ui::intent::Intent;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::{Class, Feedback, FeedbackKind, ViewModel};
use crate::ui::widgets::section::{fixed_label, heading, lines, rgb, sized_button, text_on};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::choice::Choice;
use ssvae_core::format::{grouped, plural};

const COLUMNS: usize = 5;
const NO_SELECTION: &str = "Select a point first: click one in the cloud.";

/// Draws the label buttons for the chosen samples, or else the selected one.
pub fn buttons(ui: &mut Ui, state: &ViewModel, commands: &mut Vec<Intent>) {
    let (sample, classes, chosen) = (state.sample.as_ref(), state.classes, state.chosen.len());
    let title = match chosen {
        0 => "Label it".to_owned(),
        count => format!("Label {} {}", grouped(count), plural(count, "point")),
    };
    heading(ui, &title);
    let current = sample
        .and_then(|sample| sample.user_label)
        .filter(|_| chosen == 0);
    let enabled = sample.is_some() || chosen > 0;
    let gap = 6.0;
    let width = ((ui.available_width() - gap * (COLUMNS - 1) as f32) / COLUMNS as f32).floor();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(gap, gap);
        for (row, classes) in classes.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                for (column, class) in classes.iter().enumerate() {
                    let label = (row * COLUMNS + column) as u8;
                    button(ui, width, label, class, enabled, current == Some(label), commands);
                }
            });
        }
    });
    ui.add_space(2.0);
    let why = if enabled {
        "This sample has no label."
    } else {
        NO_SELECTION
    };
    ui.horizontal(|ui| {
        let narrow = 62.0;
        let width = ui.available_width() - 2.0 * (narrow + ui.spacing().item_spacing.x);
        let can_delete = current.is_some() || chosen > 0;
        let delete = sized_button(ui, can_delete, vec2(width, 26.0), Button::new("Delete label"))
            .on_hover_text("Remove your label, in labels.csv too. Keys: D or Delete.")
            .on_disabled_hover_text(why);
        if delete.clicked() {
            commands.push(Intent::Label(None));
        }
        let undo = sized_button(
            ui,
            state.history.undo.is_some(),
            vec2(narrow, 26.0),
            Button::new("Undo"),
        );
        let what = state.history.undo.unwrap_or_default();
        if undo
            .on_hover_text(format!("Undo: {what}. Key: Ctrl+Z."))
            .on_disabled_hover_text("Nothing to undo.")
            .clicked()
        {
            commands.push(Intent::Undo);
        }
        let redo = sized_button(ui, state.history.redo, vec2(narrow, 26.0), Button::new("Redo"));
        if redo
            .on_hover_text("Redo what was undone last. Key: Ctrl+Shift+Z.")
            .on_disabled_hover_text("Nothing to redo.")
            .clicked()
        {
            commands.push(Intent::Redo);
        }
    });
    feedback_line(ui, state.feedback);
}

fn button(
    ui: &mut Ui,
    width: f32,
    label: u8,
    class: &Class,
    enabled: bool,
    current: bool,
    commands: &mut Vec<Intent>,
) {
    let digit = label.to_string();
    let text = if class.name == digit {
        RichText::new(digit).size(16.0)
    } else {
        RichText::new(format!("{digit} {}", class.name)).size(12.0)
    };
    let text = text.strong().color(text_on(class.color));
    let stroke = if current {
        Stroke::new(2.0, Color32::WHITE)
    } else {
        Stroke::NONE
    };
    let button = Button::new(text).fill(rgb(class.color)).stroke(stroke).truncate();
    let response = sized_button(ui, enabled, vec2(width, 36.0), button);
    response.widget_info(|| {
        WidgetInfo::selected(
            WidgetType::Button,
            enabled,
            current,
            format!("Label {}", class.name),
        )
    });
    if current {
        let outside = response.rect.expand(2.0);
        ui.painter()
            .rect_stroke(outside, 5.0, Stroke::new(1.0, Color32::BLACK), StrokeKind::Inside);
    }
    let response = response
        .on_hover_text(format!("Label it {}. Key: {label}.", class.name))
        .on_disabled_hover_text(NO_SELECTION);
    if response.clicked() {
        commands.push(Intent::Label(Some(label)));
    }
}

/// Two lines, whatever they say.
fn feedback_line(ui: &mut Ui, feedback: Option<Feedback>) {
    let mut job = LayoutJob::default();
    if let Some(Feedback { text, kind }) = feedback {
        let color = match kind {
            FeedbackKind::Saving => theme::look(ui).warning,
            FeedbackKind::Saved => theme::look(ui).success,
            FeedbackKind::Failed => theme::look(ui).failure,
            FeedbackKind::Info => theme::look(ui).weak_text,
        };
        let text = RichText::new(text).color(color);
        text.append_to(&mut job, ui.style(), FontSelection::Default, Align::Center);
    }
    lines(ui, job, 2, 36.0);
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
pub fn finder(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - 3.0 * ui.spacing().item_spacing.x) / 4.0).floor();
        for (order, name, help) in ORDERS {
            let name_of = format!("Order: {name}");
            if choice(ui, width, state.queue.order == order, (name, &name_of), help) {
                commands.push(Intent::SetOrder(order));
            }
        }
    });
    strategy(ui, state.queue.strategy, commands);
    let without = match (state.queue.order, state.filter.shown) {
        _ if state.loading.is_some() => "",
        (_, 0) => "The filter lets nothing through.",
        (Order::ToLabel, _) => {
            "All that is shown is labelled. Uncertain, Certain and Index go through labelled samples, too."
        }
        _ => "…",
    };
    let clicked = neighbours::row(ui, (state, without), form, state.queue.next);
    commands.extend(clicked.map(Intent::GoInQueue));
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - 2.0 * ui.spacing().item_spacing.x) / 3.0).floor();
        let some = !state.queue.next.is_empty();
        let selected = state.sample.is_some();
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
                commands.push(intent);
            }
        }
    });
    go_to(ui, state.points, form, commands);
    let advance = &mut form.preferences.advance;
    ui.checkbox(advance, "After a label go on to the next in the queue")
        .on_hover_text(
            "For samples that came from the queue: one key labels one, and the next one is shown.",
        );

    if state.queue.order == Order::ToLabel && !state.queue.explanation.is_empty() {
        ui.add(Label::new(RichText::new(state.queue.explanation).weak()).wrap());
    }
}

/// The choice of what is to be labelled first.
fn strategy(ui: &mut Ui, chosen: Strategy, commands: &mut Vec<Intent>) {
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
                        commands.push(Intent::SetStrategy(strategy));
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
fn go_to(ui: &mut Ui, points: usize, form: &mut UiState, commands: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        let name = fixed_label(ui, 76.0, "Go to index");
        let button = 44.0;
        let width = ui.available_width() - button - ui.spacing().item_spacing.x;
        let field = ui
            .add(
                TextEdit::singleline(&mut form.go_to)
                    .desired_width(width)
                    .hint_text("Key: G")
                    .char_limit(12),
            )
            .labelled_by(name.id)
            .on_hover_text(format!(
                "Position of a sample in the data set, 0 to {}.",
                points.saturating_sub(1)
            ));
        if std::mem::take(&mut form.focus_go_to) {
            field.request_focus();
        }
        let target = serial(&form.go_to, points);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let go = Button::new("Go").min_size(vec2(button, 22.0));
        let clicked = ui
            .add_enabled(target.is_some(), go)
            .on_hover_text("Select this sample and bring it into view.")
            .on_disabled_hover_text("Type the position of a sample first.")
            .clicked();
        if let Some(serial) = target.filter(|_| entered || clicked) {
            commands.push(Intent::GoTo(serial));
            form.go_to.clear();
        }
    });
    if !form.go_to.trim().is_empty() && serial(&form.go_to, points).is_none() {
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
