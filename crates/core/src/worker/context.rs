//! What the threads of the worker work on.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crossbeam_channel::Receiver;

use crate::clock::Clock;
use crate::dataset::{Dataset, OpenOptions};
use crate::training::fault_injection::Fault;
use crate::training::message::Command;

use super::shared_state::SharedState;

/// What one computing thread hands on to the next.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) dataset: Arc<Dataset>,
    pub(super) data_dir: PathBuf,
    pub(super) open: OpenOptions,
    /// The images that the model is never trained on, or why there are none; read when they are first needed.
    pub(super) test: Arc<OnceLock<Result<Arc<Dataset>, String>>>,
    pub(super) runs: PathBuf,
    pub(super) fault: Option<Fault>,
    pub(super) clock: Clock,
    pub(super) commands: Receiver<Command>,
    pub(super) shared: SharedState,
}
