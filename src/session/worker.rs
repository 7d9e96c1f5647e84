//! The training worker as an async compute task: commands go in, events come out as Bevy messages.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::tasks::AsyncComputeTaskPool;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::training::backend::{Backend, BackendChoice};
use crate::training::message::{Command, Event};
use crate::training::worker::{Setup, work};

use super::{Start, Wake};

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
        app.add_message::<FromWorker>()
            .add_message::<ToWorker>()
            .add_systems(Startup, start_worker)
            .add_systems(PreUpdate, drain_events)
            .add_systems(PostUpdate, send_commands);
    }
}

#[derive(Resource)]
struct WorkerLink {
    commands: Option<Sender<Command>>,
    events: Receiver<Event>,
    /// Told once that the worker has gone.
    gone: bool,
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.commands = None;
        let end = Instant::now() + FAREWELL;
        while self.events.recv_deadline(end).is_ok() {}
    }
}

/// Where the model runs, as resolved at the start.
#[derive(Resource, Clone)]
pub struct ChosenBackend(pub Backend);

fn start_worker(mut commands: Commands, start: Res<Start>, backend: Res<ChosenBackend>, wake: Res<Wake>) {
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
    commands.insert_resource(WorkerLink {
        commands: Some(command_sender),
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
        let Some(sender) = link.as_ref().and_then(|link| link.commands.as_ref()) else {
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
