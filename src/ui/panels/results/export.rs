//! Copying and saving what is shown.

use std::fmt::Write as _;
use std::sync::Arc;

use egui::Ui;

use super::figures::{Figures, figure, headline};
use super::view::ResultsView;
use crate::ui::intent::{Intent, ResultsFile};
use crate::ui::panels::runs::{RunsView, compared, started};
use crate::ui::sample_view::{Class, class_name};
use crate::ui::ui_state::{ResultsOf, UiState};
use ssvae_core::evaluation::Evaluation;
use ssvae_core::outputs::results::{Report, curves as curves_text};
use ssvae_core::training::record::RunRecord;

/// The buttons that copy and save.
pub fn buttons(
    ui: &mut Ui,
    (view, runs): (&ResultsView, &RunsView),
    shown: &Figures,
    classes: &[Class],
    (ui_state, intents): (&mut UiState, &mut Vec<Intent>),
) {
    let copy = ui
        .button("Copy")
        .on_hover_text("Copy all figures and curves as text.");
    if copy.clicked() {
        let mut all = shown
            .evaluation
            .map_or_else(String::new, |evaluation| text(evaluation, shown, classes));
        all += &curves_text(&report((view, runs), shown, classes, ui_state));
        ui.ctx().copy_text(all);
    }
    for (name, file, help) in [
        (
            "Save CSV",
            ResultsFile::Csv,
            "Write all figures and curves as one table to artifacts/exports.",
        ),
        (
            "Save PNG",
            ResultsFile::Png,
            "Write all of it as one picture to artifacts/exports.",
        ),
    ] {
        if ui.button(name).on_hover_text(help).clicked() {
            ui_state.save_results = Some(file);
        }
    }
    if let Some(file) = ui_state.save_results.take() {
        let report = report((view, runs), shown, classes, ui_state);
        intents.push(Intent::SaveResults(Arc::new(report), file));
    }
}

/// The runs whose epochs are drawn: the compared ones, or the last.
pub fn drawn<'a>(runs: &RunsView<'a>, ui_state: &UiState) -> Vec<&'a RunRecord> {
    let mut drawn: Vec<&RunRecord> = compared(runs, &ui_state.compared).collect();
    if drawn.is_empty() {
        drawn.extend(runs.records.last().map(|run| &**run));
    }
    drawn
}

/// All that is shown, for a file.
fn report(
    (view, runs): (&ResultsView, &RunsView),
    shown: &Figures,
    classes: &[Class],
    ui_state: &UiState,
) -> Report {
    let drawn = drawn(runs, ui_state).into_iter().filter_map(|run| {
        let record = runs.records.iter().find(|record| record.id == run.id)?;
        Some((started(run), record.clone()))
    });
    let of = match ui_state.results {
        ResultsOf::Test => "Test images",
        ResultsOf::Propagated => "Propagated",
        ResultsOf::Audit => "Audit",
    };
    let line = |found| format!("{of}, {}", headline(found, shown));
    Report {
        headline: shown.evaluation.map_or_else(|| shown.without.to_owned(), line),
        of: format!("{of}, {}", shown.of),
        classes: classes.iter().map(|class| class.name.clone()).collect(),
        evaluation: shown.evaluation.cloned(),
        reconstruction: shown.reconstruction,
        accuracy: view.accuracy.to_vec(),
        runs: runs.records.to_vec(),
        drawn: drawn.collect(),
        compared: compared(runs, &ui_state.compared).next().is_some(),
    }
}

/// All figures, tab-separated.
fn text(evaluation: &Evaluation, shown: &Figures, classes: &[Class]) -> String {
    let mut text = format!("{}\n\ntrue class \\ predicted", headline(evaluation, shown));
    for class in 0..evaluation.classes() {
        let _ = write!(text, "\t{}", class_name(classes, class as u8));
    }
    text += "\tnone\tprecision\trecall\tF1\n";
    for class in 0..evaluation.classes() {
        text += class_name(classes, class as u8);
        for count in &evaluation.matrix[class] {
            let _ = write!(text, "\t{count}");
        }
        let _ = writeln!(
            text,
            "\t{}\t{}\t{}\t{}",
            evaluation.without[class],
            figure(evaluation.precision(class)),
            figure(evaluation.recall(class)),
            figure(evaluation.f1(class))
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::classes::ClassCount;

    #[test]
    fn figures_are_copied_as_a_table() {
        let evaluation = Evaluation::of(
            ClassCount::default(),
            [(0, Some(0), 0.9), (0, Some(1), 0.8), (1, None, 0.0)].into_iter(),
        );
        let shown = Figures {
            evaluation: None,
            reconstruction: Some(0.0374),
            of: "now".into(),
            without: "",
            besides: vec!["audit 94 % (83 to 98) of 50".into()],
            leads: true,
        };
        let name = |i: usize| ["zero", "one"].get(i).copied().unwrap_or("more").to_owned();
        let color = [0; 3];
        let classes: Vec<Class> = (0..10).map(|i| Class { name: name(i), color }).collect();
        let text = text(&evaluation, &shown, &classes);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "now: 33 % (6 to 79) of 3 right · audit 94 % (83 to 98) of 50 · calibration error 30.00 % · reconstruction error \
             0.0374"
        );
        assert!(
            lines[2].starts_with("true class \\ predicted\tzero\tone\t"),
            "{}",
            lines[2]
        );
        assert!(lines[2].ends_with("\tnone\tprecision\trecall\tF1"));
        assert!(lines[3].starts_with("zero\t1\t1\t0\t") && lines[3].ends_with("\t0\t1.000\t0.500\t0.667"));
        assert!(lines[4].ends_with("\t1\t0.000\t0.000\t0.000"), "{}", lines[4]);
        assert!(lines[5].ends_with("\t0\tn/a\tn/a\tn/a"), "{}", lines[5]);
    }
}
