//! The table.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use zip::CompressionMethod::{Deflated, Stored};

use ssvae_test_support::{fixture, gz, idx, npz};

use crate::make::*;

pub struct Case {
    pub name: &'static str,
    pub by: By,
    pub code: i32,
    /// Parts of the message, between bars; none at all: nothing is said.
    pub says: &'static str,
    /// Memory that a byte of the files may take.
    pub times: u64,
    /// Changes a good folder.
    pub make: Box<dyn Fn(&Path) -> io::Result<()> + Send + Sync>,
}

#[derive(Clone, Copy)]
pub enum By {
    Program(&'static [&'static str]),
    Reader(&'static str),
}

const PROPAGATE: By = By::Program(&["propagate", "--data-dir", "data", "--output", "o.csv"]);
const INFER: By = By::Program(&[
    "infer",
    "--data-dir",
    "data",
    "--weights",
    "w.ckpt",
    "--output",
    "o.npz",
    "--backend",
    "cpu",
]);
const SIMULATE: By = By::Program(&["simulate", "--data-dir", "data", "--output", "s.csv"]);

#[derive(Default)]
struct Table(Vec<Case>);

impl Table {
    fn add(
        &mut self,
        name: &'static str,
        by: By,
        code: i32,
        says: &'static str,
        times: u64,
        make: impl Fn(&Path) -> io::Result<()> + Send + Sync + 'static,
    ) {
        let make = Box::new(make);
        self.0.push(Case {
            name,
            by,
            code,
            says,
            times,
            make,
        });
    }

    /// The images' file holds these bytes.
    fn images(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::write(root.join(IMAGES), &bytes)
        });
    }

    /// Something else stands in the place of the images' file.
    fn in_place(&mut self, name: &'static str, says: &'static str, make: fn(&Path) -> io::Result<()>) {
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::remove_file(root.join(IMAGES))?;
            make(&root.join(IMAGES))
        });
    }

    /// The images are packed.
    fn packed(&mut self, name: &'static str, says: &'static str, bytes: io::Result<Vec<u8>>) {
        let bytes = bytes.unwrap();
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::remove_file(root.join(IMAGES))?;
            fs::write(root.join(IMAGES).with_extension("gz"), &bytes)
        });
    }

    /// The file of true labels holds these bytes.
    fn truth(&mut self, name: &'static str, says: &'static str, bytes: Vec<u8>) {
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::write(root.join(TRUTH), &bytes)
        });
    }

    /// An archive is in the place of the images.
    fn archive(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, 2, says, 4, move |root| put_npz(root, &bytes));
    }

    /// An archive whose training images are this array.
    fn array(&mut self, name: &'static str, says: &'static str, array: Vec<u8>) {
        self.add(name, PROPAGATE, 2, says, 4, move |root| put_array(root, &array));
    }

    /// An archive with good images and these true labels.
    fn array_labels(&mut self, name: &'static str, says: &'static str, array: Vec<u8>) {
        let bytes = npz(&[("x_train", &npy_images()), ("y_train", &array)], Deflated);
        self.archive(name, says, bytes.unwrap());
    }

    /// labels.csv holds these bytes.
    fn labels(&mut self, name: &'static str, code: i32, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, code, says, 4, move |root| {
            fs::write(root.join("data/labels.csv"), &bytes)
        });
    }

    /// labels.csv has this text very often.
    fn many_labels(
        &mut self,
        name: &'static str,
        code: i32,
        says: &'static str,
        text: &'static str,
        times: usize,
    ) {
        self.add(name, PROPAGATE, code, says, 48, move |root| {
            repeated(&root.join("data/labels.csv"), "Serial,label\n", text, times)
        });
    }

    /// The checkpoint holds these bytes.
    fn weights(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, INFER, 2, says, 8, move |root| {
            fs::write(root.join("w.ckpt"), &bytes)
        });
    }

    /// A file that the window reads holds these bytes.
    fn read(&mut self, name: &'static str, of: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, By::Reader(of), 0, says, 16, move |root| {
            fs::create_dir(root.join("runs"))?;
            fs::write(root.join(place(of)), &bytes)
        });
    }

    /// The same for a cloud of this array, beside others that are good.
    fn cloud(&mut self, name: &'static str, says: &'static str, latents: Vec<u8>) {
        let good = npy("'|u1'", "(12,)", &[0; 12]);
        let scale = npy("'<f4'", "(2,)", &[0; 8]);
        let arrays: [(&str, &[u8]); 5] = [
            ("latents", &latents),
            ("latents_scale", &scale),
            ("classes", &good),
            ("certainty", &good),
            ("labels", &good),
        ];
        self.read(name, "cloud", says, npz(&arrays, Deflated).unwrap());
    }

    /// A FIFO, a folder and a device in the place of a file that the window reads.
    fn special(&mut self, names: [&'static str; 3], of: &'static str, says: [&'static str; 3]) {
        let makes: [fn(&Path) -> io::Result<()>; 3] = [
            fifo,
            |path| fs::create_dir(path),
            |path| symlink("/dev/zero", path),
        ];
        for ((name, says), make) in names.into_iter().zip(says).zip(makes) {
            self.add(name, By::Reader(of), 0, says, 4, move |root| {
                fs::create_dir(root.join("runs"))?;
                make(&root.join(place(of)))
            });
        }
    }
}

/// Where the window reads such a file.
fn place(of: &str) -> &'static str {
    match of {
        "classes" => "data/classes.csv",
        "history" => "data/labels.history.jsonl",
        "unsure" => "data/labels.unsure.csv",
        "audit" => "data/labels.audit.csv",
        "accuracy" => "data/labels.accuracy.csv",
        "settings" => "w.json",
        "runs" => "runs/x.json",
        _ => "runs/x.npz",
    }
}

pub fn cases() -> Vec<Case> {
    let mut table = Table::default();
    idx_files(&mut table);
    packed_files(&mut table);
    true_labels(&mut table);
    archives(&mut table);
    labels(&mut table);
    checkpoints(&mut table);
    beside(&mut table);
    simulations(&mut table);
    table.0
}

fn idx_files(table: &mut Table) {
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
        "ubyte: holds values of type 0x0d",
        with(2, 0x0d),
    );
    table.images(
        "images: 1 dimension",
        "ubyte: has 1 dimensions, not 3",
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
        "ubyte: images of 0×28",
        idx(&[12, 0, 28], &[]),
    );
    table.images(
        "images: no width",
        "ubyte: images of 28×0",
        idx(&[12, 28, 0], &[]),
    );
    table.images(
        "images: too high",
        "ubyte: images of 257×257",
        idx(&[1, 257, 257], &[]),
    );
    table.images(
        "images: too wide",
        "ubyte: images of 1×65536",
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
        "ubyte: is not an IDX file",
        *b"<!DOCTYPE html><html>Not found</html>",
    );
    table.images(
        "images: a picture",
        "ubyte: is not an IDX file",
        *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    );
    table.images(
        "images: packed without .gz",
        "ubyte: is not an IDX file",
        gz(&good).unwrap(),
    );
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
        "idx4-ubyte: is an array of [12, 14, 28, 2]",
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

fn packed_files(table: &mut Table) {
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
    table.packed("packed: not", "ubyte.gz: is damaged (", Ok(good.clone()));
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
        "ubyte.gz: is not an IDX file",
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

fn true_labels(table: &mut Table) {
    let mut ten = [3; 12];
    ten[7] = 10;
    table.truth(
        "true labels: too few",
        "labels-idx1-ubyte: 11 labels for 12 images",
        idx(&[11], &[0; 11]),
    );
    table.truth(
        "true labels: too many",
        "labels-idx1-ubyte: 13 labels for 12 images",
        idx(&[13], &[0; 13]),
    );
    table.truth(
        "true labels: not a class",
        "labels-idx1-ubyte: label 10 of sample 7",
        idx(&[12], &ten),
    );
    table.truth(
        "true labels: in a table",
        "labels-idx1-ubyte: has 2 dimensions",
        idx(&[12, 1], &[0; 12]),
    );
    table.truth(
        "true labels: cut off",
        "labels-idx1-ubyte: is cut off",
        idx(&[12], &[0; 11]),
    );
    table.add(
        "true labels: a FIFO",
        PROPAGATE,
        2,
        "labels-idx1-ubyte: cannot be read (it is not",
        4,
        |root| fifo(&root.join(TRUTH)),
    );
    table.add(
        "true labels: gigabytes of them",
        PROPAGATE,
        2,
        "labels-idx1-ubyte.gz: 4294967295 labels for 12",
        4,
        |root| {
            let packed = gz_zeros(&idx(&[u32::MAX], &[]), 256 << 20)?;
            fs::write(root.join(TRUTH).with_extension("gz"), packed)
        },
    );
}

fn archives(table: &mut Table) {
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
        "x.npz: x_train is ",
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
        "x.npz: x_train holds <f8, not unsigned bytes",
        npy("'<f8'", "(12, 28, 28)", &pixels()),
    );
    table.array(
        "npz: signed bytes",
        "x.npz: x_train holds |i1, not unsigned bytes",
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
    table.array(
        "npz: Fortran order",
        "x.npz: x_train is in Fortran order",
        npy_text(fortran, &pixels()),
    );
    table.array(
        "npz: one number",
        "x.npz: is an array of []",
        npy("'|u1'", "()", &[1]),
    );
    table.array(
        "npz: a table",
        "x.npz: is an array of [12, 784]",
        npy("'|u1'", "(12, 784)", &pixels()),
    );
    table.array(
        "npz: no images",
        "x.npz: holds no images",
        npy("'|u1'", "(0, 28, 28)", &[]),
    );
    table.array(
        "npz: images that are too large",
        "x.npz: images of 3×1568",
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
        "x.npz: is not an .npz file",
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
        "x.npz: y_train holds <f4, not whole numbers",
        labels("'<f4'", "(12,)", &[0; 48]),
    );
    table.array_labels(
        "npz labels: too few",
        "x.npz: 11 labels for 12 images",
        labels("'|u1'", "(11,)", &[0; 11]),
    );
    table.array_labels(
        "npz labels: one-hot",
        "x.npz: 120 labels for 12 images",
        labels("'|u1'", "(12, 10)", &[0; 120]),
    );
    table.array_labels(
        "npz labels: 300",
        "x.npz: the label of sample 0 is not",
        labels("'<u2'", "(12,)", &[[44, 1]; 12].concat()),
    );
    table.array_labels(
        "npz labels: negative",
        "x.npz: the label of sample 0 is not",
        labels("'<i8'", "(12,)", &[255; 96]),
    );
    table.array_labels(
        "npz labels: 22 brackets",
        "x.npz: y_train is damaged (a header with brackets",
        nested("[", "]", 22),
    );
}

fn labels(table: &mut Table) {
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
        "labels: a label of 10",
        0,
        "labels.csv, line 2: label \"10\" is not one of 0–9",
        "Serial,label\n1,10\n2,3\n",
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

fn checkpoints(table: &mut Table) {
    let dense = fs::read(fixture("dense.ckpt")).unwrap();
    let key = |key: &str| {
        let entries = rmpv::Value::Map(vec![(key.into(), rmpv::Value::Nil)]);
        let document = rmpv::Value::Map(vec![("params".into(), entries)]);
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, &document).unwrap();
        bytes
    };
    table.weights("checkpoint: empty", "w.ckpt: not a Flax checkpoint", *b"");
    table.weights(
        "checkpoint: text",
        "w.ckpt: not a Flax checkpoint",
        "not a checkpoint",
    );
    table.weights(
        "checkpoint: half",
        "w.ckpt: not a Flax checkpoint, or a damaged one: it is cut off",
        &dense[..dense.len() / 2],
    );
    table.weights(
        "checkpoint: a byte short",
        "w.ckpt: |it is cut off",
        &dense[..dense.len() - 1],
    );
    table.weights(
        "checkpoint: a byte more",
        "w.ckpt: |1 bytes follow its end",
        [&dense[..], &[0]].concat(),
    );
    table.weights(
        "checkpoint: nested",
        "w.ckpt: |nested more than 64",
        vec![0x91; 1 << 20],
    );
    table.weights(
        "checkpoint: claims gigabytes",
        "w.ckpt: |cut off",
        *b"\xc6\xff\xff\xff\xffabc",
    );
    table.weights(
        "checkpoint: claims billions of values",
        "w.ckpt: |cut off",
        *b"\xdf\xff\xff\xff\xff\xc0\xc0",
    );
    table.weights(
        "checkpoint: a million values",
        "w.ckpt: |more than 262144 values",
        [[0xdd, 0, 0x0f, 0xff, 0xff].as_slice(), &vec![0xc0; 0xf_ffff]].concat(),
    );
    table.weights("checkpoint: no params", "w.ckpt: |it has no params", *b"\x80");
    table.weights("checkpoint: an array", "w.ckpt: |it has no params", *b"\x91\x01");
    table.weights(
        "checkpoint: params that are none",
        "w.ckpt: ",
        *b"\x81\xa6params\x01",
    );
    table.weights("checkpoint: names with escapes", "w.ckpt: ", key("\u{1b}[31m\n"));
    table.weights(
        "checkpoint: a name of a megabyte",
        "w.ckpt: the parameters do not fit",
        key(&"x".repeat(1 << 20)),
    );
    table.add(
        "checkpoint: missing",
        INFER,
        2,
        "w.ckpt: cannot be read",
        4,
        |_| Ok(()),
    );
    table.add(
        "checkpoint: a folder",
        INFER,
        2,
        "w.ckpt: cannot be read (it is a folder)",
        4,
        |root| fs::create_dir(root.join("w.ckpt")),
    );
    table.add(
        "checkpoint: a FIFO",
        INFER,
        2,
        "w.ckpt: cannot be read (it is not a regular file)",
        4,
        |root| fifo(&root.join("w.ckpt")),
    );
    table.add(
        "checkpoint: a device",
        INFER,
        2,
        "w.ckpt: cannot be read (it is not a regular file)",
        4,
        |root| symlink("/dev/zero", root.join("w.ckpt")),
    );
    table.add(
        "checkpoint: 5 GB of nothing",
        INFER,
        2,
        "w.ckpt: cannot be read (it has 5120.0 MiB",
        4,
        |root| sparse(&root.join("w.ckpt"), 5 << 30),
    );
}

fn beside(table: &mut Table) {
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
        "classes.csv: cannot be read (it has 1.1 MiB",
        rows("77,a,\n", 200_000),
    );
    table.read(
        "classes: 10,000 bad rows",
        "classes",
        "classes.csv, line 2: class 77|and 9996 more",
        rows("77,a,\n", 10_000),
    );
    table.read(
        "classes: blank lines",
        "classes",
        "classes.csv, line 5: class 77",
        rows("\n\n\n77,a,\n", 1),
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

fn simulations(table: &mut Table) {
    let with = |table_text: &'static str, options: Option<&'static str>| {
        move |root: &Path| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), table_text)?;
            options.map_or(Ok(()), |options| fs::write(root.join("s.json"), options))
        }
    };
    table.add(
        "simulations: a table of somebody else",
        SIMULATE,
        2,
        "s.csv: is no file of simulations",
        4,
        with("a,b\n", None),
    );
    table.add(
        "simulations: options that are none",
        SIMULATE,
        2,
        "s.csv: |s.json is damaged",
        4,
        with("a,b\n", Some("{")),
    );
    table.add(
        "simulations: nested options",
        SIMULATE,
        2,
        "s.csv: |s.json is damaged",
        4,
        |root| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), "a,b\n")?;
            fs::write(root.join("s.json"), "[".repeat(1 << 20))
        },
    );
    table.add(
        "simulations: a FIFO beside it",
        SIMULATE,
        2,
        "s.csv: |s.json cannot be read (it is not a regular file)",
        4,
        |root| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), "a,b\n")?;
            fifo(&root.join("s.json"))
        },
    );
}
