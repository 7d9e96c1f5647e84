//! The label buttons, and what became of the last label.

use egui::text::LayoutJob;
use egui::{
    Align, Button, Color32, FontSelection, Layout, RichText, ScrollArea, Stroke, StrokeKind, Ui, WidgetInfo,
    WidgetType, vec2,
};

use crate::ui::digit_keys::DigitKeys;
use crate::ui::feedback::{FeedbackKind, FeedbackView};
use crate::ui::intent::Intent;
use crate::ui::sample_view::{Class, SamplesView};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::{heading, lines, rgb, sized_button, text_on};
use ssvae_core::format::{grouped, plural};

const COLUMNS: usize = 5;
/// Rows of buttons in sight; the rest is scrolled to.
const ROWS: f32 = 4.0;
const BUTTON_HEIGHT: f32 = 36.0;
/// Classes with a key of their own.
const DIGITS: usize = 10;
const NO_SELECTION: &str = "Select a point first: click one in the cloud.";

/// What is labelled, what can be undone, and what became of the last label.
#[derive(Clone, Debug, Default)]
pub struct LabellingView<'a> {
    /// Number of chosen samples; with none the selected one is labelled.
    pub chosen: usize,
    pub history: HistoryView,
    /// Classes by which labels were given last, the newest first, each once.
    pub used: Vec<u8>,
    pub feedback: Option<FeedbackView<'a>>,
}

/// What the next undo takes back, in words, and whether there is anything to redo.
#[derive(Clone, Debug, Default)]
pub struct HistoryView {
    /// What the next undo takes back; `None` where there is nothing.
    pub undo: Option<String>,
    /// Whether there is something to redo.
    pub redo: bool,
}

/// Draws the label buttons for the chosen samples, or else the selected one.
pub fn show(
    ui: &mut Ui,
    view: &LabellingView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let (sample, classes, chosen) = (samples.selected.as_ref(), samples.classes, view.chosen);
    let title = match chosen {
        0 => "Label it".to_owned(),
        count => format!("Label {} {}", grouped(count), plural(count, "point")),
    };
    if classes.len() <= DIGITS {
        heading(ui, &title);
    } else {
        ui.horizontal(|ui| {
            heading(ui, &title);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let search = ui.add(Button::new("By name…").small());
                if search
                    .on_hover_text("Find a class by a part of its name. Key: /")
                    .clicked()
                {
                    ui_state.class_search = Some(String::new());
                }
            });
        });
    }
    let order = order(classes.len(), &ui_state.digits);
    let keys = &mut ui_state.digits;
    let current = sample
        .and_then(|sample| sample.user_label)
        .filter(|_| chosen == 0);
    let enabled = sample.is_some() || chosen > 0;
    let gap = 6.0;
    let buttons = |ui: &mut Ui| {
        let width = ((ui.available_width() - gap * (COLUMNS - 1) as f32) / COLUMNS as f32).floor();
        ui.spacing_mut().item_spacing = vec2(gap, gap);
        for row in order.chunks(COLUMNS) {
            ui.horizontal(|ui| {
                for &label in row {
                    if let Some(class) = classes.get(usize::from(label)) {
                        let current = current == Some(label);
                        button(ui, width, (label, class), (enabled, current), keys, intents);
                    }
                }
            });
        }
    };
    if classes.len() <= DIGITS {
        ui.scope(buttons);
    } else {
        let room = ScrollArea::vertical().id_salt("labels");
        room.max_height(ROWS * (BUTTON_HEIGHT + gap)).show(ui, buttons);
    }
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
            intents.push(Intent::Label(None));
        }
        let undo = sized_button(
            ui,
            view.history.undo.is_some(),
            vec2(narrow, 26.0),
            Button::new("Undo"),
        );
        let what = view.history.undo.as_deref().unwrap_or_default();
        if undo
            .on_hover_text(format!("Undo: {what}. Key: Ctrl+Z."))
            .on_disabled_hover_text("Nothing to undo.")
            .clicked()
        {
            intents.push(Intent::Undo);
        }
        let redo = sized_button(ui, view.history.redo, vec2(narrow, 26.0), Button::new("Redo"));
        if redo
            .on_hover_text("Redo what was undone last. Key: Ctrl+Shift+Z.")
            .on_disabled_hover_text("Nothing to redo.")
            .clicked()
        {
            intents.push(Intent::Redo);
        }
    });
    feedback_line(ui, view.feedback);
}

/// The classes as their buttons stand: those on digits first, in the order of the digits.
fn order(count: usize, keys: &DigitKeys) -> Vec<u8> {
    let there = |class: &u8| usize::from(*class) < count;
    let on_digits = (0..DIGITS as u8).map(|digit| keys.class(digit)).filter(there);
    let others = (0..=u8::MAX)
        .filter(there)
        .filter(|class| keys.digit(*class).is_none());
    on_digits.chain(others).collect()
}

fn button(
    ui: &mut Ui,
    width: f32,
    (label, class): (u8, &Class),
    (enabled, current): (bool, bool),
    keys: &mut DigitKeys,
    intents: &mut Vec<Intent>,
) {
    let digit = keys.digit(label);
    let text = match digit {
        Some(digit) if class.name == digit.to_string() => RichText::new(&class.name).size(16.0),
        // A number beside the digit would be taken for it.
        Some(digit) if class.name.parse::<u8>().is_ok() => {
            RichText::new(format!("{digit}: {}", class.name)).size(12.0)
        }
        Some(digit) => RichText::new(format!("{digit} {}", class.name)).size(12.0),
        None => RichText::new(&class.name).size(12.0),
    };
    let text = text.strong().color(text_on(class.color));
    let stroke = if current {
        Stroke::new(2.0, Color32::WHITE)
    } else {
        Stroke::NONE
    };
    let button = Button::new(text).fill(rgb(class.color)).stroke(stroke).truncate();
    let response = sized_button(ui, enabled, vec2(width, BUTTON_HEIGHT), button);
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
    let help = match digit {
        Some(digit) => format!("Label it {}. Key: {digit}.", class.name),
        None => format!("Label it {}. Keys: / and a part of the name.", class.name),
    };
    response.context_menu(|ui| {
        for digit in 0..DIGITS as u8 {
            if ui.button(format!("Put it on digit {digit}")).clicked() {
                keys.put(label, digit);
                ui.close();
            }
        }
    });
    let response = response.on_hover_text(help).on_disabled_hover_text(NO_SELECTION);
    if response.clicked() {
        intents.push(Intent::Label(Some(label)));
    }
}

/// Always two lines high.
fn feedback_line(ui: &mut Ui, feedback: Option<FeedbackView>) {
    let mut job = LayoutJob::default();
    if let Some(FeedbackView { text, kind }) = feedback {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_on_digits_stand_first_in_the_order_of_the_digits() {
        let mut keys = DigitKeys::default();
        assert_eq!(order(12, &keys), Vec::from_iter(0..12));
        assert_eq!(order(3, &keys), [0, 1, 2]);
        keys.put(11, 2);
        assert_eq!(order(12, &keys), [0, 1, 11, 3, 4, 5, 6, 7, 8, 9, 2, 10]);
    }
}
