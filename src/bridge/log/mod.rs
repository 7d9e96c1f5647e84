//! The event log.

pub mod entry;
pub mod message;
pub mod milestones;
mod writer;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// The event log.
pub struct LogPlugins;

impl PluginGroup for LogPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(milestones::MilestonesPlugin)
            .add(writer::EventLogPlugin)
    }
}
