//! The threads that training on the CPU shares.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// One thread per core, all of them yielding to the window's.
pub fn pool() -> &'static ThreadPool {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    POOL.get_or_init(|| {
        ThreadPoolBuilder::new()
            .thread_name(|index| format!("training {index}"))
            .build()
            .expect("threads can be started")
    })
}
