//! What each target does with any bytes: they are refused or read, nothing panics, and what is said of them can be shown.
//!
//! Both the fuzz targets and `tests/fuzz.rs` include this file.

use std::cell::OnceCell;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::labels::LabelStore;
use ssvae_core::{checkpoint, classes, labels, printable};

/// Samples of the data set that labels are read for.
const SAMPLES: usize = 100;

/// A folder of this thread in which files are put, in memory where there is such a place.
fn folder() -> PathBuf {
    thread_local! {
        static FOLDER: OnceCell<tempfile::TempDir> = const { OnceCell::new() };
    }
    let make = || {
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        made.expect("a folder can be made")
    };
    FOLDER.with(|folder| folder.get_or_init(make).path().to_owned())
}

fn put(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, bytes).expect("a file can be written");
    path
}

fn shown(message: &str) {
    let line = printable::line(message);
    assert!(line.len() < 30_000 && !line.contains(printable::acts), "{line:?}");
}

/// Opens the folder as a data set, and takes these files out of it again.
fn data_set(files: &[PathBuf]) {
    match Dataset::open(&folder(), Split::Train) {
        Ok(dataset) => {
            let serials: Vec<u32> = (0..dataset.len().min(3) as u32).collect();
            dataset.scaled_into(&serials, &mut Vec::new());
            let last = dataset.len() as u32 - 1;
            assert!(dataset.image(last).is_some() && dataset.image(last + 1).is_none());
            dataset.notes().iter().for_each(|note| shown(note));
        }
        Err(error) => shown(&error.to_string()),
    }
    for file in files {
        let _ = fs::remove_file(file);
    }
}

/// An archive, or after a byte that is odd the array of images in one.
pub fn npz(bytes: &[u8]) {
    let archive = match bytes.split_first() {
        Some((kind, array)) if kind % 2 == 1 => {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let stored =
                zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file("x_train.npy", stored)
                .expect("an archive can be made");
            zip.write_all(array).expect("an archive can be made");
            zip.finish().expect("an archive can be made").into_inner()
        }
        Some((_, archive)) => archive.to_vec(),
        None => return,
    };
    data_set(&[put("x.npz", &archive)]);
}

/// By the first byte: images, packed ones, or true labels beside good images.
pub fn idx(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let files = match kind % 3 {
        0 => vec![put("train-images-idx3-ubyte", bytes)],
        1 => vec![put("train-images-idx3-ubyte.gz", bytes)],
        _ => {
            let images = [b"\0\0\x08\x03\0\0\0\x03\0\0\0\x01\0\0\0\x02".as_slice(), &[7; 6]].concat();
            vec![
                put("train-images-idx3-ubyte", &images),
                put("train-labels-idx1-ubyte", bytes),
            ]
        }
    };
    data_set(&files);
}

pub fn labels(bytes: &[u8]) {
    match labels::read_labels(&put("labels.csv", bytes), SAMPLES, ClassCount::default()) {
        Ok((labels, problems)) => {
            assert!(labels.labelled() <= SAMPLES);
            problems.iter().for_each(|problem| shown(&problem.message));
        }
        Err(error) => shown(&error.to_string()),
    }
}

pub fn classes(bytes: &[u8]) {
    put("classes.csv", bytes);
    let (styles, problems) = classes::read_classes(&folder());
    let styles = (0..=u8::MAX).filter_map(|class| styles.of(class));
    for name in styles.filter_map(|style| style.name.as_ref()) {
        assert!(
            name.chars().count() <= 60 && !name.contains(printable::acts),
            "{name:?}"
        );
    }
    problems.iter().for_each(|problem| shown(&problem.to_string()));
}

pub fn history(bytes: &[u8]) {
    put("labels.history.jsonl", bytes);
    let labels = put("labels.csv", b"Serial,label\n");
    let (_store, opened) = LabelStore::open(&labels, SAMPLES, ClassCount::default(), Arc::new(|| {}));
    assert_eq!(opened.troubles.history, None);
    let journal = opened.journal;
    // No action takes less than a line.
    assert!(journal.done().len() <= bytes.len());
    assert!(journal.kept().count() <= bytes.len());
}

/// What was read is written so that it is read again, and then as the same bytes.
pub fn checkpoint(bytes: &[u8]) {
    let read = match checkpoint::decode(bytes) {
        Ok(read) => read,
        Err(problems) => return shown(&problems.join("; ")),
    };
    if let Ok(architecture) = checkpoint::architecture(&read.params) {
        let _ = checkpoint::check(&read, &architecture);
    }
    let layout = read.layout().unwrap_or(checkpoint::OptimizerLayout {
        clip: true,
        decay: true,
    });
    let written = checkpoint::encode(&read, layout);
    let again = checkpoint::decode(&written).expect("what was written can be read");
    assert_eq!(again.step, read.step);
    assert!(again.params.0.keys().eq(read.params.0.keys()));
    assert!(checkpoint::encode(&again, layout) == written);
}
