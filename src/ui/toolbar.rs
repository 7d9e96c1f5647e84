//! The toolbar along the top: what is done often, and ways to everything else. What has no room is in a menu at its end.

use egui::{Align, Button, Layout, TextStyle, Ui, WidgetInfo, WidgetType, vec2};

use super::commands;
use super::intent::{Intent, ProbeMode};
use super::preferences::SideName;
use super::ui_state::UiState;
use super::view_model::ViewModel;
use super::widgets::section::sized_button;
use crate::cloud::Ground;

/// Its height without margins.
pub const HEIGHT: f32 = 24.0;
const GAP: f32 = 4.0;
const MORE: &str = "More";

/// Something on the toolbar.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    /// A command of the table, by its name.
    Command(&'static str, &'static str),
    Theme,
    Probe(ProbeMode, &'static str, &'static str),
    Images,
    Side(SideName),
    Training,
}

use Item::{Images, Probe, Side, Theme, Training};

const LEFT: [Item; 7] = [
    Item::Command("Commands", "Commands"),
    Item::Command("Fit view", "Fit the whole cloud"),
    Probe(
        ProbeMode::Cursor,
        "Probe",
        "Show the image that the model has for the place under the cursor. Key: B.",
    ),
    Probe(
        ProbeMode::Line,
        "Line",
        "Show the model's images along the line from the selected point to the cursor. Key: L.",
    ),
    Probe(
        ProbeMode::Grid,
        "Grid",
        "Show the model's images on a grid over the view: the manifold. Key: M.",
    ),
    Images,
    Item::Command("Save view…", "Save the view as a picture…"),
];
/// From the right.
const RIGHT: [Item; 7] = [
    Item::Command("Help", "Help: all keys"),
    Theme,
    Item::Command("A+", "Larger text"),
    Item::Command("A−", "Smaller text"),
    Side(SideName::Right),
    Training,
    Side(SideName::Left),
];
/// The order in which items move into the menu.
const LEAVE: [Item; 9] = [
    RIGHT[3], RIGHT[2], LEFT[4], LEFT[3], LEFT[6], LEFT[5], LEFT[2], LEFT[1], Theme,
];

impl Item {
    fn text(self, ui_state: &UiState) -> &'static str {
        match self {
            Self::Command(text, _) | Probe(_, text, _) => text,
            Theme if ui_state.preferences.ground == Ground::Dark => "Light",
            Theme => "Dark",
            Images => "Images",
            Side(SideName::Left) => "Left",
            Side(SideName::Right) => "Right",
            Training => "Training",
        }
    }
}

fn width(ui: &Ui, text: &str) -> f32 {
    let font = TextStyle::Button.resolve(ui.style());
    let color = ui.visuals().text_color();
    let text = ui.painter().layout_no_wrap(text.to_owned(), font, color).size().x;
    (text + 2.0 * ui.spacing().button_padding.x + 2.0).ceil()
}

/// The items that have no room.
fn left_over(ui: &Ui, ui_state: &UiState) -> Vec<Item> {
    let all = LEFT.iter().chain(&RIGHT);
    let mut needed: f32 = all.map(|item| width(ui, item.text(ui_state)) + GAP).sum();
    let room = ui.available_width();
    if needed <= room {
        return Vec::new();
    }
    needed += width(ui, MORE) + GAP;
    let mut left = Vec::new();
    for item in LEAVE {
        if needed <= room {
            break;
        }
        needed -= width(ui, item.text(ui_state)) + GAP;
        left.push(item);
    }
    left
}

/// Draws the toolbar.
pub fn show(ui: &mut Ui, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let left_over = left_over(ui, ui_state);
        let here = |item: &&Item| !left_over.contains(item);
        for &item in LEFT.iter().filter(here) {
            draw(ui, item, (view, ui_state, intents));
        }
        if !left_over.is_empty() {
            let menu = ui.menu_button(MORE, |ui| {
                for &item in LEFT
                    .iter()
                    .chain(RIGHT.iter().rev())
                    .filter(|item| left_over.contains(item))
                {
                    draw(ui, item, (view, ui_state, intents));
                }
            });
            menu.response.on_hover_text("What this line has no room for.");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for &item in RIGHT.iter().filter(here) {
                draw(ui, item, (view, ui_state, intents));
            }
        });
    });
}

fn draw(ui: &mut Ui, item: Item, (view, ui_state, intents): (&ViewModel, &mut UiState, &mut Vec<Intent>)) {
    let text = item.text(ui_state);
    let ready = view.loading.is_none();
    match item {
        Item::Command(_, name) => {
            let enabled = ready || matches!(item, Item::Command("Commands" | "Help" | "A+" | "A−", _));
            command(ui, enabled, text, name, (view, ui_state, intents));
        }
        Theme => command(ui, true, text, "Dark or light", (view, ui_state, intents)),
        Probe(mode, name, help) => {
            if toggle(ui, view.canvas.probe.mode == mode, (name, name), help) && ready {
                intents.extend(commands::probe(&view.into(), mode));
            }
        }
        Images => {
            let help = "Draw the images themselves over points that have room for one: zoom in. Key: I.";
            if toggle(ui, ui_state.preferences.images, (text, text), help) {
                ui_state.preferences.images ^= true;
            }
        }
        Side(side) => {
            let (name, help) = match side {
                SideName::Left => ("Left panel", "Show or hide the left panel. Keys: Ctrl+[."),
                SideName::Right => ("Right panel", "Show or hide the right panel. Keys: Ctrl+]."),
            };
            if toggle(ui, ui_state.preferences.shows(side), (text, name), help) {
                ui_state.preferences.toggle(side);
            }
        }
        Training => {
            let help = "Show or hide the training panel. Keys: Ctrl+T.";
            if toggle(
                ui,
                ui_state.preferences.training_open,
                (text, "Training panel"),
                help,
            ) {
                ui_state.preferences.training_open ^= true;
            }
        }
    }
}

/// A button for a command of the table.
fn command(
    ui: &mut Ui,
    enabled: bool,
    text: &str,
    name: &str,
    (view, ui_state, intents): (&ViewModel, &mut UiState, &mut Vec<Intent>),
) {
    let Some(command) = commands::named(name) else {
        return;
    };
    let size = vec2(width(ui, text), HEIGHT);
    let response = sized_button(ui, enabled, size, Button::new(text));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, text));
    let help = if command.keys.is_empty() {
        command.name.to_owned()
    } else {
        format!("{}. Keys: {}.", command.name.trim_end_matches('…'), command.keys)
    };
    if response.on_hover_text(help).clicked() {
        command.run(&view.into(), ui_state, intents);
    }
}

fn toggle(ui: &mut Ui, on: bool, (text, name): (&str, &str), help: &str) -> bool {
    let button = Button::selectable(on, text)
        .frame_when_inactive(true)
        .min_size(vec2(0.0, HEIGHT));
    let response = ui.add(button);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, enabled, on, name));
    response.on_hover_text(help).clicked()
}
