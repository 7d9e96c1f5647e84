//! Memory that is free, and that the allocator still holds.

use std::thread;
use std::time::Duration;

/// By then what was loaded has been copied to the device, and the copies are gone.
const SOON: Duration = Duration::from_millis(300);

/// Gives it back to the operating system, in a while. glibc keeps large pieces, once some were freed, for the next ones: after a
/// million points 15 MB that only the loading needed.
pub fn give_back_soon() {
    let wait = || {
        thread::sleep(SOON);
        give_back();
    };
    // Without a thread it is kept, which harms nobody.
    let _ = thread::Builder::new().name("allocator".into()).spawn(wait);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a call of the C library")]
fn give_back() {
    // SAFETY: malloc_trim takes a number and touches nothing that is in use.
    // Whether there was anything makes no difference.
    let _ = unsafe { libc::malloc_trim(0) };
}

/// Other allocators see to it by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
