//! The panels around the cloud.
//!
//! Each panel is a function of its view (all of them together are the [`ViewModel`]), of the values that the user is about
//! to send ([`UiState`]) and of a sink of [`Intent`]s. Nothing here changes the app: [`show`] draws all panels,
//! fills the sink and returns the rectangle that is left for the cloud.

mod canvas;
pub mod commands;
mod dialogs;
mod digit_keys;
mod feedback;
pub mod fonts;
mod intent;
mod keys;
mod layout;
pub(crate) mod matching;
mod opening;
mod panels;
mod preferences;
mod problem;
mod run_state;
mod sample_view;
pub mod theme;
mod toolbar;
mod ui_state;
mod view_model;
mod widgets;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

pub use canvas::choosing::{ChoosingView, StrokeView};
pub use canvas::hover::HoveredView;
pub use canvas::probe::ProbeView;
pub use canvas::sample_images::{ImageOnPoint, SIDE as IMAGE_SIDE};
pub use canvas::toasts::NoticesView;
pub use dialogs::closing::AtClose;
pub use digit_keys::DigitKeys;
pub use feedback::{FeedbackKind, FeedbackView};
pub use intent::{Close, Dimension, ExportKind, Intent, ProbeMode, ResultsFile, StateName};
pub use keys::KeyPress;
pub use layout::{TITLE, show};
pub use opening::{EntryKind, FolderEntries, FolderEntry, OpeningView, RecentEntry};
pub use panels::audit::AuditView;
pub use panels::changes::ChangesView;
pub use panels::chosen::ChosenView;
pub use panels::color::{ColorView, LegendEntry};
pub use panels::dimensions::DimensionsView;
pub use panels::doubts::DoubtsView;
pub use panels::filter::FilterView;
pub use panels::finder::QueueView;
pub use panels::labelling::{HistoryView, LabellingView};
pub use panels::left_column::LeftView;
pub use panels::model::ModelView;
pub use panels::neighbours::NeighboursView;
pub use panels::results::ResultsView;
pub use panels::right_column::RightView;
pub use panels::runs::RunsView;
pub use panels::set_aside::SetAsideView;
pub use panels::statistics::StatisticsView;
pub use panels::training::TrainingView;
pub use preferences::{Preferences, SideName};
pub use problem::{Cause, Offer, Problems, readable};
pub use run_state::{RunEnds, RunProgress, RunState, epoch_of};
pub use sample_view::{Class, ImageView, Prediction, Reconstruction, SampleView, SamplesView};
pub use ui_state::{ResultsOf, TrainingTab, UiState};
pub use view_model::{CanvasView, QuestionsView, ViewModel};
pub use widgets::jobs::JobView;
