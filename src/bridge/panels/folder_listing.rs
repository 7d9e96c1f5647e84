//! Reads what can be opened in a folder, in a thread of its own: a disk may not answer. Keys wait for it for a moment, so that
//! those that were typed ahead choose from the entries of their own folder.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use crossbeam_channel::{Receiver, bounded};

use crate::bridge::alarm::Alarm;
use crate::bridge::panels::open_target::kind_of;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::IntentSystems;
use crate::bridge::start::{Urgency, Wake};
use crate::ui::{EntryKind, FolderEntries, FolderEntry, Intent};

/// How long input waits for a folder at most.
const PATIENCE: Duration = Duration::from_millis(500);
/// Entries that are listed at most.
const MOST: usize = 10_000;

/// The folder that is read, or that was read last.
#[derive(Resource, Default)]
pub struct FolderListing {
    /// As it was asked for.
    pub asked: Option<String>,
    pub read: Option<FolderEntries>,
    reading: Option<Receiver<FolderEntries>>,
    /// How long input waits for it.
    until: Option<Instant>,
}

impl FolderListing {
    /// Whether input waits for a folder.
    pub fn is_awaited(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() < until)
    }
}

pub struct FolderListingPlugin;

impl Plugin for FolderListingPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FolderListing>()
            .add_systems(Update, (begin, end).chain().after(IntentSystems));
    }
}

fn begin(
    mut intents: MessageReader<UserIntent>,
    (wake, alarm): (Option<Res<Wake>>, Option<Res<Alarm>>),
    mut listing: ResMut<FolderListing>,
) {
    let asked = intents.read().filter_map(|UserIntent(intent)| match intent {
        Intent::ListFolder(folder) => Some(folder.clone()),
        _ => None,
    });
    let Some(folder) = asked.last() else { return };
    let (send, receive) = bounded(1);
    let until = Instant::now() + PATIENCE;
    listing.asked = Some(folder.clone());
    listing.reading = Some(receive);
    listing.until = Some(until);
    if let Some(alarm) = alarm {
        alarm.at(until);
    }
    let wake = wake.as_deref().cloned();
    // Without a thread the list stays empty, and a path can be typed.
    let _ = thread::Builder::new().name("folder".into()).spawn(move || {
        // The dialogue may have gone on to another folder.
        let _ = send.send(entries(folder));
        if let Some(wake) = wake {
            (wake.0)(Urgency::Answer);
        }
    });
}

fn end(mut listing: ResMut<FolderListing>, mut redraw: MessageWriter<RequestRedraw>) {
    let Some(reading) = &listing.reading else { return };
    if let Ok(entries) = reading.try_recv() {
        listing.read = Some(entries);
        listing.reading = None;
        listing.until = None;
        redraw.write(RequestRedraw);
    }
}

/// The path that a text stands for: `~` is the user's folder.
pub fn path_of(text: &Path) -> PathBuf {
    match text.strip_prefix("~").ok().zip(dirs::home_dir()) {
        Some((rest, home)) => home.join(rest),
        None => text.to_owned(),
    }
}

fn entries(folder: String) -> FolderEntries {
    let path = match folder.as_str() {
        "" => PathBuf::from("."),
        folder => path_of(Path::new(folder)),
    };
    let (entries, others, problem) = match fs::read_dir(&path) {
        Ok(found) => {
            let (entries, others) = sorted(found.flatten());
            (entries, others, None)
        }
        Err(error) => (Vec::new(), 0, Some(format!("{}: {error}", path.display()))),
    };
    FolderEntries {
        folder,
        entries,
        others,
        problem,
    }
}

/// What can be opened, folders first, and the number of the other files.
fn sorted(found: impl Iterator<Item = fs::DirEntry>) -> (Vec<FolderEntry>, usize) {
    let (mut entries, mut others) = (Vec::new(), 0);
    for entry in found {
        // A link counts as what it leads to.
        let is_folder = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        // Only what can be typed can be opened.
        let name = entry.file_name().into_string().ok();
        let kind = name.as_deref().and_then(|name| {
            if is_folder {
                Some(EntryKind::Folder)
            } else {
                kind_of(name)
            }
        });
        match name.zip(kind) {
            Some((name, kind)) => entries.push(FolderEntry { name, kind }),
            None => others += 1,
        }
    }
    entries.sort_by_cached_key(|entry| {
        let folder = Reverse(entry.kind == EntryKind::Folder);
        (folder, entry.name.to_lowercase(), entry.name.clone())
    });
    others += entries.len().saturating_sub(MOST);
    entries.truncate(MOST);
    (entries, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_that_can_be_opened_are_listed() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["Zebras", "ants"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        for file in ["b.csv", "A.npz", "checkpoint_7", "notes.txt", "photo.png"] {
            fs::write(dir.path().join(file), "").unwrap();
        }
        let text = dir.path().display().to_string();
        let listed = entries(text.clone());
        let names: Vec<_> = listed.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["ants", "Zebras", "A.npz", "b.csv", "checkpoint_7"]);
        assert_eq!((listed.folder, listed.others), (text, 2));
        let nowhere = entries("/nowhere/at/all/".into());
        assert!(nowhere.entries.is_empty());
        assert!(nowhere.problem.unwrap().contains("/nowhere/at/all/"));
    }

    #[test]
    fn a_folder_is_read_when_it_is_asked_for() {
        let mut app = App::new();
        app.add_message::<UserIntent>()
            .add_message::<RequestRedraw>()
            .add_plugins(FolderListingPlugin);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("mine.csv"), "").unwrap();
        let folder = dir.path().display().to_string() + "/";
        app.world_mut()
            .write_message(UserIntent(Intent::ListFolder(folder.clone())));
        app.update();
        let begun = Instant::now();
        while app.world().resource::<FolderListing>().read.is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20));
            app.update();
            thread::sleep(Duration::from_millis(2));
        }
        let listing = app.world().resource::<FolderListing>();
        assert!(!listing.is_awaited());
        assert_eq!(listing.asked.as_ref(), Some(&folder));
        assert_eq!(listing.read.as_ref().unwrap().entries.len(), 1);
    }
}
