//! Which points show their image in the cloud: only when few points are visible, and without overlap.

use std::collections::HashMap;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::bridge::panels::ui_state::PanelState;
use crate::cloud::Finder;
use crate::cloud::{CloudSystems, CloudView};
use crate::cloud::{Region, RegionKind};
use crate::ui::IMAGE_SIDE;

/// Side of an image with the gap to the next, in pixels.
const SIDE: f32 = IMAGE_SIDE + 4.0;
/// With more visible points no images are drawn: they would hide the cloud.
const MOST: usize = 800;

/// Serials and places in the window; derived from the view.
#[derive(Resource, Default)]
pub struct ImagesOnPoints(pub Vec<(u32, Vec2)>);

pub struct SampleImagesPlugin;

impl Plugin for SampleImagesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ImagesOnPoints>()
            .add_systems(PostUpdate, place.in_set(CloudSystems::Selection));
    }
}

fn place(
    mut finder: Finder,
    view: Res<CloudView>,
    panels: Res<PanelState>,
    mut images: ResMut<ImagesOnPoints>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let wanted = panels.0.preferences.images;
    if !wanted {
        if !images.0.is_empty() {
            images.0.clear();
        }
        return;
    }
    if !(view.is_changed() || finder.have_points_changed() || panels.is_changed()) {
        return;
    }
    let Rect { min, max } = view.viewport;
    let region = Region::new(RegionKind::Box, &[min, max]);
    let few = !view.viewport.is_empty() && finder.count(&region) <= MOST;
    let mut placed = Vec::new();
    if few {
        let mut candidates: Vec<(u32, Vec2)> = finder
            .within(&region)
            .into_iter()
            .filter_map(|serial| Some((serial, finder.seen(serial)?)))
            .collect();
        // The order does not depend on the view, so that images do not flicker, and is scattered over the data set.
        candidates.sort_by_key(|(serial, _)| serial.wrapping_mul(0x9e37_79b9));
        placed = apart(&candidates);
    }
    if placed != images.0 {
        images.0 = placed;
        redraw.write(RequestRedraw);
    }
}

/// The places, in their order, that keep a distance of [`SIDE`] from all accepted before them.
fn apart(places: &[(u32, Vec2)]) -> Vec<(u32, Vec2)> {
    let mut taken: HashMap<IVec2, Vec2> = HashMap::new();
    let mut placed = Vec::new();
    for &(serial, at) in places {
        let cell = (at / SIDE).floor().as_ivec2();
        let near = (-1..=1).flat_map(|y| (-1..=1).map(move |x| cell + IVec2::new(x, y)));
        let free = near
            .filter_map(|cell| taken.get(&cell))
            .all(|other| (*other - at).abs().max_element() >= SIDE);
        if free {
            taken.insert(cell, at);
            placed.push((serial, at));
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn images_do_not_overlap_and_none_is_left_out_that_has_room(
            places in prop::collection::vec((0.0_f32..300.0, 0.0_f32..300.0), 0..60),
        ) {
            let places: Vec<(u32, Vec2)> = (0..).zip(places.into_iter().map(Vec2::from)).collect();
            let placed = apart(&places);
            let over = |a: Vec2, b: Vec2| (a - b).abs().max_element() < SIDE;
            for (i, (_, one)) in placed.iter().enumerate() {
                prop_assert!(placed[..i].iter().all(|(_, other)| !over(*one, *other)));
            }
            for (serial, at) in places {
                let shown = placed.iter().any(|(other, _)| *other == serial);
                prop_assert!(shown || placed.iter().any(|(_, other)| over(at, *other)));
            }
        }
    }
}
