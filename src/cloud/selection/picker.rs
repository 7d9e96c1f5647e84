//! The point at a place in the window.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::cloud::camera::settings::CloudDimension;
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::labelled::{Labelled, are_plain};
use crate::cloud::data::points::Points;
use crate::cloud::data::samples::Samples;
use crate::cloud::data::visibility::PointVisibility;
use crate::cloud::input::index::SpatialIndex;
use crate::cloud::input::picking::{Displayed, PickQuery, pick};
use crate::cloud::style::palette::PointShapes;

/// Everything picking reads.
#[derive(SystemParam)]
pub struct Picker<'w, 's> {
    index: ResMut<'w, SpatialIndex>,
    points: Points<'w, 's>,
    visibility: PointVisibility<'w, 's>,
    view: Res<'w, CloudView>,
    labelled: Res<'w, Labelled>,
    samples: Res<'w, Samples>,
    shapes: Res<'w, PointShapes>,
    dimension: Res<'w, CloudDimension>,
}

impl Picker<'_, '_> {
    /// Whether the same place may hold another point than in the frame before.
    pub fn has_changed(&self) -> bool {
        self.view.is_changed()
            || self.points.have_moved()
            || self.labelled.is_changed()
            || self.visibility.have_changed()
    }

    /// Whether a place in the window lies on the canvas.
    pub fn on_canvas(&self, cursor: Vec2) -> bool {
        self.view.viewport.contains(cursor)
    }

    /// The point at a place in the window.
    pub fn at(&mut self, cursor: Vec2) -> Option<u32> {
        let by_depth = *self.dimension == CloudDimension::Three;
        let query = PickQuery::new(&self.view, cursor, self.points.progress(), by_depth);
        let plain = are_plain(&self.labelled, &self.samples, &self.shapes);
        pick(self.index.bvh()?, &query, |serial| {
            let position = self
                .points
                .displayed(serial)
                .filter(|_| self.visibility.passes(serial))?;
            let slot = self.labelled.slot(serial).filter(|_| !plain);
            Some(Displayed { position, slot })
        })
    }
}
