//! Images in `.npz` archives.

use std::fs;

use ssvae_test_support::npz;
use zip::CompressionMethod::{Deflated, Stored};

use super::table::{PROPAGATE, Table};
use crate::make::{
    IMAGES, fifo, in_directory, npy, npy_images, npy_text, pixels, put_array, put_npz, sparse,
};

pub fn archives(table: &mut Table) {
    let images = npy_images();
    let good = npz(&[("x_train", &images)], Deflated).unwrap();
    let stored = npz(&[("x_train", &images)], Stored).unwrap();
    let nested = |open: &str, close: &str, times: usize| {
        npy(
            &(open.repeat(times) + &close.repeat(times)),
            "(12, 28, 28)",
            &pixels(),
        )
    };
    table.array(
        "npz: 22 brackets",
        "x.npz: x_train is damaged (a header with brackets",
        nested("[", "]", 22),
    );
    table.array(
        "npz: 2,000 parentheses",
        "x.npz: x_train is damaged (a header with brackets",
        nested("(", ")", 2000),
    );
    table.array(
        "npz: braces",
        "x.npz: x_train is damaged (a header with brackets",
        nested("{1:", "}", 40),
    );
    table.array(
        "npz: brackets that do not close",
        "x.npz: x_train is damaged (",
        nested("[[", "", 30),
    );
    table.array(
        "npz: 3,000 shallow brackets",
        "x.npz: x_train ",
        nested("[],", "", 3000),
    );
    table.add(
        "npz: a header of 20 MB of blanks",
        PROPAGATE,
        2,
        "x.npz: x_train is damaged (a header of ",
        4,
        |root| put_array(root, &npy_text(&" ".repeat(20 << 20), &[])),
    );
    table.array(
        "npz: claims a header of 4 GB",
        "x.npz: x_train is damaged (a header of 4294967295",
        [b"\x93NUMPY\x02\0".as_slice(), &[255; 4]].concat(),
    );
    table.archive(
        "npz: claims gigabytes",
        "x.npz: x_train claims 3000000000 bytes",
        in_directory(good.clone(), 24, &3_000_000_000_u32.to_le_bytes()),
    );
    table.add(
        "npz: holds more than it claims",
        PROPAGATE,
        2,
        "x.npz: x_train goes on after its 62500 bytes",
        4,
        |root| {
            let head = npy("'|u1'", "(1, 250, 250)", &[]);
            let claimed = (head.len() + 250 * 250) as u32;
            let mut content = head;
            content.resize(100 << 20, 0);
            let bytes = npz(&[("x_train", &content)], Deflated)?;
            put_npz(root, &in_directory(bytes, 24, &claimed.to_le_bytes()))
        },
    );
    table.archive(
        "npz: claims another length",
        "x.npz: x_train does not hold",
        in_directory(good.clone(), 24, &9000_u32.to_le_bytes()),
    );
    table.archive(
        "npz: stored, claims another length",
        "x.npz: x_train claims 9000 bytes",
        in_directory(stored.clone(), 24, &9000_u32.to_le_bytes()),
    );
    table.array(
        "npz: more images than bytes",
        "x.npz: x_train does not hold the bytes",
        npy("'|u1'", "(1099511627776, 28, 28)", &pixels()),
    );
    table.array(
        "npz: sizes that overflow",
        "x.npz: x_train does not hold the bytes",
        npy("'|u1'", "(4294967296, 4294967296, 28)", &pixels()),
    );
    table.array(
        "npz: a size of a thousand digits",
        "x.npz: x_train is damaged (",
        npy("'|u1'", &format!("({}, 28, 28)", "9".repeat(1000)), &pixels()),
    );
    table.array(
        "npz: negative size",
        "x.npz: x_train is damaged (dimension cannot be negative",
        npy("'|u1'", "(-12, 28, 28)", &pixels()),
    );
    let mut flipped = stored.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    table.archive(
        "npz: stored, wrong checksum",
        "x.npz: x_train is damaged (Invalid checksum",
        flipped,
    );
    table.archive(
        "npz: wrong checksum",
        "x.npz: x_train is damaged (Invalid checksum",
        in_directory(good.clone(), 16, &[1, 2, 3, 4]),
    );
    let mut garbled = good.clone();
    garbled[200..400].fill(0xaa);
    table.archive("npz: garbled", "x.npz: x_train is damaged (", garbled);
    table.array(
        "npz: doubles",
        "x.npz: x_train does not hold the bytes of an array of float64",
        npy("'<f8'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: complex numbers",
        "x.npz: x_train holds <c8 of [12, 28, 28], not real numbers",
        npy("'<c8'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: no numbers",
        "x.npz: x_train holds NaN at [0, 0, 0] (float32 [12, 14, 14])",
        npy("'<f4'", "(12, 14, 14)", &vec![0xff; 12 * 784]),
    );
    table.usable_array(
        "npz: signed bytes",
        "x.npz: int8 in −128…127 were stretched to 0…255",
        npy("'|i1'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: Python objects",
        "x.npz: x_train ",
        npy("'|O'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: a type that is none",
        "x.npz: x_train is damaged (",
        npy("'\u{1b}[31m'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: records",
        "x.npz: x_train holds records",
        npy("[('a', '|u1'), ('b', '|u1')]", "(12, 28, 28)", &pixels()),
    );
    let fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (12, 28, 28), }\n";
    table.usable_array("npz: Fortran order", "", npy_text(fortran, &pixels()));
    table.array(
        "npz: one number",
        "x.npz: x_train is an array of uint8 []",
        npy("'|u1'", "()", &[1]),
    );
    table.array(
        "npz: a table",
        "x.npz: x_train is an array of uint8 [24, 392], not of images",
        npy("'|u1'", "(24, 392)", &pixels()),
    );
    table.usable_array(
        "npz: a table of square images",
        "",
        npy("'|u1'", "(12, 784)", &pixels()),
    );
    table.array(
        "npz: no images",
        "x.npz: x_train holds no images",
        npy("'|u1'", "(0, 28, 28)", &[]),
    );
    table.array(
        "npz: images that are too large",
        "x.npz: x_train holds images of 3×1568",
        npy("'|u1'", "(2, 3, 1568)", &pixels()),
    );
    table.array(
        "npz: header that is no Python",
        "x.npz: x_train is damaged (",
        npy_text("import os\n", &pixels()),
    );
    table.array(
        "npz: header without a shape",
        "x.npz: x_train is damaged (",
        npy_text("{'descr': '|u1', 'fortran_order': False}\n", &pixels()),
    );
    table.array(
        "npz: empty header",
        "x.npz: x_train is damaged (",
        npy_text("", &pixels()),
    );
    table.array(
        "npz: header that is no text",
        "x.npz: x_train is damaged (",
        [b"\x93NUMPY\x01\0\x04\0".as_slice(), &[255; 4]].concat(),
    );
    table.array(
        "npz: a version that is none",
        "x.npz: x_train is damaged (unsupported version",
        [b"\x93NUMPY\x09\0\0\0\0\0".as_slice(), &pixels()].concat(),
    );
    table.array(
        "npz: an array that is none",
        "x.npz: x_train is damaged (no NumPy array",
        b"hello, world".to_vec(),
    );
    table.array("npz: an empty array", "x.npz: x_train is damaged (", Vec::new());
    table.archive("npz: empty", "x.npz: is not an .npz file", *b"");
    table.archive(
        "npz: a web page",
        "x.npz: is a web page",
        *b"<!DOCTYPE html><html>Not found</html>",
    );
    table.archive("npz: half", "x.npz: is not an .npz file", &good[..good.len() / 2]);
    table.archive("npz: directory that is elsewhere", "x.npz: ", {
        let mut bytes = good.clone();
        let end = bytes.len() - 6;
        bytes[end..end + 4].fill(0xff);
        bytes
    });
    table.archive("npz: claims 65,535 files", "x.npz: is not an .npz file", {
        let mut bytes = good.clone();
        let end = bytes.len() - 14;
        bytes[end..end + 4].fill(0xff);
        bytes
    });
    table.archive(
        "npz: other arrays",
        "data: holds neither",
        npz(&[("weights", &images)], Deflated).unwrap(),
    );
    table.archive(
        "npz: encrypted",
        "x.npz: x_train is damaged (",
        in_directory(good.clone(), 8, &[1, 0]),
    );
    table.archive(
        "npz: packed in a way that nobody knows",
        "x.npz: x_train is damaged (",
        in_directory(good.clone(), 10, &[97, 0]),
    );
    table.add(
        "npz: a FIFO",
        PROPAGATE,
        2,
        "x.npz: cannot be read (it is not a regular file)",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            fifo(&root.join("data/x.npz"))
        },
    );
    table.add(
        "npz: a folder",
        PROPAGATE,
        2,
        "x.npz: cannot be read (it is a folder)",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            fs::create_dir(root.join("data/x.npz"))
        },
    );
    table.add(
        "npz: 2 GB of nothing",
        PROPAGATE,
        2,
        "x.npz: is not an .npz file",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            sparse(&root.join("data/x.npz"), 2 << 30)
        },
    );
    let labels = |descr: &str, shape: &str, data: &[u8]| npy(descr, shape, data);
    table.array_labels(
        "npz labels: floats",
        "x.npz: y_train holds 0.5 as the label of sample 0, no whole number",
        labels("'<f4'", "(12,)", &[0, 0, 0, 0x3f].repeat(12)),
    );
    table.array_labels(
        "npz labels: too few",
        "x.npz: y_train holds 11 labels for 12 images",
        labels("'|u1'", "(11,)", &[0; 11]),
    );
    table.array_labels(
        "npz labels: several each",
        "x.npz: y_train holds 10 labels for each sample (uint8 [12, 10]), which are not one-hot",
        labels("'|u1'", "(12, 10)", &[1; 120]),
    );
    table.array_labels(
        "npz labels: 300",
        "x.npz: label 300 of sample 0 is not",
        labels("'<u2'", "(12,)", &[[44, 1]; 12].concat()),
    );
    table.array_labels(
        "npz labels: negative",
        "x.npz: label -2 of sample 0 is not",
        labels(
            "'<i8'",
            "(12,)",
            &[254, 255, 255, 255, 255, 255, 255, 255].repeat(12),
        ),
    );
    table.array_labels(
        "npz labels: 22 brackets",
        "x.npz: y_train is damaged (a header with brackets",
        nested("[", "]", 22),
    );
}
