//! The figures that are shown: of the model in memory, or of the first of the compared runs.

use std::fmt::Write as _;

use super::view::ResultsView;
use crate::ui::panels::runs::{RunsView, compared, started};
use crate::ui::panels::{advice, audit, share};
use crate::ui::ui_state::{ResultsOf, UiState};
use ssvae_core::evaluation::Evaluation;
use ssvae_core::format::{grouped, percent};

/// Figures of the model in memory, or of the first of the compared runs.
pub struct Figures<'a> {
    /// `None` where there are none, see `without`.
    pub evaluation: Option<&'a Evaluation>,
    /// Mean squared error of a pixel of the test images.
    pub reconstruction: Option<f32>,
    /// Which model they are of.
    pub of: String,
    /// Why there are none.
    pub without: &'a str,
    /// Further parts of the headline.
    pub besides: Vec<String>,
    /// Whether the cells of the matrix lead to their samples. Of a run on record only the counts are kept.
    pub leads: bool,
}

/// The figures that are shown.
pub fn figures<'a>((view, runs): (&ResultsView<'a>, &RunsView<'a>), ui_state: &UiState) -> Figures<'a> {
    let run = compared(runs, &ui_state.compared).next();
    let of = run.map_or_else(|| "now".to_owned(), |run| format!("run of {}", started(run)));
    let (evaluation, reconstruction, without) = match (ui_state.results, run, view.tested) {
        (ResultsOf::Test, Some(run), _) => {
            let last = run.tested.last().map(|last| last.reconstruction);
            (run.test.as_ref(), last, "This run was not tested.")
        }
        (ResultsOf::Test, None, Some(Ok(tested))) => {
            (Some(&tested.evaluation), Some(tested.reconstruction), "")
        }
        (ResultsOf::Test, None, Some(Err(why))) => (None, None, why.as_str()),
        (ResultsOf::Test, None, None) => (None, None, "The test images are not looked at yet."),
        (ResultsOf::Propagated, Some(run), _) => (
            run.propagated.as_ref(),
            None,
            "This run was taught the labels alone.",
        ),
        (ResultsOf::Propagated, None, _) => (view.propagated, None, "Nothing is propagated yet."),
        (ResultsOf::Audit, ..) => (view.audit.model, None, audit::without(&view.audit)),
    };
    let mut besides = Vec::new();
    match ui_state.results {
        ResultsOf::Audit => {
            let propagated = view.audit.propagated;
            besides.extend(propagated.map(|found| format!("propagated {}", share::accuracy(found))));
        }
        of => besides.extend(audit::besides(&view.audit, of == ResultsOf::Propagated)),
    }
    if ui_state.results != ResultsOf::Test {
        besides.extend(view.audit.advice.map(advice::text));
    }
    Figures {
        evaluation: evaluation.filter(|evaluation| evaluation.samples() > 0),
        reconstruction,
        of: if ui_state.results == ResultsOf::Audit {
            "audit".to_owned()
        } else {
            of
        },
        besides,
        leads: run.is_none(),
        without: match evaluation {
            Some(evaluation) if evaluation.samples() == 0 => {
                "The data set has no labels of its own to compare with: “Audit” estimates the accuracy."
            }
            _ => without,
        },
    }
}

/// The most important of them in one line.
pub fn headline(evaluation: &Evaluation, shown: &Figures) -> String {
    let mut line = format!(
        "{}: {} of {} right",
        shown.of,
        share::accuracy(evaluation),
        grouped(evaluation.samples() as usize),
    );
    for said in &shown.besides {
        let _ = write!(line, " · {said}");
    }
    let error = evaluation.calibration_error();
    let error = error.map_or_else(|| "n/a".to_owned(), |error| percent(error, 2));
    let _ = write!(line, " · calibration error {error}");
    if let Some(error) = shown.reconstruction {
        let _ = write!(line, " · reconstruction error {error:.4}");
    }
    line
}

/// A share with three decimals.
pub fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.3}"))
}
