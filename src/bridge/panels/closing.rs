//! Closing the window, and the question where the model in memory would be lost or a run is on. A second request closes it
//! without an answer.

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowCloseRequested, WindowDestroyed};

use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::IntentSystems;
use crate::bridge::worker::link::WorkerLink;
use crate::bridge::worker::messages::SaveAnswer;
use crate::ui::{AtClose, Close, Intent, RunState};
use ssvae_core::training::message::Command;

pub struct ClosingPlugin;

impl Plugin for ClosingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<WindowCloseRequested>()
            .add_message::<WindowDestroyed>()
            .init_resource::<Closing>()
            .add_systems(
                Update,
                (ask, close_after_saving, close_after_the_run)
                    .chain()
                    .after(IntentSystems),
            );
    }
}

/// The stage of closing.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    #[default]
    No,
    Asking(AtClose),
    /// Closes when the run has ended, unless its results cannot be written.
    Stopping,
    /// Closes when the model is on the disk.
    Saving,
}

impl Closing {
    /// The question that is shown.
    pub fn question(self) -> Option<AtClose> {
        match self {
            Self::Asking(what) => Some(what),
            _ => None,
        }
    }
}

fn ask(
    mut requests: MessageReader<WindowCloseRequested>,
    mut destroyed: MessageReader<WindowDestroyed>,
    mut intents: MessageReader<UserIntent>,
    (run, model): (Res<TrainingRun>, Res<ModelState>),
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
    worker: Res<WorkerLink>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    // There is no window left for a question.
    if destroyed.read().count() > 0 {
        exit.write(AppExit::Success);
    }
    let mut wishes = requests.read().count();
    for UserIntent(intent) in intents.read() {
        match intent {
            Intent::Quit => wishes += 1,
            Intent::Close(Close::Anyway) if *closing == Closing::Asking(AtClose::Training) => {
                *closing = Closing::Stopping;
                redraw.write(RequestRedraw);
            }
            Intent::Close(Close::Anyway) => {
                exit.write(AppExit::Success);
            }
            Intent::Close(Close::Stay) => *closing = Closing::No,
            Intent::Close(Close::SaveFirst) => {
                let command = match *closing {
                    Closing::Asking(AtClose::Unwritten) => Command::WriteWhatIsLeft,
                    _ => Command::Save,
                };
                *closing = Closing::Saving;
                worker.send(command);
            }
            _ => {}
        }
    }
    for _ in 0..wishes {
        let question = match run.state {
            RunState::Idle => left_behind(&model),
            _ => Some(AtClose::Training),
        };
        match (*closing, question) {
            (Closing::No, Some(question)) => {
                *closing = Closing::Asking(question);
                redraw.write(RequestRedraw);
            }
            _ => {
                exit.write(AppExit::Success);
            }
        }
    }
}

/// What would be lost while no run is on.
fn left_behind(model: &ModelState) -> Option<AtClose> {
    if model.unwritten {
        Some(AtClose::Unwritten)
    } else {
        model.is_unsaved().then_some(AtClose::Unsaved)
    }
}

fn close_after_the_run(
    (run, model): (Res<TrainingRun>, Res<ModelState>),
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if *closing == Closing::Stopping && run.state == RunState::Idle {
        match left_behind(&model) {
            Some(question) => {
                *closing = Closing::Asking(question);
                redraw.write(RequestRedraw);
            }
            None => {
                exit.write(AppExit::Success);
            }
        }
    }
}

fn close_after_saving(
    mut answers: MessageReader<SaveAnswer>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
) {
    for answer in answers.read() {
        match answer {
            SaveAnswer::Saved if *closing == Closing::Saving => {
                exit.write(AppExit::Success);
            }
            // A card says why, and the window stays.
            SaveAnswer::Failed if *closing == Closing::Saving => *closing = Closing::No,
            _ => {}
        }
    }
}
