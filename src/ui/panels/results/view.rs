//! What the results are of.

use std::sync::Arc;

use crate::ui::panels::audit::AuditView;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::training::tested::Tested;

/// How good the predictions of the model in memory are.
#[derive(Clone, Copy, Debug)]
pub struct ResultsView<'a> {
    /// Its predictions for the test images, or why there are none.
    pub tested: Option<&'a Result<Arc<Tested>, String>>,
    /// What is propagated now against the data set's own labels.
    pub propagated: Option<&'a Evaluation>,
    pub audit: AuditView<'a>,
    /// Numbers of labels that there were, and the share of what was propagated from them that is right.
    pub accuracy: &'a [(usize, f64)],
}
