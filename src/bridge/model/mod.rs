//! The model: its state, its runs, and what the user asks of it.

mod bring_back;
pub mod comparison;
pub mod latents;
pub mod probe;
pub mod records;
pub mod run;
mod run_storage;
pub mod state;
pub mod weights_provenance;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// All that the user asks of the model.
pub struct ModelPlugins;

impl PluginGroup for ModelPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(probe::ProbePlugin)
            .add(comparison::systems::ComparisonPlugin)
            .add(run_storage::RunStoragePlugin)
            .add(bring_back::BringBackPlugin)
    }
}
