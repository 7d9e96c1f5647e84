//! The threads that compute: all of them yield to the window's.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// One thread per core, shared by all training on the CPU.
pub fn pool() -> &'static ThreadPool {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .thread_name(|index| format!("training {index}"))
            .start_handler(|_| yield_to_the_window())
            .build()
            .expect("threads can be started")
    })
}

/// Lowers the priority of the calling thread: where both want a core, the window gets it.
pub fn yield_to_the_window() {
    #[cfg(target_os = "linux")]
    {
        // Linux takes "this process" for the calling thread. A refusal only costs smoothness.
        let _ = rustix::process::setpriority_process(None, 10);
    }
}
