//! `ssvae train` and `ssvae infer` on the real images.

use ssvae_test_support::{Outcome, fixture, idx, largest_difference, read_npz};

use crate::program::{QUICK, data, refuses, shows_something, ssvae};

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

#[test]
fn conv_networks_are_trained_on_images_of_other_sizes_and_colours() -> Outcome {
    let folder = tempfile::tempdir()?;
    let place = |name: &str| folder.path().join(name);
    for (name, shape) in [("grey", &[40, 32, 24][..]), ("colour", &[40, 12, 20, 3][..])] {
        std::fs::create_dir(place(name))?;
        let pixels = shape.iter().product();
        let pixels: Vec<u8> = (0_u32..pixels).map(|i| (i * 37 % 251) as u8).collect();
        std::fs::write(place(name).join("train-images-idx3-ubyte"), idx(shape, &pixels))?;
        std::fs::write(place(name).join("labels.csv"), "Serial,label\n0,5\n1,0\n")?;
        let weights = format!("{name}.ckpt");
        let known = ["--data-dir", name, "--weights", &weights];
        let kinds = ["--encoder-type", "conv", "--decoder-type", "conv"];
        let train = [&["train"][..], &known, &kinds, &QUICK].concat();
        for arguments in [train, [&["infer"][..], &known].concat()] {
            let output = ssvae(folder.path(), &arguments)?;
            let text = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{arguments:?}: {text}");
        }
        let state = ssvae_core::checkpoint::load(&place(&weights))?;
        let kernel = &state.params.0["encoder/conv_0/kernel"];
        assert_eq!(kernel.shape, [3, 3, if name == "grey" { 1 } else { 3 }, 32]);
        let (shape, _) = read_npz(&place("data/output_latent.npz"), "reconstruted")?;
        assert_eq!(shape.iter().product::<u64>(), pixels.len() as u64);
    }
    let grey = ["infer", "--data-dir", "colour", "--weights", "grey.ckpt"];
    refuses(folder.path(), &grey, "grey.ckpt: made for images of 768 pixels")?;

    std::fs::create_dir(place("odd"))?;
    let images = idx(&[40, 30, 30], &[7; 40 * 900]);
    std::fs::write(place("odd").join("train-images-idx3-ubyte"), images)?;
    std::fs::write(place("odd").join("labels.csv"), "Serial,label\n0,5\n")?;
    let conv = ["train", "--data-dir", "odd", "--encoder-type", "conv"];
    refuses(folder.path(), &conv, "multiples of 4, these have 30×30")
}
