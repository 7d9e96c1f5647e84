//! The end of the window, whoever asks for it: the user, a signal, another client of the X server, or that server's end. What
//! is under way is finished, but for what does not finish in time, which is told on the standard error.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bevy::app::AppExit;
use bevy::prelude::*;
use crossbeam_channel::{RecvTimeoutError, unbounded};

use crate::console;
use crate::signals;
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{LabelEvent, LabelStore, audit_path};

use super::session_file::Keeping;
use crate::bridge::Start;
use crate::bridge::labels::audit::Audit;
use crate::bridge::labels::labelling::LabelFile;

/// How long labels may take at the end.
const LABELS: Duration = Duration::from_secs(8);
/// How long the window's own thread has to answer a signal.
const ANSWER: Duration = Duration::from_secs(3);
/// How long the window and the graphics driver have to go, once all is written.
const LEAVE: Duration = Duration::from_secs(5);

/// Something that has to be finished before the process ends.
pub struct Task {
    /// Finishes it, or says what is lost.
    pub finish: Box<dyn FnOnce() -> Result<(), String> + Send>,
    pub patience: Duration,
    /// Says what is lost where that takes longer.
    pub late: Box<dyn Fn() -> String + Send>,
}

/// What has to be finished. It is finished once, by the thread that comes first; others wait for it.
#[derive(Resource, Clone, Default)]
pub struct Shutdown(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tasks: Mutex<Vec<Task>>,
    /// Somebody has asked who cannot be answered.
    asked: AtomicBool,
    begun: AtomicBool,
    /// The process is the window's, and ends with it.
    owns_the_process: AtomicBool,
    /// What could not be finished, once all is over.
    lost: OnceLock<Vec<String>>,
    /// The window has gone.
    gone: AtomicBool,
}

pub struct ShutdownPlugin;

impl Plugin for ShutdownPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Shutdown>()
            .add_systems(Update, (add_labels, leave_if_asked))
            .add_systems(Last, finish_before_leaving.after(Keeping));
    }
}

impl Shutdown {
    pub fn add(&self, task: Task) {
        self.0
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task);
    }

    /// Finishes everything, and tells and returns what is lost.
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

    /// The exit status of a process that ends in this way.
    fn exit_code(&self) -> u8 {
        u8::from(!self.finish().is_empty())
    }

    /// Signals end the window from now on. `wake` wakes it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn listen(&self, wake: impl Fn() + Send + 'static) -> io::Result<()> {
        self.0.owns_the_process.store(true, Ordering::Release);
        let shutdown = self.clone();
        signals::watch(move |_| {
            shutdown.0.asked.store(true, Ordering::Release);
            wake();
            thread::sleep(ANSWER);
            // Else the window's own thread sees to it.
            if !shutdown.0.begun.load(Ordering::Acquire) {
                signals::exit(shutdown.exit_code());
            }
        })
    }

    /// The connection to the X server has gone, in the middle of a call that cannot return.
    #[cfg(target_os = "linux")]
    pub fn without_a_display(&self) -> ! {
        console::warn("ssvae: the X server has gone or has closed the window");
        signals::exit(self.exit_code())
    }

    /// The window has gone; nothing hangs any more.
    pub fn has_gone(&self) {
        self.0.gone.store(true, Ordering::Release);
    }

    /// Ends the process where the window does not go by itself.
    fn see_to_the_end(&self) {
        if !self.0.owns_the_process.load(Ordering::Acquire) {
            return;
        }
        let shutdown = self.clone();
        let watch = thread::Builder::new().name("ending".into()).spawn(move || {
            thread::sleep(LEAVE);
            if !shutdown.0.gone.load(Ordering::Acquire) {
                signals::exit(shutdown.exit_code());
            }
        });
        if let Err(error) = watch {
            debug!("nothing watches over the end: {error}");
        }
    }
}

/// Each on a thread of its own, so that one that hangs holds up no other.
fn finish(tasks: Vec<Task>) -> Vec<String> {
    let begun = Instant::now();
    let (tell, told) = unbounded();
    let mut waiting = Vec::new();
    for (
        number,
        Task {
            finish,
            patience,
            late,
        },
    ) in tasks.into_iter().enumerate()
    {
        let tell = tell.clone();
        // What cannot be begun is late.
        let _ = thread::Builder::new().name("ending".into()).spawn(move || {
            // A panic has been printed by its hook.
            let finished = catch_unwind(AssertUnwindSafe(finish)).ok();
            // Nobody listens to what is late.
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

/// The labels and the audit's, as soon as they are open.
fn add_labels(
    start: Res<Start>,
    shutdown: Res<Shutdown>,
    labels: Option<Res<LabelFile>>,
    audit: Option<Res<Audit>>,
    mut added: Local<[bool; 2]>,
) {
    let path = start.args.common.labels_path();
    let labels = labels.as_ref().map(|file| (&file.0, path.clone()));
    let audit = audit.as_ref().and_then(|audit| audit.file());
    let audit = audit.map(|file| (file, audit_path(&path)));
    for (added, file) in added.iter_mut().zip([labels, audit]) {
        if let Some((store, path)) = file
            && !std::mem::replace(added, true)
        {
            shutdown.add(pending_labels(store, path.display().to_string()));
        }
    }
}

/// Waits until the labels' thread has answered every change.
fn pending_labels(store: &LabelStore, path: String) -> Task {
    let (pending, events) = (store.pending_counter(), store.events().clone());
    let left = pending.clone();
    let labels = |count: usize| format!("{} {}", grouped(count), plural(count, "label"));
    Task {
        finish: Box::new(move || {
            while pending() > 0 {
                thread::sleep(Duration::from_millis(5));
            }
            let failures = events.try_iter().filter_map(|event| match event {
                LabelEvent::Failed { message, .. } => Some(message),
                _ => None,
            });
            let failures: Vec<String> = failures.collect();
            match failures.first() {
                Some(why) => Err(format!("{} not saved: {why}", labels(failures.len()))),
                None => Ok(()),
            }
        }),
        patience: LABELS,
        late: Box::new(move || format!("{} not saved: {path} does not answer", labels(left()))),
    }
}

fn leave_if_asked(shutdown: Res<Shutdown>, mut exit: MessageWriter<AppExit>) {
    if shutdown.0.asked.load(Ordering::Acquire) {
        exit.write(AppExit::Success);
    }
}

fn finish_before_leaving(mut exits: MessageReader<AppExit>, shutdown: Res<Shutdown>) {
    if exits.read().count() > 0 {
        shutdown.finish();
        shutdown.see_to_the_end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(patience: Duration, finish: impl FnOnce() -> Result<(), String> + Send + 'static) -> Task {
        Task {
            finish: Box::new(finish),
            patience,
            late: Box::new(|| "late".into()),
        }
    }

    #[test]
    fn what_hangs_or_fails_is_told_and_holds_up_nothing() {
        let (hung, forever) = crossbeam_channel::bounded::<()>(0);
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        let shutdown = Shutdown::default();
        let written = Arc::new(AtomicBool::new(false));
        let write = written.clone();
        shutdown.add(task(second, move || {
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
