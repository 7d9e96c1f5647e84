//! The plain points as they were drawn last. Most frames change nothing about them: a hover, a selection, a label that
//! comes on top, a panel. Then their picture is copied and not one of them is drawn.

use bevy::core_pipeline::core_3d::CORE_3D_DEPTH_FORMAT;
use bevy::prelude::*;
use bevy::render::render_resource::*;
use bevy::render::renderer::RenderDevice;

use super::uniforms::Uniforms;

/// The picture and what it shows.
#[derive(Resource, Default)]
pub struct Still {
    color: Option<Layer>,
    depth: Option<Depth>,
    shows: Option<Scene>,
}

/// What the plain points look like depends on nothing else.
#[derive(Clone, PartialEq)]
pub struct Scene {
    pub uniforms: Uniforms,
    /// Of the buffers.
    pub revision: u64,
    /// The part of the target that is drawn to, in pixels.
    pub canvas: URect,
}

struct Layer {
    texture: Texture,
    view: TextureView,
}

/// Depths of the plain points, and a copy that the other points are drawn into.
struct Depth {
    still: Layer,
    work: Layer,
}

impl Still {
    /// Makes room for pictures of `target`, with depth where it is asked for.
    pub fn fit(&mut self, device: &RenderDevice, target: &Texture, by_depth: bool) {
        let fits = |layer: &Layer| layer.texture.size() == target.size();
        let format = target.format().remove_srgb_suffix();
        let same_format = |layer: &Layer| layer.texture.format() == format;
        if !self.color.as_ref().is_some_and(|l| fits(l) && same_format(l)) {
            self.color = Some(Layer::new(device, target.size(), format));
            self.shows = None;
        }
        if !by_depth {
            self.depth = None;
        } else if !self.depth.as_ref().is_some_and(|depth| fits(&depth.still)) {
            let layer = || Layer::new(device, target.size(), CORE_3D_DEPTH_FORMAT);
            self.depth = Some(Depth {
                still: layer(),
                work: layer(),
            });
            self.shows = None;
        }
    }

    /// Whether the picture has to be drawn anew to show `scene`. The caller then does so.
    pub fn is_stale(&mut self, scene: Scene) -> bool {
        let stale = self.shows.as_ref() != Some(&scene);
        self.shows = Some(scene);
        stale
    }

    /// Where the plain points are drawn to, cleared; its pixels are sRGB that no hardware decodes.
    pub fn attachments(
        &self,
        background: [u8; 3],
    ) -> Option<(
        RenderPassColorAttachment<'_>,
        Option<RenderPassDepthStencilAttachment<'_>>,
    )> {
        let [r, g, b] = background.map(|value| f64::from(value) / 255.0);
        let color = RenderPassColorAttachment {
            view: &self.color.as_ref()?.view,
            depth_slice: None,
            resolve_target: None,
            ops: Operations {
                load: LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 }),
                store: StoreOp::Store,
            },
        };
        // Reversed: 0 is the farthest.
        let depth = self.depth.as_ref();
        Some((
            color,
            depth.map(|depth| depth.still.attachment(LoadOp::Clear(0.0))),
        ))
    }

    /// Where the points on top find the depths of the plain ones.
    pub fn depth(&self) -> Option<RenderPassDepthStencilAttachment<'_>> {
        self.depth
            .as_ref()
            .map(|depth| depth.work.attachment(LoadOp::Load))
    }

    /// Copies the picture to `target`, and the depths to where the other points are drawn.
    pub fn copy_to(&self, encoder: &mut CommandEncoder, target: &Texture, canvas: URect) {
        let Some(color) = &self.color else { return };
        let origin = Origin3d {
            x: canvas.min.x,
            y: canvas.min.y,
            z: 0,
        };
        let size = Extent3d {
            width: canvas.width(),
            height: canvas.height(),
            depth_or_array_layers: 1,
        };
        encoder.copy_texture_to_texture(at(&color.texture, origin), at(target, origin), size);
        if let Some(Depth { still, work }) = &self.depth {
            // Parts of a depth texture cannot be copied.
            encoder.copy_texture_to_texture(
                still.texture.as_image_copy(),
                work.texture.as_image_copy(),
                still.texture.size(),
            );
        }
    }
}

fn at(texture: &Texture, origin: Origin3d) -> TexelCopyTextureInfo<'_> {
    TexelCopyTextureInfo {
        origin,
        ..texture.as_image_copy()
    }
}

impl Layer {
    fn new(device: &RenderDevice, size: Extent3d, format: TextureFormat) -> Self {
        let texture = device.create_texture(&TextureDescriptor {
            label: Some("plain points"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format,
            usage: TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC | TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&TextureViewDescriptor::default());
        Self { texture, view }
    }

    fn attachment(&self, load: LoadOp<f32>) -> RenderPassDepthStencilAttachment<'_> {
        RenderPassDepthStencilAttachment {
            view: &self.view,
            depth_ops: Some(Operations {
                load,
                store: StoreOp::Store,
            }),
            stencil_ops: None,
        }
    }
}
