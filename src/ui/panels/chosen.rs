//! The selected points as images, to take the wrong ones out before all are labelled with one key.

use egui::{
    Align2, Button, Color32, CornerRadius, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextStyle,
    Ui, WidgetInfo, WidgetType, pos2, vec2,
};

use crate::ui::intent::{ExportKind, Intent};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::view_model::ViewModel;
use crate::ui::widgets::image_grid;
use crate::ui::widgets::section::{heading, rgb, sized_button, text_on};
use ssvae_core::format::{grouped, plural};

const SIDE: f32 = 42.0;
/// Height of the grid.
const GRID: f32 = 212.0;
/// How much of an image that was taken out is hidden.
const FADED: f32 = 0.75;

/// Draws the grid and what can be done with all of them.
pub fn show(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    let chosen = state.chosen.len();
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
            grid(ui, sight, SIDE, (state, form, commands));
        });
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - ui.spacing().item_spacing.x) / 2.0).floor();
        let size = vec2(width, 24.0);
        let enlarge = sized_button(ui, true, size, Button::new("Enlarge"));
        if enlarge
            .on_hover_text("All of these images over the whole window. Key: E.")
            .clicked()
        {
            form.gallery.open = true;
        }
        let clear = sized_button(ui, true, size, Button::new("Clear selection"));
        if clear.on_hover_text("Select nothing. Key: Escape.").clicked() {
            commands.push(Intent::ClearSelection);
        }
    });
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - ui.spacing().item_spacing.x) / 2.0).floor();
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
                commands.push(Intent::Export(kind));
            }
        }
    });
}

/// Draws the images of the gallery that are within `sight`, of about this side, a texture for each row. A click takes one
/// out or puts it back, with Shift all from the one that was clicked before.
pub fn grid(
    ui: &mut Ui,
    sight: Rect,
    side: f32,
    (state, form, commands): (&ViewModel, &mut UiState, &mut Vec<Intent>),
) {
    let (columns, side) = image_grid::columns(ui, side);
    let step = vec2(
        side + image_grid::GAP,
        image_grid::row_height(side) + image_grid::GAP,
    );
    let all = state.gallery;
    let rows = all.len().div_ceil(columns);
    let size = vec2(ui.available_width(), rows as f32 * step.y);
    ui.set_min_size(size);
    let corner = ui.max_rect().min;
    let keys = form.gallery.open;
    if keys {
        form.gallery.columns = columns;
        form.gallery.count = all.len();
        form.gallery.at = form.gallery.at.min(all.len().saturating_sub(1));
    }
    let first = ((sight.min.y / step.y).floor().max(0.0) as usize).min(rows);
    let last = ((sight.max.y / step.y).ceil().max(0.0) as usize).min(rows);
    for row in first..last {
        let serials = &all[row * columns..((row + 1) * columns).min(all.len())];
        let strip = form.thumbnails.strip(ui.ctx(), serials, state.lookup);
        for (column, &serial) in serials.iter().enumerate() {
            let place = row * columns + column;
            let at = corner + vec2(column as f32 * step.x, row as f32 * step.y);
            let rect = Rect::from_min_size(at, vec2(side, image_grid::row_height(side)));
            let uv = |x: usize| x as f32 / serials.len() as f32;
            let uv = Rect::from_min_max(pos2(uv(column), 0.0), pos2(uv(column + 1), 1.0));
            let current = keys && place == form.gallery.at;
            if image(ui, (rect, strip, uv), serial, current, state) {
                let ranged = ui.input(|input| input.modifiers.shift);
                let from = if ranged {
                    form.gallery.anchor.min(all.len() - 1)
                } else {
                    place
                };
                let range = &all[from.min(place)..=from.max(place)];
                commands.push(turned(state, serial, range));
                form.gallery.anchor = place;
                form.gallery.at = place;
            }
        }
    }
    if keys {
        if std::mem::take(&mut form.gallery.moved) {
            let at = corner + vec2(0.0, (form.gallery.at / columns) as f32 * step.y);
            ui.scroll_to_rect(Rect::from_min_size(at, vec2(1.0, step.y)), None);
        }
        let serial = all.get(form.gallery.at).copied();
        if let (true, Some(serial)) = (std::mem::take(&mut form.gallery.toggle), serial) {
            commands.push(turned(state, serial, &[serial]));
            form.gallery.anchor = form.gallery.at;
        }
    }
}

/// Takes all of a range out where `serial` is selected, and puts them back where it is not.
fn turned(state: &ViewModel, serial: u32, range: &[u32]) -> Intent {
    match is_chosen(state, serial) {
        true => Intent::TakeOut(range.to_vec()),
        false => Intent::PutBack(range.to_vec()),
    }
}

fn is_chosen(state: &ViewModel, serial: u32) -> bool {
    state.chosen.binary_search(&serial).is_ok()
}

/// Draws one image, and returns whether it was clicked.
fn image(
    ui: &mut Ui,
    (rect, strip, uv): (Rect, egui::TextureId, Rect),
    serial: u32,
    current: bool,
    state: &ViewModel,
) -> bool {
    let id = ui.id().with(("selected", serial));
    let response = ui.interact(rect, id, Sense::click());
    let Some(sample) = (state.lookup)(serial) else {
        return false;
    };
    let (enabled, chosen) = (ui.is_enabled(), is_chosen(state, serial));
    let name = image_grid::describe(&sample, state.classes);
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
    if let Some(class) = class.and_then(|class| state.classes.get(usize::from(class))) {
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
