//! Opening something else: a question, then the window closes as ever, and the program restarts with other arguments.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::app::AppExit;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::panels::folder_listing::path_of;
use crate::bridge::panels::open_target::{OpenTarget, PendingOpen};
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::recently_opened::RecentlyOpened;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::start::Start;
use crate::ui::{Cause, Close, Intent, Problems};

/// Arguments to restart the program with after its end.
#[derive(Resource, Clone, Default)]
pub struct RestartArguments(pub Arc<Mutex<Option<Vec<OsString>>>>);

/// Arguments to restart the program with if the window closes by the user's own answer.
#[derive(Resource, Default)]
pub struct Reopening(pub Option<Vec<OsString>>);

/// The end of the window.
#[derive(SystemParam)]
pub struct Leaving<'w> {
    reopening: ResMut<'w, Reopening>,
    again: Res<'w, RestartArguments>,
    exit: MessageWriter<'w, AppExit>,
}

impl Leaving<'_> {
    /// Ends the program, or restarts it with what is to be opened.
    pub fn leave(&mut self) {
        let arguments = self.reopening.0.take();
        *self.again.0.lock().unwrap_or_else(PoisonError::into_inner) = arguments;
        self.exit.write(AppExit::Success);
    }

    /// The window stays, or goes for good.
    pub fn forget(&mut self) {
        self.reopening.0 = None;
    }
}

/// What a path can be opened as; if it cannot, a card says why.
fn target_of(path: &Path, problems: &mut Problems) -> Option<OpenTarget> {
    problems.mended(Cause::Opening);
    let path = path_of(path);
    let target = OpenTarget::of(&path).filter(|_| path.exists());
    if target.is_none() {
        let why = if path.exists() {
            "it is none of these"
        } else {
            "there is nothing of this name"
        };
        let text = format!(
            "{} was not opened: {why}. Open a data folder, a labels file (.csv) or a checkpoint (.ckpt, checkpoint_100)",
            path.display()
        );
        problems.report(Cause::Opening, text);
    }
    target
}

/// Asks before anything is opened, and hands a yes on as an answer to [`super::closing`].
pub fn ask(
    mut intents: MessageReader<UserIntent>,
    (start, recent): (Res<Start>, Res<RecentlyOpened>),
    mut to_open: ResMut<PendingOpen>,
    mut reopening: ResMut<Reopening>,
    mut problems: ResMut<ProblemCards>,
    mut answers: MessageWriter<CloseAnswer>,
) {
    for UserIntent(intent) in intents.read() {
        let mut options = start.options.clone();
        match intent {
            Intent::OpenPath(path) => to_open.0 = target_of(path, &mut problems),
            Intent::OpenRecent(place) => {
                let workspace = recent.other(&start.options, *place);
                to_open.0 = workspace.and_then(|workspace| {
                    target_of(&workspace.data_dir, &mut problems)
                        .map(|_| OpenTarget::Workspace(Box::new(workspace.clone())))
                });
            }
            Intent::Open(Close::Stay) => to_open.0 = None,
            Intent::Open(answer) => {
                if let Some(target) = to_open.0.take() {
                    target.put_into(&mut options);
                    reopening.0 = Some(options.to_arguments());
                    answers.write(CloseAnswer(*answer));
                }
            }
            Intent::Retry => {
                reopening.0 = Some(options.to_arguments());
                answers.write(CloseAnswer(Close::Anyway));
            }
            Intent::Close(answer) => {
                answers.write(CloseAnswer(*answer));
            }
            _ => {}
        }
    }
}

/// What the user answered where it was asked whether the window is to close, or to restart.
#[derive(Message, Clone, Copy, Debug)]
pub struct CloseAnswer(pub Close);
