//! Checkpoints that real Flax wrote: read, answered alike, written back byte for byte, trained on.

mod support;

use ssvae::checkpoint::{self, OptimizerLayout};
use ssvae::training::backend::{Backend, engine};
use ssvae::training::engine::Batch;
use support::{Outcome, fixture, largest_difference, npz};

const DEFAULT: OptimizerLayout = OptimizerLayout {
    clip: true,
    decay: true,
};

fn answers_like_flax(name: &str) -> Outcome {
    let state = checkpoint::load(&fixture(&format!("{name}.ckpt")))?;
    let architecture = checkpoint::architecture(&state.params)?;
    checkpoint::check(&state, &architecture)?;
    let engine = engine(&Backend::Cpu, architecture, &state);
    let expected = fixture(&format!("{name}_expected.npz"));
    let (_, input) = npz(&expected, "input")?;
    let predictions = engine.predict(&input);
    let reconstruction = engine.reconstruct(&input);
    let (_, latent) = npz(&expected, "latent")?;
    let (_, reconstructed) = npz(&expected, "reconstruted")?;
    let (_, certainty) = npz(&expected, "pred_certainty")?;
    let (_, classes) = npz(&expected, "pred_classes")?;
    assert!(largest_difference(&predictions.latents, &latent) < 1e-4);
    assert!(largest_difference(&reconstruction, &reconstructed) < 1e-4);
    assert!(largest_difference(&predictions.certainty, &certainty) < 1e-4);
    let ours: Vec<f32> = predictions
        .classes
        .iter()
        .map(|&class| f32::from(class))
        .collect();
    assert_eq!(ours, classes);
    Ok(())
}

#[test]
fn dense_answers_like_flax() -> Outcome {
    answers_like_flax("dense")
}

#[test]
fn conv_answers_like_flax() -> Outcome {
    answers_like_flax("conv")
}

#[test]
fn an_untouched_file_is_written_back_byte_for_byte() -> Outcome {
    for name in ["dense.ckpt", "conv.ckpt"] {
        let bytes = std::fs::read(fixture(name))?;
        let state = checkpoint::load(&fixture(name))?;
        assert!(checkpoint::encode(&state, DEFAULT) == bytes, "{name} changed");
    }
    Ok(())
}

#[test]
fn the_engine_keeps_what_it_was_given() -> Outcome {
    for name in ["dense.ckpt", "conv.ckpt"] {
        let state = checkpoint::load(&fixture(name))?;
        let architecture = checkpoint::architecture(&state.params)?;
        let engine = engine(&Backend::Cpu, architecture, &state);
        assert_eq!(engine.parameters(), state.params, "{name}");
        assert_eq!(Some(engine.moments()), state.moments, "{name}");
        assert_eq!(engine.step(), state.step);
    }
    Ok(())
}

#[test]
fn training_goes_on_and_is_saved_and_read_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("new/ssvae.ckpt");
    let mut state = checkpoint::load(&fixture("dense.ckpt"))?;
    let architecture = checkpoint::architecture(&state.params)?;
    let mut engine = engine(&Backend::Cpu, architecture.clone(), &state);
    let (_, input) = npz(&fixture("dense_expected.npz"), "input")?;
    let labels: Vec<Option<u8>> = (0..256).map(|i| (i % 3 == 0).then_some(1)).collect();
    let batch = Batch {
        images: &input,
        labels: &labels,
    };
    let config = ssvae::model::config::TrainingConfig {
        learning_rate: 1e-3,
        ..Default::default()
    };
    let before = engine.evaluate(batch, &config).0;
    for _ in 0..30 {
        engine.train_step(batch, None, &config);
    }
    let after = engine.evaluate(batch, &config).0;
    assert!(after.total < before.total, "{after:?} is not below {before:?}");
    state.params = engine.parameters();
    state.moments = Some(engine.moments());
    state.step = engine.step();
    checkpoint::save(&path, &state, DEFAULT)?;
    let read = checkpoint::load(&path)?;
    assert_eq!(read.params, state.params);
    assert_eq!(read.moments, state.moments);
    assert_eq!(read.step, 6119 + 30);
    assert!(!path.with_extension("ckpt.bak").exists());
    Ok(())
}

#[test]
fn damaged_files_are_refused_with_a_message() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("broken.ckpt");
    let good = std::fs::read(fixture("dense.ckpt"))?;
    let mut trailing = good.clone();
    trailing.push(0);
    let endless = vec![0x91; 100_000];
    let huge = [b"\x81\xa6params\xc9\xff\xff\xff\xff\x01".as_slice(), &[0; 16]].concat();
    let cases: [&[u8]; 7] = [
        b"",
        b"hello",
        &good[..good.len() / 2],
        &trailing,
        &endless,
        &huge,
        b"\x80",
    ];
    for (i, bytes) in cases.iter().enumerate() {
        std::fs::write(&path, bytes)?;
        let error = checkpoint::load(&path)
            .err()
            .ok_or(format!("case {i} was accepted"))?;
        assert!(error.to_string().contains("broken.ckpt"), "{error}");
    }
    Ok(())
}
