//! What the window can show in place of what it shows: a data folder, a labels file, or a checkpoint.

use std::path::{Path, PathBuf};

use bevy::prelude::*;

use crate::bridge::options::WindowOptions;

/// A path that the user is asked whether to open.
#[derive(Resource, Default)]
pub struct PendingOpen(pub Option<OpenTarget>);

/// Something that the window can show in place of what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenTarget {
    Data(PathBuf),
    Labels(PathBuf),
    Weights(PathBuf),
}

impl OpenTarget {
    /// What a path can be opened as, by its name.
    pub fn of(path: &Path) -> Option<Self> {
        let path = path.to_owned();
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        match extension.as_deref().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => Some(Self::Data(path)),
            Some("csv") => Some(Self::Labels(path)),
            Some("ckpt" | "msgpack") => Some(Self::Weights(path)),
            // An image file means its folder.
            Some("gz" | "npz") => Some(Self::Data(path.parent()?.to_owned())),
            _ => None,
        }
    }

    /// The target in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Data(path) => format!("the data folder {}", path.display()),
            Self::Labels(path) => format!("the labels in {}", path.display()),
            Self::Weights(path) => format!("the checkpoint {}", path.display()),
        }
    }

    pub fn put_into(self, options: &mut WindowOptions) {
        match self {
            Self::Data(path) => {
                options.data_dir = path;
                // Labels of another data set would be wrong.
                options.labels = None;
            }
            Self::Labels(path) => options.labels = Some(path),
            Self::Weights(path) => options.weights = path,
        }
    }
}
