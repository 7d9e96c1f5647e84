//! The threads that compute: all of them yield to the window's.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// `count` threads for training on the CPU, one per core where it is `None`.
pub fn pool(count: Option<usize>) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(count.unwrap_or(0))
        .thread_name(|index| format!("training {index}"))
        .start_handler(|_| yield_to_the_window())
        .build()
        .expect("threads can be started")
}

/// Lowers the priority of the calling thread: where both want a core, the window gets it.
pub fn yield_to_the_window() {
    #[cfg(target_os = "linux")]
    {
        // Linux takes "this process" for the calling thread. A refusal only costs smoothness.
        let _ = rustix::process::setpriority_process(None, 10);
    }
}
