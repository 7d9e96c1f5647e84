//! `ssvae train` and `ssvae infer` on the real images.

use ssvae_test_support::{Outcome, fixture, largest_difference, read_npz};

use crate::program::{data, shows_something, ssvae};

#[test]
fn infer_gives_what_flax_gave() -> Outcome {
    let folder = tempfile::tempdir()?;
    let weights = fixture("dense.ckpt").display().to_string();
    let output = ssvae(
        folder.path(),
        &["infer", "--data-dir", &data(), "--weights", &weights],
    )?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let ours = folder.path().join("data/output_latent.npz");
    let theirs = fixture("dense_expected.npz");
    for name in [
        "input",
        "latent",
        "reconstruted",
        "pred_classes",
        "pred_certainty",
    ] {
        let (shape, got) = read_npz(&ours, name)?;
        let (expected_shape, expected) = read_npz(&theirs, name)?;
        assert_eq!(shape[0], 60_000, "{name}");
        assert_eq!(shape[1..], expected_shape[1..], "{name}");
        let difference = largest_difference(&got[..expected.len()], &expected);
        assert!(difference < 1e-4, "{name} differs by {difference}");
    }
    assert_eq!(read_npz(&ours, "tsne")?, read_npz(&ours, "latent")?);
    let (_, labels) = read_npz(&ours, "labels")?;
    assert_eq!(labels[..5], [5.0, 0.0, 4.0, 1.0, 9.0]);
    Ok(())
}

#[test]
fn train_writes_checkpoint_history_and_plot() -> Outcome {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("labels.csv"),
        "Serial,label\n0,5\n1,0\n2,4.0\n3,\n",
    )?;
    let arguments = [
        "train",
        "--data-dir",
        &data(),
        "--labels",
        "labels.csv",
        "--max-epochs",
        "1",
    ];
    let output = ssvae(folder.path(), &arguments)?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("Epoch | Train.loss |   Val.loss |  Train.rec |    Val.rec"),
        "{text}"
    );
    let weights = folder.path().join("artifacts/checkpoints");
    let state = ssvae_core::checkpoint::load(&weights.join("ssvae.ckpt"))?;
    assert_eq!(state.step, 211);
    let history = std::fs::read_to_string(weights.join("ssvae_history.csv"))?;
    assert_eq!(history.lines().count(), 2);
    let (config, warning) =
        ssvae_core::checkpoint::load_configuration(&weights.join("ssvae.ckpt"), state.layout());
    assert_eq!((config.max_epochs, warning), (1, None));
    assert!(weights.join("ssvae.json").exists());
    shows_something(&weights.join("ssvae_loss.png"))
}
