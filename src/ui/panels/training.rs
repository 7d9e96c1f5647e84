//! Start, stop, progress, and below them settings, loss curves and messages.

use egui::text::LayoutJob;
use egui::{
    Align, Button, Color32, Layout, RichText, TextStyle, Ui, WidgetInfo, WidgetText, WidgetType, vec2,
};

use super::changes::{self, ChangesView};
use super::results::{self, ResultsView};
use super::runs::{self, RunsView};
use super::{curves, log, settings};
use crate::ui::intent::Intent;
use crate::ui::run_state::{RunProgress, RunState, epoch_of};
use crate::ui::sample_view::{NO_MODEL, SamplesView};
use crate::ui::theme;
use crate::ui::ui_state::{TrainingTab, UiState};
use crate::ui::widgets::progress_bar;
use crate::ui::widgets::section::lines;
use ssvae_core::format::duration;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::model::objective::Metric;

/// Height of the line with the buttons.
pub const HEADER: f32 = 28.0;
/// Below this width settings and curves share their place.
pub const NARROW: f32 = 620.0;
/// From this width of the right part on all four curves and the messages stand side by side.
const WIDE: f32 = 900.0;
const SETTINGS: f32 = 318.0;
/// Below this width not all buttons have room.
const TIGHT: f32 = 490.0;
/// Below this width the title is its arrow alone.
const TIGHTEST: f32 = 300.0;

/// The training run, and what the panel tells of it and of the ones before.
#[derive(Clone, Debug)]
pub struct TrainingView<'a> {
    pub run: RunState,
    /// Status messages, the oldest first; the last ten are shown.
    pub messages: &'a [String],
    /// Settings of the run that is on.
    pub settings: Option<&'a TrainingConfig>,
    pub runs: RunsView<'a>,
    pub results: ResultsView<'a>,
    pub changes: ChangesView<'a>,
}

/// Draws the training panel; `ready` is whether there is a model to train, and there will be none for vectors alone.
pub fn show(
    ui: &mut Ui,
    view: &TrainingView,
    samples: &SamplesView,
    ready: bool,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    header(ui, view, (ready, samples.vectors_alone), ui_state, intents);
    if !ui_state.preferences.training_open {
        return;
    }
    ui.add_space(2.0);
    // A wide tab takes the place of the settings where it cannot stand beside them.
    let wide = matches!(
        ui_state.tab,
        TrainingTab::Results | TrainingTab::Changes | TrainingTab::Runs
    );
    let alone = wide && ui.available_width() < SETTINGS + WIDE;
    if ui.available_width() < NARROW || alone {
        tabs(ui, view, samples, (ui_state, true), intents);
        return;
    }
    let size = ui.available_size();
    ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
        ui.allocate_ui_with_layout(vec2(SETTINGS, size.y), Layout::top_down(Align::Min), |ui| {
            ui.set_width(SETTINGS);
            settings::show(ui, ui_state, view.settings, intents);
        });
        ui.separator();
        ui.allocate_ui_with_layout(ui.available_size(), Layout::top_down(Align::Min), |ui| {
            if ui.available_width() >= WIDE {
                side_by_side(ui, view, samples, ui_state, intents);
            } else {
                tabs(ui, view, samples, (ui_state, false), intents);
            }
        });
    });
}

fn header(
    ui: &mut Ui,
    view: &TrainingView,
    (ready, vectors_alone): (bool, bool),
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    // Where there is no room, buttons that have a key are left out.
    let tight = ui.available_width() < TIGHT;
    let tightest = ui.available_width() < TIGHTEST;
    let narrow = |usual: f32| if tightest { 56.0 } else { usual };
    ui.horizontal(|ui| {
        let arrow = if ui_state.preferences.training_open {
            "⏷"
        } else {
            "⏵"
        };
        let title = if tightest {
            arrow.to_owned()
        } else {
            format!("{arrow} Training")
        };
        let title = RichText::new(title).size(theme::HEADING).strong();
        let fold = ui
            .add(Button::new(title).frame(false))
            .on_hover_text("Fold or unfold the training panel.");
        fold.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, format!("{arrow} Training")));
        if fold.clicked() {
            ui_state.preferences.training_open = !ui_state.preferences.training_open;
        }
        let idle = view.run == RunState::Idle;
        let (text, width) = if tight {
            ("Start", 54.0)
        } else {
            ("Start Training", 108.0)
        };
        let mut text = RichText::new(text);
        if ready && idle {
            text = text.color(Color32::WHITE);
        }
        let start = Button::new(text)
            .fill(theme::look(ui).accent)
            .min_size(vec2(width, 24.0));
        let start = ui.add_enabled(ready && idle, start);
        start.widget_info(|| WidgetInfo::labeled(WidgetType::Button, ready && idle, "Start Training"));
        let start = start
            .on_hover_text("Train with these settings, from the weights in memory.")
            .on_disabled_hover_text(if ready {
                "A run is on already."
            } else if vectors_alone {
                NO_MODEL
            } else {
                "There is no model yet."
            });
        if start.clicked() {
            intents.push(Intent::Start(ui_state.config.clone()));
        }
        let stopping = view.run == RunState::Stopping;
        let stop =
            Button::new(if stopping { "Stopping…" } else { "Stop" }).min_size(vec2(narrow(78.0), 24.0));
        let stop = ui
            .add_enabled(!idle && !stopping, stop)
            .on_hover_text("Stop after the current batch and keep what has been learned.")
            .on_disabled_hover_text(if stopping {
                "The current batch is finishing."
            } else {
                "No run is on."
            });
        if stop.clicked() {
            intents.push(Intent::Stop);
        }
        let held = matches!(view.run, RunState::Paused(_));
        let pause = Button::new(if held { "Resume" } else { "Pause" }).min_size(vec2(narrow(66.0), 24.0));
        let pause = ui
            .add_enabled(held || matches!(view.run, RunState::Running(_)), pause)
            .on_hover_text(if held {
                "Continue with the next batch."
            } else {
                "Pause the run after the current batch."
            })
            .on_disabled_hover_text("No run is on.");
        if pause.clicked() {
            intents.push(if held { Intent::Resume } else { Intent::Pause });
        }
        if tight {
            return;
        }
        let save = Button::new("Save checkpoint").min_size(vec2(118.0, 24.0));
        let save = ui
            .add_enabled(ready && idle, save)
            .on_hover_text("Write the model in memory to the checkpoint file.")
            .on_disabled_hover_text("After the run. A run saves its best epoch automatically.");
        if save.clicked() {
            intents.push(Intent::SaveCheckpoint);
        }
        if ui.available_width() >= 200.0 {
            progress(ui, view);
        }
    });
    if ui.available_width() < NARROW {
        ui.horizontal(|ui| progress(ui, view));
    }
}

fn progress(ui: &mut Ui, view: &TrainingView) {
    let (fraction, text) = match view.run {
        RunState::Idle => {
            let last = view.messages.last().map_or("No run yet", String::as_str);
            return status(ui, last);
        }
        RunState::Starting => (0.0, "Starting…".to_owned()),
        RunState::Stopping => (1.0, "Stopping after this batch…".to_owned()),
        RunState::Running(progress) => (progress.fraction(), describe(&progress)),
        RunState::Paused(progress) => {
            let RunProgress {
                before,
                epoch,
                epochs,
                ..
            } = progress;
            let epoch = epoch_of(before, epoch, epochs);
            (progress.fraction(), format!("Paused in {}", epoch.to_lowercase()))
        }
    };
    progress_bar::bar(ui, fraction, vec2(ui.available_width(), 22.0), &text);
}

/// In one line, or where it is too long in two smaller ones.
fn status(ui: &mut Ui, text: &str) {
    let width = WidgetText::from(text)
        .into_galley(ui, None, f32::INFINITY, TextStyle::Body)
        .size()
        .x;
    let font = if width <= ui.available_width() {
        TextStyle::Body
    } else {
        TextStyle::Small
    };
    let font = font.resolve(ui.style());
    let job = LayoutJob::simple(
        text.to_owned(),
        font,
        theme::look(ui).weak_text,
        ui.available_width(),
    );
    lines(ui, job, 2, HEADER - 2.0).on_hover_text(text);
}

/// For example `Epoch 3 of 5 · batch 120/211 · 0:12 left`.
pub fn describe(progress: &RunProgress) -> String {
    let RunProgress {
        before,
        epoch,
        epochs,
        batch,
        batches,
        eta_seconds,
    } = progress;
    let left = eta_seconds.map_or_else(
        || "time left: …".to_owned(),
        |eta| format!("{} left", duration(eta)),
    );
    let epoch = epoch_of(*before, *epoch, *epochs);
    format!("{epoch} · batch {batch}/{batches} · {left}")
}

fn tabs(
    ui: &mut Ui,
    view: &TrainingView,
    samples: &SamplesView,
    (ui_state, narrow): (&mut UiState, bool),
    intents: &mut Vec<Intent>,
) {
    let curves = Metric::ALL.map(|metric| (TrainingTab::Curve(metric), metric.label()));
    let mut options: Vec<(TrainingTab, &str)> = curves.into();
    options.push((TrainingTab::Results, "Results"));
    options.push((TrainingTab::Changes, "Changes"));
    options.push((TrainingTab::Log, "Messages"));
    options.push((TrainingTab::Runs, "Runs"));
    if narrow {
        options.insert(0, (TrainingTab::Settings, "Settings"));
    } else if ui_state.tab == TrainingTab::Settings {
        ui_state.tab = TrainingTab::Curve(Metric::Total);
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding.x = 4.0;
        ui.spacing_mut().item_spacing.x = 1.0;
        for (tab, name) in options {
            ui.selectable_value(&mut ui_state.tab, tab, name);
        }
    });
    match ui_state.tab {
        TrainingTab::Settings => settings::show(ui, ui_state, view.settings, intents),
        TrainingTab::Curve(metric) => {
            let shown = runs::curves(&view.runs, &ui_state.compared);
            curves::key(ui, &shown);
            curves::show(ui, metric, &shown, ui.available_size());
        }
        TrainingTab::Log => log::show(ui, view.messages),
        TrainingTab::Runs => runs::show(ui, &view.runs, ui_state, intents),
        TrainingTab::Results => results::show(
            ui,
            (&view.results, &view.runs),
            samples.classes,
            ui_state,
            intents,
        ),
        TrainingTab::Changes => changes::show(ui, &view.changes, samples, ui_state, intents),
    }
}

fn side_by_side(
    ui: &mut Ui,
    view: &TrainingView,
    samples: &SamplesView,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let messages = 280.0;
    let shown = runs::curves(&view.runs, &ui_state.compared);
    let gap = 14.0;
    let height = ui.available_height();
    let width = ((ui.available_width() - messages - 4.0 * gap) / 4.0).floor();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        let results = ui_state.tab == TrainingTab::Results;
        let changes = ui_state.tab == TrainingTab::Changes;
        if results || changes {
            let room = vec2(4.0 * width + 3.0 * gap, height);
            ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
                ui.set_width(room.x);
                ui.spacing_mut().item_spacing.x = 6.0;
                if results {
                    results::show(
                        ui,
                        (&view.results, &view.runs),
                        samples.classes,
                        ui_state,
                        intents,
                    );
                } else {
                    changes::show(ui, &view.changes, samples, ui_state, intents);
                }
            });
        }
        for metric in Metric::ALL.into_iter().filter(|_| !results && !changes) {
            ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.horizontal(|ui| {
                    ui.strong(metric.label());
                    if metric == Metric::Total {
                        curves::key(ui, &shown);
                    }
                });
                curves::show(ui, metric, &shown, ui.available_size());
            });
        }
        ui.allocate_ui_with_layout(vec2(messages, height), Layout::top_down(Align::Min), |ui| {
            ui.set_width(messages);
            let listed = ui_state.tab == TrainingTab::Runs;
            ui.horizontal(|ui| {
                ui.spacing_mut().button_padding.x = 6.0;
                for (tab, name, chosen) in [
                    (TrainingTab::Results, "Results", results),
                    (TrainingTab::Changes, "Changes", changes),
                    (TrainingTab::Log, "Messages", !listed && !results && !changes),
                    (TrainingTab::Runs, "Runs", listed),
                ] {
                    if ui.selectable_label(chosen, name).clicked() {
                        ui_state.tab = tab;
                    }
                }
            });
            if listed {
                runs::show(ui, &view.runs, ui_state, intents);
            } else {
                log::show(ui, view.messages);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_with_the_time_that_is_left() {
        assert_eq!(epoch_of(0, 3, 5), "Epoch 3 of 5");
        assert_eq!(epoch_of(20, 3, 5), "Epoch 23 (3 of 5)");
        let progress = RunProgress {
            before: 0,
            epoch: 3,
            epochs: 5,
            batch: 120,
            batches: 211,
            eta_seconds: Some(12.4),
        };
        assert_eq!(describe(&progress), "Epoch 3 of 5 · batch 120/211 · 0:12 left");
        let unknown = RunProgress {
            eta_seconds: None,
            ..progress
        };
        assert!(describe(&unknown).ends_with("· time left: …"));
    }
}
