//! Wakes the window for events that got stuck. While the graphics driver talks to the X server in the drawing thread, it may
//! read a click or a key off the connection that winit sleeps on. The event then lies in the client's queue until the next
//! one arrives (winit issue 1985). So the window receives an empty message soon after each frame.

use std::time::Duration;

use bevy::prelude::*;
use bevy::render::{Render, RenderApp, RenderSystems};
use bevy::window::{PrimaryWindow, RawHandleWrapper};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use raw_window_handle::RawWindowHandle;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};
use x11rb::rust_connection::RustConnection;

/// When messages are sent after the last frame: for events that drawing or the driver's own threads have read.
const PAUSES: [Duration; 2] = [Duration::from_millis(8), Duration::from_millis(60)];

pub struct X11WakeupPlugin;

/// Receives a token for each frame that is drawn.
#[derive(Resource)]
struct Drawn(Sender<()>);

/// What the sending thread needs.
#[derive(Resource)]
struct Unborn(Receiver<()>);

impl Plugin for X11WakeupPlugin {
    fn build(&self, app: &mut App) {
        let (sender, receiver) = bounded(1);
        app.insert_resource(Unborn(receiver))
            .add_systems(Update, begin.run_if(resource_exists::<Unborn>));
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(Drawn(sender))
                .add_systems(Render, tell.in_set(RenderSystems::Cleanup));
        }
    }
}

fn tell(drawn: Res<Drawn>) {
    // One waiting token is enough; without the thread it is not needed.
    let _ = drawn.0.try_send(());
}

fn begin(
    windows: Query<&RawHandleWrapper, With<PrimaryWindow>>,
    unborn: Res<Unborn>,
    mut commands: Commands,
) -> Result {
    let Ok(handle) = windows.single() else {
        return Ok(());
    };
    let window = match handle.get_window_handle() {
        RawWindowHandle::Xlib(handle) => handle.window as u32,
        RawWindowHandle::Xcb(handle) => handle.window.get(),
        _ => {
            commands.remove_resource::<Unborn>();
            return Ok(());
        }
    };
    let frames = unborn.0.clone();
    commands.remove_resource::<Unborn>();
    std::thread::Builder::new()
        .name("x11 wakeup".into())
        .spawn(move || {
            // Without a second connection events may only be late, so the user is not told.
            if let Err(error) = wake_up(&frames, window) {
                debug!("no messages to the window: {error}");
            }
        })?;
    Ok(())
}

/// Ends with the window, or with the last frame.
fn wake_up(frames: &Receiver<()>, window: u32) -> Result<()> {
    let (connection, _) = RustConnection::connect(None)?;
    let nothing = connection.intern_atom(false, b"_SSVAE_NOTHING")?.reply()?.atom;
    let message = ClientMessageEvent::new(32, window, nothing, [0; 5]);
    let mut left: &[Duration] = &[];
    loop {
        let next = match left {
            [] => frames.recv().map_err(|_| RecvTimeoutError::Disconnected),
            [pause, ..] => frames.recv_timeout(*pause),
        };
        match next {
            Ok(()) => left = &PAUSES,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                left = left.get(1..).unwrap_or_default();
                connection
                    .send_event(false, window, EventMask::NO_EVENT, message)?
                    .check()?;
            }
        }
    }
}
