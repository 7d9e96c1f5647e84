//! Finds a split's arrays in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::printable::excerpt;

use super::error::DatasetError;
use super::layout::Layout;
use super::names::{self, Meaning, Part, Role};
use super::pixels::file_name;
use super::source::{Source, archive};
use super::split::Split;

/// A split's arrays.
pub(super) struct Found {
    pub images: Source,
    pub labels: Option<Source>,
    /// What the files of the data set have in common in their names.
    pub family: String,
    /// For the user.
    pub notes: Vec<String>,
}

struct Candidate {
    source: Source,
    meaning: Meaning,
}

/// The split's images, and its true labels: of IDX files, or else of NumPy's. Names decide; a file that is none is passed
/// over where there is another. `like`: the family that the other split is of.
///
/// # Errors
/// A folder that cannot be read, and the first fault where no file can be used. Nothing is found: the file that is missing.
pub(super) fn find(dir: &Path, split: Split, like: Option<&str>) -> Result<Found, DatasetError> {
    let files = files(dir)?;
    let mut failures = Vec::new();
    let idx = files.iter().filter_map(|path| {
        let meaning = names::idx(name(path)?)?;
        let source = Source::Idx(path.clone());
        Some(Candidate { source, meaning })
    });
    if let Some(found) = choose(idx.collect(), split, like, &mut failures) {
        return Ok(found);
    }
    let arrays = files
        .iter()
        .flat_map(|path| arrays(path, &mut failures))
        .collect();
    if let Some(found) = choose(arrays, split, like, &mut failures) {
        return Ok(found);
    }
    Err(match failures.into_iter().next() {
        Some((_, error)) => error,
        None => DatasetError::NoFile {
            dir: dir.to_owned(),
            name: format!("{}-images-idx3-ubyte", split.prefix()),
            others: others(&files),
        },
    })
}

/// The labels in the folder of training samples that are no images: of IDX files, or else of NumPy's.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn find_labels(dir: &Path) -> Result<Option<Source>, DatasetError> {
    let files = files(dir)?;
    let idx = files.iter().filter_map(|path| {
        let meaning = names::idx(name(path)?)?;
        let source = Source::Idx(path.clone());
        Some(Candidate { source, meaning })
    });
    let arrays = files.iter().flat_map(|path| arrays(path, &mut Vec::new()));
    let mut labels: Vec<Candidate> = idx
        .chain(arrays)
        .filter(|Candidate { meaning, source }| {
            let suits = matches!(meaning.part, Part::Of(Split::Train) | Part::Unnamed);
            meaning.role == Role::Labels && suits && source.check().is_ok()
        })
        .collect();
    labels.sort_by_key(preference);
    Ok(labels.into_iter().next().map(|candidate| candidate.source))
}

/// The first arrays of the first archives.
fn others(files: &[PathBuf]) -> String {
    let holds = files.iter().filter_map(|path| {
        let extension = path.extension()?.to_str()?;
        let archive = extension
            .eq_ignore_ascii_case("npz")
            .then(|| archive(path).ok())??;
        let mut arrays: Vec<&str> = archive.file_names().collect();
        arrays.sort_unstable();
        let more = if arrays.len() > 5 { ", …" } else { "" };
        let arrays: Vec<String> = arrays
            .into_iter()
            .take(5)
            .map(|entry| excerpt(entry.strip_suffix(".npy").unwrap_or(entry)))
            .collect();
        let file = name(path).filter(|_| !arrays.is_empty())?;
        Some(format!("{file} holds {}{more}", arrays.join(", ")))
    });
    let holds: Vec<String> = holds.take(3).collect();
    if holds.is_empty() {
        String::new()
    } else {
        format!(" ({})", holds.join("; "))
    }
}

/// Files by name, without those that are hidden: macOS puts one named `._…` beside each.
///
/// # Errors
/// A folder that cannot be read.
pub(super) fn files(dir: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let unreadable = |source| DatasetError::Read {
        path: dir.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if name(&path).is_some_and(|name| !name.starts_with('.')) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// The arrays of an `.npz` or `.npy` file.
fn arrays(path: &Path, failures: &mut Vec<(PathBuf, DatasetError)>) -> Vec<Candidate> {
    let parts = path.file_stem().zip(path.extension());
    let Some((stem, extension)) = parts.and_then(|(stem, extension)| stem.to_str().zip(extension.to_str()))
    else {
        return Vec::new();
    };
    match extension.to_lowercase().as_str() {
        "npy" => {
            let source = Source::Npy(path.to_owned());
            let candidate = names::single(stem).map(|meaning| Candidate { source, meaning });
            candidate.into_iter().collect()
        }
        "npz" => match archive(path) {
            Ok(archive) => {
                let mut entries: Vec<&str> = archive.file_names().collect();
                entries.sort_by_key(|entry| (names::rank(entry), *entry));
                let candidates = entries.into_iter().filter_map(|entry| {
                    let meaning = names::entry(stem, entry.strip_suffix(".npy")?)?;
                    let source = Source::Npz(path.to_owned(), entry.to_owned());
                    Some(Candidate { source, meaning })
                });
                candidates.collect()
            }
            Err(error) => {
                failures.push((path.to_owned(), error));
                Vec::new()
            }
        },
        _ => Vec::new(),
    }
}

/// The best of these arrays that are images of the split, and the labels that belong to them.
fn choose(
    candidates: Vec<Candidate>,
    split: Split,
    like: Option<&str>,
    failures: &mut Vec<(PathBuf, DatasetError)>,
) -> Option<Found> {
    let of_split = |part| part == Part::Of(split);
    let suits = |part| of_split(part) || (part == Part::Unnamed && split == Split::Train);
    let mut images: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| candidate.meaning.role == Role::Images && suits(candidate.meaning.part))
        // A name in front of an IDX file's own is a data set's, and another's images are no test of this one.
        .filter(|Candidate { source, meaning }| {
            !matches!(source, Source::Idx(_)) || like.is_none_or(|like| like == meaning.family)
        })
        .collect();
    images.sort_by_key(|candidate| {
        let Meaning { part, family, .. } = &candidate.meaning;
        let other = like.is_some_and(|like| like != family);
        (!of_split(*part), other, preference(candidate))
    });
    let mut chosen: Option<&Candidate> = None;
    let mut families = Vec::new();
    for candidate in images {
        match candidate.source.visit(|head, _| Layout::of(head, false)) {
            Ok(_) => {
                let best = *chosen.get_or_insert(candidate);
                if best.meaning.part == candidate.meaning.part
                    && !families.contains(&&candidate.meaning.family)
                {
                    families.push(&candidate.meaning.family);
                }
            }
            Err(_) if is_absent(candidate.source.path()) => {}
            // One that comes later is not missed.
            Err(error) if chosen.is_none() => failures.push((candidate.source.path().to_owned(), error)),
            Err(_) => {}
        }
    }
    let chosen = chosen?;
    let family = &chosen.meaning.family;
    let mut notes: Vec<String> = failures
        .iter()
        .filter(|(path, _)| !is_empty(path))
        .map(|(_, error)| format!("{}; it is passed over", error.found()))
        .collect();
    if families.len() > 1 && !family.is_empty() {
        notes.push(format!(
            "{}: is the first of {} data sets in the folder; move it to one of its own to open another",
            file_name(&chosen.source),
            families.len()
        ));
    }
    let beside = |candidate: &Candidate| candidate.source.path() != chosen.source.path();
    let mut labels: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| {
            let Meaning {
                role,
                part,
                family: own,
            } = &candidate.meaning;
            *role == Role::Labels
                && *part == chosen.meaning.part
                && own == family
                && !is_absent(candidate.source.path())
        })
        .collect();
    labels.sort_by_key(|candidate| (beside(candidate), preference(candidate)));
    let sound = labels.iter().find(|candidate| candidate.source.check().is_ok());
    let labels = sound.or(labels.first()).map(|candidate| candidate.source.clone());
    Some(Found {
        images: chosen.source.clone(),
        labels,
        family: family.clone(),
        notes,
    })
}

/// Files without a data set's name come before others, and what is unpacked before what is not; then what is first in the
/// folder.
fn preference(candidate: &Candidate) -> (bool, bool) {
    let named = !candidate.meaning.family.is_empty();
    match &candidate.source {
        Source::Idx(path) => {
            let packed = name(path).is_some_and(|name| name.to_lowercase().ends_with(".gz"));
            (named, packed)
        }
        Source::Npy(_) => (named, false),
        Source::Npz(..) => (false, false),
    }
}

/// Whether there is nothing, such as where a link leads nowhere.
fn is_absent(path: &Path) -> bool {
    fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.len() == 0)
}
