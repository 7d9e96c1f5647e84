//! What the window reads beside images, labels and checkpoint.

use std::fs;

use super::table::{By, Table};
use crate::make::{npy, npy_text};

pub fn beside(table: &mut Table) {
    let regular = "cannot be |it is not a regular file";
    let folder = "cannot be |it is a folder";
    table.special(
        ["classes: a FIFO", "classes: a folder", "classes: a device"],
        "classes",
        [regular, folder, regular],
    );
    table.special(
        ["history: a FIFO", "history: a folder", "history: a device"],
        "history",
        [regular, folder, regular],
    );
    table.special(
        ["marks: a FIFO", "marks: a folder", "marks: a device"],
        "unsure",
        ["labels.unsure.csv: not a regular file"; 3],
    );
    table.special(
        ["audit: a FIFO", "audit: a folder", "audit: a device"],
        "audit",
        ["labels.audit.csv: not a regular file"; 3],
    );
    table.special(
        ["accuracy: a FIFO", "accuracy: a folder", "accuracy: a device"],
        "accuracy",
        [
            "accuracy.csv: it is not a regular file",
            "accuracy.csv: it is a folder",
            "accuracy.csv: it is not a regular file",
        ],
    );
    table.special(
        ["settings: a FIFO", "settings: a folder", "settings: a device"],
        "settings",
        [
            "w.json: not used (it is not a regular file)",
            "w.json: not used (it is a folder)",
            "w.json: not used (it is not a regular file)",
        ],
    );
    table.special(
        ["record: a FIFO", "record: a folder", "record: a device"],
        "runs",
        [
            "x.json: not a record of a run (it is not a",
            "x.json: not a record of a run (it is a folder)",
            "x.json: not a record of a run (it is not a",
        ],
    );
    table.special(
        ["cloud: a FIFO", "cloud: a folder", "cloud: a device"],
        "cloud",
        [
            "x.npz: not the cloud of a run (it is not a",
            "x.npz: not the cloud of a run (it is a folder)",
            "x.npz: not the cloud of a run (it is not a",
        ],
    );

    let rows = |row: &str, times: usize| "class,name,color\n".to_owned() + &row.repeat(times);
    table.read(
        "classes: a name of a megabyte",
        "classes",
        "classes.csv: cannot be read (it has 1.0 MiB",
        rows("1,", 1) + &"x".repeat(1 << 20),
    );
    table.read(
        "classes: a name of 50,000",
        "classes",
        "classes.csv, line 2: the name |50000 characters",
        rows("1,", 1) + &"x".repeat(50_000),
    );
    table.read(
        "classes: 200,000 bad rows",
        "classes",
        "classes.csv: cannot be read (it has 1.3 MiB",
        rows("777,a,\n", 200_000),
    );
    table.read(
        "classes: 9,000 bad rows",
        "classes",
        "classes.csv, line 2: class 777|and 8996 more",
        rows("777,a,\n", 9_000),
    );
    table.read(
        "classes: blank lines",
        "classes",
        "classes.csv, line 5: class 777",
        rows("\n\n\n777,a,\n", 1),
    );
    table.read(
        "classes: a name with escapes",
        "classes",
        "classes.csv, line 2: the name \"\\u{1b}[31m\" holds",
        rows("1,\u{1b}[31m,\n", 1),
    );
    table.read(
        "classes: a name of two lines",
        "classes",
        "classes.csv, line 2: the name \"a\\nb\" holds",
        rows("1,\"a\nb\",\n", 1),
    );
    table.read(
        "classes: a colour that is none",
        "classes",
        "classes.csv, line 3: colour \"red\"",
        rows("\n1,a,red\n", 1),
    );
    table.read(
        "classes: no number",
        "classes",
        "classes.csv, line 2: expected class,name,color",
        rows("x,a,\n", 1),
    );
    table.read(
        "classes: other columns",
        "classes",
        "classes.csv, line 1: the header \"a,b\" has no column \"class\"",
        "a,b\n1,2\n",
    );
    table.read(
        "classes: not UTF-8",
        "classes",
        "classes.csv, line 3: the text is not UTF-8",
        [rows("1,a,\n", 1).as_bytes(), b"2,\xff,\n"].concat(),
    );
    table.read(
        "classes: header that is not UTF-8",
        "classes",
        "classes.csv, line 1: the text is not UTF-8",
        *b"\xff\xfe,name\n1,2\n",
    );

    table.read("history: garbage", "history", "", vec![0xab; 4 << 20]);
    table.read("history: nested", "history", "", "[".repeat(4 << 20));
    table.read(
        "history: actions without steps",
        "history",
        "",
        "{\"done\":{\"steps\":[]}}\n".repeat(100_000),
    );
    table.read(
        "marks: no number",
        "unsure",
        "unsure.csv, line 3: \"five\"",
        "Serial\n5\nfive\n",
    );
    table.read(
        "marks: a line of a megabyte",
        "unsure",
        "unsure.csv, line 1: |more bytes",
        "x".repeat(1 << 20),
    );
    table.read(
        "audit: a row with escapes",
        "audit",
        "audit.csv, line 2: label \"\\u{1b}c\"",
        "Serial,label\n1,\u{1b}c\n",
    );
    table.read("accuracy: garbage", "accuracy", "", vec![0xab; 4 << 20]);
    let falling: String = (0..300_000)
        .rev()
        .map(|labels| format!("2026-01-01T00:00:00Z,{labels},0.5\n"))
        .collect();
    table.read("accuracy: 300,000 falling rows", "accuracy", "", falling);
    table.read(
        "settings: garbage",
        "settings",
        "w.json: not used (",
        vec![0xab; 1000],
    );
    table.read(
        "settings: nested",
        "settings",
        "w.json: not used (",
        "[".repeat(1 << 20),
    );
    table.read(
        "settings: nested objects",
        "settings",
        "w.json: not used (",
        "{\"a\":".repeat(100_000),
    );
    table.read(
        "settings: 2 MB",
        "settings",
        "w.json: not used (it has 2.0 MiB",
        " ".repeat(2 << 20),
    );
    table.read("settings: a list", "settings", "w.json: not used (", "[1, 2]");
    table.read(
        "settings: text for a number",
        "settings",
        "w.json: not used (|\\u{1b}",
        "{\"batch_size\": \"\\u001b[31m\"}",
    );
    table.read(
        "settings: out of range",
        "settings",
        "w.json: not used (",
        "{\"batch_size\": 0}",
    );
    table.read(
        "record: garbage",
        "runs",
        "x.json: not a record of a run (",
        vec![0xab; 1000],
    );
    table.read(
        "record: nested",
        "runs",
        "x.json: not a record of a run (",
        "[".repeat(1 << 20),
    );
    table.read("record: empty", "runs", "x.json: not a record of a run (", "");
    table.add(
        "records: 2,000 that are none",
        By::Reader("runs"),
        0,
        "not a record of a run (|runs: 1997 more files",
        4,
        |root| {
            fs::create_dir(root.join("runs"))?;
            (0..2000).try_for_each(|i| fs::write(root.join(format!("runs/{i}.json")), "{"))
        },
    );
    let nested = |times: usize| npy(&("[".repeat(times) + &"]".repeat(times)), "(12, 2)", &[0; 48]);
    table.cloud(
        "cloud: 22 brackets",
        "x.npz: not the cloud of a run (a header with brackets",
        nested(22),
    );
    table.cloud(
        "cloud: a header of 20 MB of blanks",
        "x.npz: not the cloud of a run (a header of",
        npy_text(&" ".repeat(20 << 20), &[]),
    );
    table.cloud(
        "cloud: more than there is",
        "x.npz: not the cloud of a run (latents has another shape",
        npy("'<i2'", "(12, 4096)", &[0; 48]),
    );
    table.cloud(
        "cloud: sizes that overflow",
        "x.npz: not the cloud of a run (latents has another shape",
        npy("'<i2'", "(12, 9223372036854775807)", &[0; 48]),
    );
    table.cloud(
        "cloud: of other samples",
        "x.npz: not the cloud of a run (latents has another shape",
        npy("'<i2'", "(13, 2)", &[0; 52]),
    );
    table.cloud(
        "cloud: of doubles",
        "x.npz: not the cloud of a run (",
        npy("'<f8'", "(12, 2)", &[0; 192]),
    );
    table.read(
        "cloud: garbage",
        "cloud",
        "x.npz: not the cloud of a run (",
        vec![0xab; 1000],
    );
}
