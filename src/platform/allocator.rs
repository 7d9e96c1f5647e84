//! Memory that is free, and that the allocator still holds.

use std::thread;
use std::time::Duration;

/// By then what followed from the work is done: points are on the device, a run is on record.
const SOON: Duration = Duration::from_secs(1);

/// Gives it back to the operating system, in a while. glibc keeps what threads have freed for the next allocation of the same
/// thread: 15 MB after the loading of a million points, 40 to 80 MB after a training run on 60,000 images.
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
