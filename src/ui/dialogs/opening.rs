//! Opening another data folder, labels file or checkpoint: the choice, and the question before the window restarts.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Align, Color32, Context, Id, Key, Label, Layout, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use crate::ui::dialogs::closing::{AtClose, Buttons, answers};
use crate::ui::intent::{Close, Intent};
use crate::ui::opening::{Choice, EntryKind, FolderEntries, Opening, OpeningView, Row};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::section::{ROW, dialogue, fixed_label, painted_button};

const WIDTH: f32 = 560.0;
/// Rows in sight.
const ROWS: f32 = 12.0;

const OPEN: Buttons = Buttons {
    plain: "Open",
    stop: "Stop and open",
    save: "Save and open",
    lose: "Open without saving",
};

/// Asks whether `what` is to be opened, and what becomes of what would be lost; Enter and Escape answer too.
pub fn ask(ctx: &Context, what: Option<&str>, loses: Option<AtClose>, intents: &mut Vec<Intent>) {
    let Some(what) = what else { return };
    dialogue("Open?").show(ctx, |ui| {
        ui.set_max_width(420.0);
        ui.label(format!("The window restarts with {what}."));
        if let Some(loses) = loses {
            ui.label(loses.told());
        }
        ui.label("Labels are written first.");
        let given = answers(ui, loses, &OPEN);
        if given == Some(Close::Anyway) && loses == Some(AtClose::Training) {
            intents.push(Intent::Stop);
        }
        intents.extend(given.map(Intent::Open));
    });
}

/// Lets the user choose what is to be opened, while the dialogue is open.
pub fn show(ctx: &Context, view: &OpeningView, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let Some(opening) = &mut ui_state.opening else {
        return;
    };
    let field = Id::new("path to open");
    let rows = opening.rows(view);
    let for_list = ctx.memory(|memory| memory.focused().is_none_or(|focused| focused == field));
    let keys = if for_list { keys(ctx) } else { Keys::default() };
    if let Some(last) = rows.len().checked_sub(1) {
        let current = opening.current(view, &rows);
        if keys.down {
            opening.row = Some(current.map_or(0, |row| (row + 1).min(last)));
        } else if keys.up {
            opening.row = Some(current.unwrap_or(0).saturating_sub(1));
        }
    }
    let current = opening.current(view, &rows);
    let mut picked = keys
        .enter
        .then(|| opening.choice(view, current.and_then(|row| rows.get(row).copied())))
        .flatten();
    let mut open = true;
    dialogue("Open").open(&mut open).show(ctx, |ui| {
        ui.set_width(WIDTH);
        let label =
            ui.label("A data folder, a labels file or a checkpoint. It can also be dropped onto the window.");
        let before = opening.path.clone();
        let text = TextEdit::singleline(&mut opening.path)
            .id(field)
            .hint_text("Path, or a part of the name of what was opened before")
            .desired_width(WIDTH);
        let text = ui.add(text).labelled_by(label.id);
        if !opening.seen || ui.memory(|memory| memory.focused().is_none()) {
            text.request_focus();
            opening.seen = true;
        }
        if opening.path != before {
            opening.row = None;
        }
        if let Some(folder) = places(ui, opening, view) {
            picked = Some(Choice::Enter(folder));
        }
        ui.separator();
        if let Some(row) = list(ui, opening, view, &rows, (current, keys.up || keys.down)) {
            picked = opening.choice(view, Some(row));
        }
        ui.separator();
        ui.horizontal(|ui| {
            let listed = view.folder.filter(|listed| listed.folder == opening.folder());
            about(ui, listed);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Open").clicked() {
                    picked = opening.choice(view, current.and_then(|row| rows.get(row).copied()));
                }
            });
        });
    });
    match picked {
        Some(Choice::Enter(folder)) => {
            set_cursor(ctx, field, folder.chars().count());
            opening.path = folder;
            opening.row = None;
        }
        Some(Choice::Open(path)) => {
            intents.push(Intent::OpenPath(path));
            open = false;
        }
        Some(Choice::OpenRecent(place)) => {
            intents.push(Intent::OpenRecent(place));
            open = false;
        }
        None => {}
    }
    if open {
        if view.asked != Some(opening.folder()) {
            intents.push(Intent::ListFolder(opening.folder().to_owned()));
        }
    } else {
        ui_state.opening = None;
    }
}

/// Keys of the list that were pressed.
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    up: bool,
    down: bool,
    enter: bool,
}

fn keys(ctx: &Context) -> Keys {
    ctx.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        Keys {
            up: pressed(Key::ArrowUp),
            down: pressed(Key::ArrowDown),
            enter: pressed(Key::Enter),
        }
    })
}

fn set_cursor(ctx: &Context, field: Id, at: usize) {
    let mut state = TextEditState::load(ctx, field).unwrap_or_default();
    let range = CCursorRange::one(CCursor::new(at));
    state.cursor.set_char_range(Some(range));
    state.store(ctx, field);
}

/// Ways to other folders; returns the one that was clicked.
fn places(ui: &mut Ui, opening: &Opening, view: &OpeningView) -> Option<String> {
    let mut folder = None;
    ui.horizontal(|ui| {
        for (name, help, to) in [
            ("Up", "The folder above", opening.above()),
            ("Home", "Your own folder", "~/".to_owned()),
            (
                "Beside the data",
                "What lies beside the data folder",
                view.beside.clone(),
            ),
        ] {
            if ui.button(name).on_hover_text(help).clicked() {
                folder = Some(to);
            }
        }
    });
    folder
}

/// The rows in sight; returns the one that was clicked.
fn list(
    ui: &mut Ui,
    opening: &Opening,
    view: &OpeningView,
    rows: &[Row],
    (current, moved): (Option<usize>, bool),
) -> Option<Row> {
    let mut clicked = None;
    let height = ROW + 4.0;
    let mut area = ScrollArea::vertical()
        .id_salt("what can be opened")
        .max_height(ROWS * height)
        .min_scrolled_height(ROWS * height)
        .auto_shrink(false);
    if let Some(row) = current.filter(|_| moved) {
        // In the middle of the list.
        area = area.vertical_scroll_offset((row as f32 - (ROWS - 1.0) / 2.0).max(0.0) * height);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, height, rows.len().max(1), |ui, seen| {
        ui.spacing_mut().item_spacing.y = 0.0;
        if rows.is_empty() {
            ui.weak("Nothing of this name that can be opened.");
        }
        for place in seen {
            let Some(&row) = rows.get(place) else { continue };
            if entry(ui, opening, view, row, current == Some(place)) {
                clicked = Some(row);
            }
        }
    });
    clicked
}

fn entry(ui: &mut Ui, opening: &Opening, view: &OpeningView, row: Row, current: bool) -> bool {
    let (kind, name, detail) = match row {
        Row::Recent(place) => match view.recent.get(place) {
            Some(recent) => ("recent", recent.name.as_str(), recent.detail.as_str()),
            None => return false,
        },
        Row::Folder => ("this folder", opening.folder(), "as data"),
        Row::Entry(place) => match view.folder.and_then(|folder| folder.entries.get(place)) {
            Some(entry) => (kind(entry.kind), entry.name.as_str(), ""),
            None => return false,
        },
    };
    let spoken = match row {
        Row::Recent(_) => format!("Open again: {name}, {detail}"),
        Row::Folder => format!("Open this folder: {name}"),
        Row::Entry(_) => format!("{kind} {name}"),
    };
    let response = painted_button(ui, current, &spoken, |ui| {
        ui.horizontal(|ui| {
            let look = theme::look(ui);
            let (color, weak) = if current {
                (Color32::WHITE, Color32::WHITE)
            } else {
                (look.text, look.weak_text)
            };
            fixed_label(ui, 70.0, RichText::new(kind).color(weak).small());
            ui.label(RichText::new(name).color(color));
            if !detail.is_empty() {
                ui.add(Label::new(RichText::new(detail).color(weak)).truncate());
            }
        });
    });
    response.clicked()
}

fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Folder => "folder",
        EntryKind::Data => "data",
        EntryKind::Labels => "labels",
        EntryKind::Checkpoint => "checkpoint",
    }
}

fn about(ui: &mut Ui, listed: Option<&FolderEntries>) {
    match listed {
        None => ui.weak("Reading the folder…"),
        Some(FolderEntries {
            problem: Some(problem),
            ..
        }) => ui.colored_label(theme::look(ui).failure, problem),
        Some(FolderEntries { others: 1, .. }) => ui.weak("One other file is not shown."),
        Some(listed) if listed.others > 0 => ui.weak(format!(
            "{} other files are not shown.",
            ssvae_core::format::grouped(listed.others)
        )),
        Some(_) => ui.weak("Enter opens, or goes into a folder."),
    };
}
