//! The runs on record: which there were, how they ended, and the choice of those whose curves are laid over each other.

use bevy_egui::egui::{
    Button, Label, Rect, RichText, ScrollArea, TextWrapMode, Ui, Widget, WidgetInfo, WidgetType, vec2,
};
use jiff::tz::TimeZone;

use crate::overlay::curves::{self, Curve};
use crate::overlay::number::{duration, plural};
use crate::overlay::section::ROW;
use crate::overlay::share;
use crate::overlay::state::{RunState, TrainingView};
use crate::overlay::theme;
use crate::training::message::RunStatus;
use crate::training::record::RunRecord;

/// Runs that can be laid over each other.
const TOGETHER: usize = 2;

/// Those of the compared runs that are on record.
pub fn compared<'a>(view: &TrainingView<'a>, compared: &[String]) -> impl Iterator<Item = &'a RunRecord> {
    let runs = view.runs;
    let found = compared
        .iter()
        .filter_map(|id| runs.iter().find(|run| run.id == *id));
    found.map(|run| &**run)
}

/// The curves to draw: those of the compared runs, or the session's where there are none.
pub fn curves<'a>(view: &TrainingView<'a>, compared: &[String]) -> Vec<Curve<'a>> {
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
pub fn show(ui: &mut Ui, view: &TrainingView, compared: &mut Vec<String>) {
    ui.horizontal(|ui| {
        let note = match (view.runs.is_empty(), compared.is_empty()) {
            (true, _) => "No run is on record yet. Press Start Training.",
            (false, true) => "Click a run to see its curves, a second one to compare.",
            (false, false) => "The curves are those of the selected runs.",
        };
        ui.add(Label::new(RichText::new(note).small().weak()).truncate());
        if !compared.is_empty() {
            let back = ui.small_button("Back to this session");
            if back
                .on_hover_text("Show the curves of this session again.")
                .clicked()
            {
                compared.clear();
            }
        }
    });
    ScrollArea::vertical()
        .id_salt("runs")
        .auto_shrink(false)
        .show_rows(ui, ROW, view.runs.len(), |ui, rows| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (row, run) in view.runs.iter().rev().enumerate().take(rows.end).skip(rows.start) {
                let on = row == 0 && view.run != RunState::Idle && run.outcome.is_none();
                entry(ui, run, on, compared);
            }
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
