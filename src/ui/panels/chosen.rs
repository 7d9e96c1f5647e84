//! The selected points as images, to take the wrong ones out before all are labelled with one key.

use egui::{
    Align2, Button, Color32, CornerRadius, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextStyle,
    Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::ui::intent::{ExportKind, Intent};
use crate::ui::sample_view::SamplesView;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::equal_width;
use crate::ui::widgets::image_grid::{self, SIDE};
use crate::ui::widgets::section::{heading, rgb, sized_button, text_on};
use ssvae_core::format::{grouped, plural};

/// Height of the grid.
const GRID: f32 = 212.0;
/// How much of an image that was taken out is hidden.
const FADED: f32 = 0.75;

/// The chosen points.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChosenView<'a> {
    /// By rising serial.
    pub serials: &'a [u32],
    /// Those that were chosen at once, with those that were taken out since, the oddest first.
    pub images: &'a [u32],
}

/// Draws the grid and what can be done with all of them.
pub fn show(
    ui: &mut Ui,
    view: &ChosenView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let chosen = view.serials.len();
    heading(
        ui,
        &format!("{} {} selected", grouped(chosen), plural(chosen, "point")),
    );
    ui.label(
        RichText::new("Click images to take them out, the oddest first. A digit labels the rest.").weak(),
    );
    ScrollArea::vertical()
        .id_salt("chosen")
        .max_height(GRID)
        .min_scrolled_height(GRID)
        .auto_shrink(false)
        .show_viewport(ui, |ui, sight| {
            grid(ui, (sight, SIDE), view, samples, (ui_state, intents));
        });
    ui.horizontal(|ui| {
        let width = equal_width(ui, 2);
        let size = vec2(width, 24.0);
        let enlarge = sized_button(ui, true, size, Button::new("Enlarge"));
        if enlarge
            .on_hover_text("All of these images over the whole window. Key: E.")
            .clicked()
        {
            ui_state.image_grid.open = true;
        }
        let clear = sized_button(ui, true, size, Button::new("Clear selection"));
        if clear.on_hover_text("Select nothing. Key: Escape.").clicked() {
            intents.push(Intent::ClearSelection);
        }
    });
    ui.horizontal(|ui| {
        let width = equal_width(ui, 2);
        for (name, help, kind) in [
            (
                "Save as CSV",
                "Write index, labels, prediction, certainty and latent of the selected points to artifacts/exports.",
                ExportKind::Csv,
            ),
            (
                "Save images",
                "Write the images of the selected points as one contact sheet (PNG) to artifacts/exports.",
                ExportKind::ContactSheet,
            ),
        ] {
            let button = sized_button(ui, true, vec2(width, 24.0), Button::new(name));
            if button.on_hover_text(help).clicked() {
                intents.push(Intent::Export(kind));
            }
        }
    });
}

/// Draws the images that are within `sight`, of about this side, a texture for each row. A click takes one
/// out or puts it back, with Shift all from the one that was clicked before.
pub fn grid(
    ui: &mut Ui,
    (sight, side): (Rect, f32),
    view: &ChosenView,
    samples: &SamplesView,
    (ui_state, intents): (&mut UiState, &mut Vec<Intent>),
) {
    let (columns, side) = image_grid::columns(ui, side);
    let step = vec2(
        side + image_grid::GAP,
        image_grid::row_height(side) + image_grid::GAP,
    );
    let all = view.images;
    let rows = all.len().div_ceil(columns);
    let size = vec2(ui.available_width(), rows as f32 * step.y);
    ui.set_min_size(size);
    let corner = ui.max_rect().min;
    let keys = ui_state.image_grid.open;
    if keys {
        ui_state.image_grid.columns = columns;
        ui_state.image_grid.count = all.len();
        ui_state.image_grid.at = ui_state.image_grid.at.min(all.len().saturating_sub(1));
    }
    let first = ((sight.min.y / step.y).floor().max(0.0) as usize).min(rows);
    let last = ((sight.max.y / step.y).ceil().max(0.0) as usize).min(rows);
    for row in first..last {
        let serials = &all[row * columns..((row + 1) * columns).min(all.len())];
        let strip = ui_state.thumbnails.strip(ui.ctx(), serials, &|serial| {
            (samples.lookup)(serial).and_then(|sample| sample.image)
        });
        for (column, &serial) in serials.iter().enumerate() {
            let place = row * columns + column;
            let at = corner + vec2(column as f32 * step.x, row as f32 * step.y);
            let rect = Rect::from_min_size(at, vec2(side, image_grid::row_height(side)));
            let uv = |x: usize| x as f32 / serials.len() as f32;
            let uv = Rect::from_min_max(pos2(uv(column), 0.0), pos2(uv(column + 1), 1.0));
            let current = keys && place == ui_state.image_grid.at;
            if image(ui, (rect, strip, uv), serial, current, (view, samples)) {
                let ranged = ui.input(|input| input.modifiers.shift);
                let from = if ranged {
                    ui_state.image_grid.anchor.min(all.len() - 1)
                } else {
                    place
                };
                let range = &all[from.min(place)..=from.max(place)];
                intents.push(turned(view, serial, range));
                ui_state.image_grid.anchor = place;
                ui_state.image_grid.at = place;
            }
        }
    }
    if keys {
        if std::mem::take(&mut ui_state.image_grid.moved) {
            let at = corner + vec2(0.0, (ui_state.image_grid.at / columns) as f32 * step.y);
            ui.scroll_to_rect(Rect::from_min_size(at, vec2(1.0, step.y)), None);
        }
        let serial = all.get(ui_state.image_grid.at).copied();
        if let (true, Some(serial)) = (std::mem::take(&mut ui_state.image_grid.toggle), serial) {
            intents.push(turned(view, serial, &[serial]));
            ui_state.image_grid.anchor = ui_state.image_grid.at;
        }
    }
}

/// Takes all of a range out where `serial` is selected, and puts them back where it is not.
fn turned(view: &ChosenView, serial: u32, range: &[u32]) -> Intent {
    match is_chosen(view, serial) {
        true => Intent::TakeOut(range.to_vec()),
        false => Intent::PutBack(range.to_vec()),
    }
}

fn is_chosen(view: &ChosenView, serial: u32) -> bool {
    view.serials.binary_search(&serial).is_ok()
}

/// Draws one image, and returns whether it was clicked.
fn image(
    ui: &mut Ui,
    (rect, strip, uv): (Rect, egui::TextureId, Rect),
    serial: u32,
    current: bool,
    (view, samples): (&ChosenView, &SamplesView),
) -> bool {
    let id = ui.id().with(("selected", serial));
    let response = ui.interact(rect, id, Sense::click());
    let Some(sample) = (samples.lookup)(serial) else {
        return false;
    };
    let (enabled, chosen) = (ui.is_enabled(), is_chosen(view, serial));
    let name = image_grid::describe(&sample, samples.classes);
    let act = if chosen { "Take out" } else { "Put back" };
    response.widget_info(|| {
        WidgetInfo::selected(
            WidgetType::Checkbox,
            enabled,
            chosen,
            format!("{act} {serial}: {name}"),
        )
    });
    let picture = Rect::from_min_size(rect.min, vec2(rect.width(), rect.width()));
    let painter = ui.painter();
    painter.image(strip, picture, uv, Color32::WHITE);
    let look = theme::look(ui);
    let class = sample.user_label.or(sample.prediction.map(|it| it.class));
    if let Some(class) = class.and_then(|class| samples.classes.get(usize::from(class))) {
        let label = Rect::from_min_max(picture.left_bottom(), rect.max);
        let font = TextStyle::Small.resolve(ui.style());
        let (text, color) = match sample.user_label {
            Some(_) => {
                painter.rect_filled(label, CornerRadius::same(2), rgb(class.color));
                (class.name.clone(), text_on(class.color))
            }
            None => (format!("{}?", class.name), look.weak_text),
        };
        painter.with_clip_rect(label.intersect(ui.clip_rect())).text(
            label.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            color,
        );
    }
    if !chosen {
        painter.rect_filled(rect, CornerRadius::same(2), look.panel.gamma_multiply(FADED));
    }
    if current || response.hovered() || response.has_focus() {
        let line = Stroke::new(2.0, look.strong_text);
        painter.rect_stroke(rect, CornerRadius::same(3), line, StrokeKind::Inside);
    }
    response
        .on_hover_text(format!("{name}\nClick: {}.", act.to_lowercase()))
        .clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_taken_out_from_a_chosen_image_and_put_back_from_another() {
        let view = ChosenView {
            serials: &[2, 5, 9],
            images: &[9, 5, 2, 7],
        };
        assert_eq!(turned(&view, 5, &[9, 5]), Intent::TakeOut(vec![9, 5]));
        assert_eq!(turned(&view, 7, &[2, 7]), Intent::PutBack(vec![2, 7]));
    }
}
