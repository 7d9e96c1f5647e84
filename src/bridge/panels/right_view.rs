//! The views of the right panel.

use bevy::ecs::system::SystemParam;

use crate::bridge::panels::labelling_view::LabellingSources;
use crate::bridge::panels::neighbours_view::NeighbourSources;
use crate::bridge::panels::queue_view::QueueSources;
use crate::ui::{AuditView, RightView};

/// What the views of the right panel are built from.
#[derive(SystemParam)]
pub struct RightSources<'w> {
    labelling: LabellingSources<'w>,
    queue: QueueSources<'w>,
    neighbours: NeighbourSources<'w>,
}

impl RightSources<'_> {
    pub fn view<'a>(&'a self, audit: AuditView<'a>) -> RightView<'a> {
        RightView {
            chosen: self.labelling.chosen(),
            audit,
            labelling: self.labelling.labelling(),
            queue: self.queue.queue(),
            doubts: self.neighbours.doubts(),
            set_aside: self.queue.set_aside(),
            neighbours: self.neighbours.neighbours(),
            recent: self.labelling.recent(),
        }
    }
}
