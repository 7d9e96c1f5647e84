//! Loaded into a process before libc (`LD_PRELOAD`), built by the crash test alone.
//!
//! `SHIM_CLOCK=SECONDS` shifts the wall clock.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
}

/// libc's own function of a name.
fn next(kept: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    let known = kept.load(Ordering::Relaxed);
    if !known.is_null() {
        return known;
    }
    const RTLD_NEXT: *mut c_void = -1_isize as *mut c_void;
    // SAFETY: the name ends with a zero.
    let found = unsafe { dlsym(RTLD_NEXT, name.as_ptr()) };
    kept.store(found, Ordering::Relaxed);
    found
}

fn number(name: &CStr) -> Option<i64> {
    // SAFETY: the name ends with a zero; the process does not change its environment.
    let text = unsafe { getenv(name.as_ptr()) };
    if text.is_null() {
        return None;
    }
    // SAFETY: what `getenv` returns ends with a zero.
    unsafe { CStr::from_ptr(text) }.to_str().ok()?.parse().ok()
}

#[repr(C)]
pub struct Timespec {
    seconds: i64,
    nanoseconds: c_long,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    static NEXT: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
    const REALTIME: c_int = 0;
    // SAFETY: libc's function has this type; the caller's pointer is passed on.
    unsafe {
        let real: extern "C" fn(c_int, *mut Timespec) -> c_int =
            std::mem::transmute(next(&NEXT, c"clock_gettime"));
        let result = real(clock, time);
        if result == 0 && clock == REALTIME {
            (*time).seconds += number(c"SHIM_CLOCK").unwrap_or(0);
        }
        result
    }
}
