//! What has failed, what goes on, and what waits for an answer.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::learning::state::Learning;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::closing::{Closing, question};
use crate::bridge::panels::export::Exports;
use crate::bridge::panels::open_target::PendingOpen;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::ui::{Intent, JobView, NoticesView, QuestionsView};

/// What the views of failures, jobs and questions are built from.
#[derive(SystemParam)]
pub struct NoticeSources<'w> {
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    model: Res<'w, ModelState>,
    problems: Res<'w, ProblemCards>,
    learning: Res<'w, Learning>,
    exports: Res<'w, Exports>,
    closing: Res<'w, Closing>,
    run: Res<'w, TrainingRun>,
    to_open: Res<'w, PendingOpen>,
}

impl NoticeSources<'_> {
    pub fn notices(&self) -> NoticesView<'_> {
        let encoding = self.latents.snapshot.as_ref().and(self.latents.encoding_job());
        NoticesView {
            problems: self.problems.cards(),
            jobs: encoding
                .into_iter()
                .chain(self.learning.job())
                .chain(self.exports.jobs())
                .collect(),
        }
    }

    pub fn questions(&self) -> QuestionsView {
        QuestionsView {
            closing: self.closing.question(),
            opening: self.to_open.0.as_ref().map(|target| target.describe()),
            loses: question(&self.run, &self.model),
        }
    }

    /// What there is to wait for before there is a cloud.
    pub fn loading(&self) -> Option<JobView> {
        if self.latents.snapshot.is_some() {
            return None;
        }
        let job = |what: &str, share, offer| JobView {
            what: what.into(),
            share,
            left: None,
            offer,
        };
        Some(match (&self.dataset.dataset, &self.model.architecture) {
            (None, _) if !self.problems.cards().is_empty() => {
                job("No images. Correct this, then Retry", None, Some(Intent::Retry))
            }
            (None, _) => self.dataset.reading_job(),
            (Some(_), None) => job("Reading the model", Some(0.0), None),
            _ => {
                let encoding = self.latents.encoding_job();
                encoding.unwrap_or_else(|| job("Encoding the images", Some(0.0), None))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use bevy::ecs::system::RunSystemOnce;

    use super::*;
    use crate::ui::Cause;

    #[test]
    fn what_there_is_to_wait_for_is_told_and_can_be_tried_again() {
        let mut world = World::new();
        world.init_resource::<LoadedDataset>();
        world.init_resource::<Latents>();
        world.init_resource::<ModelState>();
        world.init_resource::<ProblemCards>();
        world.init_resource::<Learning>();
        world.init_resource::<Exports>();
        world.init_resource::<Closing>();
        world.init_resource::<TrainingRun>();
        world.init_resource::<PendingOpen>();
        let loading = |sources: NoticeSources| sources.loading();
        let job = world.run_system_once(loading).unwrap().unwrap();
        assert_eq!(job.offer, None, "the images are being read");
        world
            .resource_mut::<ProblemCards>()
            .report(Cause::Worker, "no such folder".into());
        let job = world.run_system_once(loading).unwrap().unwrap();
        assert_eq!(job.what, "No images. Correct this, then Retry");
        assert_eq!(job.offer, Some(Intent::Retry));
        let shown = |sources: NoticeSources| {
            let questions = sources.questions();
            assert!(questions.closing.is_none() && questions.opening.is_none());
            let notices = sources.notices();
            (notices.problems.len(), notices.jobs.len())
        };
        assert_eq!(world.run_system_once(shown).unwrap(), (1, 0));
    }
}
