//! The user's labels and the audit's: from the request to the file, and what is derived from them.

pub mod accuracy_curve;
pub mod audit;
pub mod audited;
pub mod doubts;
mod file_events;
mod label_file;
mod label_latency;
mod labelling;
mod merged;
mod plan;
pub mod request;
pub mod state;
mod truth;
mod unsaved;
pub mod unsure;
pub mod wording;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// The user's labels, the audit, and what is derived from them.
pub struct LabelsPlugins;

impl PluginGroup for LabelsPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(labelling::LabellingPlugin)
            .add(label_file::LabelFilePlugin)
            .add(merged::MergedPlugin)
            .add(unsaved::UnsavedLabelsPlugin)
            .add(label_latency::LabelLatencyPlugin)
            .add(unsure::UnsurePlugin)
            .add(truth::TruthPlugin)
            .add(doubts::DoubtsPlugin)
            .add(audit::plugin::AuditPlugin)
            .add(audited::AuditedPlugin)
            .add(accuracy_curve::AccuracyCurvePlugin)
    }
}
