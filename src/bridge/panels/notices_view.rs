//! What has failed, what goes on, and what waits for an answer.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::closing::Closing;
use super::export::Exports;
use crate::bridge::learning::Learning;
use crate::bridge::model::progress::Progress;
use crate::platform::file_drop::Dropped;
use crate::ui::canvas::toasts::NoticesView;
use crate::ui::intent::Intent;
use crate::ui::view_model::QuestionsView;
use crate::ui::widgets::jobs::JobView;

#[derive(SystemParam)]
pub struct NoticeSources<'w> {
    progress: Res<'w, Progress>,
    learning: Res<'w, Learning>,
    exports: Res<'w, Exports>,
    closing: Res<'w, Closing>,
    dropped: Res<'w, Dropped>,
}

impl NoticeSources<'_> {
    pub fn notices(&self) -> NoticesView<'_> {
        let progress = &self.progress;
        let encoding = progress.snapshot.as_ref().and(progress.encoding_job());
        NoticesView {
            problems: progress.problems.cards(),
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
            opening: self.dropped.0.as_ref().map(|source| source.describe()),
            unsaved: self.progress.is_unsaved(),
        }
    }

    /// What there is to wait for before there is a cloud.
    pub fn loading(&self) -> Option<JobView> {
        if self.progress.snapshot.is_some() {
            return None;
        }
        let job = |what: &str, share, offer| JobView {
            what: what.into(),
            share,
            left: None,
            offer,
        };
        Some(match (&self.progress.dataset, &self.progress.architecture) {
            (None, _) if !self.progress.problems.cards().is_empty() => {
                job("No images. Correct this, then Retry", None, Some(Intent::Retry))
            }
            (None, _) => self.progress.reading_job(),
            (Some(_), None) => job("Reading the model", Some(0.0), None),
            _ => {
                let encoding = self.progress.encoding_job();
                encoding.unwrap_or_else(|| job("Encoding the images", Some(0.0), None))
            }
        })
    }
}
