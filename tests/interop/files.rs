//! `infer`'s `.npz` in numpy, labels in pandas.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use ssvae_core::checkpoint::{self, OptimizerLayout};
use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::Kind;
use ssvae_core::labels::{Action, Change, LabelEvent, LabelStore, Line, Step, Troubles, read_labels};
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_core::worker::fresh;
use ssvae_test_support::{Outcome, checkout};

use crate::python;

fn infer(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
        .current_dir(folder)
        .args([
            "infer",
            "--backend",
            "cpu",
            "--weights",
            "weights.ckpt",
            "--data-dir",
        ])
        .arg(checkout().join("data/mnist"))
        .args(arguments)
        .output()?;
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    Ok(())
}

#[test]
fn numpy_reads_what_infer_writes() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let architecture = Architecture {
        hidden_dims: vec![64],
        latent_dim: 3,
        ..Architecture::default()
    };
    let layout = OptimizerLayout::of(&TrainingConfig::default());
    checkpoint::save(&folder.join("weights.ckpt"), &fresh(&architecture, 3), layout)?;
    infer(folder, &["--split", "test"])?;
    infer(
        folder,
        &["--split", "test", "--unscaled", "--output", "unscaled.npz"],
    )?;
    let test = Dataset::open(&checkout().join("data/mnist"), Split::Test)?;
    let mut file = NpzWriter::create(&folder.join("pixels.npz"), &Kind::NEW)?;
    let images = (0..test.len() as u32).filter_map(|serial| test.image(serial));
    let pixels = images.map(|image| image.iter().map(|&pixel| pixel.into()).collect::<Vec<i32>>());
    file.i32_chunks("pixels", &[test.len(), 28, 28], pixels)?;
    file.finish()?;
    python::run("npz.py", &[folder.as_os_str()])
}

/// Changes that are on the disk when this returns.
fn change(path: &Path, changes: &[(u32, Option<u8>)]) -> Outcome {
    let (store, opened) = LabelStore::open(path, 60_000, ClassCount::default(), Arc::new(|| {}));
    assert_eq!(opened.troubles, Troubles::default());
    for &(serial, label) in changes {
        let before = opened.labels.get(serial);
        let step = Step {
            serial,
            before,
            after: label,
        };
        let line = Line::Done(Action::new(vec![step]));
        store.request(&[Change { serial, label }], vec![line]);
    }
    let mut saved = 0;
    while saved < changes.len() {
        match store.events().recv()? {
            LabelEvent::Saved { .. } => saved += 1,
            LabelEvent::Failed { message, .. } | LabelEvent::Problem { message } => {
                return Err(message.into());
            }
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn labels_as_pandas_reads_and_writes_them() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    python::run("labels.py", &[OsStr::new("write"), folder.as_os_str()])?;
    for name in ["whole", "gaps", "nan", "nullable", "wider", "indexed", "floats"] {
        let path = folder.join(format!("{name}.csv"));
        let before = std::fs::read_to_string(&path)?;
        let (labels, problems) = read_labels(&path, 60_000, ClassCount::default())?;
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let found: Vec<(u32, u8)> = labels.iter().collect();
        let mut expected = vec![(5, 7), (9, 3)];
        if name == "whole" {
            expected.insert(0, (1, 0));
        }
        assert_eq!(found, expected, "{name}");
        change(&path, &[(1, Some(4)), (5, None), (6, Some(2))])?;
        let after = std::fs::read_to_string(&path)?;
        let foreign: Vec<&str> = before.lines().filter(|line| line.contains("70000")).collect();
        assert!(
            foreign.iter().all(|line| after.lines().any(|kept| kept == *line)),
            "{name}: {after}"
        );
    }
    change(&folder.join("new.csv"), &[(3, Some(8))])?;
    python::run("labels.py", &[OsStr::new("read"), folder.as_os_str()])
}
