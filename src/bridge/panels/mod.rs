//! The panels: their state, the intents that they send, and the dialogs.

mod audit_view;
mod canvas_view;
mod labelling_view;
mod left_view;
mod neighbours_view;
mod notices_view;
mod opening_view;
mod queue_view;
mod right_view;
mod samples_view;
mod training_view;

pub mod closing;
mod draw;
mod export;
pub mod feedback;
pub mod folder_listing;
mod intents;
pub mod open_target;
pub mod problem_cards;
pub mod recently_opened;
pub mod reopening;
pub mod status;
pub mod ui_state;
pub mod user_intent;
mod view_capture;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// The panels, and the systems that carry out their intents.
pub struct PanelPlugins;

impl PluginGroup for PanelPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(ui_state::PanelStatePlugin)
            .add(draw::PanelsPlugin)
            .add(intents::IntentsPlugin)
            .add(feedback::FeedbackPlugin)
            .add(export::ExportPlugin)
            .add(folder_listing::FolderListingPlugin)
            .add(recently_opened::RecentlyOpenedPlugin)
            .add(closing::ClosingPlugin)
    }
}
