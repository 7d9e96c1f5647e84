//! What the window system and the operating system require.

pub mod accessibility;
pub mod allocator;
#[cfg(target_os = "linux")]
pub mod display;
mod egui_camera;
mod egui_time;
pub mod file_drop;
mod fit_screen;
mod fonts;
pub mod frame_pacing;
pub mod graphics;
mod input_queue;
pub mod keyboard;
pub mod redraw;
pub mod screenshot;
pub mod session_file;
pub mod shutdown;
#[cfg(target_os = "linux")]
pub mod x11_wakeup;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// What every window needs; a window on a screen needs more, see [`crate::app`].
pub struct PlatformPlugins;

impl PluginGroup for PlatformPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(input_queue::InputQueuePlugin)
            .add(egui_camera::EguiCameraPlugin)
            .add(egui_time::EguiTimePlugin)
            .add(keyboard::KeyboardPlugin)
            .add(fit_screen::FitScreenPlugin)
            .add(fonts::FontsPlugin)
            .add(file_drop::FileDropPlugin)
            .add(session_file::SessionFilePlugin)
            .add(shutdown::ShutdownPlugin)
    }
}
