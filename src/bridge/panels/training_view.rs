//! The views of the training panel.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::accuracy_curve::Accuracy;
use crate::bridge::learning::state::Learning;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::records::{RunRecords, TestResult};
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::status::StatusLines;
use crate::ui::{AuditView, ChangesView, ResultsView, RunsView, TrainingView};

/// What the views of the training panel are built from.
#[derive(SystemParam)]
pub struct TrainingSources<'w> {
    run: Res<'w, TrainingRun>,
    status: Res<'w, StatusLines>,
    records: Res<'w, RunRecords>,
    model: Res<'w, ModelState>,
    tested: Res<'w, TestResult>,
    learning: Res<'w, Learning>,
    accuracy: Res<'w, Accuracy>,
    comparison: Res<'w, Comparison>,
}

impl TrainingSources<'_> {
    pub fn view<'a>(&'a self, audit: AuditView<'a>) -> TrainingView<'a> {
        TrainingView {
            run: self.run.state,
            messages: &self.status.0,
            settings: self.run.settings.as_ref(),
            runs: RunsView {
                records: &self.records.runs,
                stored: &self.records.stored,
                history: &self.model.history,
                state: self.run.state,
            },
            results: ResultsView {
                tested: self.tested.0.as_ref(),
                propagated: self.learning.evaluation.as_deref(),
                audit,
                accuracy: self.accuracy.curve.points(),
            },
            changes: self.changes(),
        }
    }

    fn changes(&self) -> ChangesView<'_> {
        let compared = self.comparison.shown.as_ref();
        ChangesView {
            states: self.comparison.states(&self.records),
            runs: &self.records.runs,
            names: compared.map(|compared| &compared.names),
            change: compared.map(|compared| &compared.change),
            moves: compared.map_or(&[], |compared| &compared.moves),
            share: compared.map_or(1.0, |compared| compared.share),
            loading: self.comparison.is_loading(),
        }
    }
}
