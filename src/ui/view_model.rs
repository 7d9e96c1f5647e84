//! What the panels show: borrowed views that the app puts together each frame.

use std::sync::Arc;

use super::canvas::images::ImageOnPoint;
use super::intent::{Dimension, Intent, ProbeMode, StateName};
use super::problem::Problem;
use crate::cloud::ColorMode;
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::evaluation::{Advice, Change, Evaluation};
use ssvae_core::filter::Filter;
use ssvae_core::model::config::{Architecture, CLASSES, TrainingConfig};
use ssvae_core::propagation::Doubt;
use ssvae_core::training::message::{EndState, EpochMetrics};
use ssvae_core::training::record::{RunRecord, Stored};
use ssvae_core::training::tested::Tested;

/// Everything that the overlay shows.
#[derive(Clone)]
pub struct ViewModel<'a> {
    /// What is known of a sample, `None` outside the data set.
    pub lookup: &'a dyn Fn(u32) -> Option<SampleView<'a>>,
    /// Number of samples in the data set.
    pub points: usize,
    /// The classes, in the order of their labels.
    pub classes: &'a [Class],
    pub color: ColorView<'a>,
    pub latent_dim: usize,
    pub dimension: Dimension,
    pub statistics: Statistics,
    /// The selected sample.
    pub sample: Option<SampleView<'a>>,
    /// The sample under the cursor.
    pub hovered: Option<Hovered<'a>>,
    /// What is drawn around points, and how many are chosen.
    pub choosing: Choosing<'a>,
    /// The chosen points, by rising serial.
    pub chosen: &'a [u32],
    /// Those that were chosen at once, with those that were taken out since, the oddest first.
    pub gallery: &'a [u32],
    pub filter: FilterView<'a>,
    pub queue: QueueView<'a>,
    pub neighbours: NeighboursView<'a>,
    pub doubts: DoubtsView<'a>,
    /// Samples whose labels were changed last, the newest first.
    pub recent: &'a [u32],
    /// What can be undone and redone.
    pub history: HistoryView<'a>,
    pub probe: ProbeView<'a>,
    /// What is asked before the window closes.
    pub closing: Option<AtClose>,
    /// What was dropped onto the window, in words.
    pub dropped: Option<&'a str>,
    /// Images that are drawn over their points.
    pub images: &'a [ImageOnPoint],
    /// What became of the last label.
    pub feedback: Option<Feedback<'a>>,
    pub training: TrainingView<'a>,
    pub comparison: ComparisonView<'a>,
    pub model: ModelView<'a>,
    /// Failures that the user has not dismissed, the oldest first.
    pub problems: &'a [Problem],
    /// What is going on before there is a cloud; `None` once it is there.
    pub loading: Option<&'a JobView>,
    /// What is going on besides.
    pub jobs: &'a [JobView],
}

/// The filter, and how many points it lets through.
#[derive(Clone, Copy, Debug)]
pub struct FilterView<'a> {
    pub filter: &'a Filter,
    pub shown: usize,
}

/// The order in which samples are gone through, and the first of them.
#[derive(Clone, Copy, Debug)]
pub struct QueueView<'a> {
    pub order: Order,
    pub strategy: Strategy,
    pub next: &'a [u32],
    /// What the order is by, in words.
    pub explanation: &'a str,
    /// Those that were put off, and those that are marked as unsure.
    pub skipped: &'a [u32],
    pub unsure: &'a [u32],
}

/// Samples nearest to the selected one, the nearest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct NeighboursView<'a> {
    pub basis: Basis,
    pub serials: &'a [u32],
    /// Why there are none.
    pub without: &'a str,
}

/// Labels that the others speak against, the most doubtful first, and what is to be said of the selected one.
#[derive(Clone, Copy, Debug, Default)]
pub struct DoubtsView<'a> {
    pub serials: &'a [u32],
    pub selected: Option<Doubt>,
}

/// What the next undo takes back, in words, and whether there is anything to redo.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryView<'a> {
    pub undo: Option<&'a str>,
    pub redo: bool,
}

/// The images that the model has for places in the latent space.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProbeView<'a> {
    pub mode: ProbeMode,
    /// Why there are none.
    pub unable: Option<&'a str>,
    /// Where the places are seen, in points of the overlay.
    pub places: &'a [egui::Pos2],
    /// The images, row-major in 0..=1, one behind the other, and how many answers came before.
    pub pixels: &'a [f32],
    pub version: u64,
    /// Height, width and channels of an image.
    pub shape: [usize; 3],
}

/// Name and colour of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    pub name: String,
    pub color: [u8; 3],
}

/// The colour mode and what its colours mean.
#[derive(Clone, Copy, Debug)]
pub struct ColorView<'a> {
    pub mode: ColorMode,
    /// One entry per class, and one for what has none; empty where the mode is continuous.
    pub legend: &'a [LegendEntry],
    /// Colours of certainty, evenly spaced from 0.1 to 1.0; between two of them the legend blends in sRGB, so some
    /// thirty are smooth.
    pub ramp: &'a [[u8; 3]],
}

/// A colour of the cloud, what it stands for, and how many points have it.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// `None` stands for points without a class.
    pub class: Option<u8>,
    pub name: String,
    pub color: [u8; 3],
    pub count: usize,
}

/// How many samples the user has labelled, and how often the model agrees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    pub labelled: usize,
    pub total: usize,
    /// Labelled samples per class.
    pub counts: [usize; CLASSES],
    /// Share of the labelled samples, and of those with a true label, whose prediction is that label.
    pub agreement: (Option<f64>, Option<f64>),
}

/// What the model says of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    pub class: u8,
    /// Probability of `class`, in 0..=1.
    pub certainty: f32,
}

/// A sample with its image.
#[derive(Clone, Copy, Debug)]
pub struct SampleView<'a> {
    pub serial: u32,
    pub user_label: Option<u8>,
    pub prediction: Option<Prediction>,
    /// What the labels say, with its probability.
    pub propagated: Option<Prediction>,
    /// The data set's own label, where it has one.
    pub true_label: Option<u8>,
    /// Height and width of the image in pixels.
    pub shape: [usize; 3],
    /// Row-major grey values, `[height, width]`.
    pub original: &'a [u8],
    pub reconstruction: Reconstruction<'a>,
    /// Whether only its image may be shown, because it is labelled for an audit.
    pub blind: bool,
}

impl SampleView<'_> {
    /// The sample without all that could tell of its class.
    pub fn blind(self) -> Self {
        Self {
            user_label: None,
            prediction: None,
            propagated: None,
            true_label: None,
            reconstruction: Reconstruction::None,
            blind: true,
            ..self
        }
    }
}

/// The decoder's image of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reconstruction<'a> {
    /// Nobody asked for it.
    None,
    /// It is being decoded.
    Decoding,
    /// Row-major `[height, width]` in 0..=1, and the version of the latent snapshot that it belongs to.
    Ready { pixels: &'a [f32], version: u64 },
}

/// The sample under the cursor.
#[derive(Clone, Copy, Debug)]
pub struct Hovered<'a> {
    pub sample: SampleView<'a>,
    /// Where the cursor is, in logical pixels of the window.
    pub cursor: egui::Pos2,
}

/// Points that a box or a lasso was drawn around.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Choosing<'a> {
    /// Chosen points, and how many the filter has taken out of the choice.
    pub count: usize,
    pub left_out: usize,
    /// Whether the next drag draws around points.
    pub draws_next: bool,
    /// What is being drawn.
    pub stroke: Option<StrokeView<'a>>,
}

/// A box or a lasso under the hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrokeView<'a> {
    /// In logical pixels of the window; of a box the first and the last corner count.
    pub path: &'a [[f32; 2]],
    pub is_box: bool,
    /// Points within.
    pub count: usize,
}

/// One line on what became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feedback<'a> {
    pub text: &'a str,
    pub kind: FeedbackKind,
}

/// How a feedback line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackKind {
    /// Not on the disk yet.
    Saving,
    /// On the disk.
    Saved,
    /// Not on the disk, and will not be.
    Failed,
    Info,
}

/// The training run and the ones before it.
#[derive(Clone, Copy, Debug)]
pub struct TrainingView<'a> {
    pub run: RunState,
    /// Status messages, the oldest first; the last ten are shown.
    pub messages: &'a [String],
    /// Epochs of the model in memory through all its runs, in order; `epoch` starts at 1 again with each run.
    pub history: &'a [EpochMetrics],
    /// Settings of the run that is on.
    pub settings: Option<&'a TrainingConfig>,
    /// The runs on record, the oldest first; the last one is the one that is on.
    pub runs: &'a [Arc<RunRecord>],
    /// What is kept of them.
    pub stored: &'a Stored,
    /// What the model in memory makes of the test images, or why there are none.
    pub tested: Option<&'a Result<Arc<Tested>, String>>,
    /// What is propagated now against the data set's own labels.
    pub propagated: Option<&'a Evaluation>,
    pub audit: AuditView<'a>,
    /// What the last labels say of the next ones, where anything is propagated.
    pub advice: Option<Advice>,
    /// Numbers of labels that there were, and the share of what was propagated from them that is right.
    pub accuracy: &'a [(usize, f64)],
}

/// The audit.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditView<'a> {
    /// How many samples of the one that is on are labelled, and of how many.
    pub on: Option<(usize, usize)>,
    /// What the model predicts for the audited samples, and what is propagated to them; neither while one is on.
    pub model: Option<&'a Evaluation>,
    pub propagated: Option<&'a Evaluation>,
}

/// Why it is asked whether the window is to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtClose {
    /// A run is on.
    Training,
    /// The model in memory is in no file.
    Unsaved,
    /// The disk has not taken what a run has left behind.
    Unwritten,
}

/// Two states of the model that are compared, the earlier one first.
#[derive(Clone, Copy, Debug, Default)]
pub struct ComparisonView<'a> {
    /// What can be compared.
    pub states: &'a [StateName],
    pub names: Option<&'a [StateName; 2]>,
    /// What is different; `None` while nothing is compared.
    pub change: Option<&'a Change>,
    /// The samples that moved farthest, with their ways as shares of the cloud's width.
    pub moves: &'a [(u32, f32)],
    /// How far the cloud stands between the two, in 0..=1.
    pub share: f32,
    pub loading: bool,
}

/// The two states that a run leaves behind, by their epochs from 1, and which of them is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnds {
    pub last: usize,
    pub best: usize,
    pub taken: EndState,
}

/// What the worker is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunState {
    Idle,
    /// A run was asked for and has not reported a batch yet.
    Starting,
    Running(RunProgress),
    /// Held between two batches.
    Paused(RunProgress),
    /// UserIntent to stop, not there yet.
    Stopping,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunProgress {
    /// Epochs of the model before the run.
    pub before: usize,
    /// From 1, within the run.
    pub epoch: usize,
    pub epochs: usize,
    /// Batches done within the epoch.
    pub batch: usize,
    pub batches: usize,
    /// Expected seconds to the end of the run; `None` while nothing can be said.
    pub eta_seconds: Option<f64>,
}

impl RunProgress {
    /// Share of the run that is done, in 0..=1.
    pub fn fraction(&self) -> f32 {
        let epochs = self.epoch.saturating_sub(1) as f32 + self.batch as f32 / self.batches.max(1) as f32;
        (epochs / self.epochs.max(1) as f32).clamp(0.0, 1.0)
    }
}

/// The model in memory and the one in the file.
#[derive(Clone, Copy, Debug)]
pub struct ModelView<'a> {
    /// For example `CPU`; empty while unknown.
    pub backend: &'a str,
    /// `None` until the model stands.
    pub architecture: Option<&'a Architecture>,
    /// Which weights are in memory, for example `epoch 5, the last`.
    pub in_memory: &'a str,
    /// What the last run left behind.
    pub ends: Option<RunEnds>,
    /// Which weights are in the checkpoint file, for example `best epoch 3`.
    pub in_file: &'a str,
    /// Whether the next start would begin with another model.
    pub unsaved: bool,
    /// Path of the checkpoint file.
    pub checkpoint: &'a str,
}

/// Work that takes its time.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    pub what: String,
    /// Done, in 0..=1; `None` where nothing is being done.
    pub share: Option<f32>,
    /// Expected seconds to the end, where that can be said.
    pub left: Option<f64>,
    /// How it is cancelled, or gone on with.
    pub offer: Option<Intent>,
}
