//! The runs on record: which there were, how they ended, and the choice of those whose curves are laid over each other.

use std::sync::Arc;

use egui::{
    Button, DragValue, Label, Rect, RichText, ScrollArea, TextWrapMode, Ui, Widget, WidgetInfo, WidgetType,
    vec2,
};
use jiff::tz::TimeZone;

use super::curves::{self, Curve};
use super::share;
use crate::ui::intent::{Intent, StateName};
use crate::ui::preferences::Preferences;
use crate::ui::run_state::RunState;
use crate::ui::theme;
use crate::ui::ui_state::{TrainingTab, UiState};
use crate::ui::widgets::section::ROW;
use ssvae_core::format::{duration, plural};
use ssvae_core::training::message::{EpochMetrics, RunStatus};
use ssvae_core::training::record::{RunRecord, Stored};

/// Runs that can be laid over each other.
const TOGETHER: usize = 2;

/// The runs on record, and the run that is on.
#[derive(Clone, Copy, Debug)]
pub struct RunsView<'a> {
    /// The oldest first; the last one is the one that is on.
    pub records: &'a [Arc<RunRecord>],
    /// Which of their clouds and weights are on the disk.
    pub stored: &'a Stored,
    /// Epochs of the model in memory through all its runs, in order; `epoch` starts at 1 again with each run.
    pub history: &'a [EpochMetrics],
    pub state: RunState,
}

/// Those of the compared runs that are on record.
pub fn compared<'a>(view: &RunsView<'a>, compared: &[String]) -> impl Iterator<Item = &'a RunRecord> {
    let runs = view.records;
    let found = compared
        .iter()
        .filter_map(|id| runs.iter().find(|run| run.id == *id));
    found.map(|run| &**run)
}

/// The curves to draw: those of the compared runs, or the session's where there are none.
pub fn curves<'a>(view: &RunsView<'a>, compared: &[String]) -> Vec<Curve<'a>> {
    let chosen: Vec<Curve> = self::compared(view, compared)
        .enumerate()
        .map(|(number, run)| Curve {
            run: Some(started(run)),
            history: &run.epochs,
            dashed: number > 0,
        })
        .collect();
    if chosen.is_empty() {
        vec![Curve {
            run: None,
            history: view.history,
            dashed: false,
        }]
    } else {
        chosen
    }
}

/// Draws the list, the newest first. A click takes a run's curves in or out.
pub fn show(ui: &mut Ui, view: &RunsView, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        if ui_state.compared.is_empty() {
            let note = match view.records.is_empty() {
                true => "No run is on record yet. Press Start Training.",
                false => "Click a run to see its curves, a second one to compare.",
            };
            ui.add(Label::new(RichText::new(note).small().weak()).truncate());
        } else {
            chosen(ui, view, ui_state, intents);
        }
    });
    storage(ui, view.stored, &mut ui_state.preferences);
    let compared = &mut ui_state.compared;
    ScrollArea::vertical()
        .id_salt("runs")
        .auto_shrink(false)
        .show_rows(ui, ROW, view.records.len(), |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (row, run) in view
                .records
                .iter()
                .rev()
                .enumerate()
                .take(rows.end)
                .skip(rows.start)
            {
                let on = row == 0 && view.state != RunState::Idle && run.outcome.is_none();
                entry(ui, run, on, compared);
            }
        });
}

/// What can be done with the runs whose curves are shown.
fn chosen(ui: &mut Ui, view: &RunsView, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui.spacing_mut().button_padding.x = 4.0;
    let names = ui_state.compared.clone();
    let kept = names.iter().all(|id| view.stored.clouds.contains(id));
    let states = match names.as_slice() {
        [run] => [StateName::Run(run.clone()), StateName::Now],
        // The earlier one first: names are times.
        [one, other, ..] => [one.min(other), one.max(other)].map(|id| StateName::Run(id.clone())),
        [] => return,
    };
    let changes = ui.add_enabled(kept, Button::new("Changes").small());
    changes.widget_info(|| WidgetInfo::labeled(WidgetType::Button, kept, "Compare the clouds"));
    if changes
        .on_hover_text("Compare the clouds: that of the run with the one of now, or those of both runs.")
        .on_disabled_hover_text("The run's cloud is not kept.")
        .clicked()
    {
        intents.push(Intent::CompareStates(states));
        ui_state.tab = TrainingTab::Changes;
    }
    if let [run] = names.as_slice() {
        let weights = view.stored.weights.contains(run);
        let enabled = view.state == RunState::Idle && (weights || kept);
        let help = if weights {
            "Take the weights at the run's end into memory, and give the samples the labels that the run had. Undo takes the \
             labels back."
        } else {
            "Give the samples the labels that the run had; its weights are not kept. Undo takes the labels back."
        };
        let back = ui.add_enabled(enabled, Button::new("Bring back").small());
        if back
            .on_hover_text(help)
            .on_disabled_hover_text("Nothing is kept of the run but its record, or a run is on.")
            .clicked()
        {
            intents.push(Intent::BringBack(run.clone()));
        }
    }
    let close = ui.small_button("Close");
    close.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Back to the model in memory"));
    if close
        .on_hover_text("Show the curves of the model in memory again.")
        .clicked()
    {
        ui_state.compared.clear();
    }
}

/// What the clouds and weights of runs take on the disk, and how much they may.
fn storage(ui: &mut Ui, stored: &Stored, preferences: &mut Preferences) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let taken = format!("Clouds, weights: {:.0} MB of", stored.bytes as f64 / 1e6);
        let name = ui.label(RichText::new(taken).small().weak());
        let limit = DragValue::new(&mut preferences.keep_runs_mb).range(0..=1_000_000).suffix(" MB");
        ui.add(limit).labelled_by(name.id).on_hover_text(
            "What may be kept of all runs beside their records. At the end of a run weights and then clouds are deleted beyond it, the \
             oldest first.",
        );
    });
}

fn entry(ui: &mut Ui, run: &RunRecord, on: bool, compared: &mut Vec<String>) {
    let place = compared.iter().position(|id| *id == run.id);
    let name = describe(run, on);
    // Room for the sample of its line.
    let text = RichText::new(format!("          {name}")).size(12.5);
    let button = Button::selectable(place.is_some(), text)
        .wrap_mode(TextWrapMode::Truncate)
        .min_size(vec2(ui.available_width(), ROW));
    let response = button.ui(ui);
    if let Some(place) = place {
        let at = Rect::from_min_size(response.rect.min + vec2(10.0, 0.0), vec2(20.0, ROW));
        curves::sample(ui.painter(), at, theme::look(ui).strong_text, place > 0);
    }
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, place.is_some(), &name));
    let response = response.on_hover_ui(|ui| {
        Label::new(details(run, on))
            .wrap_mode(TextWrapMode::Extend)
            .ui(ui);
    });
    if response.clicked() {
        match place {
            Some(place) => {
                compared.remove(place);
            }
            None => {
                if compared.len() == TOGETHER {
                    compared.remove(0);
                }
                compared.push(run.id.clone());
            }
        }
    }
}

/// For example `25 Nov 15:02`, in the local time.
pub fn started(run: &RunRecord) -> String {
    let started = run.started.to_zoned_datetime(TimeZone::system());
    started.strftime("%-d %b %H:%M").to_string()
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {}", plural(count, what))
}

/// For example `25 Nov 15:02 · latent 2 · 442 labels · 30 epochs · test 95.92 % (95.5 to 96.3) · 0:42`.
fn describe(run: &RunRecord, on: bool) -> String {
    let mut parts = vec![
        started(run),
        format!("latent {}", run.architecture.latent_dim),
        counted(run.labels.count, "label"),
        counted(run.epochs.len(), "epoch"),
    ];
    let tested = run.test.as_ref().filter(|tested| tested.samples() > 0);
    parts.extend(tested.map(|tested| format!("test {}", share::accuracy(tested))));
    let seconds: f64 = run.epochs.iter().map(|row| row.seconds).sum();
    parts.push(duration(seconds));
    let end = end(run, on);
    if end != "completed" {
        parts.push(end.to_owned());
    }
    parts.join(" · ")
}

fn end(run: &RunRecord, on: bool) -> &'static str {
    match run.outcome.as_ref().map(|outcome| outcome.status) {
        None if on => "running",
        None => "interrupted",
        Some(RunStatus::Completed) => "completed",
        Some(RunStatus::Stopped) => "stopped",
        Some(RunStatus::EarlyStopped) => "stopped early",
        Some(RunStatus::Failed) => "failed",
    }
}

fn details(run: &RunRecord, on: bool) -> String {
    let config = &run.config;
    let mut lines = vec![
        format!("{}.json: {}", run.id, end(run, on)),
        format!("{}, {}", run.backend, super::model::summary(&run.architecture)),
        format!(
            "learning rate {}, weights {} / {} / {}, batch {}, seed {}",
            config.learning_rate,
            config.recon_weight,
            config.kl_weight,
            config.label_weight,
            config.batch_size,
            config.seed
        ),
        format!(
            "{}, sha256 {:.12}…",
            counted(run.labels.count, "label"),
            run.labels.sha256
        ),
        format!("began at step {}", run.first_step),
    ];
    if !run.adjustments.is_empty() {
        lines.push(format!("settings changed {} times", run.adjustments.len()));
    }
    if let (Some(best), Some(last)) = (run.best_epoch(), run.epochs.last()) {
        lines.push(format!(
            "best epoch {best}; at the end train {:.4}, val {:.4}",
            last.train.total, last.validation.total
        ));
    }
    lines.extend(run.outcome.iter().map(|outcome| outcome.message.clone()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::ui::fixture::Fixture;

    #[test]
    fn curves_are_of_the_compared_runs_or_else_of_the_session() {
        let fixture = Fixture::default();
        let view = RunsView {
            records: &fixture.runs,
            stored: &fixture.stored,
            history: &fixture.history,
            state: RunState::Idle,
        };
        let session = curves(&view, &["no such run".into()]);
        assert_eq!((session.len(), session[0].history.len()), (1, 12));
        assert!(session[0].run.is_none());
        let ids = [fixture.runs[2].id.clone(), fixture.runs[0].id.clone()];
        let two = curves(&view, &ids);
        let shown: Vec<(usize, bool)> = two.iter().map(|it| (it.history.len(), it.dashed)).collect();
        assert_eq!(shown, [(3, false), (1, true)]);
    }

    #[test]
    fn a_run_is_told_in_one_line_with_its_end() {
        let mut run = (*Fixture::default().runs[0]).clone();
        let line = describe(&run, false);
        assert!(
            line.contains(" · latent 2 · 100 labels · 1 epoch · test "),
            "{line}"
        );
        assert!(line.ends_with("0:04") || line.ends_with("0:05"), "{line}");
        run.outcome = None;
        assert!(describe(&run, true).ends_with(" · running"));
        assert!(describe(&run, false).ends_with(" · interrupted"));
        let all = details(&run, false);
        assert!(all.starts_with(&format!("{}.json: interrupted", run.id)), "{all}");
    }
}
