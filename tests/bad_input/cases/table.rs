//! A case, and how those of one kind are written down.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use ssvae_test_support::npz;
use zip::CompressionMethod::Deflated;

use crate::make::{IMAGES, TRUTH, fifo, npy, npy_images, put_array, put_npz, repeated};

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

pub const PROPAGATE: By = By::Program(&["propagate", "--data-dir", "data", "--output", "o.csv"]);
pub const INFER: By = By::Program(&[
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
pub const SIMULATE: By = By::Program(&["simulate", "--data-dir", "data", "--output", "s.csv"]);

/// The cases so far.
#[derive(Default)]
pub struct Table(pub Vec<Case>);

impl Table {
    pub fn add(
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
    pub fn images(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::write(root.join(IMAGES), &bytes)
        });
    }

    /// Something else stands in the place of the images' file.
    pub fn in_place(&mut self, name: &'static str, says: &'static str, make: fn(&Path) -> io::Result<()>) {
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::remove_file(root.join(IMAGES))?;
            make(&root.join(IMAGES))
        });
    }

    /// The images are packed.
    pub fn packed(&mut self, name: &'static str, says: &'static str, bytes: io::Result<Vec<u8>>) {
        let bytes = bytes.unwrap();
        self.add(name, PROPAGATE, 2, says, 4, move |root| {
            fs::remove_file(root.join(IMAGES))?;
            fs::write(root.join(IMAGES).with_extension("gz"), &bytes)
        });
    }

    /// The file of true labels, which is not needed, holds these bytes.
    pub fn truth(&mut self, name: &'static str, says: &'static str, bytes: Vec<u8>) {
        self.add(name, PROPAGATE, 0, says, 4, move |root| {
            fs::write(root.join(TRUTH), &bytes)
        });
    }

    /// An archive is in the place of the images.
    pub fn archive(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, 2, says, 4, move |root| put_npz(root, &bytes));
    }

    /// An archive whose training images are this array.
    pub fn array(&mut self, name: &'static str, says: &'static str, array: Vec<u8>) {
        self.add(name, PROPAGATE, 2, says, 4, move |root| put_array(root, &array));
    }

    /// The same with images that can be used; `says`: what is said of them.
    pub fn usable_array(&mut self, name: &'static str, says: &'static str, array: Vec<u8>) {
        self.add(name, PROPAGATE, 0, says, 4, move |root| put_array(root, &array));
    }

    /// An archive with good images and these true labels, without which it is opened.
    pub fn array_labels(&mut self, name: &'static str, says: &'static str, array: Vec<u8>) {
        let bytes = npz(&[("x_train", &npy_images()), ("y_train", &array)], Deflated);
        let bytes = bytes.unwrap();
        self.add(name, PROPAGATE, 0, says, 4, move |root| put_npz(root, &bytes));
    }

    /// labels.csv holds these bytes.
    pub fn labels(&mut self, name: &'static str, code: i32, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, PROPAGATE, code, says, 4, move |root| {
            fs::write(root.join("data/labels.csv"), &bytes)
        });
    }

    /// labels.csv has this text very often.
    pub fn many_labels(
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
    pub fn weights(&mut self, name: &'static str, says: &'static str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.add(name, INFER, 2, says, 8, move |root| {
            fs::write(root.join("w.ckpt"), &bytes)
        });
    }

    /// A file that the window reads holds these bytes.
    pub fn read(
        &mut self,
        name: &'static str,
        of: &'static str,
        says: &'static str,
        bytes: impl Into<Vec<u8>>,
    ) {
        let bytes = bytes.into();
        self.add(name, By::Reader(of), 0, says, 16, move |root| {
            fs::create_dir(root.join("runs"))?;
            fs::write(root.join(place(of)), &bytes)
        });
    }

    /// The same for a cloud of this array, beside others that are good.
    pub fn cloud(&mut self, name: &'static str, says: &'static str, latents: Vec<u8>) {
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
    pub fn special(&mut self, names: [&'static str; 3], of: &'static str, says: [&'static str; 3]) {
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
