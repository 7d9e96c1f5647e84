//! The cloud alone, drawn off-screen frame by frame: for benches and for pictures that are compared with others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use bevy::app::PluginsState;
use bevy::image::Image;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::PollType;
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice, RenderQueue};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::{ExitCondition, WindowEvent};
use bevy::winit::WinitPlugin;
use image::RgbImage;
use wgpu::{DeviceType, SubmissionIndex};

use crate::cloud::{CloudPlugin, CloudTarget, LevelOfDetail, NewPositions, Placement};
use crate::platform::screenshot::{Picture, picture};

/// After so many frames a picture that has not come will not come.
const PATIENCE: usize = 200;

/// An app with the cloud and nothing else, without a window.
pub struct OffscreenCloud {
    app: App,
    picture: Handle<Image>,
    last: Option<SubmissionIndex>,
}

/// The last picture that was asked for.
#[derive(Resource, Default)]
struct Captured(Option<Image>);

impl OffscreenCloud {
    /// With a picture of this size in pixels.
    ///
    /// # Errors
    /// Without a graphics driver.
    pub fn new(size: [u32; 2]) -> anyhow::Result<Self> {
        anyhow::ensure!(
            crate::platform::graphics::can_draw(),
            "no graphics driver was found; on Debian or Ubuntu install mesa-vulkan-drivers"
        );
        let mut app = App::new();
        app.add_plugins(
            DefaultPlugins
                .set(WindowPlugin {
                    primary_window: None,
                    exit_condition: ExitCondition::DontExit,
                    ..default()
                })
                .disable::<WinitPlugin>()
                .disable::<LogPlugin>()
                // A frame is over when it is drawn.
                .disable::<PipelinedRenderingPlugin>(),
        );
        let picture = Picture(app.world_mut().resource_mut::<Assets<Image>>().add(picture(size)));
        app.insert_resource(CloudTarget(picture.target()))
            .init_resource::<Captured>()
            .add_plugins(CloudPlugin);
        while app.plugins_state() == PluginsState::Adding {
            bevy::tasks::tick_global_task_pools_on_main_thread();
        }
        app.finish();
        app.cleanup();
        Ok(Self {
            app,
            picture: picture.0,
            last: None,
        })
    }

    /// The device that draws.
    pub fn device(&self) -> &RenderDevice {
        self.app.world().resource()
    }

    /// Its name.
    pub fn device_name(&self) -> String {
        self.app.world().resource::<RenderAdapterInfo>().name.clone()
    }

    /// Whether it is a processor.
    pub fn is_software(&self) -> bool {
        self.app.world().resource::<RenderAdapterInfo>().device_type == DeviceType::Cpu
    }

    /// Everything the cloud reads and writes.
    pub fn world(&mut self) -> &mut World {
        self.app.world_mut()
    }

    /// The app in which the frames are drawn.
    pub fn render_world(&self) -> Option<&World> {
        Some(self.app.get_sub_app(bevy::render::RenderApp)?.world())
    }

    /// Puts or sends the points somewhere with the next frame.
    pub fn place(&mut self, placement: Arc<Placement>, animate: bool) {
        self.app.world_mut().write_message(NewPositions {
            placement,
            animate,
            from: None,
        });
    }

    /// What the mouse does before the next frame.
    pub fn send_events(&mut self, events: impl IntoIterator<Item = WindowEvent>) {
        for event in events {
            self.app.world_mut().write_message(event);
        }
    }

    /// One frame, until the device is done with it.
    pub fn frame(&mut self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        self.app.update();
        self.device()
            .poll(PollType::wait_indefinitely())
            .context("the graphics device was lost")?;
        Ok(started.elapsed())
    }

    /// One frame without waiting for it, as in a window; the device is never more than one frame behind.
    pub fn submit(&mut self) -> anyhow::Result<()> {
        let before = self.last.take();
        self.app.update();
        self.last = Some(self.app.world().resource::<RenderQueue>().submit([]));
        if let Some(submission_index) = before {
            let wait = PollType::Wait {
                submission_index: Some(submission_index),
                timeout: None,
            };
            self.device().poll(wait).context("the graphics device was lost")?;
        }
        Ok(())
    }

    /// Frames until nothing moves and nothing is left out.
    pub fn rest(&mut self) -> anyhow::Result<()> {
        let mut frames = 0;
        let started = Instant::now();
        while frames < 3 || started.elapsed() < Duration::from_millis(400) || self.leaves_points_out() {
            self.frame()?;
            frames += 1;
        }
        Ok(())
    }

    /// Frames until nothing is left out.
    pub fn complete(&mut self) -> anyhow::Result<()> {
        while self.leaves_points_out() {
            self.frame()?;
        }
        Ok(())
    }

    fn leaves_points_out(&self) -> bool {
        self.app.world().resource::<LevelOfDetail>().reduced
    }

    /// What is drawn.
    ///
    /// # Errors
    /// If the device is lost or gives no picture back.
    pub fn picture(&mut self) -> anyhow::Result<RgbImage> {
        self.app
            .world_mut()
            .spawn(Screenshot::image(self.picture.clone()))
            .observe(|captured: On<ScreenshotCaptured>, mut kept: ResMut<Captured>| {
                kept.0 = Some(captured.image.clone());
            });
        for _ in 0..PATIENCE {
            self.frame()?;
            if let Some(image) = self.app.world_mut().resource_mut::<Captured>().0.take() {
                return Ok(image.try_into_dynamic()?.to_rgb8());
            }
        }
        anyhow::bail!("the graphics device gave no picture back")
    }
}
