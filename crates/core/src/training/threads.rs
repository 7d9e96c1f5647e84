//! The threads that compute: all of them yield to the window's.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How much the threads yield, by Linux's scale: what a label says is waited for sooner than the end of a training run.
const TRAINING: i32 = 10;
const PROPAGATION: i32 = 5;

/// `count` threads for training on the CPU, one per core where it is `None`.
pub(crate) fn pool(count: Option<usize>) -> ThreadPool {
    named("training", count, TRAINING)
}

/// Threads for the similarity graph and what is propagated on it, one per core.
pub fn propagation_pool() -> ThreadPool {
    named("propagation", None, PROPAGATION)
}

/// Runs `work` on a thread of this name, with [`propagation_pool`] as its pool; calls `on_panic` if it panics.
///
/// # Errors
/// If no thread can be started.
pub(crate) fn spawn_with_pool(
    name: &str,
    work: impl FnOnce() + Send + 'static,
    on_panic: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let guarded = move || {
        if catch_unwind(AssertUnwindSafe(|| propagation_pool().install(work))).is_err() {
            on_panic();
        }
    };
    thread::Builder::new().name(name.into()).spawn(guarded).map(drop)
}

#[expect(clippy::expect_used, reason = "a machine that starts no thread cannot go on")]
fn named(name: &'static str, count: Option<usize>, priority: i32) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(count.unwrap_or(0))
        .thread_name(move |index| format!("{name} {index}"))
        .start_handler(move |_| yield_by(priority))
        .build()
        .expect("threads can be started")
}

/// Lowers the priority of the calling thread: where both want a core, the window gets it.
pub(crate) fn yield_to_the_window() {
    yield_by(TRAINING);
}

fn yield_by(priority: i32) {
    #[cfg(target_os = "linux")]
    {
        // Linux takes "this process" for the calling thread. A refusal only costs smoothness.
        let _ = rustix::process::setpriority_process(None, priority);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = priority;
}
