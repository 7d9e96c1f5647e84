//! What can be opened.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::panels::folder_listing::FolderListing;
use crate::bridge::panels::recently_opened::RecentlyOpened;
use crate::bridge::start::Start;
use crate::ui::OpeningView;

/// What the view of the open dialogue is built from.
#[derive(SystemParam)]
pub struct OpeningSources<'w> {
    start: Res<'w, Start>,
    recent: Res<'w, RecentlyOpened>,
    listing: Res<'w, FolderListing>,
}

impl OpeningSources<'_> {
    /// The window's title.
    pub fn title(&self) -> String {
        self.start.options.title()
    }

    pub fn view(&self) -> OpeningView<'_> {
        let options = &self.start.options;
        let folder = std::path::absolute(&options.data_dir).unwrap_or_default();
        let beside = folder.parent().map_or(String::new(), |parent| {
            parent.join("").to_string_lossy().into_owned()
        });
        OpeningView {
            recent: self.recent.entries(options),
            folder: self.listing.read.as_ref(),
            asked: self.listing.asked.as_deref(),
            beside,
        }
    }
}
