use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::labels::*;

const N: usize = 100;
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("labels.csv");
    (dir, path)
}

/// With all that the user is told.
pub(super) fn open(path: &Path) -> (LabelStore, Labels, Vec<String>) {
    let (store, opened) = LabelStore::open(path, N, ClassCount::default(), Arc::new(|| {}));
    let Troubles { file, rows, history } = opened.troubles;
    let rows = rows.into_iter().map(|row| row.message);
    (
        store,
        opened.labels,
        file.into_iter().chain(rows).chain(history).collect(),
    )
}

/// Asks for changes as the window does: with the line of the history that tells of them.
pub(super) fn ask(store: &LabelStore, before: impl Into<Option<u8>>, changes: &[Change]) {
    let before = before.into();
    let step = |&Change { serial, label }: &Change| Step {
        serial,
        before,
        after: label,
    };
    let action = Action::new(changes.iter().map(step).collect());
    store.request(changes, vec![Line::Done(action)]);
}

pub(super) fn change(serial: u32, label: impl Into<Option<u8>>) -> Change {
    Change {
        serial,
        label: label.into(),
    }
}

pub(super) fn event(store: &LabelStore) -> LabelEvent {
    store.events().recv_timeout(PATIENCE).expect("an event")
}

pub(super) fn saved(store: &LabelStore, expected: Change) {
    match event(store) {
        LabelEvent::Saved { change, .. } => assert_eq!(change, expected),
        other => panic!("{other:?}"),
    }
}

fn failed(store: &LabelStore, expected: Change) -> (Option<u8>, String) {
    loop {
        match event(store) {
            LabelEvent::Failed {
                change,
                current,
                message,
            } => {
                assert_eq!(change, expected);
                return (current, message);
            }
            LabelEvent::Problem { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

fn reloaded(store: &LabelStore) -> (Vec<(u32, u8)>, Vec<Problem>) {
    match event(store) {
        LabelEvent::Reloaded { labels, problems } => (labels.iter().collect(), problems),
        other => panic!("{other:?}"),
    }
}

fn quiet(store: &LabelStore) {
    if let Ok(event) = store.events().recv_timeout(Duration::from_millis(400)) {
        panic!("{event:?}");
    }
}

pub(super) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn saves_and_stays_quiet() {
    let (dir, path) = folder();
    let (store, labels, problems) = open(&path);
    assert_eq!(
        (labels, problems),
        (Labels::new(N, ClassCount::default()), vec![])
    );
    ask(&store, None, &[change(5, 7)]);
    saved(&store, change(5, 7));
    assert_eq!(
        (read(&path).as_str(), store.pending()),
        ("Serial,label\n5,7\n", 0)
    );
    ask(&store, None, &[change(6, 1)]);
    saved(&store, change(6, 1));
    ask(&store, 7, &[change(5, None)]);
    saved(&store, change(5, None));
    assert_eq!(read(&path), "Serial,label\n6,1\n");
    quiet(&store);
    drop(store);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        2,
        "labels and history, no stray files"
    );
    assert_eq!(
        read_labels(&path, N, ClassCount::default())
            .unwrap()
            .0
            .iter()
            .collect::<Vec<_>>(),
        [(6, 1)]
    );
}

#[test]
fn coalesces_and_finishes_before_it_is_dropped() {
    let (_dir, path) = folder();
    let wakes = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&wakes);
    let (store, _) = LabelStore::open(
        &path,
        N,
        ClassCount::default(),
        Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
        }),
    );
    for serial in 0..100 {
        ask(&store, None, &[change(serial, (serial % 10) as u8)]);
    }
    let events = store.events().clone();
    drop(store);
    assert_eq!(
        events
            .iter()
            .filter(|event| matches!(event, LabelEvent::Saved { .. }))
            .count(),
        100
    );
    let wakes = wakes.load(Ordering::SeqCst);
    assert!(
        (1..=100).contains(&wakes),
        "answers that come together wake once: {wakes}"
    );
    assert_eq!(
        read_labels(&path, N, ClassCount::default()).unwrap().0.counts(),
        [10; 10]
    );
}

#[test]
fn shows_edits_of_others() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label,note\n1,1,a\n").unwrap();
    let (store, labels, _) = open(&path);
    assert_eq!(labels.get(1), Some(1));
    quiet(&store);
    fs::write(&path, "Serial,label,note\n1,1,a\n2,2,b\n3,44,c\n").unwrap();
    let (labels, problems) = reloaded(&store);
    assert_eq!(
        (labels, problems.len(), problems[0].line),
        (vec![(1, 1), (2, 2)], 1, 4)
    );
    ask(&store, 1, &[change(1, 9)]);
    saved(&store, change(1, 9));
    assert_eq!(read(&path), "Serial,label,note\n1,9,a\n2,2,b\n3,44,c\n");
    // As vim and our own kind do it: another file under the name.
    let other = path.with_extension("new");
    fs::write(&other, "Serial,label\n4,4\n").unwrap();
    fs::rename(&other, &path).unwrap();
    assert_eq!(reloaded(&store).0, [(4, 4)]);
    assert!(
        matches!(event(&store), LabelEvent::Merged { restored, changed } if restored.is_empty() && changed.len() == 1)
    );
    fs::remove_file(&path).unwrap();
    assert_eq!(reloaded(&store).0, []);
    assert!(matches!(event(&store), LabelEvent::Gone { labels: 1 }));
}

#[test]
fn a_change_on_top_of_an_edit_reports_both() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label\n1,1\n").unwrap();
    let (store, ..) = open(&path);
    quiet(&store);
    fs::write(&path, "Serial,label\n1,1\n2,2\n").unwrap();
    ask(&store, None, &[change(3, 3)]);
    assert_eq!(reloaded(&store).0, [(1, 1), (2, 2), (3, 3)]);
    saved(&store, change(3, 3));
    quiet(&store);
}

#[test]
fn never_overwrites_a_malformed_file() {
    let (_dir, path) = folder();
    for text in [
        &b"Id,class\n1,2\n"[..],
        b"Serial,label\n1,\xff\n",
        b"\n\n",
        b"Serial,label\n1,\"2\n",
    ] {
        fs::write(&path, text).unwrap();
        let (store, labels, problems) = open(&path);
        assert_eq!((labels.labelled(), problems.len()), (0, 1));
        assert!(problems[0].contains("labels.csv, line "), "{problems:?}");
        ask(&store, None, &[change(1, 1)]);
        let (current, message) = failed(&store, change(1, 1));
        assert_eq!((current, &message), (None, &problems[0]));
        assert_eq!(fs::read(&path).unwrap(), text);
        fs::write(&path, "Serial,label\n1,2\n").unwrap();
        assert_eq!(reloaded(&store).0, [(1, 2)]);
        fs::write(&path, text).unwrap();
        assert!(matches!(event(&store), LabelEvent::Problem { .. }));
        ask(&store, None, &[change(1, 1)]);
        assert_eq!(failed(&store, change(1, 1)).0, Some(2));
        drop(store);
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

#[test]
fn refuses_what_cannot_be() {
    let (dir, path) = folder();
    let (store, ..) = open(&path);
    ask(&store, None, &[change(N as u32, 1)]);
    assert!(
        failed(&store, change(N as u32, 1))
            .1
            .contains("not in the data set")
    );
    ask(&store, None, &[change(0, 10)]);
    assert!(failed(&store, change(0, 10)).1.contains("not one of 0–9"));
    assert!(!path.exists());

    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [
        file.join("labels.csv"),
        dir.path().join("absent/labels.csv"),
        dir.path().to_owned(),
    ] {
        let (store, _, problems) = open(&path);
        assert_eq!(problems.len(), 1, "{problems:?}");
        ask(&store, None, &[change(1, 1)]);
        assert_eq!(failed(&store, change(1, 1)), (None, problems[0].clone()));
        assert!(read_labels(&path, N, ClassCount::default()).is_err());
    }
    assert!(matches!(
        read_labels(&path, N, ClassCount::default()),
        Err(LabelsError::Missing { .. })
    ));
}

#[test]
fn saves_once_the_folder_is_there() {
    let (dir, _) = folder();
    let path = dir.path().join("later/labels.csv");
    let (store, ..) = open(&path);
    ask(&store, None, &[change(1, 1)]);
    assert!(failed(&store, change(1, 1)).1.contains("later: no such folder"));
    fs::create_dir(dir.path().join("later")).unwrap();
    assert_eq!(reloaded(&store).0, []);
    ask(&store, None, &[change(1, 1)]);
    saved(&store, change(1, 1));
    fs::write(&path, "Serial,label\n1,1\n2,2\n").unwrap();
    assert_eq!(reloaded(&store).0, [(1, 1), (2, 2)]);
}

#[cfg(unix)]
#[test]
fn keeps_mode_and_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (dir, path) = folder();
    let target = dir.path().join("real/set.csv");
    fs::create_dir(dir.path().join("real")).unwrap();
    symlink("real/set.csv", &path).unwrap();
    let (store, ..) = open(&path);
    ask(&store, None, &[change(1, 1)]);
    saved(&store, change(1, 1));
    assert_eq!(read(&target), "Serial,label\n1,1\n");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    ask(&store, None, &[change(2, 2)]);
    saved(&store, change(2, 2));
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    fs::write(&target, "Serial,label\n1,1\n2,2\n3,3\n").unwrap();
    assert_eq!(reloaded(&store).0.len(), 3);
}

#[test]
fn an_emptied_file_does_not_take_the_labels_with_it() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label\n1,1\n500,5\n").unwrap();
    let (store, ..) = open(&path);
    fs::write(&path, "").unwrap();
    let LabelEvent::Problem { message } = event(&store) else {
        panic!("no problem")
    };
    assert!(message.contains("is empty, though it held 2 rows"), "{message}");
    ask(&store, None, &[change(2, 2)]);
    assert_eq!(reloaded(&store).0, [(1, 1), (2, 2)]);
    saved(&store, change(2, 2));
    assert_eq!(read(&path), "Serial,label\n1,1\n500,5\n2,2\n");
}

#[test]
fn a_window_that_panics_does_not_stop_saving() {
    let (_dir, path) = folder();
    let (store, _) = LabelStore::open(
        &path,
        N,
        ClassCount::default(),
        Arc::new(|| panic!("the window is gone")),
    );
    for serial in 0..3 {
        ask(&store, None, &[change(serial, 1)]);
        saved(&store, change(serial, 1));
    }
}

#[test]
fn a_slow_rewrite_in_place_is_waited_for() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label\n1,1\n2,2\n").unwrap();
    let (store, ..) = open(&path);
    let mut file = File::create(&path).unwrap();
    ask(&store, None, &[change(3, 3)]);
    thread::sleep(Duration::from_millis(200));
    file.write_all(b"Serial,label\n1,1\n").unwrap();
    thread::sleep(Duration::from_millis(100));
    file.write_all(b"2,2\n4,4\n").unwrap();
    drop(file);
    assert_eq!(reloaded(&store).0, [(1, 1), (2, 2), (3, 3), (4, 4)]);
    saved(&store, change(3, 3));
    assert_eq!(read(&path), "Serial,label\n1,1\n2,2\n4,4\n3,3\n");
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn merges_what_is_written_into_a_replaced_file() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label\n1,1\n2,2\n").unwrap();
    let (store, ..) = open(&path);
    let mut other = fs::OpenOptions::new().write(true).open(&path).unwrap();
    ask(&store, None, &[change(3, 3)]);
    saved(&store, change(3, 3));
    other.set_len(0).unwrap();
    other.write_all(b"Serial,label\n1,1\n2,7\n3,0\n700,4\n").unwrap();
    assert_eq!(reloaded(&store).0, [(1, 1), (2, 7), (3, 3)]);
    assert_eq!(read(&path), "Serial,label\n1,1\n2,7\n3,3\n700,4\n");

    // Closing does not wait for the usual time of the second look.
    let mut other = fs::OpenOptions::new().append(true).open(&path).unwrap();
    ask(&store, None, &[change(4, 4)]);
    saved(&store, change(4, 4));
    other.write_all(b"5,5\n").unwrap();
    drop(store);
    assert_eq!(read(&path), "Serial,label\n1,1\n2,7\n3,3\n700,4\n4,4\n5,5\n");
}

/// Reads, adds a row and rewrites in place, as `DataFrame.to_csv` does: truncated first, then in chunks.
fn rewrite_like_pandas(path: &Path, row: &str) {
    let mut text = fs::read_to_string(path).unwrap();
    text.push_str(row);
    let mut file = File::create(path).unwrap();
    for chunk in text.as_bytes().chunks(150) {
        file.write_all(chunk).unwrap();
        thread::sleep(Duration::from_micros(300));
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn no_row_is_lost_between_two_writers() {
    let (_dir, path) = folder();
    let start: String = (0..50).map(|serial| format!("{serial},1\n")).collect();
    fs::write(&path, format!("Serial,label\n{start}")).unwrap();
    let (store, ..) = open(&path);
    let theirs = path.clone();
    let writer = thread::spawn(move || {
        for serial in 1000..1030 {
            rewrite_like_pandas(&theirs, &format!("{serial},2\n"));
            thread::sleep(Duration::from_millis(137));
        }
    });
    for serial in 50..100 {
        ask(&store, None, &[change(serial, 3)]);
        thread::sleep(Duration::from_millis(83));
    }
    writer.join().unwrap();
    let begun = Instant::now();
    while store.pending() > 0 && begun.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_secs(2));
    // The other writer may have read the file just before a label came, which is put back then, and told.
    let failures = store.events().try_iter().filter(|event| match event {
        LabelEvent::Merged { changed, .. } => !changed.is_empty(),
        event => !matches!(event, LabelEvent::Saved { .. } | LabelEvent::Reloaded { .. }),
    });
    assert_eq!(
        failures.map(|event| format!("{event:?}")).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
    drop(store);
    let (labels, problems) = read_labels(&path, 2000, ClassCount::default()).unwrap();
    assert_eq!(problems, []);
    let missing: Vec<u32> = (0..100)
        .chain(1000..1030)
        .filter(|&serial| labels.get(serial).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn two_stores_share_a_file() {
    let (_dir, path) = folder();
    let (first, ..) = open(&path);
    let (second, ..) = open(&path);
    for serial in 0..40 {
        ask(&first, None, &[change(serial, 1)]);
        ask(&second, None, &[change(serial + 40, 2)]);
        thread::sleep(Duration::from_millis(3));
    }
    drop((first, second));
    let (labels, _) = read_labels(&path, N, ClassCount::default()).unwrap();
    assert_eq!(labels.counts()[1..3], [40, 40]);
}

/// Labels are given, changed and dropped in one pass each, whatever the number: each of these takes moments, and would take
/// minutes if every label looked at all others.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn very_many_labels_at_once_are_saved_and_dropped() {
    const MANY: u32 = 60_000;
    let (_dir, path) = folder();
    let (store, _) = LabelStore::open(&path, MANY as usize, ClassCount::default(), Arc::new(|| {}));
    for label in [Some(7), Some(3), None] {
        let changes: Vec<Change> = (0..MANY).map(|serial| Change { serial, label }).collect();
        ask(&store, None, &changes);
        for _ in 0..MANY {
            let event = store.events().recv_timeout(PATIENCE).unwrap();
            assert!(matches!(event, LabelEvent::Saved { .. }), "{event:?}");
        }
        let (labels, _) = read_labels(&path, MANY as usize, ClassCount::default()).unwrap();
        assert_eq!(labels.labelled(), if label.is_some() { MANY as usize } else { 0 });
    }
}

#[test]
fn labels_of_any_number_of_classes_are_written_and_read() {
    for count in [3, 11, 62, 256] {
        let classes = ClassCount::new(count).unwrap();
        let (_dir, path) = folder();
        let (store, _) = LabelStore::open(&path, N, classes, Arc::new(|| {}));
        let last = classes.last();
        ask(&store, None, &[change(7, last)]);
        saved(&store, change(7, last));
        if let Some(beyond) = last.checked_add(1) {
            ask(&store, None, &[change(8, beyond)]);
            let LabelEvent::Failed { message, .. } = event(&store) else {
                panic!("class {beyond} of {count} was taken");
            };
            assert_eq!(
                message,
                format!("label {beyond} is not one of 0–{last}; choose another")
            );
        }
        drop(store);
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            format!("Serial,label\n7,{last}\n")
        );
        fs::write(&path, format!("Serial,label\n7,{last}.0\n8,{count}\n9,0\n")).unwrap();
        let (labels, problems) = read_labels(&path, N, classes).unwrap();
        assert_eq!(labels.iter().collect::<Vec<_>>(), [(7, last), (9, 0)]);
        assert!(problems[0].message.ends_with(&format!(
            "label \"{count}\" is not one of 0–{last}; correct or delete the line"
        )));
        assert_eq!(
            count_classes(&path, N),
            classes.max(ClassCount::default()).max(match count {
                256 => classes,
                _ => ClassCount::new(count + 1).unwrap(),
            })
        );
    }
    let (_dir, path) = folder();
    assert_eq!(count_classes(&path, N), ClassCount::default(), "without a file");
}
