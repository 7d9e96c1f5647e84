//! Signals that ask the program to end: SIGINT (Ctrl+C), SIGTERM (shutdown) and SIGHUP (logout, a closed terminal).

use std::io;

/// A signal that asks for the program's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndSignal(i32);

impl EndSignal {
    /// The exit status of a process that has ended by it, as shells count.
    pub fn exit_code(self) -> u8 {
        128_u8.saturating_add(self.0.unsigned_abs() as u8)
    }
}

/// Calls `first` with the first such signal, on a thread of its own. A second one ends the process at once. Signals that the
/// process was started to ignore (by `nohup`, or in the background of a script) stay ignored.
///
/// # Errors
/// If the system refuses the handlers or a thread.
#[cfg(unix)]
pub fn watch(first: impl FnOnce(EndSignal) + Send + 'static) -> io::Result<()> {
    use std::thread;
    use std::time::{Duration, Instant};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    /// A session's end sends SIGTERM and SIGHUP together, and a terminal's end SIGHUP twice: these are one wish.
    const TOGETHER: Duration = Duration::from_millis(500);

    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|number| ignored & (1 << (number - 1)) == 0);
    let mut signals = Signals::new(wanted)?;
    let named = |name: &str| thread::Builder::new().name(name.into());
    named("signals").spawn(move || {
        let mut numbers = signals.forever();
        let Some(signal) = numbers.next().map(EndSignal) else {
            return;
        };
        let begun = Instant::now();
        if named("ending").spawn(move || first(signal)).is_err() {
            exit(signal.exit_code());
        }
        for number in numbers {
            if begun.elapsed() > TOGETHER {
                exit(EndSignal(number).exit_code());
            }
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
pub fn watch(_first: impl FnOnce(EndSignal) + Send + 'static) -> io::Result<()> {
    Ok(())
}

/// Ends the process without any more ado: nothing is run that could hang.
pub fn exit(code: u8) -> ! {
    #[cfg(unix)]
    signal_hook::low_level::exit(code.into());
    #[cfg(not(unix))]
    std::process::exit(code.into())
}

/// The signals that this process ignores, a bit each, from 1 on; see proc_pid_status(5). None where the system does not say.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
