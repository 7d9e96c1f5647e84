//! Ctrl+C, and the other signals that ask for the end, while a command works without a window.

use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::console;
use crate::signals::{self, EndSignal};

/// The command was asked to end, and has.
#[derive(Debug, thiserror::Error)]
#[error("interrupted; {what}")]
pub struct Interrupted {
    what: String,
    /// The exit status of the process, as shells count: 128 and the number of the signal.
    pub exit_code: u8,
}

struct State {
    signal: Option<EndSignal>,
    /// How many parts of the command are to be finished first.
    held: usize,
    /// What is said of the work if it ends now.
    what: String,
}

static STATE: Mutex<State> = Mutex::new(State {
    signal: None,
    held: 0,
    what: String::new(),
});

fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    act(&mut STATE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// From now on the first signal ends the command where nothing is [held](hold), and is [asked] for where something is.
///
/// # Errors
/// If the system refuses.
pub fn watch() -> io::Result<()> {
    say("nothing was written");
    signals::watch(|signal| {
        with(|state| state.signal = Some(signal));
        let interrupted = with(|state| (state.held == 0).then(|| error(state, signal)));
        if let Some(interrupted) = interrupted {
            end(&interrupted);
        }
    })
}

fn error(state: &State, signal: EndSignal) -> Interrupted {
    Interrupted {
        what: state.what.clone(),
        exit_code: signal.exit_code(),
    }
}

/// What is said of the work if it is interrupted from now on.
pub fn say(what: impl Into<String>) {
    with(|state| state.what = what.into());
}

/// Something is under way that is to be finished, or taken back.
#[must_use]
pub struct Hold(());

pub fn hold() -> Hold {
    with(|state| state.held += 1);
    Hold(())
}

impl Drop for Hold {
    fn drop(&mut self) {
        with(|state| state.held -= 1);
    }
}

/// Whether what is held shall come to its end.
pub fn asked() -> bool {
    with(|state| state.signal.is_some())
}

/// Ends the process if that was asked for while something was held.
pub fn end_if_asked() {
    if let Some(interrupted) = with(|state| state.signal.map(|signal| error(state, signal))) {
        end(&interrupted);
    }
}

fn end(interrupted: &Interrupted) -> ! {
    console::warn(format_args!("ssvae: {interrupted}"));
    signals::exit(interrupted.exit_code)
}

/// How a command has ended, if it was asked to.
pub fn outcome(done: anyhow::Result<()>) -> anyhow::Result<()> {
    let Some(mut interrupted) = with(|state| state.signal.map(|signal| error(state, signal))) else {
        return done;
    };
    if let Err(error) = done {
        interrupted.what = error.to_string();
    }
    Err(interrupted.into())
}
