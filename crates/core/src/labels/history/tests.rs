use std::fs;

use super::super::action::{Action, Step};
use super::*;

fn action(serial: u32, label: u8) -> Action {
    Action::new(vec![Step {
        serial,
        before: None,
        after: Some(label),
    }])
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let labels = dir.path().join("labels.csv");
    (dir, labels)
}

#[test]
fn a_torn_line_costs_itself_alone() {
    let (_dir, labels) = folder();
    let first = Line::Done(action(5, 1));
    History::open(&labels).0.append(vec![first.clone()]).unwrap();
    let mut text = fs::read_to_string(path(&labels)).unwrap();
    text.push_str(r#"{"done":{"steps":[{"ser"#);
    fs::write(path(&labels), text).unwrap();
    let (mut history, lines, _) = History::open(&labels);
    assert_eq!(lines, std::slice::from_ref(&first));
    let second = Line::Done(action(6, 2));
    history.append(vec![second.clone()]).unwrap();
    assert_eq!(History::open(&labels).1, [first, second]);
}

#[test]
fn what_could_not_be_written_is_written_later() {
    let (dir, _) = folder();
    let labels = dir.path().join("later/labels.csv");
    let (mut history, _, error) = History::open(&labels);
    assert!(error.is_none());
    let lines = [Line::Done(action(5, 1)), Line::Done(action(6, 2))];
    let error = history.append(vec![lines[0].clone()]).unwrap_err().to_string();
    assert!(error.contains("labels.history.jsonl"), "{error}");
    fs::create_dir(dir.path().join("later")).unwrap();
    assert!(history.waits());
    history.append(vec![lines[1].clone()]).unwrap();
    assert!(!history.waits());
    assert_eq!(History::open(&labels).1, lines);
}

#[test]
fn a_file_that_was_deleted_is_begun_anew() {
    let (_dir, labels) = folder();
    let (mut history, ..) = History::open(&labels);
    history.append(vec![Line::Done(action(5, 1))]).unwrap();
    fs::remove_file(path(&labels)).unwrap();
    let second = Line::Done(action(6, 2));
    history.append(vec![second.clone()]).unwrap();
    assert_eq!(History::open(&labels).1, [second]);
}

#[test]
fn two_programs_see_each_others_lines_once() {
    let (_dir, labels) = folder();
    let (mut first, ..) = History::open(&labels);
    let (mut second, ..) = History::open(&labels);
    let lines = [Line::Done(action(5, 1)), Line::Done(action(6, 2))];
    first.append(vec![lines[0].clone()]).unwrap();
    assert_eq!(second.others(), [lines[0].clone()]);
    second.append(vec![lines[1].clone()]).unwrap();
    assert_eq!(first.others(), [lines[1].clone()]);
    assert_eq!((first.others(), second.others()), (vec![], vec![]));
}

#[test]
fn undo_of_earlier_programs_is_of_the_last_action() {
    let (_dir, labels) = folder();
    let done = |serial| format!(r#"{{"done":{{"steps":[{{"serial":{serial},"before":null,"after":1}}]}}}}"#);
    let text = [
        done(1),
        done(2),
        r#""undone""#.into(),
        r#""undone""#.into(),
        r#""redone""#.into(),
    ];
    fs::write(path(&labels), text.join("\n") + "\n").unwrap();
    let mut journal = Journal::default();
    History::open(&labels)
        .1
        .iter()
        .for_each(|line| journal.follow(line));
    assert_eq!(journal.done().len(), 1);
    assert_eq!(journal.done()[0].steps[0].serial, 1);
    assert_eq!(journal.undone()[0].steps[0].serial, 2);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_said_and_not_waited_for() {
    let (_dir, labels) = folder();
    fs::create_dir(path(&labels)).unwrap();
    let (mut history, _, error) = History::open(&labels);
    assert!(error.unwrap().to_string().contains("it is a folder"));
    assert!(history.append(vec![Line::Done(action(5, 1))]).is_err());
}
