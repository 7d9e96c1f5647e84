//! The end of the window, by the user, a signal, another client of the X server, or that server's end. What
//! is in progress is finished; what does not finish in time is reported on standard error.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use bevy::app::AppExit;
use bevy::prelude::*;

use crate::bridge::ExitTasks;
use crate::console;
use crate::platform::session_file::SessionFileSystems;
use crate::signals;

/// How long the window's own thread has to answer a signal.
const ANSWER: Duration = Duration::from_secs(3);
/// How long the window and the graphics driver may take to close, once all is written.
const LEAVE: Duration = Duration::from_secs(5);

/// The end of the window.
#[derive(Resource, Clone, Default)]
pub struct Shutdown {
    tasks: ExitTasks,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// A signal has asked for the end.
    requested: AtomicBool,
    /// The process is the window's, and ends with it.
    owns_the_process: AtomicBool,
    /// The window has gone.
    gone: AtomicBool,
}

pub struct ShutdownPlugin;

impl Plugin for ShutdownPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Shutdown>();
        let tasks = app.world().resource::<Shutdown>().tasks().clone();
        app.insert_resource(tasks)
            .add_systems(Update, leave_if_requested)
            .add_systems(Last, finish_before_leaving.after(SessionFileSystems));
    }
}

impl Shutdown {
    /// Tasks that have to be finished before it.
    pub fn tasks(&self) -> &ExitTasks {
        &self.tasks
    }

    /// The exit status of a process that ends in this way.
    fn exit_code(&self) -> u8 {
        u8::from(!self.tasks.finish().is_empty())
    }

    /// Signals end the window from now on. `wake` wakes it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn listen(&self, wake: impl Fn() + Send + 'static) -> io::Result<()> {
        self.state.owns_the_process.store(true, Ordering::Release);
        let shutdown = self.clone();
        signals::watch(move |_| {
            shutdown.state.requested.store(true, Ordering::Release);
            wake();
            thread::sleep(ANSWER);
            // Else the window's own thread ends the process.
            if !shutdown.tasks.have_begun() {
                signals::exit(shutdown.exit_code());
            }
        })
    }

    /// The connection to the X server has gone, in the middle of a call that cannot return.
    #[cfg(target_os = "linux")]
    pub fn without_a_display(&self) -> ! {
        console::warn("ssvae: the X server has gone or has closed the window");
        signals::exit(self.exit_code())
    }

    /// Notes that the window is closed.
    pub fn has_gone(&self) {
        self.state.gone.store(true, Ordering::Release);
    }

    /// Ends the process if the window does not close in time.
    fn see_to_the_end(&self) {
        if !self.state.owns_the_process.load(Ordering::Acquire) {
            return;
        }
        let shutdown = self.clone();
        let watch = thread::Builder::new().name("ending".into()).spawn(move || {
            thread::sleep(LEAVE);
            if !shutdown.state.gone.load(Ordering::Acquire) {
                signals::exit(shutdown.exit_code());
            }
        });
        if let Err(error) = watch {
            debug!("nothing watches over the end: {error}");
        }
    }
}

fn leave_if_requested(shutdown: Res<Shutdown>, mut exit: MessageWriter<AppExit>) {
    if shutdown.state.requested.load(Ordering::Acquire) {
        exit.write(AppExit::Success);
    }
}

fn finish_before_leaving(mut exits: MessageReader<AppExit>, shutdown: Res<Shutdown>) {
    if exits.read().count() > 0 {
        shutdown.tasks.finish();
        shutdown.see_to_the_end();
    }
}
