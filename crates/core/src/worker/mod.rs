//! The worker beside the window: owns the data set's model, takes [`Command`]s, emits [`Event`]s.
//!
//! A thread of its own computes; this one watches it. A backend that panics or hangs ends what it was doing, not the
//! worker: a new thread goes on from the last good state, on the CPU where a GPU was lost.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use crate::checkpoint::{self, WeightsFile};
use crate::clock::Clock;
use crate::dataset::{Dataset, OpenOptions, Split};
use crate::outputs::clouds::stored;
use crate::outputs::runs::read_runs;
use crate::panic_text::panic_text;

use crate::training::backend::Backend;
use crate::training::fault_injection::Fault;
use crate::training::heartbeat::{Heartbeat, TICK, Watch};
use crate::training::history::RunStatus;
use crate::training::message::{Command, Event, Urgency};
use crate::training::threads::yield_to_the_window;

mod answers;
mod compute;
mod context;
mod event_sender;
mod model;
mod observer;
mod shared_state;
#[cfg(test)]
mod tests;
mod vectors;

use answers::Answers;
use compute::Computer;
use context::Context;
use event_sender::EventSender;
pub use model::{fresh, load_model};
use shared_state::SharedState;

/// Time between two pieces of news while the images are read.
const NEWS: Duration = Duration::from_millis(100);

/// What the worker starts with.
pub struct Setup {
    /// Where the data set lies.
    pub data_dir: PathBuf,
    /// How it is opened.
    pub open: OpenOptions,
    /// The checkpoint that the model comes from and goes to.
    pub weights: PathBuf,
    /// Folder of the records of runs.
    pub runs: PathBuf,
    /// What the model runs on at first.
    pub backend: Backend,
    /// Whether the CPU is to be used where it turns out to be faster.
    pub try_both: bool,
    /// The user's labels, which tell how many classes there are where the data set does not.
    pub labels: PathBuf,
    /// Seed of fresh weights.
    pub seed: u64,
    /// What is to go wrong, for tests.
    pub fault: Option<Fault>,
    /// What a run is timed by, and what tells when the window gets its news.
    pub clock: Clock,
    /// What is to be done; the worker ends when its senders are gone.
    pub commands: Receiver<Command>,
    /// Where everything that happens is told.
    pub events: Sender<Event>,
    /// Called after each event, to wake a sleeping window.
    pub wake: Arc<dyn Fn(Urgency) + Send + Sync>,
}

/// Loads the data and the model, encodes all samples, then answers commands until their sender is gone.
pub fn work(setup: Setup) {
    yield_to_the_window();
    let events = EventSender::new(setup.events, setup.wake);
    let clock = setup.clock;
    let mut told = clock.now();
    let mut progress = |done, of| {
        if clock.since(told) > NEWS {
            told = clock.now();
            events.send(Event::Reading { done, of });
        }
    };
    let dataset = match Dataset::open_watched(&setup.data_dir, Split::Train, setup.open, &mut progress) {
        Ok(dataset) => Arc::new(dataset.or_classes_of(&setup.labels)),
        Err(error) => return events.error(error.to_string()),
    };
    events.send(Event::Dataset(dataset.clone()));
    if let Some(vectors) = dataset.vectors_alone() {
        return vectors::serve(vectors, &setup.commands, &events);
    }
    let file = WeightsFile::new(&setup.weights);
    let model = model::open(&setup.weights, &dataset, setup.seed);
    let (config, warning) = checkpoint::load_configuration(&setup.weights, model.state.layout());
    let unused = model.warning.clone();
    let shared = SharedState::new(setup.backend, setup.try_both, (model, file), config);
    {
        let shared = shared.lock();
        events.send(shared.ready(true));
        if shared.model.source.is_some() {
            shared.remembered(&events, Ok(()));
        }
        shared.ends().into_iter().for_each(|ends| events.send(ends));
    }
    let (records, problems) = read_runs(&setup.runs);
    events.send(Event::Runs(records.into_iter().map(Arc::new).collect()));
    events.send(Event::Stored(Arc::new(stored(&setup.runs))));
    for message in warning.into_iter().chain(unused).chain(problems) {
        events.error(message);
    }
    let context = Context {
        dataset,
        data_dir: setup.data_dir,
        open: setup.open,
        test: Arc::default(),
        runs: setup.runs,
        fault: setup.fault,
        clock,
        commands: setup.commands,
        shared,
    };
    while let Some(end) = compute_once(&context, &events) {
        recover(&context, end, &events);
    }
}

/// How a computing thread came to a bad end.
enum End {
    Panic(String),
    Hang,
}

/// Lets a new thread compute until there is nobody left to compute for.
fn compute_once(context: &Context, events: &EventSender) -> Option<End> {
    let heartbeat = Heartbeat::default();
    // A thread that hangs may wake up again: then it finds its own sender cut.
    let own = events.of(&heartbeat);
    let answers = Answers::new(context.clone(), own.clone(), heartbeat.clone());
    let (alive, end) = bounded::<()>(0);
    let thread = thread::Builder::new().name("model".into()).spawn(move || {
        let _alive = alive;
        yield_to_the_window();
        Computer::new(answers).serve();
    });
    match thread {
        Ok(thread) => watch(thread, &end, heartbeat, &own),
        Err(error) => {
            events.error(format!(
                "no thread for the model can be started ({error}); start again"
            ));
            None
        }
    }
}

/// Tells what happened, and sees to it that the next thread can go on.
fn recover(context: &Context, end: End, events: &EventSender) {
    let mut shared = context.shared.lock();
    let what = match end {
        End::Panic(reason) => format!("failed: {reason}"),
        End::Hang => "does not answer any more".into(),
    };
    let mut message = format!("the {} {what}. The last good weights are kept", shared.backend);
    if shared.backend.is_gpu() {
        // After a panic or a hang of a device its server is dead for this process.
        shared.backend = Backend::Cpu;
        shared.encode |= shared.version == 0;
        events.send(shared.ready(false));
        message += "; going on with the CPU";
    }
    if shared.is_training() {
        shared.finish_run(events, RunStatus::Failed, message);
    } else {
        events.error(message);
    }
}

/// Waits for the thread's end. One that hangs is left behind.
fn watch(
    thread: JoinHandle<()>,
    end: &Receiver<()>,
    heartbeat: Heartbeat,
    events: &EventSender,
) -> Option<End> {
    let mut watch = Watch::new(heartbeat);
    while end.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if watch.hangs() {
            events.cut();
            return Some(End::Hang);
        }
    }
    thread
        .join()
        .err()
        .map(|panic| End::Panic(reason(panic.as_ref())))
}

fn reason(panic: &(dyn Any + Send)) -> String {
    panic_text(panic).unwrap_or("no reason given").to_owned()
}
