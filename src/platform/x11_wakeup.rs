//! Events that a frame has swallowed. While the graphics driver talks to the X server in the thread that draws, it may read
//! a click or a key off the connection that winit sleeps on: the event lies in the client's queue, and nobody looks until
//! the next one comes (winit issue 1985). So the window gets a message that means nothing soon after each frame.

use std::time::Duration;

use bevy::prelude::*;
use bevy::render::{Render, RenderApp, RenderSystems};
use bevy::window::{PrimaryWindow, RawHandleWrapper};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use raw_window_handle::RawWindowHandle;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask};
use x11rb::rust_connection::RustConnection;

/// After the last frame, for what its drawing swallowed, and for what a driver's own threads did.
const PAUSES: [Duration; 2] = [Duration::from_millis(8), Duration::from_millis(60)];

pub struct X11WakeupPlugin;

/// Hears of frames that are drawn.
#[derive(Resource)]
struct Drawn(Sender<()>);

/// What the thread that sends the messages begins with.
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
    // One that waits already is enough; without a thread nobody needs it.
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
    std::thread::Builder::new().name("nudge".into()).spawn(move || {
        // Without a second connection events may be late, which is no reason to tell the user anything.
        if let Err(error) = nudge(&frames, window) {
            debug!("no messages to the window: {error}");
        }
    })?;
    Ok(())
}

/// Ends with the window, or with the last frame.
fn nudge(frames: &Receiver<()>, window: u32) -> Result<()> {
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
