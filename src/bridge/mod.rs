//! Ties the cloud and the panels to the domain: the worker, the labels, the samples, and the event log.
//!
//! Types, messages and system sets lie in files that import no systems; systems import these and not each other.

pub mod labels;
pub mod learning;
pub mod log;
pub mod model;
pub mod panels;
pub mod queue;
pub mod samples;
pub mod worker;

pub mod alarm;
pub mod exit_tasks;
pub mod options;
pub mod sets;
pub mod start;
pub mod stopping;
#[cfg(test)]
mod tests;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// The bridge without the worker itself; see [`worker::plugin::WorkerPlugin`].
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
