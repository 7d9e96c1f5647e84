//! The numbers that all points share in the shaders.

use bevy::prelude::*;
use bevy::render::render_resource::ShaderType;

use super::point_flags;
use super::splat::geometry::{Drawn, Extent, RUN};
use crate::cloud::camera::settings::CloudDimension;
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::labelled::are_plain;
use crate::cloud::data::transition::Transition;
use crate::cloud::selection::chosen::Chosen;
use crate::cloud::selection::single::{Hovered, Selected};
use crate::cloud::style::discs::{NEAR_FAR, OUTLINE};
use crate::cloud::style::palette::{CERTAINTY_TABLE, ColorMode, Palette, PointShapes};

/// Stands for no point where a serial is expected.
pub const NO_SERIAL: u32 = u32::MAX;

/// The struct `Cloud` of `cloud.wgsl`, in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, ShaderType)]
pub struct Uniforms {
    pub(super) clip_from_world: Mat4,
    pub(super) radii: Vec4,
    pub(super) background: Vec4,
    pub(super) ink: Vec4,
    pub(super) paper: Vec4,
    pub(super) canvas: Vec2,
    pub(super) origin: Vec2,
    pub(super) perspective: Vec2,
    pub(super) progress: f32,
    pub(super) focus_depth: f32,
    pub(super) outline: f32,
    pub(super) edge: f32,
    pub(super) axes: u32,
    pub(super) word: u32,
    pub(super) shift: u32,
    pub(super) palette_start: u32,
    pub(super) hovered: u32,
    pub(super) selected: u32,
    pub(super) count: u32,
    pub(super) stride: u32,
    pub(super) ring: f32,
    pub(super) margin: u32,
    pub(super) flagged: u32,
    pub(super) shapes: u32,
    pub(super) labels_plain: u32,
}

impl Uniforms {
    /// What the shaders have to know of this state of the main world, of whose points `count` can be shown and one in
    /// `stride` is.
    pub fn of(main: &World, count: u32, stride: u32) -> Self {
        let view = main.resource::<CloudView>();
        let mode = *main.resource::<ColorMode>();
        let deep = *main.resource::<CloudDimension>() == CloudDimension::Three;
        let serial = |serial: Option<u32>| serial.filter(|&serial| serial < count).unwrap_or(NO_SERIAL);
        let discs = view.discs;
        let radii = Vec4::new(discs.plain, discs.labelled, discs.hovered, discs.selected) * view.scale_factor;
        let palette = main.resource::<Palette>();
        let linear = |[r, g, b]: [u8; 3]| LinearRgba::from(Srgba::rgb_u8(r, g, b)).to_vec4();
        let [r, g, b] = palette.background;
        let outline = OUTLINE * view.scale_factor;
        let anything_chosen = !main.resource::<Chosen>().serials().is_empty();
        let ring = if anything_chosen { outline } else { 0.0 };
        let reach = radii.x * if deep { NEAR_FAR.0 } else { 1.0 } + ring + 0.5;
        Self {
            clip_from_world: view.clip_from_world,
            radii,
            background: Srgba::rgb_u8(r, g, b).to_vec4(),
            ink: linear(palette.ink),
            paper: linear(palette.paper),
            canvas: (view.viewport.size() * view.scale_factor).round(),
            origin: (view.viewport.min * view.scale_factor).round(),
            perspective: Vec2::new(NEAR_FAR.1, NEAR_FAR.0),
            progress: main.resource::<Transition>().eased(),
            focus_depth: view.focus_depth,
            outline,
            edge: if deep { 0.5 } else { 0.0 },
            axes: if deep { 3 } else { 2 },
            word: mode.attribute() / 4 * count,
            shift: mode.attribute() % 4 * 8,
            palette_start: if mode.source().is_none() {
                CERTAINTY_TABLE
            } else {
                0
            },
            hovered: serial(main.resource::<Hovered>().0),
            selected: serial(main.resource::<Selected>().0),
            count,
            stride,
            ring,
            margin: Extent::margin(reach),
            flagged: u32::from(point_flags::any(main)),
            shapes: u32::from(main.resource::<PointShapes>().0),
            labels_plain: u32::from(are_plain(main.resource(), main.resource(), main.resource())),
        }
    }

    /// Whether labelled points are drawn as plain ones.
    pub fn labels_are_plain(&self) -> bool {
        self.labels_plain == 1
    }

    /// As far as plain points depend on them, chosen or not.
    pub fn of_point_layer(&self) -> Self {
        Self {
            radii: Vec4::new(self.radii.x, self.radii.y, 0.0, 0.0),
            hovered: NO_SERIAL,
            selected: NO_SERIAL,
            shapes: 0,
            ..*self
        }
    }

    /// Whether nearer points hide farther ones.
    pub fn is_deep(&self) -> bool {
        self.axes == 3
    }

    /// What the plain points' picture covers, in pixels.
    pub fn extent(&self) -> Extent {
        Extent {
            canvas: self.canvas.as_uvec2(),
            margin: self.margin,
        }
    }

    /// What is drawn of the plain points.
    pub fn drawn(&self) -> Drawn {
        Drawn {
            points: self.count.div_ceil(self.stride.max(1)).saturating_add(2 * RUN),
            moves: self.progress < 1.0,
            background: self.background.truncate().to_array(),
        }
    }
}
