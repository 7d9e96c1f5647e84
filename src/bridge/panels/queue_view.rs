//! The queue, and the samples that are set aside.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::unsure::Unsure;
use crate::bridge::learning::state::{Acquisition, Learning};
use crate::bridge::queue::state::QueueOrder;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::bridge::samples::summary::Summary;
use crate::ui::{QueueView, SetAsideView};
use ssvae_core::acquisition::Strategy;

/// What the views of the queue are built from.
#[derive(SystemParam)]
pub struct QueueSources<'w> {
    samples: SampleQuery<'w>,
    order: Res<'w, QueueOrder>,
    summary: Res<'w, Summary>,
    learning: Res<'w, Learning>,
    acquisition: Res<'w, Acquisition>,
    unsure: Option<Res<'w, Unsure>>,
}

impl QueueSources<'_> {
    pub fn queue(&self) -> QueueView<'_> {
        let labels = self.samples.labels();
        QueueView {
            order: self.order.0,
            strategy: self.acquisition.strategy,
            next: self.summary.next(),
            explanation: Known {
                scores: self.learning.has_scores(),
                coming: self.learning.is_coming(),
                fresh: self.samples.is_fresh(),
                labelled: labels.is_some_and(|labels| labels.labelled() > 0),
            }
            .explanation(self.acquisition.strategy),
            shown: self.summary.shown,
            waiting: self.samples.latents().snapshot.is_none(),
        }
    }

    /// A sample that is marked as unsure is listed as such, though the mark puts it off too.
    pub fn set_aside(&self) -> SetAsideView {
        let marks = self.unsure.as_ref().map(|unsure| &unsure.marks);
        let marked = |serial| marks.is_some_and(|marks| marks.contains(serial));
        SetAsideView {
            skipped: self.samples.skipped().filter(|&serial| !marked(serial)).collect(),
            unsure: marks.iter().flat_map(|marks| marks.serials()).collect(),
        }
    }
}

/// What there is to order the samples by.
#[derive(Clone, Copy)]
struct Known {
    /// Whether the images are compared, and the strategy has scored them.
    scores: bool,
    /// Whether they are being compared.
    coming: bool,
    /// Whether the model has not been trained yet.
    fresh: bool,
    /// Whether anything is labelled.
    labelled: bool,
}

impl Known {
    /// What the queue is by, where its strategy alone does not say it.
    fn explanation(self, strategy: Strategy) -> &'static str {
        match (self.scores, strategy) {
            (false, _) if self.coming => "The images are being compared: random samples until then.",
            (false, _) if self.fresh => "Random samples: neither images nor model say which labels help.",
            (false, _) => "The model's least certain samples: the images are not compared.",
            (true, Strategy::ExploreRefine | Strategy::Norm) if !self.labelled => {
                "Typical samples of different regions: a label of each begins best."
            }
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_explains_itself_where_its_strategy_does_not() {
        let known = Known {
            scores: true,
            coming: false,
            fresh: false,
            labelled: true,
        };
        assert_eq!(known.explanation(Strategy::ExploreRefine), "");
        let begun = Known {
            labelled: false,
            ..known
        };
        assert!(begun.explanation(Strategy::Norm).starts_with("Typical samples"));
        assert_eq!(begun.explanation(Strategy::Random), "");
        let without = Known {
            scores: false,
            ..known
        };
        let text = without.explanation(Strategy::Norm);
        assert!(text.starts_with("The model's least certain"), "{text}");
        let fresh = Known {
            fresh: true,
            ..without
        };
        assert!(fresh.explanation(Strategy::Norm).starts_with("Random samples"));
        let coming = Known {
            coming: true,
            ..fresh
        };
        let text = coming.explanation(Strategy::Norm);
        assert!(text.starts_with("The images are being compared"), "{text}");
    }
}
