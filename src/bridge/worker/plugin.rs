//! The training worker as an async compute task.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::tasks::AsyncComputeTaskPool;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use super::link::{CommandSender, WorkerLink};
use crate::bridge::exit_tasks::{ExitTask, ExitTasks};
use crate::bridge::start::{Start, Wake};
use ssvae_core::clock::Clock;
use ssvae_core::training::backend::{Backend, BackendChoice};
use ssvae_core::training::message::Event;
use ssvae_core::worker::{Setup, work};

/// How long a closing window waits until the results of a run are written.
const FAREWELL: Duration = Duration::from_secs(20);

/// Needs [`ExitTasks`] and [`ChosenBackend`].
pub struct WorkerPlugin;

impl Plugin for WorkerPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, start_worker);
    }
}

/// Closes the worker with the window.
#[derive(Resource)]
struct CloseOnDrop {
    commands: CommandSender,
    events: Receiver<Event>,
}

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        // What is lost has been reported already, unless the window itself has failed.
        let _ = close(&self.commands, &self.events);
    }
}

/// Waits until the worker has written the results of a run; the error says what it could not write.
fn close(commands: &CommandSender, events: &Receiver<Event>) -> Result<(), String> {
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
    exit_tasks: Res<ExitTasks>,
) {
    let (command_sender, command_receiver) = bounded(64);
    let (event_sender, event_receiver) = bounded(256);
    let wake = wake.0.clone();
    let setup = Setup {
        data_dir: start.options.data_dir.clone(),
        open: start.options.open,
        weights: start.options.weights.clone(),
        labels: start.options.labels_path(),
        backend: backend.0.clone(),
        try_both: start.options.backend == BackendChoice::Auto,
        runs: start.options.runs.clone(),
        fault: start.options.inject_fault.clone(),
        clock: Clock::default(),
        seed: start.options.seed,
        commands: command_receiver,
        events: event_sender,
        wake,
    };
    AsyncComputeTaskPool::get()
        .spawn(async move { work(setup) })
        .detach();
    let link = WorkerLink::new(command_sender, event_receiver);
    let (last_commands, last_events) = link.ends();
    exit_tasks.add(ExitTask {
        finish: Box::new(move || close(&last_commands, &last_events)),
        patience: FAREWELL + Duration::from_secs(1),
        late: Box::new(too_late),
    });
    let (commands_at_drop, events_at_drop) = link.ends();
    commands.insert_resource(CloseOnDrop {
        commands: commands_at_drop,
        events: events_at_drop,
    });
    commands.insert_resource(link);
}
