//! A class is found by typing a part of its name; Enter labels with it.

use egui::{Align, Color32, Context, Layout, Response, RichText, Sense, Ui, vec2};

use crate::ui::digit_keys::DigitKeys;
use crate::ui::intent::Intent;
use crate::ui::matching;
use crate::ui::sample_view::Class;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::{ROW, SWATCH, painted_button, swatch};
use crate::ui::widgets::type_ahead::{self, TypeAhead};

const LIST: TypeAhead = TypeAhead {
    id: "class search",
    name: "Class",
    hint: "Label: a part of the class's name",
    without: "No class has such a name.",
    below: "Enter labels. Alt and a digit put the class on that digit.",
};

/// Draws the search while it is open. `used`: classes by which labels were given last, the newest first.
pub fn show(
    ctx: &Context,
    classes: &[Class],
    used: &[u8],
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let put_on = ui_state.put_on_digit.take();
    let Some(mut query) = ui_state.class_search.take() else {
        return;
    };
    let names = (0..=u8::MAX).zip(classes.iter().map(|class| &class.name));
    let found = matching::classes(&query, names, used);
    let keys = &ui_state.digits;
    let typed = type_ahead::show(ctx, &LIST, &mut query, &found, |ui, class, current| {
        row(ui, classes, class, current, keys)
    });
    if let Some((class, digit)) = typed.current.zip(put_on) {
        ui_state.digits.put(class, digit);
        ctx.request_repaint();
    }
    match typed.picked {
        Some(class) => intents.push(Intent::Label(Some(class))),
        None if typed.stays => ui_state.class_search = Some(query),
        None => {}
    }
}

fn row(ui: &mut Ui, classes: &[Class], class: u8, current: bool, keys: &DigitKeys) -> Response {
    let Some(Class { name, color }) = classes.get(usize::from(class)) else {
        return ui.allocate_response(vec2(0.0, 0.0), Sense::hover());
    };
    let key = keys.digit(class).map_or(String::new(), |digit| digit.to_string());
    let spoken = match key.as_str() {
        "" => format!("Class {name}"),
        key => format!("Class {name}, key {key}"),
    };
    painted_button(ui, current, &spoken, |ui| {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(SWATCH - 4.0, ROW), Sense::hover());
            swatch(ui, rect, *color, None);
            let text = if current {
                Color32::WHITE
            } else {
                theme::look(ui).text
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(key).weak());
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(name).color(text)).truncate());
                });
            });
        });
    })
}
