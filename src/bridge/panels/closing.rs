//! The wish to close the window, and the question where the model in memory would be lost or a run is on. Who asks twice means
//! it.

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowCloseRequested, WindowDestroyed};

use crate::ui::dialogs::closing::AtClose;
use crate::ui::intent::{Close, Intent};
use crate::ui::run_state::RunState;
use ssvae_core::training::message::{Command, Event};

use super::intents::{Requests, UserIntent};
use crate::bridge::model::progress::{Following, Progress};
use crate::bridge::model::worker::{FromWorker, ToWorker};

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
                    .after(Requests)
                    .after(Following),
            );
    }
}

/// How far it is.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    #[default]
    No,
    Asking(AtClose),
    /// As soon as the run has ended, unless it has left behind what the disk does not take.
    Stopping,
    /// As soon as the model is on the disk.
    Saving,
}

impl Closing {
    /// What is asked.
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
    mut asked: MessageReader<UserIntent>,
    progress: Res<Progress>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
    mut worker: MessageWriter<ToWorker>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    // There is nothing left to ask in.
    if destroyed.read().count() > 0 {
        exit.write(AppExit::Success);
    }
    let mut wishes = requests.read().count();
    for UserIntent(intent) in asked.read() {
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
                worker.write(ToWorker(command));
            }
            _ => {}
        }
    }
    for _ in 0..wishes {
        let question = match progress.run {
            RunState::Idle => left_behind(&progress),
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
fn left_behind(progress: &Progress) -> Option<AtClose> {
    if progress.unwritten {
        Some(AtClose::Unwritten)
    } else {
        progress.is_unsaved().then_some(AtClose::Unsaved)
    }
}

fn close_after_the_run(
    progress: Res<Progress>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if *closing == Closing::Stopping && progress.run == RunState::Idle {
        match left_behind(&progress) {
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
    mut events: MessageReader<FromWorker>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
) {
    for FromWorker(event) in events.read() {
        match event {
            Event::Saved { epoch: None, .. } | Event::Unwritten(false) if *closing == Closing::Saving => {
                exit.write(AppExit::Success);
            }
            // A card says why, and the window stays.
            Event::Error { .. } if *closing == Closing::Saving => *closing = Closing::No,
            _ => {}
        }
    }
}
