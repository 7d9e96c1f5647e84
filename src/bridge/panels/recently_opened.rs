//! What was opened before: data sets with their labels and their checkpoint.

use std::path::{Path, PathBuf, absolute};

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bridge::options::WindowOptions;
use crate::bridge::start::Start;
use crate::bridge::worker::messages::DatasetLoaded;
use crate::ui::RecentEntry;
use ssvae_core::choice::Choice;
use ssvae_core::dataset::{OpenOptions, Transpose};

/// How many are kept.
const MOST: usize = 12;

/// A data set with its labels and its checkpoint, all by absolute paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub data_dir: PathBuf,
    /// `labels.csv` in the data folder where there is none.
    #[serde(default)]
    pub labels: Option<PathBuf>,
    pub weights: PathBuf,
    /// Whether rows and columns of the images are exchanged, by the name of the choice.
    #[serde(default)]
    transpose: String,
}

impl Workspace {
    /// What a window with these options shows.
    pub fn of(options: &WindowOptions) -> Self {
        Self {
            data_dir: full(&options.data_dir),
            labels: options.labels.as_deref().map(full),
            weights: full(&options.weights),
            transpose: options.open.transpose.name().into(),
        }
    }

    pub fn put_into(self, options: &mut WindowOptions) {
        options.open = OpenOptions {
            transpose: Transpose::named(&self.transpose).unwrap_or_default(),
        };
        options.data_dir = self.data_dir;
        options.labels = self.labels;
        options.weights = self.weights;
    }

    /// The labels file, named or not.
    pub fn labels_path(&self) -> PathBuf {
        self.labels
            .clone()
            .unwrap_or_else(|| self.data_dir.join("labels.csv"))
    }

    /// As it is listed.
    fn entry(&self) -> RecentEntry {
        let name = |path: &Path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        let labels = self
            .labels
            .as_deref()
            .map(|path| format!(" · labels {}", name(path)));
        RecentEntry {
            name: name(&self.data_dir),
            detail: format!(
                "{}{} · {}",
                self.data_dir.display(),
                labels.unwrap_or_default(),
                name(&self.weights)
            ),
        }
    }
}

/// The absolute path, without the parts that lead nowhere.
fn full(path: &Path) -> PathBuf {
    let path = absolute(path).unwrap_or_else(|_| path.to_owned());
    path.components().collect()
}

/// What was opened before, the newest first.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentlyOpened(Vec<Workspace>);

impl RecentlyOpened {
    /// Puts one in front of the others.
    fn note(&mut self, workspace: Workspace) {
        self.0.retain(|other| *other != workspace);
        self.0.insert(0, workspace);
        self.0.truncate(MOST);
    }

    /// All but what a window with these options shows.
    fn others(&self, options: &WindowOptions) -> impl Iterator<Item = &Workspace> {
        let open = Workspace::of(options);
        self.0.iter().filter(move |workspace| **workspace != open)
    }

    /// The other one at this place.
    pub fn other(&self, options: &WindowOptions, place: usize) -> Option<&Workspace> {
        self.others(options).nth(place)
    }

    /// The others as they are listed.
    pub fn entries(&self, options: &WindowOptions) -> Vec<RecentEntry> {
        self.others(options).map(Workspace::entry).collect()
    }
}

pub struct RecentlyOpenedPlugin;

impl Plugin for RecentlyOpenedPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RecentlyOpened>().add_systems(Update, note);
    }
}

/// Notes a data set that could be read.
fn note(mut loaded: MessageReader<DatasetLoaded>, start: Res<Start>, mut recent: ResMut<RecentlyOpened>) {
    if loaded.read().count() > 0 {
        recent.note(Workspace::of(&start.options));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(name: &str) -> Workspace {
        Workspace {
            data_dir: format!("/data/{name}").into(),
            labels: None,
            weights: "/w.ckpt".into(),
            transpose: "auto".into(),
        }
    }

    #[test]
    fn the_newest_is_first_and_each_is_there_once() {
        let mut recent = RecentlyOpened::default();
        for name in ["a", "b", "a"] {
            recent.note(workspace(name));
        }
        assert_eq!(recent.0, [workspace("a"), workspace("b")]);
        (0..20).for_each(|i| recent.note(workspace(&i.to_string())));
        assert_eq!((recent.0.len(), &recent.0[0]), (MOST, &workspace("19")));
        let text = serde_json::to_string(&recent).unwrap();
        assert_eq!(serde_json::from_str::<RecentlyOpened>(&text).unwrap(), recent);
    }

    #[test]
    fn an_entry_tells_what_is_not_usual() {
        let mut mine = workspace("fashion");
        assert_eq!(mine.entry().detail, "/data/fashion · w.ckpt");
        mine.labels = Some("/home/me/mine.csv".into());
        let entry = mine.entry();
        assert_eq!(entry.name, "fashion");
        assert_eq!(entry.detail, "/data/fashion · labels mine.csv · w.ckpt");
    }
}
