//! Memory that is free, and that the allocator still holds.

/// Gives it back to the operating system as soon as the program is at rest. glibc keeps what threads have freed for the next
/// allocation of the same thread: 15 MB after the loading of a million points, 40 to 80 MB after a training run on 60,000
/// images.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use gnu::give_back_at_rest;

/// Other allocators see to it by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back_at_rest() {}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod gnu {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    /// How often it is looked whether the program is at rest.
    const STEP: Duration = Duration::from_secs(1);
    /// Processor time in a step, below which it is.
    const REST: Duration = Duration::from_millis(250);
    /// Steps after which it is given back even so.
    const LAST: usize = 60;

    /// Whether a thread waits for the rest already.
    static WAITING: AtomicBool = AtomicBool::new(false);

    pub fn give_back_at_rest() {
        if WAITING.swap(true, Ordering::AcqRel) {
            return;
        }
        let wait = || {
            let mut before = processor_time();
            for _ in 0..LAST {
                thread::sleep(STEP);
                let now = processor_time();
                if now.saturating_sub(before) < REST {
                    break;
                }
                before = now;
            }
            // Whoever asks from here on waits anew.
            WAITING.store(false, Ordering::Release);
            give_back();
        };
        // Without a thread it is kept, which harms nobody.
        if thread::Builder::new()
            .name("allocator".into())
            .spawn(wait)
            .is_err()
        {
            WAITING.store(false, Ordering::Release);
        }
    }

    #[expect(unsafe_code, reason = "a call of the C library")]
    fn give_back() {
        // SAFETY: malloc_trim takes a number and touches nothing that is in use.
        // Whether there was anything makes no difference.
        let _ = unsafe { libc::malloc_trim(0) };
    }

    /// Processor time of all threads so far, in steps of 10 ms; zero where it cannot be read. `proc_pid_stat(5)`: `utime` and
    /// `stime` are the 14th and the 15th field, and the second one, in parentheses, may hold anything.
    fn processor_time() -> Duration {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2);
        Duration::from_millis(10 * ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
    }

    #[cfg(test)]
    mod tests {
        use std::time::Instant;

        use super::*;

        #[test]
        fn the_processor_time_runs_while_the_program_works() {
            let (before, begun) = (processor_time(), Instant::now());
            while begun.elapsed() < Duration::from_millis(200) {
                std::hint::black_box(vec![0_u8; 1 << 16]);
            }
            let used = processor_time() - before;
            assert!(used > Duration::ZERO, "{used:?} of {:?}", begun.elapsed());
        }
    }
}
