//! Two states of the model side by side: a slider between them, the samples whose predicted class changed, and those that
//! moved farthest.

use std::cmp::Reverse;
use std::sync::Arc;

use egui::{
    Align, Button, ComboBox, Label, Layout, RichText, ScrollArea, Slider, Ui, WidgetInfo, WidgetType, vec2,
};

use super::runs::started;
use crate::ui::intent::{Intent, StateName};
use crate::ui::sample_view::{Class, SamplesView, class_name};
use crate::ui::ui_state::UiState;
use crate::ui::widgets::image_grid::{self, SIDE};
use crate::ui::widgets::section::sized_button;
use ssvae_core::evaluation::Change;
use ssvae_core::format::{grouped, percent};
use ssvae_core::training::record::RunRecord;

/// Classes in the table, at most.
const ROWS: usize = 10;
/// Width of a choice of a state, of a flip, and of a row of the table of classes.
const STATE: f32 = 168.0;
const FLIP: f32 = 104.0;
const TABLE: f32 = 170.0;
const LINE: f32 = 12.0;
/// Flips that are listed.
const FLIPS: usize = 24;

/// Two states of the model that are compared, the earlier one first.
#[derive(Clone, Debug, Default)]
pub struct ChangesView<'a> {
    /// What can be compared.
    pub states: Vec<StateName>,
    /// The runs on record, which some states are named after.
    pub runs: &'a [Arc<RunRecord>],
    /// The two states that are compared, the earlier one first.
    pub names: Option<&'a [StateName; 2]>,
    /// What is different; `None` while nothing is compared.
    pub change: Option<&'a Change>,
    /// The samples that moved farthest, with their ways as shares of the cloud's width.
    pub moves: &'a [(u32, f32)],
    /// How far the cloud stands between the two, in 0..=1.
    pub share: f32,
    /// Whether the states that were asked for are being read.
    pub loading: bool,
}

/// Draws all of it.
pub fn show(
    ui: &mut Ui,
    view: &ChangesView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    states(ui, view, intents);
    let Some(change) = view.change else {
        let text = if view.loading {
            "Reading the two states…"
        } else {
            "Nothing is compared. “Since the last run”, or the key C, shows what it changed; or choose two states above."
        };
        ui.add(Label::new(RichText::new(text).weak()).wrap());
        return;
    };
    ScrollArea::both()
        .id_salt("changes")
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = 16.0;
                flips(ui, change, samples.classes, intents);
                classes(ui, change, samples.classes);
                moves(ui, view.moves, samples, ui_state, intents);
            });
        });
}

/// The choice of the two states, and the slider between them.
fn states(ui: &mut Ui, view: &ChangesView, intents: &mut Vec<Intent>) {
    let names = view
        .names
        .cloned()
        .unwrap_or([StateName::BeforeRun, StateName::Now]);
    ui.horizontal(|ui| {
        choice(ui, view, (&names, 0), intents);
        let mut share = view.share;
        ui.spacing_mut().slider_width = (ui.available_width() - 2.0 * STATE - 80.0).clamp(60.0, 420.0);
        let slider = Slider::new(&mut share, 0.0..=1.0).show_value(false);
        let slider = ui.add_enabled(view.change.is_some(), slider);
        slider.widget_info(|| {
            WidgetInfo::slider(view.change.is_some(), f64::from(share), "Between the two states")
        });
        if slider
            .on_hover_text("Move the cloud from the earlier state to the later one.")
            .changed()
        {
            intents.push(Intent::Morph(share));
        }
        choice(ui, view, (&names, 1), intents);
        if view.change.is_some() {
            let end = ui
                .button("End")
                .on_hover_text("Back to the cloud of now. Key: C.");
            if end.clicked() {
                intents.push(Intent::EndComparison);
            }
        } else {
            let since = ui.button("Since the last run");
            if since
                .on_hover_text("What the last run changed. Key: C.")
                .clicked()
            {
                intents.push(Intent::ChangedSinceRun);
            }
        }
    });
}

/// The choice of the earlier or the later of the two states.
fn choice(
    ui: &mut Ui,
    view: &ChangesView,
    (names, place): (&[StateName; 2], usize),
    intents: &mut Vec<Intent>,
) {
    let name = ["From state", "To state"][place];
    let shown = describe(view.runs, &names[place]);
    let combo = ComboBox::from_id_salt(name)
        .selected_text(shown.clone())
        .width(STATE)
        .truncate()
        .show_ui(ui, |ui| {
            for other in &view.states {
                let words = describe(view.runs, other);
                if ui.selectable_label(*other == names[place], words).clicked() {
                    let mut names = names.clone();
                    names[place] = other.clone();
                    intents.push(Intent::CompareStates(names));
                }
            }
        });
    combo
        .response
        .widget_info(|| WidgetInfo::labeled(WidgetType::ComboBox, true, format!("{name}: {shown}")));
}

fn describe(runs: &[Arc<RunRecord>], name: &StateName) -> String {
    match name {
        StateName::Now => "Now".into(),
        StateName::BeforeRun => "Before the last run".into(),
        StateName::Epoch(epoch) => format!("After epoch {epoch}"),
        StateName::Run(id) => {
            let run = runs.iter().find(|run| run.id == *id);
            run.map_or_else(|| id.clone(), |run| format!("Run of {}", started(run)))
        }
    }
}

/// Which classes became which, the most frequent first; each leads to its samples.
fn flips(ui: &mut Ui, change: &Change, classes: &[Class], intents: &mut Vec<Intent>) {
    let flips = change.flips();
    let columns = 2.0;
    let width = columns * FLIP + (columns - 1.0) * 6.0;
    ui.allocate_ui_with_layout(
        vec2(width, ui.available_height()),
        Layout::top_down(Align::Min),
        |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(6.0, 3.0);
            let (count, of) = (change.count(), change.changed.len());
            let share = percent(count as f64 / of.max(1) as f64, 2);
            ui.horizontal(|ui| {
                ui.label(format!("{} of {} ({share})", grouped(count), grouped(of)))
                    .on_hover_text("Samples whose predicted class is another one.");
                let all = ui.add_enabled(count > 0, Button::new("Select").small());
                all.widget_info(|| {
                    WidgetInfo::labeled(WidgetType::Button, count > 0, "Select all that changed")
                });
                if all.on_hover_text("Select all samples that changed.").clicked() {
                    intents.push(Intent::ChooseChanged(None));
                }
            });
            for row in flips.chunks(columns as usize).take(FLIPS / columns as usize) {
                ui.horizontal(|ui| {
                    for &(before, after, count) in row {
                        let text = format!(
                            "{} to {}: {}",
                            class_name(classes, before),
                            class_name(classes, after),
                            grouped(count as usize)
                        );
                        let words = format!(
                            "Select the {} samples that were {} and are {} now",
                            grouped(count as usize),
                            class_name(classes, before),
                            class_name(classes, after)
                        );
                        let button = sized_button(ui, true, vec2(FLIP, 20.0), Button::new(text).truncate());
                        button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &words));
                        if button.on_hover_text(&words).clicked() {
                            intents.push(Intent::ChooseChanged(Some((before, after))));
                        }
                    }
                });
            }
            if flips.len() > FLIPS {
                let rest: u64 = flips[FLIPS..].iter().map(|flip| flip.2).sum();
                ui.weak(format!("and {} in other ways", grouped(rest as usize)));
            }
        },
    );
}

/// What each class gained and lost.
fn classes(ui: &mut Ui, change: &Change, classes: &[Class]) {
    ui.allocate_ui_with_layout(
        vec2(TABLE, ui.available_height()),
        Layout::top_down(Align::Min),
        |ui| {
            ui.set_width(TABLE);
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut row = |cells: [String; 3], weak: bool| {
                ui.allocate_ui_with_layout(vec2(TABLE, LINE), Layout::left_to_right(Align::Center), |ui| {
                    ui.set_height(LINE);
                    for (cell, width) in cells.into_iter().zip([70.0, 40.0, 40.0]) {
                        let mut text = RichText::new(cell).small();
                        if weak {
                            text = text.weak();
                        }
                        ui.allocate_ui_with_layout(
                            vec2(width, LINE),
                            Layout::left_to_right(Align::Center),
                            |ui| {
                                ui.set_min_width(width);
                                ui.add(Label::new(text).truncate());
                            },
                        );
                    }
                });
            };
            row(["Class", "Gained", "Lost"].map(str::to_owned), true);
            let mut told: Vec<(usize, (u64, u64))> = (0..change.classes())
                .map(|class| (class, change.gained_and_lost(class)))
                .collect();
            // Of many classes those that changed the most.
            if told.len() > ROWS {
                told.sort_by_key(|&(_, (gained, lost))| Reverse(gained + lost));
                told.truncate(ROWS);
            }
            for (class, (gained, lost)) in told {
                let cells = [
                    class_name(classes, class as u8).to_owned(),
                    format!("+{}", grouped(gained as usize)),
                    format!("−{}", grouped(lost as usize)),
                ];
                row(cells, false);
            }
        },
    );
}

/// The samples that moved farthest, in rows; each image leads to its sample.
fn moves(
    ui: &mut Ui,
    moves: &[(u32, f32)],
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let width = ui.available_width().max(200.0);
    ui.allocate_ui_with_layout(
        vec2(width, ui.available_height()),
        Layout::top_down(Align::Min),
        |ui| {
            ui.set_width(width);
            let Some(farthest) = moves.first() else {
                ui.weak("No sample has moved.");
                return;
            };
            ui.label(format!(
                "Moved farthest: up to {}",
                percent(f64::from(farthest.1), 0)
            ))
            .on_hover_text("Ways between the two states, as shares of the cloud\'s width.");
            let serials: Vec<u32> = moves.iter().map(|pair| pair.0).collect();
            let (columns, side) = image_grid::columns(ui, SIDE);
            for serials in serials.chunks(columns.max(1)).take(3) {
                let clicked =
                    image_grid::row(ui, samples, &mut ui_state.thumbnails, serials, (side, "Go to"));
                intents.extend(clicked.map(Intent::GoTo));
            }
        },
    );
}
