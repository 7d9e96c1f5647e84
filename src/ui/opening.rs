//! What can be opened: what was opened before, and the entries of a folder; and which of it a typed path means.

use std::path::{PathBuf, is_separator};

/// What an entry of a folder can be opened as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Folder,
    /// A file of a data set; its folder is opened.
    Data,
    Labels,
    Checkpoint,
}

/// A folder, or a file that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderEntry {
    pub name: String,
    pub kind: EntryKind,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderEntries {
    /// The folder as it was asked for.
    pub folder: String,
    /// Folders first, each kind by name.
    pub entries: Vec<FolderEntry>,
    /// Number of files that cannot be opened.
    pub others: usize,
    /// Why the folder cannot be read.
    pub problem: Option<String>,
}

/// A data set that was opened before, with its labels and its checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentEntry {
    pub name: String,
    /// Where it lies, and labels and checkpoint where they are not the usual ones.
    pub detail: String,
}

/// What there is to choose from.
#[derive(Clone, Debug, Default)]
pub struct OpeningView<'a> {
    /// The newest first, without what is open.
    pub recent: Vec<RecentEntry>,
    /// The folder that was read last.
    pub folder: Option<&'a FolderEntries>,
    /// The folder that is read, or is to be read.
    pub asked: Option<&'a str>,
    /// The folder that holds the data folder, with a separator at its end.
    pub beside: String,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Place of what was opened before.
    Recent(usize),
    /// The folder of the path itself.
    Folder,
    /// Place among the folder's entries.
    Entry(usize),
}

/// What follows from a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The entries of another folder are shown.
    Enter(String),
    Open(PathBuf),
    OpenRecent(usize),
}

/// The state of the dialogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// What is typed.
    pub path: String,
    /// The row that the arrow keys have moved to.
    pub row: Option<usize>,
    /// Whether its field has had the focus.
    pub seen: bool,
}

impl Opening {
    /// The path up to its last separator; empty for the folder that the program was started in.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once(is_separator).map_or("", |(folder, _)| {
            self.path.get(..=folder.len()).unwrap_or_default()
        })
    }

    /// What is behind the last separator.
    fn name(&self) -> &str {
        self.path.get(self.folder().len()..).unwrap_or_default()
    }

    /// What fits the path: what was opened before, while the path has one part, and entries of its folder, of which those
    /// whose names begin with the last part come first. What was opened before and fits by its place alone comes last.
    pub fn rows(&self, view: &OpeningView) -> Vec<Row> {
        let (folder, name) = (self.folder(), self.name().to_lowercase());
        let mut rows = Vec::new();
        let recent = view.recent.iter().enumerate().filter(|_| folder.is_empty());
        let (by_name, others): (Vec<_>, Vec<_>) =
            recent.partition(|(_, entry)| entry.name.to_lowercase().contains(&name));
        rows.extend(by_name.into_iter().map(|(i, _)| Row::Recent(i)));
        if !folder.is_empty() && name.is_empty() {
            rows.push(Row::Folder);
        }
        let listed = view.folder.filter(|listed| listed.folder == folder);
        let entries = || listed.iter().flat_map(|listed| &listed.entries).enumerate();
        let hidden = |entry: &FolderEntry| entry.name.starts_with('.') && !name.starts_with('.');
        for begins in [true, false] {
            let fits = |entry: &FolderEntry| {
                let own = entry.name.to_lowercase();
                own.starts_with(&name) == begins && own.contains(&name) && !hidden(entry)
            };
            rows.extend(
                entries()
                    .filter(|(_, entry)| fits(entry))
                    .map(|(i, _)| Row::Entry(i)),
            );
        }
        let by_place = others
            .into_iter()
            .filter(|(_, entry)| entry.detail.to_lowercase().contains(&name));
        rows.extend(by_place.map(|(i, _)| Row::Recent(i)));
        rows
    }

    /// The row that Enter stands for. A path that is typed to its end is no row's.
    pub fn current(&self, view: &OpeningView, rows: &[Row]) -> Option<usize> {
        if rows.is_empty() {
            return None;
        }
        match self.row {
            Some(row) => Some(row.min(rows.len() - 1)),
            None if self.is_complete(view) => None,
            None => Some(0),
        }
    }

    /// Whether the path is that of an entry.
    fn is_complete(&self, view: &OpeningView) -> bool {
        let listed = view.folder.filter(|listed| listed.folder == self.folder());
        let mut entries = listed.iter().flat_map(|listed| &listed.entries);
        !self.name().is_empty() && entries.any(|entry| entry.name == self.name())
    }

    /// What choosing a row means; `None` stands for the path as it is typed.
    pub fn choice(&self, view: &OpeningView, row: Option<Row>) -> Option<Choice> {
        let typed = || (!self.path.trim().is_empty()).then(|| Choice::Open(self.path.trim().into()));
        Some(match row {
            None => return typed(),
            Some(Row::Recent(place)) => Choice::OpenRecent(place),
            Some(Row::Folder) => Choice::Open(self.folder().into()),
            Some(Row::Entry(place)) => {
                let entry = view.folder?.entries.get(place)?;
                let path = format!("{}{}", self.folder(), entry.name);
                match entry.kind {
                    EntryKind::Folder => Choice::Enter(path + "/"),
                    _ => Choice::Open(path.into()),
                }
            }
        })
    }

    /// The folder above that of the path.
    pub fn above(&self) -> String {
        let folder = self.folder().trim_end_matches(is_separator);
        match folder.rsplit_once(is_separator) {
            _ if folder.is_empty() && self.folder().is_empty() => "../".into(),
            _ if folder.split(is_separator).all(|part| part == "..") && !folder.is_empty() => {
                format!("{folder}/../")
            }
            Some((above, _)) => format!("{above}/"),
            None if self.folder().starts_with(is_separator) => "/".into(),
            None if folder == "~" => "~/../".into(),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(folder: &str) -> FolderEntries {
        let entry = |(name, kind): (&str, EntryKind)| FolderEntry {
            name: name.into(),
            kind,
        };
        FolderEntries {
            folder: folder.into(),
            entries: [
                (".cache", EntryKind::Folder),
                ("fashion", EntryKind::Folder),
                ("my mnist", EntryKind::Folder),
                ("mnist", EntryKind::Folder),
                ("mnist.csv", EntryKind::Labels),
                ("checkpoint_100", EntryKind::Checkpoint),
            ]
            .map(entry)
            .into(),
            ..FolderEntries::default()
        }
    }

    fn view(folder: &FolderEntries) -> OpeningView<'_> {
        let recent = |name: &str| RecentEntry {
            name: name.into(),
            detail: format!("/data/{name}"),
        };
        OpeningView {
            recent: ["kmnist", "cifar"].map(recent).into(),
            folder: Some(folder),
            ..OpeningView::default()
        }
    }

    /// The choice that Enter makes, and the names of the rows.
    fn enter(path: &str, row: Option<usize>, folder: &FolderEntries) -> (Option<Choice>, Vec<String>) {
        let (opening, view) = (
            Opening {
                path: path.into(),
                row,
                ..Opening::default()
            },
            view(folder),
        );
        let rows = opening.rows(&view);
        let names = rows.iter().map(|row| match row {
            Row::Recent(i) => format!("recent {}", view.recent[*i].name),
            Row::Folder => "folder".into(),
            Row::Entry(i) => folder.entries[*i].name.clone(),
        });
        let current = opening.current(&view, &rows).map(|row| rows[row]);
        (opening.choice(&view, current), names.collect())
    }

    #[test]
    fn what_was_opened_before_comes_first_and_then_what_the_folder_holds() {
        let here = listed("");
        let (choice, rows) = enter("", None, &here);
        assert_eq!(choice, Some(Choice::OpenRecent(0)));
        assert_eq!(
            rows[..4],
            ["recent kmnist", "recent cifar", "fashion", "my mnist"]
        );
        assert_eq!(rows.len(), 7, "what is hidden is not shown");
        let (choice, rows) = enter("mn", None, &here);
        assert_eq!(rows, ["recent kmnist", "mnist", "mnist.csv", "my mnist"]);
        assert_eq!(choice, Some(Choice::OpenRecent(0)));
        assert_eq!(
            enter("mn", Some(1), &here).0,
            Some(Choice::Enter("mnist/".into()))
        );
        let (choice, rows) = enter("data", None, &here);
        assert_eq!(rows, ["recent kmnist", "recent cifar"], "by their places");
        assert_eq!(choice, Some(Choice::OpenRecent(0)));
        assert_eq!(
            enter("mn", Some(99), &here).0,
            Some(Choice::Enter("my mnist/".into()))
        );
    }

    #[test]
    fn a_path_that_is_typed_to_its_end_is_opened_and_a_part_of_one_means_the_first_row() {
        let data = listed("data/");
        let open = |path: &str| Some(Choice::Open(path.into()));
        for (path, choice) in [
            ("data/mnist", open("data/mnist")),
            ("data/", open("data/")),
            ("data/mnist.csv", open("data/mnist.csv")),
            ("data/fash", Some(Choice::Enter("data/fashion/".into()))),
            ("data/check", open("data/checkpoint_100")),
            ("data/.c", Some(Choice::Enter("data/.cache/".into()))),
            ("data/nowhere", open("data/nowhere")),
            // Its folder has not been read.
            ("/elsewhere/mn", open("/elsewhere/mn")),
            ("/elsewhere/", open("/elsewhere/")),
        ] {
            assert_eq!(enter(path, None, &data).0, choice, "{path}");
        }
        assert_eq!(enter("data/", Some(1), &data).0, enter("data/f", None, &data).0);
        assert_eq!(enter("", None, &FolderEntries::default()).1.len(), 2);
        let nothing = Opening::default().choice(&OpeningView::default(), None);
        assert_eq!(nothing, None);
    }

    #[test]
    fn the_folder_above_is_found_from_any_path() {
        for (path, above) in [
            ("", "../"),
            ("mn", "../"),
            ("data/", ""),
            ("data/mnist/x", "data/"),
            ("/data/mnist/", "/data/"),
            ("/data/", "/"),
            ("/", "/"),
            ("../", "../../"),
            ("../../", "../../../"),
            ("~/", "~/../"),
            ("~/data/", "~/"),
        ] {
            let opening = Opening {
                path: path.into(),
                ..Opening::default()
            };
            assert_eq!(opening.above(), above, "{path}");
        }
    }
}
