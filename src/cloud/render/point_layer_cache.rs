//! The plain points as they were drawn last. Most frames change nothing about them: a hover, a selection, a label that
//! comes on top, a panel. Then their picture is copied and not one of them is drawn.

use bevy::core_pipeline::core_3d::CORE_3D_DEPTH_FORMAT;
use bevy::prelude::*;
use bevy::render::render_resource::*;
use bevy::render::renderer::RenderDevice;

use super::splat::geometry::{Extent, FORMAT};
use super::splat::pass_buffers::PassBuffers;
use super::splat::renderer::Splat;
use super::uniforms::Uniforms;

/// The picture and what it shows.
#[derive(Resource, Default)]
pub struct PointLayerCache {
    color: Option<LayerTexture>,
    depth: Option<Depth>,
    buffers: Option<PassBuffers>,
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

struct LayerTexture {
    texture: Texture,
    view: TextureView,
}

/// Depths of the plain points, and a copy that the other points are drawn into.
struct Depth {
    plain: LayerTexture,
    work: LayerTexture,
}

impl PointLayerCache {
    /// Makes room for pictures of `target`, with depth where it is asked for.
    pub fn fit(&mut self, device: &RenderDevice, target: &Texture, by_depth: bool) {
        let fits = |layer: &LayerTexture| layer.texture.size() == target.size();
        if !self.color.as_ref().is_some_and(fits) {
            let usage = TextureUsages::STORAGE_BINDING;
            self.color = Some(LayerTexture::new(device, target.size(), FORMAT, usage));
            self.buffers = None;
            self.shows = None;
        }
        if !by_depth {
            self.depth = None;
        } else if !self.depth.as_ref().is_some_and(|depth| fits(&depth.plain)) {
            let usage = TextureUsages::COPY_DST;
            let layer = || LayerTexture::new(device, target.size(), CORE_3D_DEPTH_FORMAT, usage);
            self.depth = Some(Depth {
                plain: layer(),
                work: layer(),
            });
            self.shows = None;
        }
    }

    /// What the passes of `splat` need to draw so many points.
    pub fn buffers(&mut self, splat: &Splat, (extent, points): (Extent, u32)) -> Option<&PassBuffers> {
        let deep = self.depth.is_some();
        let fits = |buffers: &PassBuffers| buffers.fits(extent, points, deep);
        if !self.buffers.as_ref().is_some_and(fits) {
            let picture = &self.color.as_ref()?.texture;
            // The old one goes first: both may not fit.
            self.buffers = None;
            self.buffers = Some(PassBuffers::new(splat.layouts(), extent, points, picture, deep));
        }
        self.buffers.as_ref()
    }

    /// Whether the picture has to be drawn anew to show `scene`. The caller then does so.
    pub fn is_stale(&mut self, scene: Scene) -> bool {
        let stale = self.shows.as_ref() != Some(&scene);
        self.shows = Some(scene);
        stale
    }

    /// What the last picture was drawn with.
    pub fn last_buffers(&self) -> Option<&PassBuffers> {
        self.buffers.as_ref()
    }

    /// The picture, for what is drawn onto it; its pixels are sRGB that no hardware decodes. With a background, cleared.
    pub fn attachments(
        &self,
        background: Option<[f32; 3]>,
    ) -> Option<(
        RenderPassColorAttachment<'_>,
        Option<RenderPassDepthStencilAttachment<'_>>,
    )> {
        let load = match background.map(|color| color.map(f64::from)) {
            Some([r, g, b]) => LoadOp::Clear(wgpu::Color { r, g, b, a: 1.0 }),
            None => LoadOp::Load,
        };
        let color = RenderPassColorAttachment {
            view: &self.color.as_ref()?.view,
            depth_slice: None,
            resolve_target: None,
            ops: Operations {
                load,
                store: StoreOp::Store,
            },
        };
        // Reversed: 0 is the farthest.
        let depth = self.depth.as_ref();
        Some((
            color,
            depth.map(|depth| depth.plain.attachment(LoadOp::Clear(0.0))),
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
        if let Some(Depth { plain, work }) = &self.depth {
            // Parts of a depth texture cannot be copied.
            encoder.copy_texture_to_texture(
                plain.texture.as_image_copy(),
                work.texture.as_image_copy(),
                plain.texture.size(),
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

impl LayerTexture {
    fn new(device: &RenderDevice, size: Extent3d, format: TextureFormat, usage: TextureUsages) -> Self {
        let texture = device.create_texture(&TextureDescriptor {
            label: Some("plain points"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format,
            usage: usage | TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC,
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
