//! The camera, and what moves it.
//!
//! The camera is a [`PanOrbitCamera`](bevy_panorbit_camera::PanOrbitCamera). That crate holds the pose (focus, radius and
//! angles), keeps the radius within its limits, writes the transform, and zooms with the wheel in three dimensions. The
//! rest of its motion is switched off, with sensitivities of 0, and [`systems::controls`] writes the pose instead:
//!
//! - It drags by the raw motion of the mouse, which the system's acceleration makes differ from the cursor's. Here the point
//!   that is grabbed stays under the cursor.
//! - It zooms about the middle of the view. In two dimensions the point under the cursor stays where it is.
//! - It sums up the input of a frame. Here a press, a move and a release within one slow frame are still a drag.
//!
//! Its smoothing is 0: motion shows at once, and nothing has to be redrawn once the mouse rests.

pub mod fit;
pub mod messages;
pub mod pose;
pub mod settings;
mod systems;
pub mod view;

use bevy::camera::CameraUpdateSystems;
use bevy::prelude::*;
use bevy::transform::TransformSystems;
use bevy_panorbit_camera::{PanOrbitCameraPlugin, PanOrbitCameraSystemSet};

use super::schedule::{CameraSystems, CloudSystems};
use fit::Fit;
use messages::{FitView, Reveal, ViewRested};
use settings::{CameraGate, Canvas, CloudDimension, CloudOutput, CloudTarget, CloudViewport};
use systems::{controls, orbit, reveal, view as tracking};
use view::CloudView;

/// Spawns the camera, moves it, and says what it sees.
pub struct CameraPlugin;

impl Plugin for CameraPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(PanOrbitCameraPlugin)
            .init_resource::<CloudDimension>()
            .init_resource::<CameraGate>()
            .init_resource::<CloudViewport>()
            .init_resource::<CloudTarget>()
            .init_resource::<CloudOutput>()
            .init_resource::<Canvas>()
            .init_resource::<Fit>()
            .init_resource::<CloudView>()
            .add_message::<FitView>()
            .add_message::<Reveal>()
            .add_message::<ViewRested>()
            .configure_sets(PostUpdate, PanOrbitCameraSystemSet.after(CloudSystems::Camera))
            .add_systems(Startup, orbit::spawn)
            .add_systems(
                PostUpdate,
                (
                    (
                        orbit::retarget.run_if(resource_changed::<CloudTarget>),
                        orbit::place_viewport,
                    )
                        .chain()
                        .in_set(CloudSystems::Canvas)
                        .before(CameraUpdateSystems),
                    (
                        (
                            orbit::set_projection.run_if(resource_changed::<CloudDimension>),
                            orbit::steer,
                        )
                            .chain(),
                        controls::pan_and_zoom,
                        reveal::reveal,
                    )
                        .in_set(CameraSystems::Steer),
                    (systems::fit::keep_fit, systems::fit::fly)
                        .chain()
                        .in_set(CameraSystems::Fit),
                    orbit::keep_near_plane
                        .after(PanOrbitCameraSystemSet)
                        .before(CameraUpdateSystems),
                    (tracking::refresh, tracking::report_rest)
                        .chain()
                        .in_set(CloudSystems::View)
                        .after(CameraUpdateSystems)
                        .after(TransformSystems::Propagate),
                ),
            );
    }
}
