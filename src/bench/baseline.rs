//! What the pictures cost without everything else: a minimal program on the same device that runs the same passes over
//! the same buffers, and one that draws the same discs as triangles.

use std::time::{Duration, Instant};

use anyhow::Context;
use wgpu::*;

use crate::cloud::render::buffers::CloudBuffers;
use crate::cloud::render::splat::{self, CLOUD, Field, Splat};
use crate::offscreen::Stage;

/// The program.
pub struct Limit {
    device: Device,
    queue: Queue,
    splat: Splat,
    picture: Texture,
    field: Option<Field>,
    bound: Option<(u64, BindGroup, BindGroup)>,
    triangles: RenderPipeline,
}

impl Limit {
    pub fn new(stage: &mut Stage, [width, height]: [u32; 2]) -> Self {
        let device = stage.device().wgpu_device().clone();
        let queue = (****stage.world().resource::<bevy::render::renderer::RenderQueue>()).clone();
        let picture = device.create_texture(&TextureDescriptor {
            label: Some("limit"),
            size: Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: TextureDimension::D2,
            format: splat::FORMAT,
            usage: TextureUsages::STORAGE_BINDING | TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        Self {
            splat: Splat::new(&device),
            triangles: triangles(&device),
            device,
            queue,
            picture,
            field: None,
            bound: None,
        }
    }

    /// The picture that the stage has just drawn, by the passes alone.
    ///
    /// # Errors
    /// If the stage has no points, or the device is lost.
    pub fn splat(&mut self, stage: &Stage) -> anyhow::Result<Duration> {
        let buffers = self.bind(stage)?;
        let uniforms = buffers.uniforms();
        let (extent, count) = (uniforms.extent(), buffers.count());
        let drawn = uniforms.drawn();
        if !self
            .field
            .as_ref()
            .is_some_and(|field| field.fits(extent, count, false))
        {
            self.field = None;
            let field = Field::new(&self.splat, extent, count, &self.picture, false);
            self.field = Some(field);
        }
        let (Some((_, group, _)), Some(field)) = (&self.bound, &self.field) else {
            anyhow::bail!("nothing is bound");
        };
        self.timed(|encoder| self.splat.encode(encoder, group, field, drawn))
    }

    /// The same discs, all of them, as triangles.
    ///
    /// # Errors
    /// If the stage has no points, or the device is lost.
    pub fn rasterize(&mut self, stage: &Stage) -> anyhow::Result<Duration> {
        let count = self.bind(stage)?.count();
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

    fn bind<'a>(&mut self, stage: &'a Stage) -> anyhow::Result<&'a CloudBuffers> {
        let world = stage.render_world().context("the stage draws nothing")?;
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
    let source = [CLOUD, include_str!("../../shaders/triangles.wgsl")].concat();
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
                format: splat::FORMAT,
                blend: Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
