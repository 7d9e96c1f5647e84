//! The training worker as an async compute task: commands go in, events come out as Bevy messages.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::tasks::AsyncComputeTaskPool;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use ssvae_core::training::backend::{Backend, BackendChoice};
use ssvae_core::training::message::{Command, Event};
use ssvae_core::worker::{Setup, work};

use crate::bridge::{Start, Wake};
use crate::platform::shutdown::{Shutdown, Task};

/// An event of the worker, in order.
#[derive(Message, Clone)]
pub struct FromWorker(pub Event);

/// A command for the worker.
#[derive(Message, Clone)]
pub struct ToWorker(pub Command);

/// How long a closing window waits for a run to keep what it has learnt.
const FAREWELL: Duration = Duration::from_secs(20);

pub struct WorkerPlugin;

impl Plugin for WorkerPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Shutdown>()
            .add_message::<FromWorker>()
            .add_message::<ToWorker>()
            .add_systems(Startup, start_worker)
            .add_systems(PreUpdate, drain_events)
            .add_systems(PostUpdate, send_commands);
    }
}

#[derive(Resource)]
struct WorkerLink {
    commands: Commander,
    events: Receiver<Event>,
    /// Told once that the worker has gone.
    gone: bool,
}

/// What commands are sent with; gone at the end, which the worker takes for its own.
type Commander = Arc<Mutex<Option<Sender<Command>>>>;

impl Drop for WorkerLink {
    fn drop(&mut self) {
        // What is lost has been told, unless the window itself has failed.
        let _ = close(&self.commands, &self.events);
    }
}

/// Waits until the worker has kept what a run has learnt; an error says what it could not keep.
fn close(commands: &Commander, events: &Receiver<Event>) -> Result<(), String> {
    *commands.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let end = Instant::now() + FAREWELL;
    let mut failures: Vec<String> = Vec::new();
    loop {
        match events.recv_deadline(end) {
            Ok(Event::Error { message }) if !failures.contains(&message) => failures.push(message),
            Ok(_) => {}
            Err(RecvTimeoutError::Disconnected) if failures.is_empty() => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err(failures.join("; ")),
            Err(RecvTimeoutError::Timeout) => return Err(too_late()),
        }
    }
}

fn too_late() -> String {
    "what the model has learnt since its last epoch is lost: it has not answered in time".into()
}

/// Where the model runs, as resolved at the start.
#[derive(Resource, Clone)]
pub struct ChosenBackend(pub Backend);

fn start_worker(
    mut commands: Commands,
    start: Res<Start>,
    backend: Res<ChosenBackend>,
    wake: Res<Wake>,
    shutdown: Res<Shutdown>,
) {
    let (command_sender, command_receiver) = bounded(64);
    let (event_sender, event_receiver) = bounded(256);
    let wake = wake.0.clone();
    let setup = Setup {
        data_dir: start.args.common.data_dir.clone(),
        weights: start.args.common.weights.clone(),
        backend: backend.0.clone(),
        try_both: start.args.common.backend == BackendChoice::Auto,
        runs: start.args.common.runs.clone(),
        fault: start.args.inject_fault.clone(),
        seed: start.args.common.seed,
        commands: command_receiver,
        events: event_sender,
        wake,
    };
    AsyncComputeTaskPool::get()
        .spawn(async move { work(setup) })
        .detach();
    let commander = Arc::new(Mutex::new(Some(command_sender)));
    let (last_commands, last_events) = (commander.clone(), event_receiver.clone());
    shutdown.add(Task {
        finish: Box::new(move || close(&last_commands, &last_events)),
        patience: FAREWELL + Duration::from_secs(1),
        late: Box::new(too_late),
    });
    commands.insert_resource(WorkerLink {
        commands: commander,
        events: event_receiver,
        gone: false,
    });
}

fn drain_events(link: Option<ResMut<WorkerLink>>, mut messages: MessageWriter<FromWorker>) {
    let Some(mut link) = link else {
        return;
    };
    loop {
        match link.events.try_recv() {
            Ok(event) => {
                messages.write(FromWorker(event));
            }
            Err(crossbeam_channel::TryRecvError::Disconnected) if !link.gone => {
                link.gone = true;
                return;
            }
            Err(_) => return,
        }
    }
}

fn send_commands(
    link: Option<Res<WorkerLink>>,
    mut commands: MessageReader<ToWorker>,
    mut answers: MessageWriter<FromWorker>,
) {
    for ToWorker(command) in commands.read() {
        let commands = link.as_ref().map(|link| link.commands.lock());
        let commands = commands.map(|commands| commands.unwrap_or_else(PoisonError::into_inner));
        let Some(sender) = commands.as_ref().and_then(|commands| commands.as_ref()) else {
            continue;
        };
        let message = match sender.try_send(command.clone()) {
            Ok(()) => continue,
            Err(TrySendError::Full(_)) => "the model is busy; try again in a moment",
            Err(TrySendError::Disconnected(_)) => "no model is loaded; correct the data folder, then Retry",
        };
        answers.write(FromWorker(Event::Error {
            message: message.into(),
        }));
    }
}
