//! The loss of the connection to the X server. Xlib reports it by a handler that must not return.

use std::ffi::c_int;
use std::sync::OnceLock;

use x11_dl::xlib::{Display, Xlib};

use crate::platform::shutdown::Shutdown;

static SHUTDOWN: OnceLock<Shutdown> = OnceLock::new();

/// From now on, tasks in progress are finished when the connection is lost, as by `xkill` or with the server.
pub fn watch(shutdown: Shutdown) {
    // Without Xlib there is no connection to lose.
    let Ok(xlib) = Xlib::open() else {
        return;
    };
    if SHUTDOWN.set(shutdown).is_ok() {
        #[expect(unsafe_code, reason = "Xlib has this handler in C only")]
        // SAFETY: the handler is a function of the program itself, it calls no Xlib and does not return.
        unsafe {
            (xlib.XSetIOErrorHandler)(Some(gone));
        }
    }
}

#[expect(
    unsafe_code,
    reason = "the type that Xlib wants; it does nothing that is unsafe"
)]
unsafe extern "C" fn gone(_display: *mut Display) -> c_int {
    match SHUTDOWN.get() {
        Some(shutdown) => shutdown.without_a_display(),
        None => 1,
    }
}
