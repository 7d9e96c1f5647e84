//! What the pictures cost without everything else: a minimal program on the same device that runs the same passes over
//! the same buffers, and one that draws the same discs as triangles.

use std::time::{Duration, Instant};

use anyhow::Context;
use wgpu::*;

use crate::cloud::{CLOUD_SHADER, CloudBuffers, PassBuffers, SPLAT_FORMAT, Splat};
use crate::offscreen::OffscreenCloud;

/// The program.
pub struct Baseline {
    device: Device,
    queue: Queue,
    splat: Splat,
    picture: Texture,
    pass_buffers: Option<PassBuffers>,
    bound: Option<(u64, BindGroup, BindGroup)>,
    triangles: RenderPipeline,
}

impl Baseline {
    pub fn new(offscreen: &mut OffscreenCloud, [width, height]: [u32; 2]) -> Self {
        let device = offscreen.device().wgpu_device().clone();
        let queue = (****offscreen
            .world()
            .resource::<bevy::render::renderer::RenderQueue>())
        .clone();
        let picture = device.create_texture(&TextureDescriptor {
            label: Some("baseline"),
            size: Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format: SPLAT_FORMAT,
            usage: TextureUsages::STORAGE_BINDING | TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        Self {
            splat: Splat::new(&device),
            triangles: triangles(&device),
            device,
            queue,
            picture,
            pass_buffers: None,
            bound: None,
        }
    }

    /// The picture that the offscreen has just drawn, by the passes alone.
    ///
    /// # Errors
    /// If the offscreen has no points, or the device is lost.
    pub fn splat(&mut self, offscreen: &OffscreenCloud) -> anyhow::Result<Duration> {
        let buffers = self.bind(offscreen)?;
        let uniforms = buffers.uniforms();
        let (extent, count) = (uniforms.extent(), buffers.count());
        let drawn = uniforms.drawn();
        if !self
            .pass_buffers
            .as_ref()
            .is_some_and(|pass_buffers| pass_buffers.fits(extent, count, false))
        {
            self.pass_buffers = None;
            let pass_buffers = PassBuffers::new(self.splat.layouts(), extent, count, &self.picture, false);
            self.pass_buffers = Some(pass_buffers);
        }
        let (Some((_, group, _)), Some(pass_buffers)) = (&self.bound, &self.pass_buffers) else {
            anyhow::bail!("nothing is bound");
        };
        self.timed(|encoder| self.splat.encode(encoder, group, pass_buffers, drawn))
    }

    /// The same discs, all of them, as triangles.
    ///
    /// # Errors
    /// If the offscreen has no points, or the device is lost.
    pub fn rasterize(&mut self, offscreen: &OffscreenCloud) -> anyhow::Result<Duration> {
        let count = self.bind(offscreen)?.count();
        let Some((_, _, group)) = &self.bound else {
            anyhow::bail!("nothing is bound");
        };
        let view = self.picture.create_view(&TextureViewDescriptor::default());
        self.timed(|encoder| {
            let mut pass = encoder.begin_render_pass(&RenderPassDescriptor {
                label: Some("triangles"),
                color_attachments: &[Some(RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: Operations {
                        load: LoadOp::Clear(Color::BLACK),
                        store: StoreOp::Store,
                    },
                })],
                ..RenderPassDescriptor::default()
            });
            pass.set_pipeline(&self.triangles);
            pass.set_bind_group(0, group, &[]);
            pass.draw(0..3 * count, 0..1);
        })
    }

    fn timed(&self, encode: impl FnOnce(&mut CommandEncoder)) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let mut encoder = self
            .device
            .create_command_encoder(&CommandEncoderDescriptor::default());
        encode(&mut encoder);
        self.queue.submit([encoder.finish()]);
        self.device
            .poll(PollType::wait_indefinitely())
            .context("the graphics device was lost")?;
        Ok(started.elapsed())
    }

    fn bind<'a>(&mut self, offscreen: &'a OffscreenCloud) -> anyhow::Result<&'a CloudBuffers> {
        let world = offscreen.render_world().context("the offscreen draws nothing")?;
        let buffers = world.resource::<CloudBuffers>();
        let known = self.bound.as_ref().map(|(bindings, ..)| *bindings);
        if known != Some(buffers.bindings()) {
            let shared = || buffers.shared().context("there are no points");
            let layout = self.triangles.get_bind_group_layout(0);
            // The layout has what the shader uses, and no more.
            let used = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
            let entries: Vec<_> = (0..)
                .zip(shared()?)
                .filter(|(binding, _)| used.contains(binding))
                .map(|(binding, resource)| BindGroupEntry { binding, resource })
                .collect();
            let drawn = self.device.create_bind_group(&BindGroupDescriptor {
                label: Some("triangles"),
                layout: &layout,
                entries: &entries,
            });
            let splat = self.splat.bind(shared()?);
            self.bound = Some((buffers.bindings(), splat, drawn));
        }
        Ok(buffers)
    }
}

fn triangles(device: &Device) -> RenderPipeline {
    let source = [CLOUD_SHADER, include_str!("../../../shaders/triangles.wgsl")].concat();
    let shader = device.create_shader_module(ShaderModuleDescriptor {
        label: Some("triangles"),
        source: ShaderSource::Wgsl(source.into()),
    });
    device.create_render_pipeline(&RenderPipelineDescriptor {
        label: Some("triangles"),
        layout: None,
        vertex: VertexState {
            module: &shader,
            entry_point: Some("triangle"),
            compilation_options: PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: PrimitiveState::default(),
        depth_stencil: None,
        multisample: MultisampleState::default(),
        fragment: Some(FragmentState {
            module: &shader,
            entry_point: Some("disc"),
            compilation_options: PipelineCompilationOptions::default(),
            targets: &[Some(ColorTargetState {
                format: SPLAT_FORMAT,
                blend: Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
