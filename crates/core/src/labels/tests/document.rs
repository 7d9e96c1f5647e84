use proptest::prelude::*;

use crate::classes::ClassCount;
use crate::labels::document::{Document, Malformed};
use crate::labels::originals::Originals;

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), ClassCount::default()).unwrap()
}

fn after(text: &str, changes: &[(i64, Option<u8>)]) -> String {
    let mut document = parse(text);
    for &(serial, label) in changes {
        document.set(serial, label, &Originals::default());
        assert_eq!(document.label(serial), label);
    }
    document.text()
}

fn labels(text: &str) -> Vec<(u32, u8)> {
    parse(text).labels(100).iter().collect()
}

fn messages(text: &str) -> Vec<String> {
    parse(text)
        .problems("l.csv")
        .into_iter()
        .map(|problem| problem.message)
        .collect()
}

fn malformed(bytes: &[u8]) -> Malformed {
    Document::parse(bytes, ClassCount::default()).unwrap_err()
}

#[test]
fn reads_what_people_and_pandas_write() {
    assert_eq!(labels("Serial,label\n5,7\n3,1.0\n"), [(3, 1), (5, 7)]);
    assert_eq!(labels("Serial,label\n1,\n2,NaN\n3,nan\n4\n5.0, 8 \n"), [(5, 8)]);
    assert_eq!(
        labels("note,label,Serial\r\nx,\"4\",9\r\n\"a,\n\"\"b\"\"\",5,10\r\n"),
        [(9, 4), (10, 5)]
    );
    assert_eq!(labels("Serial,label\n7,1\n7,2\n8,3\n8,\n"), [(7, 2)]);
    assert_eq!(labels("\u{feff}Serial,label\n\n1,2"), [(1, 2)]);
    assert_eq!(labels("\n\"Serial\",\"label\"\n1,2\n"), [(1, 2)]);
    assert_eq!(labels("Serial,label\r1,2\r3,4\r"), [(1, 2), (3, 4)]);
    assert_eq!(labels(""), []);
}

#[test]
fn warns_of_rows_that_it_cannot_use() {
    let text = "Serial,label\n1,12\nx,3\n100000,3\n-1,3\n2,7.5\n\"3\n\",1,9\n4,5\n";
    assert_eq!(labels(text), [(4, 5)]);
    assert_eq!(
        messages(text),
        [
            "l.csv, line 2: label \"12\" is not one of 0–9; correct or delete the line",
            "l.csv, line 3: Serial \"x\" is not a whole number; correct or delete the line",
            "l.csv, line 6: label \"7.5\" is not one of 0–9; correct or delete the line",
            "l.csv, line 7: 3 fields where the header has 2; correct or delete the line",
        ]
    );
    assert_eq!(parse(text).problems("")[3].line, 7);
}

#[test]
fn refuses_what_is_no_labels_file() {
    assert_eq!(
        malformed(b"a,b\n1,2\n").what,
        "the header \"a,b\" has no column \"Serial\""
    );
    assert_eq!(
        malformed(b"\nSerial,Label\n").what,
        "the header \"Serial,Label\" has no column \"label\""
    );
    assert_eq!(malformed(b"\nSerial,Label\n").line, 2);
    assert_eq!(malformed(b"\n \n").what, "there is no header");
    assert_eq!(
        malformed(b"Serial,label\n1,2\n3,\xff\n"),
        Malformed {
            line: 3,
            what: "the text is not UTF-8".into()
        }
    );
    assert_eq!(malformed(b"Serial,label\n1,2\n3,\"4\n").line, 3);
}

#[test]
fn a_change_touches_its_row_only() {
    let text = "Serial,label,note\r\n 3 , 4.0,\"a, b\"\r\nfoo\r\n\r\n5,1,x\r\n90000,2,y\r\n5,2,z";
    assert_eq!(after(text, &[(3, Some(4))]), text, "4.0 is 4 already");
    assert_eq!(after(text, &[(3, Some(6))]), text.replace(" 4.0", "6"));
    assert_eq!(
        after(text, &[(5, Some(6))]),
        text.replace("5,2,z", "5,6,z"),
        "the last row wins"
    );
    assert_eq!(
        after(text, &[(5, None)]),
        text.replace("5,2,z", "5,,z"),
        "what a row says besides stays, and a row before it"
    );
    assert_eq!(
        after("Serial,label\n1,2\n3,4\n", &[(1, None)]),
        "Serial,label\n3,4\n"
    );
    assert_eq!(
        after("Serial,label\n1,2\n1,4\n", &[(1, None)]),
        "Serial,label\n1,2\n1,\n"
    );
    assert_eq!(after("Serial,label\n1,\n", &[(1, None)]), "Serial,label\n1,\n");
    assert_eq!(after(text, &[(8, Some(0))]), format!("{text}\r\n8,0,\r\n"));
    assert_eq!(after(text, &[(8, None)]), text);
    assert_eq!(
        after("a,Serial,b,label\n1,2\n", &[(2, Some(3))]),
        "a,Serial,b,label\n1,2,,3\n"
    );
    assert_eq!(
        after("", &[(1, Some(2)), (0, Some(3))]),
        "Serial,label\n1,2\n0,3\n"
    );
    assert_eq!(
        after("Serial,label\n1,2,3\n", &[(1, Some(4))]),
        "Serial,label\n1,2,3\n1,4\n"
    );
    assert_eq!(after("Serial,label", &[(1, Some(2))]), "Serial,label\n1,2\n");
    assert_eq!(
        after("Serial,label\n1,\"12\"\n", &[(1, Some(2))]),
        "Serial,label\n1,2\n"
    );
}

#[test]
fn adopts_what_another_program_changed() {
    let base = parse("Serial,label\n1,1\n2,2\n3,3\nodd\n");
    let theirs = parse("Serial,label\n1,1\n2,5\n3,4\n9,9\nodd\nodder\n");
    let mut ours = parse("Serial,label\n1,8\n2,2\n3,7\nodd\n4,4\n");
    assert!(ours.adopt(&theirs, &base, |serial| serial == 3));
    assert_eq!(ours.text(), "Serial,label\n1,8\n2,5\n3,7\nodd\n4,4\n9,9\nodder\n");
    assert!(!ours.adopt(&theirs, &base, |serial| serial == 3));

    let mut other_columns = parse("Serial,label,note\n2,2,x\n");
    other_columns.adopt(&theirs, &base, |_| false);
    assert_eq!(other_columns.text(), "Serial,label,note\n2,5,x\n3,4,\n9,9,\n");
}

prop_compose! {
    fn field()(text in "[0-9]{1,3}|[a-zé ]{0,3}|NaN|7\\.0|\"([a-z,\n]|\"\"){0,4}\"") -> String { text }
}

prop_compose! {
    fn rows()(rows in prop::collection::vec(prop::collection::vec(field(), 1..5), 0..12),
              ending in "\n|\r\n", bom in "\u{feff}?", open in any::<bool>()) -> String {
        let lines = rows.iter().map(|row| row.join(","));
        let lines: Vec<_> = std::iter::once(format!("{bom}note,Serial,label")).chain(lines).collect();
        lines.join(&ending) + if open { "" } else { &ending }
    }
}

proptest! {
    #[test]
    fn text_comes_back_as_it_was(body in "(.|[\n\r\",0-9]){0,200}", header in "Serial,label|x,label,Serial") {
        let text = format!("{header}\n{body}");
        if let Ok(document) = Document::parse(text.as_bytes(), ClassCount::default()) {
            prop_assert_eq!(document.text(), text);
        }
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "slow without optimisation; cargo test --release runs it")]
    fn other_rows_stay(text in rows(), serial in 0..1000i64, label in 0..10u8, delete in any::<bool>()) {
        let mut document = parse(&text);
        prop_assert_eq!(document.text(), &*text);
        let before = document.labels(1000);
        document.set(serial, (!delete).then_some(label), &Originals::default());
        let again = parse(&document.text());
        let mut expected = before;
        expected.set(serial as u32, (!delete).then_some(label));
        prop_assert_eq!(again.labels(1000), expected);
        if !delete {
            // At most one row is another, or one is new and a missing line ending was added.
            let (old, new) = (text.lines(), again.text());
            let added = new.lines().count() - old.clone().count();
            let changed = old.zip(new.lines()).filter(|(old, new)| old != new).count();
            prop_assert!(added + changed <= 1);
        }
    }
}
