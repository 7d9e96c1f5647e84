//! What the window can show in place of what it shows: a data folder, a labels file, a checkpoint, or what was opened before.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bevy::prelude::*;

use crate::bridge::options::WindowOptions;
use crate::bridge::panels::recently_opened::Workspace;
use crate::ui::EntryKind;
use ssvae_core::dataset::OpenOptions;

/// What the user is asked whether to open.
#[derive(Resource, Default)]
pub struct PendingOpen(pub Option<OpenTarget>);

/// Something that the window can show in place of what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenTarget {
    Data(PathBuf),
    Labels(PathBuf),
    Weights(PathBuf),
    Workspace(Box<Workspace>),
}

impl OpenTarget {
    /// What a path can be opened as: by its name, or where that does not tell by what is in it.
    pub fn of(path: &Path) -> Option<Self> {
        let path = path.to_owned();
        if path.is_dir() {
            return Some(Self::Data(path));
        }
        let name = path.file_name()?.to_string_lossy();
        match kind_of(&name).or_else(|| kind_within(&path))? {
            // A file of a data set means its folder.
            EntryKind::Folder | EntryKind::Data => Some(Self::Data(path.parent()?.to_owned())),
            EntryKind::Labels => Some(Self::Labels(path)),
            EntryKind::Checkpoint => Some(Self::Weights(path)),
        }
    }

    /// The target in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Data(path) => format!("the data folder {}", path.display()),
            Self::Labels(path) => format!("the labels in {}", path.display()),
            Self::Weights(path) => format!("the checkpoint {}", path.display()),
            Self::Workspace(workspace) => format!(
                "the data folder {}, the labels in {} and the checkpoint {}",
                workspace.data_dir.display(),
                workspace.labels_path().display(),
                workspace.weights.display()
            ),
        }
    }

    pub fn put_into(self, options: &mut WindowOptions) {
        match self {
            Self::Data(path) => {
                options.data_dir = path;
                // Labels of another data set would be wrong, and how its images lie is not known.
                options.labels = None;
                options.open = OpenOptions::default();
            }
            Self::Labels(path) => options.labels = Some(path),
            Self::Weights(path) => options.weights = path,
            Self::Workspace(workspace) => workspace.put_into(options),
        }
    }
}

/// What the name of a file says that it can be opened as. Flax calls its checkpoints `checkpoint_` and the step; IDX files
/// have no extension.
pub fn kind_of(name: &str) -> Option<EntryKind> {
    let name = name.to_lowercase();
    let step = name.strip_prefix("checkpoint_");
    if step.is_some_and(|step| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(EntryKind::Checkpoint);
    }
    if name.ends_with("-ubyte") || matches!(name.as_str(), "classes.csv" | "manifest.csv") {
        return Some(EntryKind::Data);
    }
    match Path::new(&name).extension()?.to_str()? {
        "csv" => Some(EntryKind::Labels),
        "ckpt" | "msgpack" => Some(EntryKind::Checkpoint),
        "gz" | "npz" | "npy" => Some(EntryKind::Data),
        _ => None,
    }
}

/// What the first bytes of a file without an extension say: IDX files begin with two zeros, their type and their
/// dimensions; a Flax checkpoint is a msgpack map whose keys are texts.
fn kind_within(path: &Path) -> Option<EntryKind> {
    if path.extension().is_some() || !path.is_file() {
        return None;
    }
    let mut begin = Vec::new();
    File::open(path).ok()?.take(4).read_to_end(&mut begin).ok()?;
    let text = |byte: u8| matches!(byte, 0xa0..=0xbf | 0xd9);
    match *begin.as_slice() {
        [0, 0, 8..=14, 1..=4] => Some(EntryKind::Data),
        [0x80..=0x8f, key, ..] | [0xde, _, _, key] if text(key) => Some(EntryKind::Checkpoint),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn paths_are_known_by_their_names() {
        let dir = tempfile::tempdir().unwrap();
        let of = |name: &str| OpenTarget::of(&dir.path().join(name));
        let data = Some(OpenTarget::Data(dir.path().to_owned()));
        assert_eq!(OpenTarget::of(dir.path()), data);
        for name in [
            "train-images-idx3-ubyte.gz",
            "train-images-idx3-ubyte",
            "t10k-images.idx3-ubyte",
            "PATHMNIST.NPZ",
            "X_train.npy",
            "classes.csv",
        ] {
            assert_eq!(of(name), data, "{name}");
        }
        assert_eq!(
            of("mine.CSV"),
            Some(OpenTarget::Labels(dir.path().join("mine.CSV")))
        );
        for name in ["a.ckpt", "checkpoint_100", "a.msgpack"] {
            assert_eq!(of(name), Some(OpenTarget::Weights(dir.path().join(name))));
        }
        for name in ["photo.jpg", "checkpoint_", "checkpoint_100.txt", "notes"] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn a_file_without_an_extension_is_known_by_its_first_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let of = |bytes: &[u8]| {
            let path = dir.path().join("best");
            std::fs::write(&path, bytes).unwrap();
            OpenTarget::of(&path)
        };
        assert_eq!(
            of(&[0, 0, 8, 3, 0, 0, 0, 1]),
            Some(OpenTarget::Data(dir.path().to_owned()))
        );
        let weights = Some(OpenTarget::Weights(dir.path().join("best")));
        assert_eq!(of(b"\x82\xa4step\x01"), weights);
        assert_eq!(of(b"\xde\x00\x03\xa4step"), weights);
        for bytes in [&b""[..], b"\0\0", b"#!/bin/sh", b"\x89PNG", b"\x82\x01\x02"] {
            assert_eq!(of(bytes), None, "{bytes:?}");
        }
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
