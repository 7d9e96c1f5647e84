//! The window: plugins in the order in which data flows.

use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use bevy::app::{
    PluginsState, ScheduleRunnerPlugin, TaskPoolOptions, TaskPoolPlugin, TaskPoolThreadAssignmentPolicy,
    TerminalCtrlCHandlerPlugin,
};
use bevy::camera::CameraOutputMode;
use bevy::log::{Level, LogPlugin};
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;
use bevy::tasks::tick_global_task_pools_on_main_thread;
use bevy::window::{ExitCondition, WindowResolution};
use bevy::winit::{EventLoopProxyWrapper, WinitPlugin, WinitUserEvent};
use bevy_egui::EguiPlugin;

use crate::bridge::{
    Alarm, BridgePlugins, ChosenBackend, EventLog, OpenLog, RestartArguments, Start, Wake, WindowOptions,
    WorkerPlugin,
};
use crate::cloud::CloudPlugin;
use crate::cloud::canvas_fits;
use crate::cloud::{CloudOutput, CloudTarget};
use crate::platform::PlatformPlugins;
use crate::platform::accessibility::AccessibilityPlugin;
#[cfg(target_os = "linux")]
use crate::platform::display;
use crate::platform::frame_pacing::{FramePacing, FramePacingPlugin, paced_wake};
use crate::platform::graphics;
use crate::platform::redraw::RedrawPlugin;
use crate::platform::screenshot::{Picture, ScreenshotPlugin, picture};
use crate::platform::session_file::SESSION;
use crate::platform::shutdown::Shutdown;
#[cfg(target_os = "linux")]
use crate::platform::x11_wakeup::X11WakeupPlugin;
use crate::ui::theme;
use ssvae_core::files::{check, clear_abandoned, folder, target};
use ssvae_core::outputs::kinds::PICTURE;
use ssvae_core::training::backend::Backend;

/// Opens the window and returns when it is closed; with `--screenshot` draws off-screen instead.
pub fn run(options: WindowOptions, backend: Backend, at: Instant) -> anyhow::Result<()> {
    anyhow::ensure!(
        graphics::can_draw(),
        "no graphics driver was found; on Debian or Ubuntu install mesa-vulkan-drivers"
    );
    if let Some(path) = &options.session {
        check(path, &SESSION)?;
    }
    if let Some(path) = &options.screenshot {
        check(path, &PICTURE)?;
    }
    let (off_screen, size) = (options.screenshot.is_some(), options.size);
    anyhow::ensure!(
        off_screen || has_display(),
        "no display was found; set DISPLAY, or use --screenshot FILE --after ready to draw without one"
    );
    let log = match &options.events {
        Some(path) => Some(EventLog::open(path, at)?),
        None => None,
    };
    let weights = target(&options.weights);
    for folder in [folder(&weights), &options.runs, &options.exports] {
        clear_abandoned(folder);
    }
    let shutdown = Shutdown::default();
    let mut app = App::new();
    add_platform(&mut app, &options)?;
    #[cfg(target_os = "linux")]
    display::watch(shutdown.clone());
    if off_screen {
        shutdown.listen(|| {})?;
        let image = app
            .world_mut()
            .resource_mut::<Assets<Image>>()
            .add(picture(options.size));
        let picture = Picture(image);
        app.insert_resource(CloudTarget(picture.target()))
            .insert_resource(picture)
            .insert_resource(Wake(Arc::new(|_| {})))
            .add_plugins((
                ScheduleRunnerPlugin::run_loop(Duration::from_millis(5)),
                ScreenshotPlugin,
            ));
    } else {
        let proxy = (**app.world().resource::<EventLoopProxyWrapper>()).clone();
        // After the event loop has ended there is nothing to wake.
        let wake = move || {
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        };
        shutdown.listen(wake.clone())?;
        let (alarm, pacing) = (Alarm::new(wake.clone())?, FramePacing::default());
        app.insert_resource(paced_wake(alarm.clone(), pacing.clone(), wake))
            .insert_resource(alarm)
            .insert_resource(pacing)
            .add_plugins((RedrawPlugin, FramePacingPlugin, AccessibilityPlugin));
        #[cfg(target_os = "linux")]
        app.add_plugins(X11WakeupPlugin);
    }
    if let Some(log) = log {
        app.insert_resource(OpenLog(log));
    }
    app.insert_resource(Start { options, at })
        .insert_resource(ChosenBackend(backend))
        .insert_resource(shutdown.clone())
        .set_error_handler(bevy::ecs::error::warn)
        .add_plugins(WorkerPlugin);
    add_parts(&mut app);
    let again = app.world().resource::<RestartArguments>().clone();
    if off_screen {
        until_it_can_draw(&mut app);
        let device = app.world().resource::<RenderDevice>();
        anyhow::ensure!(
            canvas_fits(size.into(), &device.limits()),
            "--size {}x{}: the graphics device cannot draw a picture of this size; choose a smaller one",
            size[0],
            size[1]
        );
    }
    let exit = app.run();
    shutdown.has_gone();
    match exit {
        _ if !shutdown.tasks().finish().is_empty() => std::process::exit(1),
        AppExit::Success => restart(&again),
        AppExit::Error(code) => std::process::exit(code.get().into()),
    }
}

/// All parts of the window except the worker and what depends on a screen.
pub(crate) fn add_parts(app: &mut App) {
    app.insert_resource(CloudOutput(CameraOutputMode::Skip))
        .insert_resource(ClearColor(beside_the_canvas()))
        .add_plugins(EguiPlugin::default())
        .add_plugins((PlatformPlugins, CloudPlugin, BridgePlugins));
}

/// The first steps of Bevy's own runners, which continue from here.
fn until_it_can_draw(app: &mut App) {
    while app.plugins_state() == PluginsState::Adding {
        tick_global_task_pools_on_main_thread();
    }
    app.finish();
    app.cleanup();
}

/// Restarts the program if the user has asked for it.
fn restart(again: &RestartArguments) -> anyhow::Result<()> {
    let arguments = again.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(arguments) = arguments else {
        return Ok(());
    };
    let program = std::env::current_exe().context("the program cannot start again")?;
    let mut again = Command::new(program);
    again.args(arguments);
    // In this process, so that signals still reach it.
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut again))
        .context("the program cannot start again");
    #[cfg(not(unix))]
    {
        let status = again.status().context("the program cannot start again")?;
        std::process::exit(status.code().unwrap_or(1))
    }
}

/// winit panics if the display cannot be opened.
fn add_platform(app: &mut App, options: &WindowOptions) -> anyhow::Result<()> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let added = panic::catch_unwind(AssertUnwindSafe(|| {
        app.add_plugins(platform(options));
    }));
    panic::set_hook(hook);
    let display = std::env::var("DISPLAY").unwrap_or_default();
    added.map_err(|_| {
        anyhow::anyhow!(
            "the display {display:?} cannot be opened; set DISPLAY to one that runs, or use --screenshot FILE \
             --after ready to draw without one"
        )
    })
}

/// Bevy's own plugins as this program needs them.
fn platform(options: &WindowOptions) -> bevy::app::PluginGroupBuilder {
    let [width, height] = options.size;
    let off_screen = options.screenshot.is_some();
    let window = Window {
        title: options.title(),
        name: Some("ssvae".into()),
        resolution: WindowResolution::new(width, height),
        ..default()
    };
    let mut options = TaskPoolOptions::default();
    // The worker keeps one thread for itself; Bevy compiles its pipelines on the others.
    options.async_compute = TaskPoolThreadAssignmentPolicy {
        min_threads: 3,
        max_threads: 4,
        percent: 0.25,
        ..options.async_compute
    };
    let plugins = DefaultPlugins
        .set(TaskPoolPlugin {
            task_pool_options: options,
        })
        .set(LogPlugin {
            level: Level::WARN,
            // Their warnings are about the driver and the display, which the user cannot change here.
            filter: "warn,wgpu=error,naga=error,bevy_render=error,bevy_egui=error,winit=error".into(),
            ..default()
        })
        .set(WindowPlugin {
            primary_window: (!off_screen).then_some(window),
            // After a question, where something would be lost.
            close_when_requested: false,
            exit_condition: if off_screen {
                ExitCondition::DontExit
            } else {
                ExitCondition::OnPrimaryClosed
            },
            ..default()
        });
    // All signals are handled in one place, see [`crate::platform::shutdown`].
    let plugins = plugins.disable::<TerminalCtrlCHandlerPlugin>();
    if off_screen {
        plugins.disable::<WinitPlugin>()
    } else {
        plugins
    }
}

/// The background of the panels.
fn beside_the_canvas() -> Color {
    let [r, g, b, _] = theme::of(true).panel.to_array();
    Color::srgb_u8(r, g, b)
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
