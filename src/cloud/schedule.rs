//! The order of the cloud's systems. Systems of different files are ordered by these sets alone.

use bevy::prelude::*;

/// The stages of the cloud within `PostUpdate`, in their order. A user interface that sets [`CameraGate`](crate::cloud::CameraGate) should do so
/// after `Transition` and before `Canvas`: it then knows what was asked for, and the cloud whose the mouse is.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloudSystems {
    /// Messages become components, and what is selected.
    Ingest,
    /// Points move on.
    Transition,
    /// The camera gets its part of the window.
    Canvas,
    /// The mouse is read.
    Pointer,
    /// The camera is moved.
    Camera,
    /// What is on the screen becomes known.
    View,
    /// Hover and selection.
    Selection,
}

/// Steps within [`CloudSystems::Ingest`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IngestSystems {
    /// Messages become components.
    Samples,
    /// The spatial index is built anew.
    Index,
    /// Requests for a selection are carried out, and selections that have become impossible end.
    Selection,
}

/// Steps within [`CloudSystems::Camera`].
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CameraSystems {
    /// The pointer and requests move the camera.
    Steer,
    /// The view is fitted to the cloud.
    Fit,
}

/// Puts the sets into their order.
pub fn configure(app: &mut App) {
    use CloudSystems::*;
    app.configure_sets(
        PostUpdate,
        (
            (Ingest, Transition, Canvas, Pointer, Camera, View, Selection).chain(),
            (
                IngestSystems::Samples,
                IngestSystems::Index,
                IngestSystems::Selection,
            )
                .chain()
                .in_set(Ingest),
            (CameraSystems::Steer, CameraSystems::Fit).chain().in_set(Camera),
        ),
    );
}
