//! Closing the window, and the question where the model in memory would be lost or a run is on. A second request closes it
//! without an answer.

use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowCloseRequested, WindowDestroyed};

use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::open_target::PendingOpen;
use crate::bridge::panels::reopening::{self, CloseAnswer, Leaving, Reopening, RestartArguments};
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
            .add_message::<CloseAnswer>()
            .init_resource::<Closing>()
            .init_resource::<PendingOpen>()
            .init_resource::<Reopening>()
            .init_resource::<RestartArguments>()
            .add_systems(
                Update,
                (reopening::ask, ask, close_after_saving, close_after_the_run)
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
    mut answers: MessageReader<CloseAnswer>,
    (run, model): (Res<TrainingRun>, Res<ModelState>),
    mut closing: ResMut<Closing>,
    mut leaving: Leaving,
    worker: Res<WorkerLink>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    // There is no window left for a question.
    if destroyed.read().count() > 0 {
        leaving.forget();
        leaving.leave();
    }
    for &CloseAnswer(answer) in answers.read() {
        match answer {
            Close::Anyway
                if *closing == Closing::Asking(AtClose::Training) || run.state != RunState::Idle =>
            {
                *closing = Closing::Stopping;
                redraw.write(RequestRedraw);
            }
            Close::Anyway => leaving.leave(),
            Close::Stay => {
                *closing = Closing::No;
                leaving.forget();
            }
            Close::SaveFirst => {
                let unwritten = match *closing {
                    Closing::Asking(what) => what == AtClose::Unwritten,
                    _ => model.unwritten,
                };
                *closing = Closing::Saving;
                worker.send(if unwritten {
                    Command::WriteWhatIsLeft
                } else {
                    Command::Save
                });
            }
        }
    }
    let quits = |UserIntent(intent): &&UserIntent| *intent == Intent::Quit;
    let wishes = requests.read().count() + intents.read().filter(quits).count();
    for _ in 0..wishes {
        // Whoever closes the window opens nothing else.
        leaving.forget();
        match (*closing, question(&run, &model)) {
            (Closing::No, Some(question)) => {
                *closing = Closing::Asking(question);
                redraw.write(RequestRedraw);
            }
            _ => leaving.leave(),
        }
    }
}

/// What would be ended or lost if the window closed now.
pub fn question(run: &TrainingRun, model: &ModelState) -> Option<AtClose> {
    match run.state {
        RunState::Idle => left_behind(model),
        _ => Some(AtClose::Training),
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
    mut leaving: Leaving,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if *closing == Closing::Stopping && run.state == RunState::Idle {
        match left_behind(&model) {
            Some(question) => {
                *closing = Closing::Asking(question);
                redraw.write(RequestRedraw);
            }
            None => leaving.leave(),
        }
    }
}

fn close_after_saving(
    mut answers: MessageReader<SaveAnswer>,
    mut closing: ResMut<Closing>,
    mut leaving: Leaving,
) {
    for answer in answers.read() {
        match answer {
            SaveAnswer::Saved if *closing == Closing::Saving => leaving.leave(),
            // A card says why, and the window stays.
            SaveAnswer::Failed if *closing == Closing::Saving => {
                *closing = Closing::No;
                leaving.forget();
            }
            _ => {}
        }
    }
}
