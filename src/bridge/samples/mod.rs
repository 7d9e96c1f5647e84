//! The samples: facts, positions, and the images that are shown.

pub mod chosen_images;
pub mod classes;
mod confusion_cells;
pub mod dataset;
pub mod legend;
pub mod projection;
mod projection_sync;
mod reconstruction;
pub mod sample_images;
pub mod sample_map;
pub mod sample_query;
pub mod summary;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// Positions, classes, queue counts and images of the samples.
pub struct SamplesPlugins;

impl PluginGroup for SamplesPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(sample_map::SampleMapPlugin)
            .add(projection_sync::ProjectionSyncPlugin)
            .add(legend::LegendPlugin)
            .add(summary::SummaryPlugin)
            .add(chosen_images::ChosenImagesPlugin)
            .add(classes::ClassesPlugin)
            .add(sample_images::SampleImagesPlugin)
            .add(confusion_cells::ConfusionCellsPlugin)
            .add(reconstruction::ReconstructionPlugin)
    }
}
