//! Loaded into a process before libc (`LD_PRELOAD`), built by the crash test alone.
//!
//! `SHIM_CLOCK=SECONDS` shifts the wall clock.
//!
//! `SHIM_BELOW=FOLDER SHIM_AT=K SHIM_ERROR=ERRNO SHIM_LOG=FILE` fails the K-th call that writes to, opens, flushes, renames or
//! removes something below the folder, and notes which it was; with `SHIM_ON=1` all that follow as well. System calls are
//! trapped (seccomp, SIGSYS), since some crates call the kernel without libc. x86-64 alone.

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

#[cfg(target_arch = "x86_64")]
mod faults {
    use std::ffi::{CStr, c_int, c_void};
    use std::sync::atomic::{AtomicI64, AtomicPtr, Ordering};

    use super::{getenv, number};

    std::arch::global_asm!(
        ".globl shim_call",
        "shim_call:",
        "mov rax, rdi",
        "mov rdi, rsi",
        "mov rsi, rdx",
        "mov rdx, rcx",
        "mov r10, r8",
        "mov r8, r9",
        "mov r9, [rsp + 8]",
        "syscall",
        ".globl shim_called",
        "shim_called:",
        "ret",
    );

    unsafe extern "C" {
        /// A system call that is not trapped.
        fn shim_call(number: i64, a: i64, b: i64, c: i64, d: i64, e: i64, f: i64) -> i64;
        static shim_called: u8;
        fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
        fn prctl(option: c_int, ...) -> c_int;
    }

    #[repr(C)]
    struct Action {
        handler: usize,
        mask: [u64; 16],
        flags: c_int,
        restorer: usize,
    }

    #[repr(C)]
    struct Instruction {
        code: u16,
        if_true: u8,
        if_false: u8,
        value: u32,
    }

    #[repr(C)]
    struct Program {
        length: u16,
        instructions: *const Instruction,
    }

    const WRITE: i64 = 1;
    const OPENAT: i64 = 257;
    const O_CREAT: i64 = 0o100;
    const READLINK: i64 = 89;
    /// Number, name, and whether its first arguments are a path (0), a folder's handle and a path (1), or a handle (2).
    const CALLS: [(i64, &str, u8); 24] = [
        (WRITE, "write", 2),
        (2, "open", 0),
        (18, "pwrite64", 2),
        (20, "writev", 2),
        (40, "sendfile", 2),
        (73, "flock", 2),
        (74, "fsync", 2),
        (75, "fdatasync", 2),
        (76, "truncate", 0),
        (77, "ftruncate", 2),
        (82, "rename", 0),
        (83, "mkdir", 0),
        (86, "link", 0),
        (87, "unlink", 0),
        (91, "fchmod", 2),
        (93, "fchown", 2),
        (OPENAT, "openat", 1),
        (258, "mkdirat", 1),
        (263, "unlinkat", 1),
        (264, "renameat", 1),
        (265, "linkat", 1),
        (285, "fallocate", 2),
        (316, "renameat2", 1),
        (326, "copy_file_range", 2),
    ];

    static SEEN: AtomicI64 = AtomicI64::new(0);
    static AT: AtomicI64 = AtomicI64::new(0);
    static ON: AtomicI64 = AtomicI64::new(0);
    static ERROR: AtomicI64 = AtomicI64::new(0);
    static LOG: AtomicI64 = AtomicI64::new(-1);
    static BELOW: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

    #[used]
    #[unsafe(link_section = ".init_array")]
    static BEGIN: extern "C" fn() = begin;

    extern "C" fn begin() {
        // SAFETY: the process has one thread yet; all structures are those of the kernel's headers.
        unsafe {
            let (Some(at), Some(error)) = (number(c"SHIM_AT"), number(c"SHIM_ERROR")) else {
                return;
            };
            let (below, log) = (getenv(c"SHIM_BELOW".as_ptr()), getenv(c"SHIM_LOG".as_ptr()));
            if below.is_null() || log.is_null() {
                return;
            }
            AT.store(at, Ordering::Relaxed);
            ERROR.store(error, Ordering::Relaxed);
            ON.store(number(c"SHIM_ON").unwrap_or(0), Ordering::Relaxed);
            BELOW.store(below.cast_mut().cast(), Ordering::Relaxed);
            const APPEND: i64 = 0o2001 | O_CREAT;
            const HERE: i64 = -100;
            LOG.store(
                shim_call(OPENAT, HERE, log as i64, APPEND, 0o644, 0, 0),
                Ordering::Relaxed,
            );
            const SIGSYS: c_int = 31;
            // SA_SIGINFO, SA_NODEFER.
            let action = Action {
                handler: trapped as *const () as usize,
                mask: [0; 16],
                flags: 0x4 | 0x4000_0000,
                restorer: 0,
            };
            sigaction(SIGSYS, &action, std::ptr::null_mut());
            install();
        }
    }

    /// Traps the calls unless they come from [`shim_call`].
    unsafe fn install() {
        let load = |offset| Instruction {
            code: 0x20,
            if_true: 0,
            if_false: 0,
            value: offset,
        };
        let give = |value| Instruction {
            code: 0x06,
            if_true: 0,
            if_false: 0,
            value,
        };
        let equal = |value, if_true, if_false| Instruction {
            code: 0x15,
            if_true,
            if_false,
            value,
        };
        const ALLOW: u32 = 0x7fff_0000;
        const TRAP: u32 = 0x0003_0000;
        let after = &raw const shim_called as u64;
        let count = CALLS.len() as u8;
        let mut program = vec![load(0)];
        for (i, call) in CALLS.iter().enumerate() {
            program.push(equal(call.0 as u32, count - i as u8, 0));
        }
        program.push(give(ALLOW));
        program.extend([
            load(8),
            equal(after as u32, 0, 2),
            load(12),
            equal((after >> 32) as u32, 1, 0),
        ]);
        program.extend([give(TRAP), give(ALLOW)]);
        let program = Program {
            length: program.len() as u16,
            instructions: program.leak().as_ptr(),
        };
        const NO_NEW_PRIVILEGES: c_int = 38;
        const SECCOMP: c_int = 22;
        // SAFETY: a valid filter, kept for ever.
        unsafe {
            prctl(NO_NEW_PRIVILEGES, 1_u64, 0_u64, 0_u64, 0_u64);
            if prctl(SECCOMP, 2_u64, &raw const program) != 0 {
                note("no seccomp");
            }
        }
    }

    fn note(text: &str) {
        // SAFETY: the text's own memory.
        unsafe {
            shim_call(
                WRITE,
                LOG.load(Ordering::Relaxed),
                text.as_ptr() as i64,
                text.len() as i64,
                0,
                0,
                0,
            );
        }
    }

    extern "C" fn trapped(_signal: c_int, _info: *mut c_void, context: *mut c_void) {
        // SAFETY: `gregs` of a `ucontext_t` on x86-64 begin at byte 40; the call's arguments are passed on.
        unsafe {
            let registers = context.cast::<u8>().add(40).cast::<i64>();
            let register = |i| *registers.add(i);
            let [r8, r9, r10, rdi, rsi, rdx, rax] = [0, 1, 2, 8, 9, 12, 13];
            let call = register(rax);
            let arguments = [rdi, rsi, rdx, r10, r8, r9].map(register);
            *registers.add(rax) = match failing(call, arguments) {
                true => -ERROR.load(Ordering::Relaxed),
                false => {
                    let [a, b, c, d, e, f] = arguments;
                    shim_call(call, a, b, c, d, e, f)
                }
            };
        }
    }

    unsafe fn failing(call: i64, arguments: [i64; 6]) -> bool {
        let Some(&(_, name, kind)) = CALLS.iter().find(|known| known.0 == call) else {
            return false;
        };
        let below = BELOW.load(Ordering::Relaxed);
        let mut buffer = [0_u8; 512];
        // SAFETY: paths end with a zero, and the buffer is as long as it is said to be.
        let path: &[u8] = unsafe {
            let below = CStr::from_ptr(below.cast()).to_bytes();
            let path = match kind {
                0 => CStr::from_ptr(arguments[0] as *const _).to_bytes(),
                1 => CStr::from_ptr(arguments[1] as *const _).to_bytes(),
                _ => {
                    let mut name = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0\0";
                    let (mut digits, mut rest) = ([0_u8; 11], arguments[0] as i32);
                    let mut count = 0;
                    while count == 0 || rest > 0 {
                        digits[count] = b'0' + (rest % 10) as u8;
                        rest /= 10;
                        count += 1;
                    }
                    for i in 0..count {
                        name[14 + i] = digits[count - 1 - i];
                    }
                    let length = shim_call(
                        READLINK,
                        name.as_ptr() as i64,
                        buffer.as_mut_ptr() as i64,
                        512,
                        0,
                        0,
                        0,
                    );
                    &buffer[..length.max(0) as usize]
                }
            };
            if !path.starts_with(below) {
                return false;
            }
            path
        };
        let seen = 1 + SEEN.fetch_add(1, Ordering::Relaxed);
        let at = AT.load(Ordering::Relaxed);
        let fails = seen == at || seen > at && ON.load(Ordering::Relaxed) != 0;
        if seen == at {
            note(name);
            note(" ");
            note(str::from_utf8(path).unwrap_or("?"));
            note("\n");
        }
        fails
    }
}
