//! Checkpoints.

use std::fs;
use std::os::unix::fs::symlink;

use ssvae_test_support::fixture;

use super::table::{INFER, Table};
use crate::make::{fifo, sparse};

pub fn checkpoints(table: &mut Table) {
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
