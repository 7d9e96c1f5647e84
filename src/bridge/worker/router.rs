//! The worker's events → the state of data set, model and run → one message for each kind of news.
//!
//! Events are followed one by one, since what one of them means depends on those before it.

use std::time::Instant;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::link::WorkerLink;
use super::messages::{
    DatasetLoaded, InformationReady, LatentsReady, ModelReady, PlacesDecoded, RunStarted, SaveAnswer,
    WeightsReady, WorkerFailed,
};
use crate::bridge::log::entry::{EpochLosses, LogEntry};
use crate::bridge::log::message::Log;
use crate::bridge::model::latents::{DecodedSample, Latents};
use crate::bridge::model::records::{RunRecords, TestResult};
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::status::StatusLines;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::sets::WorkerEventSystems;
use crate::platform::allocator::give_back_at_rest;
use crate::ui::{Cause, epoch_of};
use ssvae_core::training::message::{EpochMetrics, Event, RunStatus};

/// Needs a [`WorkerLink`].
pub struct RouterPlugin;

impl Plugin for RouterPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LoadedDataset>()
            .init_resource::<Latents>()
            .init_resource::<DecodedSample>()
            .init_resource::<ModelState>()
            .init_resource::<RunRecords>()
            .init_resource::<TestResult>()
            .init_resource::<TrainingRun>()
            .init_resource::<StatusLines>()
            .init_resource::<ProblemCards>()
            .add_message::<DatasetLoaded>()
            .add_message::<ModelReady>()
            .add_message::<RunStarted>()
            .add_message::<LatentsReady>()
            .add_message::<PlacesDecoded>()
            .add_message::<WeightsReady>()
            .add_message::<InformationReady>()
            .add_message::<SaveAnswer>()
            .add_message::<WorkerFailed>()
            .add_message::<Log>()
            .add_systems(PreUpdate, route.in_set(WorkerEventSystems));
    }
}

/// State that events change.
#[derive(SystemParam)]
struct State<'w> {
    dataset: ResMut<'w, LoadedDataset>,
    latents: ResMut<'w, Latents>,
    decoded: ResMut<'w, DecodedSample>,
    model: ResMut<'w, ModelState>,
    records: ResMut<'w, RunRecords>,
    tested: ResMut<'w, TestResult>,
    run: ResMut<'w, TrainingRun>,
    status: ResMut<'w, StatusLines>,
    problems: ResMut<'w, ProblemCards>,
}

/// Messages that events become.
#[derive(SystemParam)]
struct Outgoing<'w> {
    dataset: MessageWriter<'w, DatasetLoaded>,
    model: MessageWriter<'w, ModelReady>,
    started: MessageWriter<'w, RunStarted>,
    latents: MessageWriter<'w, LatentsReady>,
    places: MessageWriter<'w, PlacesDecoded>,
    weights: MessageWriter<'w, WeightsReady>,
    information: MessageWriter<'w, InformationReady>,
    saved: MessageWriter<'w, SaveAnswer>,
    failed: MessageWriter<'w, WorkerFailed>,
    log: MessageWriter<'w, Log>,
}

fn route(
    link: Option<Res<WorkerLink>>,
    mut state: State,
    mut messages: Outgoing,
    // The epoch whose latents come next.
    mut epoch: Local<Option<usize>>,
) {
    let Some(link) = link else {
        return;
    };
    while let Some(event) = link.next() {
        follow(event, &mut state, &mut messages, &mut epoch);
    }
}

fn follow(event: Event, state: &mut State, messages: &mut Outgoing, epoch_end: &mut Option<usize>) {
    match event {
        Event::Dataset(dataset) => {
            for note in dataset.notes() {
                state.status.say(note);
            }
            if !dataset.has_images() {
                let line = "Vectors alone: they are labelled and propagated, and no model is trained on them";
                state.status.say(line);
            }
            state.dataset.dataset = Some(dataset.clone());
            messages.dataset.write(DatasetLoaded(dataset));
        }
        Event::ModelReady {
            backend,
            architecture,
            checkpoint,
            problem,
            config,
            state: digest,
        } => {
            let line = match &checkpoint {
                Some(path) => format!("Model from {}", path.display()),
                None => "New weights: nothing learned yet".into(),
            };
            state.model.backend = backend;
            state.model.architecture = Some(architecture.clone());
            state.model.checkpoint = checkpoint;
            state.model.load(&digest, problem.is_none(), &state.records.runs);
            if let Some(problem) = problem {
                messages.log.write(Log(LogEntry::Error {
                    message: problem.clone(),
                }));
                let text = format!("{problem}. New weights are shown; the file stays as it is");
                state.problems.report(Cause::Checkpoint, text);
            }
            state.status.say(line);
            messages.model.write(ModelReady { architecture, config });
        }
        Event::Tested(tested) => {
            if let Ok(tested) = &tested {
                messages.log.write(Log(LogEntry::Tested {
                    images: tested.evaluation.samples(),
                    accuracy: tested.evaluation.accuracy(),
                    reconstruction_error: tested.reconstruction,
                }));
            }
            state.tested.0 = Some(tested);
        }
        Event::Reading { done, of } => state.dataset.note_reading(done, of),
        Event::Encoding { done, of } => state.latents.note_encoding(done, of),
        Event::EncodingStopped => state.latents.stop_encoding(),
        Event::Latent(snapshot) => {
            state.latents.replace(snapshot.clone());
            state.decoded.0 = None;
            messages.latents.write(LatentsReady {
                snapshot,
                epoch: epoch_end.take(),
            });
        }
        Event::TrainingStarted { config, backend } => {
            let epochs = config.max_epochs;
            state
                .run
                .start(&config, state.model.history.len(), Instant::now());
            state
                .status
                .say(format!("Training {epochs} epochs on the {backend}"));
            messages.started.write(RunStarted {
                before: state.latents.snapshot.clone(),
            });
            messages
                .log
                .write(Log(LogEntry::TrainingStarted { epochs, backend }));
        }
        Event::Progress {
            epoch,
            epochs,
            batch,
            batches,
        } => state
            .run
            .advance([epoch, epochs], [batch, batches], Instant::now()),
        Event::Paused(paused) => state.run.pause(paused, Instant::now()),
        Event::Epoch(metrics) => {
            let before = state.run.epochs_before();
            let (train, validation) = (metrics.train.total, metrics.validation.total);
            let epoch = epoch_of(before, metrics.epoch, metrics.of);
            state
                .status
                .say(format!("{epoch} | train {train:.4} | val {validation:.4}"));
            *epoch_end = Some(before + metrics.epoch);
            messages.log.write(Log(epoch_entry(&metrics)));
        }
        Event::Saved { path, epoch, kept } => {
            state.problems.mended(Cause::Checkpoint);
            state.problems.mended(Cause::Worker);
            state.model.in_file = match epoch {
                Some(epoch) => format!("epoch {}, the best of the run", state.run.epochs_before() + epoch),
                None => "as in memory".into(),
            };
            if epoch.is_none() {
                state.status.say(format!("Saved {}", path.display()));
                messages.saved.write(SaveAnswer::Saved);
            }
            if let Some(kept) = kept {
                state.status.say(format!(
                    "The other network that was there is kept: {}",
                    kept.display()
                ));
            }
            messages.log.write(Log(LogEntry::Saved { path }));
        }
        Event::Adjusted(settings) => {
            state.run.set_settings(settings);
            state.status.say("The run continues with new settings");
        }
        Event::Remembered(digest) => state.model.set_next_start(&digest),
        Event::Unwritten(unwritten) => {
            state.model.unwritten = unwritten;
            if !unwritten {
                state.problems.mended(Cause::Worker);
                state.status.say("Saved what could not be saved before");
                messages.saved.write(SaveAnswer::Saved);
            }
        }
        Event::Ends { last, best } => state.model.set_ends([&last, &best], &state.records.runs),
        Event::Taken(_, digest) => {
            state.model.set_weights(&digest, &state.records.runs);
            state.status.say(format!("In memory: {}", state.model.provenance));
        }
        Event::Stored(stored) => state.records.stored = stored,
        Event::BroughtBack(id) => state
            .status
            .say(format!("In memory: the model at the end of run {id}")),
        Event::Runs(runs) => {
            state.records.runs = runs;
            state.model.trace(&state.records.runs);
        }
        Event::Recorded(record) => {
            state.records.put(&record);
            state.model.follow_record(&record, &state.records.runs);
        }
        Event::Decoded { serial, pixels, .. } => state.decoded.0 = Some((serial, pixels.into())),
        Event::Probed { pixels } => {
            messages.places.write(PlacesDecoded { pixels });
        }
        Event::Weights {
            version,
            state: weights,
        } => {
            messages.weights.write(WeightsReady {
                version,
                state: weights,
            });
        }
        Event::Information { version, values } => {
            messages.information.write(InformationReady { version, values });
        }
        Event::TrainingFinished { status, message } => {
            state.run.end();
            give_back_at_rest();
            if status == RunStatus::Failed {
                state
                    .problems
                    .report(Cause::Training, format!("Training failed: {message}"));
            } else {
                state.problems.mended(Cause::Training);
            }
            state.status.say(format!("Training: {message}"));
            messages
                .log
                .write(Log(LogEntry::TrainingFinished { status, message }));
        }
        Event::Error { message } => {
            state.status.say(format!("Error: {message}"));
            state.problems.report(Cause::Worker, message.clone());
            messages.saved.write(SaveAnswer::Failed);
            messages.failed.write(WorkerFailed);
            messages.log.write(Log(LogEntry::Error { message }));
        }
    }
}

fn epoch_entry(metrics: &EpochMetrics) -> LogEntry {
    LogEntry::Epoch {
        epoch: metrics.epoch,
        of: metrics.of,
        losses: EpochLosses([metrics.train, metrics.validation]),
        seconds: metrics.seconds,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
    use ssvae_core::training::message::{Command, LatentSnapshot, Losses};

    use super::*;

    fn app() -> (App, Sender<Event>, Receiver<Command>) {
        let ((commands, sent), (told, events)) = (bounded(1), unbounded());
        let mut app = App::new();
        app.add_plugins(RouterPlugin)
            .insert_resource(WorkerLink::new(commands, events));
        (app, told, sent)
    }

    #[test]
    fn latents_know_which_epoch_they_are_the_end_of_however_many_events_a_frame_brings() {
        let (mut app, told, _sent) = app();
        let epoch = |epoch| {
            Event::Epoch(EpochMetrics {
                epoch,
                of: 2,
                train: Losses::default(),
                validation: Losses::default(),
                seconds: 1.0,
                best: true,
            })
        };
        let latents = |version| {
            Event::Latent(Arc::new(LatentSnapshot {
                version,
                latent_dim: 2,
                latents: Vec::new(),
                classes: Vec::new(),
                certainty: Vec::new(),
                margin: Vec::new(),
            }))
        };
        for event in [latents(1), epoch(1), latents(2), epoch(2), latents(3)] {
            told.send(event).unwrap();
        }
        app.update();
        let messages = app
            .world()
            .resource::<bevy::ecs::message::Messages<LatentsReady>>();
        let found: Vec<_> = messages
            .iter_current_update_messages()
            .map(|latents| (latents.snapshot.version, latents.epoch))
            .collect();
        assert_eq!(found, [(1, None), (2, Some(1)), (3, Some(2))]);
        assert_eq!(app.world().resource::<Latents>().version(), 3);
        let lines = &app.world().resource::<StatusLines>().0;
        assert_eq!(lines.len(), 2, "{lines:?}");
    }

    #[test]
    fn a_command_that_is_not_taken_is_told_like_an_error_of_the_worker() {
        let (mut app, _told, sent) = app();
        let send = |app: &App| app.world().resource::<WorkerLink>().send(Command::Stop);
        let titles = |app: &mut App| -> Vec<String> {
            app.update();
            let cards = app.world().resource::<ProblemCards>().cards();
            cards.iter().map(|card| card.title.clone()).collect()
        };
        send(&app);
        assert_eq!(titles(&mut app).len(), 0);
        send(&app);
        assert_eq!(titles(&mut app), ["the model is busy; try again in a moment"]);
        drop(sent);
        send(&app);
        let no_model = "no model is loaded; correct the data folder, then Retry";
        assert_eq!(titles(&mut app).last().map(String::as_str), Some(no_model));
    }
}
