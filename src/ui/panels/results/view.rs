//! The view of the results.

use std::sync::Arc;

use crate::ui::panels::audit::AuditView;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::training::tested::Tested;

/// Evaluations of the model in memory and of what is propagated.
#[derive(Clone, Copy, Debug)]
pub struct ResultsView<'a> {
    /// Its predictions for the test images, or why there are none.
    pub tested: Option<&'a Result<Arc<Tested>, String>>,
    /// What is propagated, compared with the data set's own labels.
    pub propagated: Option<&'a Evaluation>,
    pub audit: AuditView<'a>,
    /// Pairs of a number of labels and the accuracy of what was propagated from them, in 0..=1.
    pub accuracy: &'a [(usize, f64)],
}
