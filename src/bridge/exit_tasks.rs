//! Tasks that have to be finished before the process ends, such as writing labels.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use crossbeam_channel::{RecvTimeoutError, unbounded};

use crate::console;

/// A task that has to be finished before the process ends.
pub struct ExitTask {
    /// Finishes it; the error says what is lost.
    pub finish: Box<dyn FnOnce() -> Result<(), String> + Send>,
    /// How long it may take.
    pub patience: Duration,
    /// Says what is lost if it takes longer.
    pub late: Box<dyn Fn() -> String + Send>,
}

/// All tasks. The first thread that asks finishes them, once; others wait for it.
#[derive(Resource, Clone, Default)]
pub struct ExitTasks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tasks: Mutex<Vec<ExitTask>>,
    begun: AtomicBool,
    /// What could not be finished, once all is over.
    lost: OnceLock<Vec<String>>,
}

impl ExitTasks {
    /// Adds a task. After [`Self::finish`] it would come too late.
    pub fn add(&self, task: ExitTask) {
        self.0
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task);
    }

    /// Finishes everything; prints and returns what is lost.
    pub fn finish(&self) -> &[String] {
        self.0.begun.store(true, Ordering::Release);
        self.0.lost.get_or_init(|| {
            let tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            let lost = finish(tasks);
            lost.iter()
                .for_each(|lost| console::warn(format!("ssvae: {lost}")));
            lost
        })
    }

    /// Whether they are being finished, or are finished.
    pub fn have_begun(&self) -> bool {
        self.0.begun.load(Ordering::Acquire)
    }
}

/// Each task has a thread of its own, so that one that hangs does not delay the others.
fn finish(tasks: Vec<ExitTask>) -> Vec<String> {
    let begun = Instant::now();
    let (tell, told) = unbounded();
    let mut waiting = Vec::new();
    for (
        number,
        ExitTask {
            finish,
            patience,
            late,
        },
    ) in tasks.into_iter().enumerate()
    {
        let tell = tell.clone();
        // A task whose thread cannot be started counts as late.
        let _ = thread::Builder::new().name("ending".into()).spawn(move || {
            // A panic has been printed by its hook.
            let finished = catch_unwind(AssertUnwindSafe(finish)).ok();
            // Late answers are ignored.
            let _ = tell.send((number, finished));
        });
        waiting.push((number, begun + patience, late));
    }
    drop(tell);
    let mut lost = Vec::new();
    while let Some(next) = waiting.iter().map(|(_, end, _)| *end).min() {
        let told = told.recv_deadline(next);
        let now = Instant::now();
        waiting.retain(|(number, end, late)| match &told {
            Ok((other, _)) if number != other => true,
            Ok((_, Some(finished))) => {
                lost.extend(finished.clone().err());
                false
            }
            Err(RecvTimeoutError::Timeout) if now < *end => true,
            Ok((_, None)) | Err(_) => {
                lost.push(late());
                false
            }
        });
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(patience: Duration, finish: impl FnOnce() -> Result<(), String> + Send + 'static) -> ExitTask {
        ExitTask {
            finish: Box::new(finish),
            patience,
            late: Box::new(|| "late".into()),
        }
    }

    #[test]
    fn what_hangs_or_fails_is_told_and_holds_up_nothing() {
        let (hung, forever) = crossbeam_channel::bounded::<()>(0);
        let minute = Duration::from_secs(60);
        let shutdown = ExitTasks::default();
        let written = Arc::new(AtomicBool::new(false));
        let write = written.clone();
        shutdown.add(task(Duration::ZERO, move || {
            forever.recv().map_err(|error| error.to_string())
        }));
        shutdown.add(task(minute, || Err("no room".into())));
        shutdown.add(task(minute, || panic!("a test's")));
        shutdown.add(task(minute, move || {
            write.store(true, Ordering::Release);
            Ok(())
        }));
        let begun = Instant::now();
        let mut lost = shutdown.finish().to_vec();
        lost.sort();
        assert_eq!(lost, ["late", "late", "no room"]);
        assert!(written.load(Ordering::Acquire));
        assert!(begun.elapsed() < minute, "{:?}", begun.elapsed());
        assert_eq!(shutdown.finish().len(), 3, "it is done once");
        drop(hung);
    }
}
