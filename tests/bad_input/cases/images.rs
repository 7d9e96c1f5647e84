//! Images and true labels as IDX files.

use std::fs;
use std::os::unix::fs::symlink;

use ssvae_test_support::{gz, idx};

use super::table::{PROPAGATE, Table};
use crate::make::{IMAGES, TRUTH, fifo, gz_zeros, pixels, socket};

pub fn idx_files(table: &mut Table) {
    let file = "train-images-idx3-ubyte: ";
    assert!(IMAGES.ends_with(file.trim_end_matches(": ")));
    let good = idx(&[12, 28, 28], &pixels());
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    table.images("images: empty", "ubyte: ends within its header", *b"");
    table.images("images: 3 bytes", "ubyte: ends within its header", *b"\0\0\x08");
    table.images(
        "images: header cut off",
        "ubyte: ends within its header",
        &good[..15],
    );
    table.images("images: other magic", "ubyte: is not an IDX file", with(0, 1));
    table.images(
        "images: floats",
        "ubyte: is cut off: 9408 of 37632",
        with(2, 0x0d),
    );
    table.images(
        "images: of a type that is none",
        "ubyte: holds values of type 0x0a",
        with(2, 0x0a),
    );
    table.images(
        "images: 1 dimension",
        "ubyte: is an array of uint8 [12], not of images",
        with(3, 1),
    );
    table.images(
        "images: 255 dimensions",
        "ubyte: has 255 dimensions",
        with(3, 255),
    );
    table.images(
        "images: sizes that overflow",
        "ubyte: claims an impossible size",
        idx(&[u32::MAX; 3], &[]),
    );
    table.images(
        "images: too many",
        "ubyte: holds 4294967295 images",
        idx(&[u32::MAX, 28, 28], &[]),
    );
    table.images("images: none", "ubyte: holds no images", idx(&[0, 28, 28], &[]));
    table.images(
        "images: no height",
        "ubyte: holds images of 0×28",
        idx(&[12, 0, 28], &[]),
    );
    table.images(
        "images: no width",
        "ubyte: holds images of 28×0",
        idx(&[12, 28, 0], &[]),
    );
    table.images(
        "images: too high",
        "ubyte: holds images of 257×257",
        idx(&[1, 257, 257], &[]),
    );
    table.images(
        "images: too wide",
        "ubyte: holds images of 1×65536",
        idx(&[1, 1, 65536], &vec![0; 65536]),
    );
    table.images(
        "images: a byte short",
        "ubyte: is cut off: 9407 of 9408",
        &good[..good.len() - 1],
    );
    table.images("images: half", "ubyte: is cut off: ", &good[..good.len() / 2]);
    table.images(
        "images: a byte more",
        "ubyte: goes on after its 9408",
        [&good[..], &[0]].concat(),
    );
    table.images(
        "images: claims more than there is",
        "ubyte: is cut off: 9408 of",
        with(5, 1),
    );
    table.images(
        "images: a web page",
        "ubyte: is a web page",
        *b"<!DOCTYPE html><html>Not found</html>",
    );
    table.images(
        "images: a picture",
        "ubyte: is not an IDX file",
        *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    );
    let packed = gz(&good).unwrap();
    table.add("images: packed without .gz", PROPAGATE, 0, "", 4, move |root| {
        fs::write(root.join(IMAGES), &packed)
    });
    table.in_place(
        "images: a folder",
        "ubyte: cannot be read (it is a folder)",
        |path| fs::create_dir(path),
    );
    table.in_place(
        "images: a FIFO",
        "ubyte: cannot be read (it is not a regular file)",
        fifo,
    );
    table.in_place(
        "images: a socket",
        "ubyte: cannot be read (it is not a regular file)",
        socket,
    );
    table.in_place(
        "images: a device",
        "ubyte: cannot be read (it is not a regular file)",
        |path| symlink("/dev/zero", path),
    );
    table.in_place("images: a link to itself", "ubyte: cannot be read (", |path| {
        symlink(path, path)
    });
    table.in_place(
        "images: a link to nothing",
        "data: holds neither train-images-idx3-ubyte",
        |path| symlink("nothing", path),
    );
    table.in_place(
        "images: missing",
        "data: holds neither train-images-idx3-ubyte",
        |_| Ok(()),
    );
    table.add(
        "data folder: missing",
        PROPAGATE,
        2,
        "data: no such folder",
        4,
        |root| fs::remove_dir_all(root.join("data")),
    );
    table.add(
        "data folder: a file",
        PROPAGATE,
        2,
        "data: no such folder",
        4,
        |root| {
            fs::remove_dir_all(root.join("data"))?;
            fs::write(root.join("data"), "")
        },
    );
    table.add(
        "colour: two channels",
        PROPAGATE,
        2,
        "idx4-ubyte: is an array of uint8 [12, 14, 28, 2]",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            fs::write(
                root.join("data/train-images-idx4-ubyte"),
                idx(&[12, 14, 28, 2], &pixels()),
            )
        },
    );
    table.add(
        "colour: sizes that overflow",
        PROPAGATE,
        2,
        "idx4-ubyte: claims an impossible size",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            fs::write(
                root.join("data/train-images-idx4-ubyte"),
                idx(&[u32::MAX; 4], &[]),
            )
        },
    );
}

pub fn packed_files(table: &mut Table) {
    let good = idx(&[12, 28, 28], &pixels());
    let packed = gz(&good).unwrap();
    let end = packed.len();
    let mut wrong = packed.clone();
    wrong[end - 8] ^= 1;
    let mut name = packed.clone();
    name[3] |= 8;
    name.splice(10..10, std::iter::repeat_n(b'x', 1 << 20));
    table.packed(
        "packed: empty",
        "ubyte.gz: ends within its header",
        Ok(Vec::new()),
    );
    let bytes = good.clone();
    table.add("packed: not", PROPAGATE, 0, "", 4, move |root| {
        fs::remove_file(root.join(IMAGES))?;
        fs::write(root.join(IMAGES).with_extension("gz"), &bytes)
    });
    table.packed(
        "packed: cut off",
        "ubyte.gz: is damaged (",
        Ok(packed[..end / 2].to_vec()),
    );
    table.packed(
        "packed: without its checksum",
        "ubyte.gz: is damaged (",
        Ok(packed[..end - 8].to_vec()),
    );
    table.packed("packed: wrong checksum", "ubyte.gz: is damaged (", Ok(wrong));
    table.packed(
        "packed: something behind it",
        "ubyte.gz: is damaged (",
        Ok([&packed[..], b"<html>"].concat()),
    );
    table.packed("packed: a megabyte of a name", "ubyte.gz: is damaged (", Ok(name));
    table.packed(
        "packed: no images",
        "ubyte.gz: is a web page",
        gz(b"<!DOCTYPE html><html></html>"),
    );
    table.packed(
        "packed: half",
        "ubyte.gz: is cut off: ",
        gz(&good[..good.len() / 2]),
    );
    table.packed(
        "packed: claims gigabytes",
        "ubyte.gz: claims 4294901760 bytes of data, which it has no room for",
        gz(&idx(&[65535, 256, 256], &[])),
    );
    table.packed(
        "packed: goes on for 200 MB",
        "ubyte.gz: goes on after its 9408",
        gz_zeros(&good, 200 << 20),
    );
    table.add(
        "packed: a FIFO",
        PROPAGATE,
        2,
        "ubyte.gz: cannot be read (it is not a regular file)",
        4,
        |root| {
            fs::remove_file(root.join(IMAGES))?;
            fifo(&root.join(IMAGES).with_extension("gz"))
        },
    );
}

pub fn true_labels(table: &mut Table) {
    let mut ten = [3; 12];
    ten[7] = 10;
    table.truth(
        "true labels: too few",
        "labels-idx1-ubyte: holds 11 labels for 12 images",
        idx(&[11], &[0; 11]),
    );
    table.truth(
        "true labels: too many",
        "labels-idx1-ubyte: holds 13 labels for 12 images",
        idx(&[13], &[0; 13]),
    );
    table.add(
        "true labels: of eleven classes, of which a label is none",
        PROPAGATE,
        0,
        "labels.csv, line 2: label \"11\" is not one of 0–10",
        4,
        move |root| {
            fs::write(root.join(TRUTH), idx(&[12], &ten))?;
            fs::write(root.join("data/labels.csv"), "Serial,label\n1,11\n2,10\n")
        },
    );
    table.truth("true labels: in a table", "", idx(&[12, 1], &[5; 12]));
    table.truth(
        "true labels: cut off",
        "labels-idx1-ubyte: is cut off",
        idx(&[12], &[0; 11]),
    );
    table.add(
        "true labels: a FIFO",
        PROPAGATE,
        0,
        "labels-idx1-ubyte: cannot be read (it is not",
        4,
        |root| fifo(&root.join(TRUTH)),
    );
    table.add(
        "true labels: gigabytes of them",
        PROPAGATE,
        0,
        "labels-idx1-ubyte.gz: holds 4294967295 labels for 12",
        4,
        |root| {
            let packed = gz_zeros(&idx(&[u32::MAX], &[]), 256 << 20)?;
            fs::write(root.join(TRUTH).with_extension("gz"), packed)
        },
    );
}
