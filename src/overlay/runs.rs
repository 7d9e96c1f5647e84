//! The runs on record: which there were, how they ended, and the choice of those whose curves are laid over each other.

use bevy_egui::egui::{
    Button, Label, RichText, ScrollArea, TextWrapMode, Ui, Widget, WidgetInfo, WidgetType,
};
use jiff::tz::TimeZone;

use crate::overlay::curves::Curve;
use crate::overlay::section::ROW;
use crate::overlay::state::{RunState, TrainingView};
use crate::training::message::RunStatus;
use crate::training::record::RunRecord;

/// Runs that can be laid over each other.
const TOGETHER: usize = 2;

/// The curves to draw: those of the compared runs, or the session's where there are none.
pub fn curves<'a>(view: &TrainingView<'a>, compared: &'a [String]) -> Vec<Curve<'a>> {
    let chosen = |id: &'a String| Some((id, view.runs.iter().find(|run| run.id == *id)?));
    let chosen: Vec<Curve> = compared
        .iter()
        .filter_map(chosen)
        .enumerate()
        .map(|(number, (id, run))| Curve {
            run: id,
            history: &run.epochs,
            dashed: number > 0,
        })
        .collect();
    if chosen.is_empty() {
        vec![Curve {
            run: "",
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
            (false, false) => "The curves are those of the chosen runs.",
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
    let mark = match place {
        None => "   ",
        Some(0) => "──",
        Some(_) => "╌╌",
    };
    let text = format!("{mark} {}", describe(run, on));
    let button = Button::selectable(place.is_some(), RichText::new(&text).size(12.5))
        .wrap_mode(TextWrapMode::Truncate)
        .min_size(bevy_egui::egui::vec2(ui.available_width(), ROW));
    let response = button.ui(ui);
    response.widget_info(|| {
        let name = describe(run, on);
        WidgetInfo::selected(WidgetType::Checkbox, true, place.is_some(), name)
    });
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

/// For example `25 Nov 15:02 · 30 epochs · 442 labels · val 38.05`.
fn describe(run: &RunRecord, on: bool) -> String {
    let started = run
        .started
        .to_zoned_datetime(TimeZone::system())
        .strftime("%-d %b %H:%M");
    let epochs = match run.epochs.len() {
        1 => "1 epoch".to_owned(),
        epochs => format!("{epochs} epochs"),
    };
    let result = run
        .epochs
        .last()
        .map_or(String::new(), |row| format!(" · val {:.4}", row.validation.total));
    let end = match end(run, on) {
        "completed" => String::new(),
        end => format!(" · {end}"),
    };
    format!("{started} · {epochs} · {} labels{result}{end}", run.labels.count)
}

fn end(run: &RunRecord, on: bool) -> &'static str {
    match run.outcome.as_ref().map(|outcome| outcome.status) {
        None if on => "running",
        None => "cut off",
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
        format!("{} labels, sha256 {:.12}…", run.labels.count, run.labels.sha256),
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
