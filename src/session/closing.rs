//! The wish to close the window, and the question where the model in memory would be lost or a run is on. Who asks twice means
//! it.

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{RequestRedraw, WindowCloseRequested};

use crate::overlay::intent::{Close, Intent};
use crate::overlay::state::{AtClose, RunState};
use crate::training::message::{Command, Event};

use super::intents::{Asked, Requests};
use super::progress::Progress;
use super::worker::{FromWorker, ToWorker};

pub struct ClosingPlugin;

impl Plugin for ClosingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<WindowCloseRequested>()
            .init_resource::<Closing>()
            .add_systems(Update, (ask, close_after_saving).chain().after(Requests));
    }
}

/// How far it is.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    #[default]
    No,
    Asking(AtClose),
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
    mut asked: MessageReader<Asked>,
    progress: Res<Progress>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
    mut worker: MessageWriter<ToWorker>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let mut wishes = requests.read().count();
    for Asked(intent) in asked.read() {
        match intent {
            Intent::Quit => wishes += 1,
            Intent::Close(Close::Anyway) => {
                exit.write(AppExit::Success);
            }
            Intent::Close(Close::Stay) => *closing = Closing::No,
            Intent::Close(Close::SaveFirst) => {
                *closing = Closing::Saving;
                worker.write(ToWorker(Command::Save));
            }
            _ => {}
        }
    }
    for _ in 0..wishes {
        let question = if progress.run != RunState::Idle {
            Some(AtClose::Training)
        } else {
            progress.is_unsaved().then_some(AtClose::Unsaved)
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

fn close_after_saving(
    mut events: MessageReader<FromWorker>,
    mut closing: ResMut<Closing>,
    mut exit: MessageWriter<AppExit>,
) {
    for FromWorker(event) in events.read() {
        match event {
            Event::Saved { epoch: None, .. } if *closing == Closing::Saving => {
                exit.write(AppExit::Success);
            }
            // A card says why, and the window stays.
            Event::Error { .. } if *closing == Closing::Saving => *closing = Closing::No,
            _ => {}
        }
    }
}
