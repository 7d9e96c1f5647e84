//! The views of the training panel.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::accuracy_curve::Accuracy;
use crate::bridge::learning::Learning;
use crate::bridge::model::comparison::Comparison;
use crate::bridge::model::progress::Progress;
use crate::ui::panels::audit::AuditView;
use crate::ui::panels::changes::ChangesView;
use crate::ui::panels::results::ResultsView;
use crate::ui::panels::runs::RunsView;
use crate::ui::panels::training::TrainingView;

/// What the views of the training panel are built from.
#[derive(SystemParam)]
pub struct TrainingSources<'w> {
    progress: Res<'w, Progress>,
    learning: Res<'w, Learning>,
    accuracy: Res<'w, Accuracy>,
    comparison: Res<'w, Comparison>,
}

impl TrainingSources<'_> {
    pub fn view<'a>(&'a self, audit: AuditView<'a>) -> TrainingView<'a> {
        let progress = &self.progress;
        TrainingView {
            run: progress.run,
            messages: &progress.status,
            settings: progress.training.as_ref(),
            runs: RunsView {
                records: &progress.runs,
                stored: &progress.stored,
                history: &progress.history,
                state: progress.run,
            },
            results: ResultsView {
                tested: progress.tested.as_ref(),
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
            states: self.comparison.states(&self.progress),
            runs: &self.progress.runs,
            names: compared.map(|compared| &compared.names),
            change: compared.map(|compared| &compared.change),
            moves: compared.map_or(&[], |compared| &compared.moves),
            share: compared.map_or(1.0, |compared| compared.share),
            loading: self.comparison.is_loading(),
        }
    }
}
