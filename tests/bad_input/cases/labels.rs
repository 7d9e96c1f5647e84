//! labels.csv.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::table::{By, PROPAGATE, Table};
use crate::make::{fifo, socket, sparse};

pub fn labels(table: &mut Table) {
    table.labels(
        "labels: other header",
        2,
        "labels.csv, line 1: the header \"no,header\" has no column \"Serial\"",
        "no,header\n1,2\n",
    );
    table.labels(
        "labels: other header without an end",
        2,
        "labels.csv, line 1: the header",
        "no,header",
    );
    table.labels(
        "labels: no label column",
        2,
        "labels.csv, line 1: the header \"Serial,class\" has no column \"label\"",
        "Serial,class\n1,2\n",
    );
    table.labels(
        "labels: header in line 3",
        2,
        "labels.csv, line 3: the header \"a,b\"",
        "\n\na,b\n",
    );
    table.labels(
        "labels: blank",
        2,
        "labels.csv, line 4: there is no header",
        "\n\n\n",
    );
    table.labels(
        "labels: header of two lines",
        2,
        "labels.csv, line 1: the header",
        "\"Ser\nial\",label\n1,2\n",
    );
    table.labels(
        "labels: header with escapes",
        2,
        "labels.csv, line 1: |\\u{1b}[31m|\\u{202e}",
        "\u{1b}[31m\u{202e},\u{7}\n1,2\n",
    );
    table.labels(
        "labels: header of a megabyte",
        2,
        "labels.csv, line 1: |more bytes",
        "x".repeat(1 << 20),
    );
    table.labels(
        "labels: not UTF-8",
        2,
        "labels.csv, line 3: the text is not UTF-8",
        *b"Serial,label\n1,2\n\xff,3\n",
    );
    table.labels(
        "labels: UTF-16",
        2,
        "labels.csv, line 1: the text is not UTF-8",
        *b"\xff\xfeS\0e\0r\0i\0a\0l\0",
    );
    table.labels(
        "labels: a quote that does not close",
        2,
        "labels.csv, line 3: a quoted field is not closed",
        "Serial,label\n1,2\n\"2,3\n4,5\n",
    );
    table.labels(
        "labels: a picture",
        2,
        "labels.csv, line 1: the text is not UTF-8",
        *b"\x89PNG\r\n\x1a\n",
    );
    table.labels(
        "labels: NULs",
        2,
        "labels.csv, line 1: the header \"\\u{0}\\u{0}\\u{0}\" has",
        [0; 3],
    );
    table.labels(
        "labels: a label of 256",
        0,
        "labels.csv, line 2: label \"256\" is not one of 0–9",
        "Serial,label\n1,256\n2,3\n",
    );
    table.labels(
        "labels: a negative label",
        0,
        "labels.csv, line 2: label \"-1\"",
        "Serial,label\n1,-1\n2,3\n",
    );
    table.labels(
        "labels: no number",
        0,
        "labels.csv, line 4: Serial \"x\"",
        "Serial,label\n\n2,3\nx,1\n",
    );
    table.labels(
        "labels: a huge number",
        0,
        "labels.csv, line 2: Serial \"1e300\"",
        "Serial,label\n1e300,1\n2,3\n",
    );
    table.labels(
        "labels: too many fields",
        0,
        "labels.csv, line 2: 3 fields where the header has 2",
        "Serial,label\n1,1,1\n2,3\n",
    );
    table.labels(
        "labels: escapes",
        0,
        "labels.csv, line 2: Serial \"\\u{1b}[31mred\\nline\"",
        "Serial,label\n\"\u{1b}[31mred\nline\",5\n2,3\n",
    );
    table.labels(
        "labels: carriage returns",
        0,
        "labels.csv, line 2: label \"a\\rb\"",
        "Serial,label\n1,\"a\rb\"\n2,3\n",
    );
    table.labels(
        "labels: a byte order mark within",
        0,
        "labels.csv, line 2: Serial \"\\u{feff}1\"",
        "Serial,label\n\u{feff}1,1\n2,3\n",
    );
    table.many_labels(
        "labels: 5,000 bad rows",
        0,
        "line 2: |and 4997 more rows",
        "x,1\n",
        5000,
    );
    table.many_labels(
        "labels: 2,000,000 bad rows",
        2,
        "labels.csv, line 100002: more than 100000 rows",
        "x,1\n",
        2_000_000,
    );
    table.many_labels("labels: 3 MB of line breaks", 0, "", "\n", 3 << 20);
    table.many_labels(
        "labels: 10 MB of commas",
        0,
        "labels.csv, line 2: Serial \"\" is not",
        ",",
        10 << 20,
    );
    table.many_labels(
        "labels: 10 MB in a cell",
        0,
        "labels.csv, line 2: Serial \"yyyy|more bytes",
        "y",
        10 << 20,
    );
    table.many_labels(
        "labels: 4 MB of quotes",
        0,
        "labels.csv, line 2: Serial |more bytes",
        "\"\"",
        2 << 20,
    );
    table.many_labels("labels: 300,000 of one sample", 0, "", "1,2\n", 300_000);
    table.add(
        "labels: 300 MB of nothing",
        PROPAGATE,
        2,
        "labels.csv: has more than 268435456 bytes",
        4,
        |root| sparse(&root.join("data/labels.csv"), 300 << 20),
    );
    let replaced = |make: fn(&Path) -> io::Result<()>| {
        move |root: &Path| {
            let path = root.join("data/labels.csv");
            fs::remove_file(&path)?;
            make(&path)
        }
    };
    table.add(
        "labels: missing",
        PROPAGATE,
        2,
        "labels.csv: no such file",
        4,
        replaced(|_| Ok(())),
    );
    table.add(
        "labels: a folder",
        PROPAGATE,
        2,
        "labels.csv: not a regular file",
        4,
        replaced(|path| fs::create_dir(path)),
    );
    table.add(
        "labels: a FIFO",
        PROPAGATE,
        2,
        "labels.csv: not a regular file",
        4,
        replaced(fifo),
    );
    table.add(
        "labels: a socket",
        PROPAGATE,
        2,
        "labels.csv: not a regular file",
        4,
        replaced(socket),
    );
    table.add(
        "labels: a device",
        PROPAGATE,
        2,
        "labels.csv: not a regular file",
        4,
        replaced(|path| symlink("/dev/zero", path)),
    );
    table.add(
        "labels: a link to itself",
        PROPAGATE,
        2,
        "labels.csv: cannot be read (",
        4,
        replaced(|path| symlink(path, path)),
    );
    table.add(
        "labels: named with escapes",
        By::Program(&[
            "propagate",
            "--data-dir",
            "data",
            "--labels",
            "\u{1b}[31m\nx.csv",
            "--output",
            "o.csv",
        ]),
        2,
        "\\u{1b}[31m\\nx.csv: no such file",
        4,
        |_| Ok(()),
    );
}
