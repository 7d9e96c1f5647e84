//! A data folder, a labels file or a checkpoint dropped onto the window: after a question, the program restarts with it.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, RequestRedraw};

use crate::bridge::{IntentSystems, OpenTarget, PendingOpen, ProblemCards, Start, UserIntent};
use crate::ui::{Cause, Intent, Problems};

/// Arguments to restart the program with when the window is closed.
#[derive(Resource, Clone, Default)]
pub struct RestartArguments(pub Arc<Mutex<Option<Vec<OsString>>>>);

pub struct FileDropPlugin;

impl Plugin for FileDropPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<FileDragAndDrop>()
            .init_resource::<PendingOpen>()
            .init_resource::<RestartArguments>()
            .add_systems(Update, (receive, answer).chain().after(IntentSystems));
    }
}

/// What a path can be opened as; if it cannot, a card says why.
fn source_of(path: &Path, problems: &mut Problems) -> Option<OpenTarget> {
    problems.mended(Cause::Opening);
    let source = OpenTarget::of(path).filter(|_| path.exists());
    if source.is_none() {
        let why = if path.exists() {
            "it is none of these"
        } else {
            "there is nothing of this name"
        };
        let text = format!(
            "{} was not opened: {why}. Open a data folder, a labels file (.csv) or a checkpoint (.ckpt)",
            path.display()
        );
        problems.report(Cause::Opening, text);
    }
    source
}

fn receive(
    mut events: MessageReader<FileDragAndDrop>,
    mut to_open: ResMut<PendingOpen>,
    mut problems: ResMut<ProblemCards>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for event in events.read() {
        let FileDragAndDrop::DroppedFile { path_buf, .. } = event else {
            continue;
        };
        to_open.0 = source_of(path_buf, &mut problems);
        redraw.write(RequestRedraw);
    }
}

fn answer(
    mut intents: MessageReader<UserIntent>,
    start: Res<Start>,
    again: Res<RestartArguments>,
    mut to_open: ResMut<PendingOpen>,
    mut problems: ResMut<ProblemCards>,
    mut exit: MessageWriter<AppExit>,
) {
    for UserIntent(intent) in intents.read() {
        let mut options = start.options.clone();
        match intent {
            Intent::OpenPath(path) => {
                to_open.0 = source_of(path, &mut problems);
                continue;
            }
            Intent::Open(yes) => match to_open.0.take().filter(|_| *yes) {
                Some(source) => source.put_into(&mut options),
                None => continue,
            },
            Intent::Retry => {}
            _ => continue,
        }
        *again.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(options.to_arguments());
        exit.write(AppExit::Success);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::WindowOptions;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn paths_are_known_by_their_names() {
        let dir = tempfile::tempdir().unwrap();
        let of = |name: &str| OpenTarget::of(&dir.path().join(name));
        assert_eq!(
            OpenTarget::of(dir.path()),
            Some(OpenTarget::Data(dir.path().to_owned()))
        );
        assert_eq!(
            of("train-images-idx3-ubyte.gz"),
            Some(OpenTarget::Data(dir.path().to_owned()))
        );
        assert_eq!(
            of("mine.CSV"),
            Some(OpenTarget::Labels(dir.path().join("mine.CSV")))
        );
        assert_eq!(of("a.ckpt"), Some(OpenTarget::Weights(dir.path().join("a.ckpt"))));
        assert_eq!(of("photo.jpg"), None);
    }

    #[test]
    fn the_window_starts_again_with_all_its_options_and_the_new_one() {
        let line = "ssvae --data-dir d --labels l.csv --weights w.ckpt --runs r --seed 7 --backend cpu --events e.jsonl \
                    --exports x --session s.json --size 1000x700";
        let parse = |arguments: Vec<OsString>| {
            let program = std::iter::once(OsString::from("ssvae"));
            WindowOptions::from(Cli::try_parse_from(program.chain(arguments)).unwrap().window)
        };
        let args = parse(line.split(' ').skip(1).map(OsString::from).collect());
        let back = parse(args.to_arguments());
        assert_eq!(format!("{back:?}"), format!("{args:?}"));
        let mut other = args.clone();
        OpenTarget::Data("new".into()).put_into(&mut other);
        assert_eq!(
            (other.data_dir.as_path(), other.labels_path()),
            (Path::new("new"), "new/labels.csv".into())
        );
        OpenTarget::Weights("v.ckpt".into()).put_into(&mut other);
        assert_eq!(other.weights, Path::new("v.ckpt"));
    }
}
