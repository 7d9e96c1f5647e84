//! A data folder, a labels file or a checkpoint dropped onto the window → a question → the window starts again with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, RequestRedraw};

use crate::cli::WindowArgs;
use crate::ui::intent::Intent;
use crate::ui::problem::Cause;

use crate::bridge::Start;
use crate::bridge::model::progress::Progress;
use crate::bridge::panels::intents::{Requests, UserIntent};

/// What the user is asked about.
#[derive(Resource, Default)]
pub struct Dropped(pub Option<Source>);

/// Something that the window can show in place of what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Data(PathBuf),
    Labels(PathBuf),
    Weights(PathBuf),
}

/// The arguments with which the program goes on when the window is closed.
#[derive(Resource, Clone, Default)]
pub struct Again(pub Arc<Mutex<Option<Vec<OsString>>>>);

pub struct FileDropPlugin;

impl Plugin for FileDropPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<FileDragAndDrop>()
            .init_resource::<Dropped>()
            .init_resource::<Again>()
            .add_systems(Update, (receive, answer).chain().after(Requests));
    }
}

impl Source {
    /// What a dropped path is, by its name.
    pub fn of(path: &Path) -> Option<Self> {
        let path = path.to_owned();
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        match extension.as_deref().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => Some(Self::Data(path)),
            Some("csv") => Some(Self::Labels(path)),
            Some("ckpt" | "msgpack") => Some(Self::Weights(path)),
            // An image file stands for its folder.
            Some("gz" | "npz") => Some(Self::Data(path.parent()?.to_owned())),
            _ => None,
        }
    }

    /// In words.
    pub fn describe(&self) -> String {
        match self {
            Self::Data(path) => format!("the data folder {}", path.display()),
            Self::Labels(path) => format!("the labels in {}", path.display()),
            Self::Weights(path) => format!("the checkpoint {}", path.display()),
        }
    }

    fn put_into(self, args: &mut WindowArgs) {
        match self {
            Self::Data(path) => {
                args.common.data_dir = path;
                // Labels of another data set would be wrong.
                args.common.labels = None;
            }
            Self::Labels(path) => args.common.labels = Some(path),
            Self::Weights(path) => args.common.weights = path,
        }
    }
}

/// What lies there, if it is there and can be opened; else a card says why not.
fn source_of(path: &Path, progress: &mut Progress) -> Option<Source> {
    progress.problems.mended(Cause::Opening);
    let source = Source::of(path).filter(|_| path.exists());
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
        progress.report(Cause::Opening, text);
    }
    source
}

fn receive(
    mut events: MessageReader<FileDragAndDrop>,
    mut dropped: ResMut<Dropped>,
    mut progress: ResMut<Progress>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for event in events.read() {
        let FileDragAndDrop::DroppedFile { path_buf, .. } = event else {
            continue;
        };
        dropped.0 = source_of(path_buf, &mut progress);
        redraw.write(RequestRedraw);
    }
}

fn answer(
    mut asked: MessageReader<UserIntent>,
    start: Res<Start>,
    again: Res<Again>,
    mut dropped: ResMut<Dropped>,
    mut progress: ResMut<Progress>,
    mut exit: MessageWriter<AppExit>,
) {
    for UserIntent(intent) in asked.read() {
        let mut args = start.args.clone();
        match intent {
            Intent::OpenPath(path) => {
                dropped.0 = source_of(path, &mut progress);
                continue;
            }
            Intent::Open(yes) => match dropped.0.take().filter(|_| *yes) {
                Some(source) => source.put_into(&mut args),
                None => continue,
            },
            Intent::Retry => {}
            _ => continue,
        }
        *again.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(args.to_arguments());
        exit.write(AppExit::Success);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn paths_are_known_by_their_names() {
        let dir = tempfile::tempdir().unwrap();
        let of = |name: &str| Source::of(&dir.path().join(name));
        assert_eq!(Source::of(dir.path()), Some(Source::Data(dir.path().to_owned())));
        assert_eq!(
            of("train-images-idx3-ubyte.gz"),
            Some(Source::Data(dir.path().to_owned()))
        );
        assert_eq!(of("mine.CSV"), Some(Source::Labels(dir.path().join("mine.CSV"))));
        assert_eq!(of("a.ckpt"), Some(Source::Weights(dir.path().join("a.ckpt"))));
        assert_eq!(of("photo.jpg"), None);
    }

    #[test]
    fn the_window_starts_again_with_all_its_options_and_the_new_one() {
        let line = "ssvae --data-dir d --labels l.csv --weights w.ckpt --runs r --seed 7 --backend cpu --events e.jsonl \
                    --exports x --session s.json --size 1000x700";
        let parse = |arguments: Vec<OsString>| {
            let program = std::iter::once(OsString::from("ssvae"));
            Cli::try_parse_from(program.chain(arguments)).unwrap().window
        };
        let args = parse(line.split(' ').skip(1).map(OsString::from).collect());
        let back = parse(args.to_arguments());
        assert_eq!(format!("{back:?}"), format!("{args:?}"));
        let mut other = args.clone();
        Source::Data("new".into()).put_into(&mut other);
        assert_eq!(
            (other.common.data_dir.as_path(), other.common.labels_path()),
            (Path::new("new"), "new/labels.csv".into())
        );
        Source::Weights("v.ckpt".into()).put_into(&mut other);
        assert_eq!(other.common.weights, Path::new("v.ckpt"));
    }
}
