//! The numbers that all points share in the shader.

use bevy::prelude::*;
use bevy::render::render_resource::ShaderType;

use super::discs::{NEAR_FAR, OUTLINE};
use super::motion::Motion;
use super::palette::ColorMode;
use super::selection::{Hovered, Selected};
use super::view::CloudView;

/// The uniforms of `points.wgsl`, in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, ShaderType)]
pub struct Uniforms {
    clip_from_world: Mat4,
    radii: Vec4,
    canvas: Vec2,
    progress: f32,
    focus_depth: f32,
    perspective: Vec2,
    outline: f32,
    edge: f32,
    axes: u32,
    shift: u32,
    palette_start: u32,
    hovered: u32,
    selected: u32,
}

impl Uniforms {
    /// What the shader has to know of this state of the main world, of which `count` points can be shown.
    pub fn of(main: &World, axes: u32, count: u32) -> Self {
        let view = main.resource::<CloudView>();
        let mode = *main.resource::<ColorMode>();
        let serial = |serial: Option<u32>| serial.filter(|&serial| serial < count).unwrap_or(u32::MAX);
        let discs = view.discs;
        Self {
            clip_from_world: view.clip_from_world,
            radii: Vec4::new(discs.plain, discs.labelled, discs.hovered, discs.selected) * view.scale_factor,
            canvas: view.viewport.size() * view.scale_factor,
            progress: main.resource::<Motion>().eased(),
            focus_depth: view.focus_depth,
            perspective: Vec2::new(NEAR_FAR.1, NEAR_FAR.0),
            outline: OUTLINE * view.scale_factor,
            edge: if axes == 3 { 0.5 } else { 0.0 },
            axes,
            shift: mode.attribute() * 8,
            palette_start: if mode == ColorMode::Certainty { 256 } else { 0 },
            hovered: serial(main.resource::<Hovered>().0),
            selected: serial(main.resource::<Selected>().0),
        }
    }

    /// As far as plain and chosen points depend on them.
    pub fn plain(&self) -> Self {
        Self {
            radii: Vec4::new(self.radii.x, self.radii.y, 0.0, 0.0),
            hovered: u32::MAX,
            selected: u32::MAX,
            ..*self
        }
    }

    /// Numbers per position.
    pub fn axes(&self) -> u32 {
        self.axes
    }
}
