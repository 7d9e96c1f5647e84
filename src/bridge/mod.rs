//! Ties the cloud and the panels to the domain: the worker, the labels, the samples, and the event log.
//!
//! Types, messages and system sets lie in files that import no systems; systems import these and not each other.

mod alarm;
mod exit_tasks;
mod labels;
mod learning;
mod log;
mod model;
mod options;
mod panels;
mod queue;
mod samples;
mod sets;
mod start;
mod stopping;
#[cfg(test)]
mod tests;
mod worker;

use bevy::app::{PluginGroup, PluginGroupBuilder};

pub use alarm::Alarm;
pub use exit_tasks::{ExitTask, ExitTasks};
pub use learning::state::Acquisition;
pub use log::entry::EventLog;
pub use log::message::OpenLog;
pub use log::milestones::OnScreen;
pub use model::latents::Latents;
pub use model::probe::Probe;
pub use model::run::TrainingRun;
pub use model::state::ModelState;
pub use options::{After, WindowOptions};
pub use panels::closing::Closing;
pub use panels::folder_listing::FolderListing;
pub use panels::open_target::PendingOpen;
pub use panels::problem_cards::ProblemCards;
pub use panels::recently_opened::RecentlyOpened;
pub use panels::reopening::RestartArguments;
pub use panels::ui_state::PanelState;
pub use panels::user_intent::{PendingIntents, UserIntent};
pub use queue::state::{Awaited, QueueOrder};
pub use samples::classes::Classes;
pub use samples::dataset::LoadedDataset;
pub use samples::sample_map::SampleMap;
pub use sets::{EventLogSystems, InputReplaySystems, IntentSystems, KeyPressSystems};
pub use start::{Start, Urgency, Wake};
pub use worker::plugin::{ChosenBackend, WorkerPlugin};

/// The bridge without the worker itself; see [`WorkerPlugin`].
pub struct BridgePlugins;

impl PluginGroup for BridgePlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(worker::router::RouterPlugin)
            .add_group(samples::SamplesPlugins)
            .add_group(labels::LabelsPlugins)
            .add_group(panels::PanelPlugins)
            .add_group(log::LogPlugins)
            .add(queue::systems::QueuePlugin)
            .add(learning::plugin::LearningPlugin)
            .add(stopping::StoppingPlugin)
            .add_group(model::ModelPlugins)
    }
}
