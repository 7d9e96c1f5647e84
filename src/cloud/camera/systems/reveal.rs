//! Bringing one point into view.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_panorbit_camera::PanOrbitCamera;

use crate::cloud::camera::fit::Fit;
use crate::cloud::camera::messages::Reveal;
use crate::cloud::camera::pose::Pose;
use crate::cloud::camera::settings::CloudCamera;
use crate::cloud::camera::view::CloudView;
use crate::cloud::clock::Clock;
use crate::cloud::data::sample::Latent;
use crate::cloud::data::samples::Samples;

/// A point closer to the canvas's edge than this, in pixels, is brought further in.
const EDGE: f32 = 24.0;

pub fn reveal(
    mut requests: MessageReader<Reveal>,
    samples: Res<Samples>,
    latents: Query<&Latent>,
    view: Res<CloudView>,
    clock: Res<Clock>,
    mut fit: ResMut<Fit>,
    cameras: Query<&PanOrbitCamera, With<CloudCamera>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(&Reveal(serial)) = requests.read().last() else {
        return;
    };
    let entity = samples.entity(serial);
    let latent = entity.and_then(|entity| latents.get(entity).ok());
    let (Some(&Latent(position)), Ok(camera)) = (latent, cameras.single()) else {
        return;
    };
    let inner = view.viewport.inflate(-EDGE);
    let seen = view
        .window_from_world(position)
        .is_some_and(|at| inner.contains(at));
    if position.is_finite() && !seen {
        let from = Pose::of(camera);
        fit.fly(
            from,
            Pose {
                focus: position,
                ..from
            },
            clock.now(),
        );
        redraw.write(RequestRedraw);
    }
}
