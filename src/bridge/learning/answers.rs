//! Takes what the thread of [`ssvae_core::active_learning`] has found.

use bevy::prelude::*;

use super::state::{Acquisition, Expected, Learning, STOPPED, Suggested};
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::ui::Cause;
use ssvae_core::active_learning::{Basis, News};

/// Takes its news over.
pub(super) fn receive(
    mut learning: ResMut<Learning>,
    mut acquisition: ResMut<Acquisition>,
    mut problems: ResMut<ProblemCards>,
    mut suggested: MessageWriter<Suggested>,
    mut log: MessageWriter<Log>,
) {
    loop {
        let news = learning
            .thread
            .as_ref()
            .and_then(|thread| thread.news.try_recv().ok());
        let Some(news) = news else {
            return;
        };
        let learning = &mut *learning;
        match news {
            News::Building(job) => {
                learning.building = Some(job);
                learning.without = None;
            }
            News::Built { similarity, took } => {
                learning.building = None;
                log.write(Log(LogEntry::Compared {
                    samples: similarity.graph.len(),
                    ms: took.as_millis() as u64,
                }));
                learning.similarity = Some(similarity);
                learning.built += 1;
            }
            News::Stopped => {
                learning.building = None;
                learning.without = Some(STOPPED);
            }
            News::NotOffered => {
                learning.building = None;
                learning.without = Some(TOO_MANY);
            }
            News::Refused(error) => {
                learning.building = None;
                // The next choice of the file reads it anew.
                learning.attempt += 1;
                acquisition.basis = Basis::Pixels;
                problems.report(
                    Cause::Propagation,
                    format!("{error}; the samples are compared by their pixels"),
                );
            }
            News::Propagated {
                propagated,
                revision,
                labels,
                evaluation,
                took,
            } => {
                learning.propagated = Some(propagated);
                learning.evaluation = evaluation;
                learning.labels = labels;
                learning.answered = revision;
                learning.version += 1;
                log.write(Log(LogEntry::Propagated {
                    labels,
                    ms: took.as_millis() as u64,
                }));
                suggested.write(Suggested);
            }
            News::Scored {
                scores,
                ranks,
                revision,
                ..
            } => {
                learning.scores = Some(scores);
                learning.expected = None;
                learning.ranks = Some(ranks);
                learning.scored += 1;
                learning.ranked = revision;
                learning.since.retain(|pair| pair.0 > revision);
                suggested.write(Suggested);
            }
            News::Expected {
                serial,
                scores,
                revision,
            } => {
                // After the label of another sample these scores no longer apply.
                if learning
                    .since
                    .iter()
                    .all(|pair| pair.0 <= revision || pair.1 == serial)
                {
                    learning.expected = Some(Expected {
                        serial,
                        scores,
                        revision,
                    });
                    learning.scored += 1;
                }
            }
            News::Doubted { doubts, .. } => {
                learning.doubts = doubts;
            }
            News::Failed(message) => {
                learning.building = None;
                learning.thread = None;
                problems.report(Cause::Propagation, message);
                return;
            }
        }
    }
}

const TOO_MANY: &str = "More than 1,000,000 images are not compared: nothing is propagated";
