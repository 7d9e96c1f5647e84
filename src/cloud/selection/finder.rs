//! The points within a region of the window.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use rayon::slice::ParallelSliceMut;

use crate::cloud::camera::view::CloudView;
use crate::cloud::data::points::Points;
use crate::cloud::data::visibility::PointVisibility;
use crate::cloud::input::bvh::Verdict;
use crate::cloud::input::index::SpatialIndex;
use crate::cloud::input::region::Region;

/// Everything that finding points within a region reads.
#[derive(SystemParam)]
pub struct Finder<'w, 's> {
    index: ResMut<'w, SpatialIndex>,
    points: Points<'w, 's>,
    visibility: PointVisibility<'w, 's>,
    view: Res<'w, CloudView>,
}

impl Finder<'_, '_> {
    /// Serials of the points that are shown and whose middle is seen within `region`, in ascending order.
    pub fn within(&mut self, region: &Region) -> Vec<u32> {
        let mut serials = Vec::new();
        self.search(region, |found| serials.extend_from_slice(found));
        serials.par_sort_unstable();
        serials
    }

    /// Where in the window a point is seen.
    pub fn seen(&self, serial: u32) -> Option<Vec2> {
        let at = self.points.displayed(serial)?;
        self.view.window_from_world(at)
    }

    /// Whether points or the filter may not be what they were in the frame before.
    pub fn have_points_changed(&self) -> bool {
        self.points.have_moved() || self.visibility.have_changed()
    }

    /// Whether the same region may hold other points than in the frame before.
    pub fn has_changed(&self) -> bool {
        self.view.is_changed() || self.have_points_changed()
    }

    /// How many there are.
    pub fn count(&mut self, region: &Region) -> usize {
        let mut count = 0;
        self.search(region, |found| count += found.len());
        count
    }

    fn search(&mut self, region: &Region, mut found: impl FnMut(&[u32])) {
        let (points, view, visibility) = (&self.points, &self.view, &self.visibility);
        let Some(bvh) = self.index.bvh() else { return };
        let judge = |bounds| match view.window_from_bounds(bounds) {
            Some(seen) => region.judge(seen),
            None => Verdict::Partly,
        };
        bvh.search(points.progress(), judge, |serials, certain| {
            if certain && visibility.all_pass() {
                return found(serials);
            }
            let within = |serial| {
                let seen = points.displayed(serial).and_then(|at| view.window_from_world(at));
                seen.is_some_and(|at| region.contains(at))
            };
            for &serial in serials {
                if (certain || within(serial)) && visibility.passes(serial) {
                    found(&[serial]);
                }
            }
        });
    }
}
