//! What other programs do to the file beside ours, and what is left of either's rows.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use super::store::{ask, change, event, folder, open, read, saved};
use crate::labels::*;

fn label(store: &LabelStore, serials: std::ops::Range<u32>, label: u8) {
    for serial in serials {
        ask(store, None, &[change(serial, label)]);
        saved(store, change(serial, label));
    }
}

/// The next merge: serials that were restored, and that were changed.
fn merged(store: &LabelStore) -> (Vec<u32>, Vec<u32>) {
    loop {
        match event(store) {
            LabelEvent::Merged { restored, changed } => {
                let serials = |steps: Vec<Step>| steps.iter().map(|step| step.serial).collect();
                return (serials(restored), serials(changed));
            }
            LabelEvent::Reloaded { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

fn gone(store: &LabelStore) -> usize {
    loop {
        match event(store) {
            LabelEvent::Gone { labels } => return labels,
            LabelEvent::Reloaded { .. } | LabelEvent::Merged { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, path).unwrap();
}

fn serials(path: &Path) -> Vec<u32> {
    let (labels, _) = read_labels(path, 1000, ClassCount::default()).unwrap();
    labels.iter().map(|(serial, _)| serial).collect()
}

#[test]
fn a_rewrite_from_an_older_text_drops_no_label_that_was_confirmed() {
    for in_place in [false, true] {
        let (_dir, path) = folder();
        let (store, ..) = open(&path);
        label(&store, 0..5, 3);
        let stale = read(&path) + "900,1\n";
        label(&store, 5..17, 4);
        if in_place {
            fs::write(&path, &stale).unwrap();
        } else {
            replace(&path, &stale);
        }
        assert_eq!(merged(&store), ((5..17).collect(), vec![]));
        let expected: Vec<u32> = (0..17).chain([900]).collect();
        assert_eq!(serials(&path), expected);
        // An editor that never reads the file again.
        replace(&path, &format!("{stale}901,1\n"));
        assert_eq!(merged(&store), ((5..17).collect(), vec![]));
        drop(store);
        assert_eq!(serials(&path).len(), 19);
    }
}

#[test]
fn a_rewrite_after_the_end_is_merged_at_the_next_start() {
    let (_dir, path) = folder();
    let (store, ..) = open(&path);
    label(&store, 0..5, 3);
    let stale = read(&path) + "900,1\n";
    label(&store, 5..9, 4);
    ask(&store, 3, &[change(2, None)]);
    saved(&store, change(2, None));
    drop(store);
    replace(&path, &stale);
    let (store, ..) = open(&path);
    assert_eq!(merged(&store), (vec![2, 5, 6, 7, 8], vec![]));
    assert_eq!(serials(&path), [0, 1, 3, 4, 5, 6, 7, 8, 900]);
}

#[test]
fn a_deletion_that_was_meant_stays_and_is_told() {
    let (_dir, path) = folder();
    let (store, ..) = open(&path);
    label(&store, 0..9, 3);
    replace(&path, &read(&path).replace("4,3\n", "").replace("6,3\n", "6,8\n"));
    assert_eq!(merged(&store), (vec![], vec![4, 6]));
    drop(store);
    let (store, ..) = open(&path);
    // What was accepted once is not asked again.
    ask(&store, None, &[change(50, 1)]);
    saved(&store, change(50, 1));
    drop(store);
    assert_eq!(serials(&path), [0, 1, 2, 3, 5, 6, 7, 8, 50]);
}

#[test]
fn a_clock_that_differs_does_not_make_half_a_file_a_whole_one() {
    for seconds in [-10, 0, 10] {
        let (_dir, path) = folder();
        let rows: String = (100..140).map(|serial| format!("{serial},1\n")).collect();
        fs::write(&path, format!("Serial,label\n{rows}")).unwrap();
        let (store, ..) = open(&path);
        label(&store, 0..3, 3);
        let text = read(&path);
        let mut file = File::create(&path).unwrap();
        for (place, chunk) in text.as_bytes().chunks(60).enumerate() {
            file.write_all(chunk).unwrap();
            let now = SystemTime::now();
            let shift = Duration::from_secs(10);
            let dated = match seconds {
                0 => now,
                10 => now + shift,
                _ => now - shift,
            };
            file.set_modified(dated).unwrap();
            if place == 1 {
                ask(&store, None, &[change(5, 5)]);
            }
            thread::sleep(Duration::from_millis(150));
        }
        file.write_all(b"900,2\n").unwrap();
        drop(file);
        drop(store);
        let expected: Vec<u32> = (0..3).chain([5]).chain(100..140).chain([900]).collect();
        assert_eq!(serials(&path), expected, "a clock {seconds} s ahead");
    }
}

#[test]
fn rows_of_others_keep_what_they_say() {
    let text = "Serial,label,comment\n1,NaN,\n2,,ask\n3,4,note\n4,1,x\n4,2,y\n5,7,\n6\n";
    let (_dir, path) = folder();
    fs::write(&path, text).unwrap();
    let (mut store, ..) = open(&path);
    // Label and undo, delete and undo, over a restart too: the text is what it was.
    for (serial, before, after, expected) in [
        (2, None, Some(2), text.replace("2,,ask", "2,2,ask")),
        (1, None, Some(8), text.replace("1,NaN,", "1,8,")),
        (6, None, Some(8), text.replace("\n6\n", "\n6,8\n")),
        (3, Some(4), None, text.replace("3,4,note", "3,,note")),
        (4, Some(2), None, text.replace("4,2,y", "4,,y")),
    ] {
        for restart in [false, true] {
            ask(&store, before, &[change(serial, after)]);
            saved(&store, change(serial, after));
            assert_eq!(read(&path), expected, "{serial}");
            if restart {
                drop(store);
                store = open(&path).0;
            }
            ask(&store, after, &[change(serial, before)]);
            saved(&store, change(serial, before));
            assert_eq!(read(&path), text, "{serial}");
        }
    }
}

#[test]
fn a_file_that_is_gone_is_told_and_written_back() {
    let (_dir, path) = folder();
    fs::write(&path, "Serial,label,note\n500,5,theirs\n7,7,seven\n").unwrap();
    let (store, ..) = open(&path);
    label(&store, 0..3, 3);
    let text = read(&path);
    fs::remove_file(&path).unwrap();
    assert_eq!(gone(&store), 4);
    store.write_back();
    assert_eq!(gone(&store), 0);
    assert_eq!(read(&path), text);
    drop(store);
    // At the start, too; and what is labelled meanwhile stays.
    fs::remove_file(&path).unwrap();
    let (store, labels, _) = open(&path);
    assert_eq!(labels.labelled(), 0);
    assert_eq!(gone(&store), 3);
    label(&store, 1..2, 9);
    assert_eq!(read(&path), "Serial,label\n1,9\n");
    store.write_back();
    assert_eq!(gone(&store), 0);
    assert_eq!(
        read_labels(&path, 100, ClassCount::default())
            .unwrap()
            .0
            .iter()
            .collect::<Vec<_>>(),
        [(0, 3), (1, 9), (2, 3)]
    );
}

#[test]
fn labels_that_were_let_go_do_not_come_back() {
    let (_dir, path) = folder();
    let (store, ..) = open(&path);
    label(&store, 0..3, 3);
    fs::remove_file(&path).unwrap();
    assert_eq!(gone(&store), 3);
    label(&store, 7..8, 1);
    drop(store);
    let (store, ..) = open(&path);
    label(&store, 8..9, 1);
    drop(store);
    assert_eq!(serials(&path), [7, 8]);
}

#[test]
fn two_programs_and_a_stale_one_agree() {
    let (_dir, path) = folder();
    let (first, ..) = open(&path);
    let (second, ..) = open(&path);
    label(&first, 0..4, 1);
    let stale = read(&path);
    ask(&second, 1, &[change(3, None)]);
    for serial in 10..14 {
        ask(&second, None, &[change(serial, 2)]);
    }
    label_quietly(&first, 20..24);
    thread::sleep(Duration::from_millis(300));
    replace(&path, &stale);
    thread::sleep(Duration::from_millis(800));
    drop((first, second));
    assert_eq!(serials(&path), [0, 1, 2, 10, 11, 12, 13, 20, 21, 22, 23]);
}

fn label_quietly(store: &LabelStore, serials: std::ops::Range<u32>) {
    for serial in serials {
        ask(store, None, &[change(serial, 5)]);
    }
}

#[test]
fn a_history_that_cannot_be_written_is_told_and_caught_up_with() {
    let (dir, path) = folder();
    let history = dir.path().join("labels.history.jsonl");
    fs::create_dir(&history).unwrap();
    let (store, _, troubles) = open(&path);
    assert!(troubles[0].contains("labels.history.jsonl"), "{troubles:?}");
    ask(&store, None, &[change(1, 1)]);
    let LabelEvent::History { trouble: Some(told) } = event(&store) else {
        panic!("nobody was told")
    };
    assert!(told.contains("tried again"), "{told}");
    saved(&store, change(1, 1));
    fs::remove_dir(&history).unwrap();
    ask(&store, None, &[change(2, 2)]);
    assert!(matches!(event(&store), LabelEvent::History { trouble: None }));
    saved(&store, change(2, 2));
    drop(store);
    assert_eq!(fs::read_to_string(&history).unwrap().lines().count(), 2);
}

#[test]
fn a_crash_while_the_file_was_written_in_place_is_told() {
    let (dir, path) = folder();
    fs::write(&path, "Serial,label\n1,1\n2,").unwrap();
    fs::write(
        dir.path().join("labels.csv.before-write"),
        "Serial,label\n1,1\n2,2\n",
    )
    .unwrap();
    let (store, ..) = open(&path);
    let LabelEvent::Problem { message } = event(&store) else {
        panic!("nobody was told")
    };
    assert!(message.contains("labels.csv.before-write"), "{message}");
}

/// As when a disk is unmounted: the folder is another one then, and on another disk.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn nothing_is_written_below_a_mount_point() {
    use std::os::unix::fs::{MetadataExt, symlink};

    let (disk, memory) = (tempfile::tempdir().unwrap(), tempfile::tempdir_in("/dev/shm"));
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    let memory = memory.expect("a second file system at /dev/shm");
    assert_ne!(
        device(memory.path()),
        device(disk.path()),
        "the temporary folder must not lie on the file system of /dev/shm: set TMPDIR"
    );
    let place = disk.path().join("place");
    let mount = |on: &Path| {
        let _ = fs::remove_file(&place);
        symlink(on, &place).unwrap();
    };
    let mounted = disk.path().join("mounted");
    fs::create_dir(&mounted).unwrap();
    mount(&mounted);
    let path = place.join("labels.csv");
    let (store, ..) = open(&path);
    label(&store, 0..3, 3);
    mount(memory.path());
    ask(&store, None, &[change(7, 7)]);
    loop {
        match event(&store) {
            LabelEvent::Failed { message, .. } => {
                assert!(message.contains("on another disk"), "{message}");
                break;
            }
            LabelEvent::Saved { .. } => panic!("it was written below the mount point"),
            _ => {}
        }
    }
    assert_eq!(fs::read_dir(memory.path()).unwrap().count(), 0);
    mount(&mounted);
    loop {
        ask(&store, None, &[change(7, 7)]);
        if let LabelEvent::Saved { .. } = event(&store) {
            break;
        }
    }
    drop(store);
    assert_eq!(serials(&path), [0, 1, 2, 7]);
}
