//! Checkpoints that real Flax wrote: read, answered alike, written back byte for byte, trained on.

use std::sync::Arc;

use ssvae_core::checkpoint::{self, OptimizerLayout};
use ssvae_core::classes::ClassCount;
use ssvae_core::clock::Clock;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::training::backend::{Backend, engine};
use ssvae_core::training::engine::Batch;
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::message::Event;
use ssvae_core::training::targets::Targets;
use ssvae_core::worker::{Setup, work};
use ssvae_test_support::{Outcome, checkout, fixture, largest_difference, read_npz};

const DEFAULT: OptimizerLayout = OptimizerLayout {
    clip: true,
    decay: true,
};

/// MNIST, checked to begin with the 256 images that Flax was given.
fn first_images(expected: &std::path::Path) -> Result<Arc<Dataset>, Box<dyn std::error::Error>> {
    let dataset = Dataset::open(&checkout().join("data/mnist"), Split::Train)?;
    let (_, input) = read_npz(expected, "input")?;
    let mut scaled = Vec::new();
    dataset.scaled_into(&(0..256).collect::<Vec<u32>>(), &mut scaled);
    assert!(largest_difference(&scaled, &input) < 1e-6);
    Ok(Arc::new(dataset))
}

fn answers_like_flax(name: &str) -> Outcome {
    let state = checkpoint::load(&fixture(&format!("{name}.ckpt")))?;
    let architecture = checkpoint::architecture(&state.params)?;
    checkpoint::check(&state, &architecture)?;
    let expected = fixture(&format!("{name}_expected.npz"));
    let dataset = first_images(&expected)?;
    let engine = engine(
        &Backend::Cpu,
        architecture,
        &state,
        &dataset,
        &Heartbeat::default(),
    );
    let serials: Vec<u32> = (0..256).collect();
    let predictions = engine.predict_each(&[&serials]).remove(0);
    let reconstruction = engine.reconstruct(&serials);
    let (_, latent) = read_npz(&expected, "latent")?;
    let (_, reconstructed) = read_npz(&expected, "reconstruted")?;
    let (_, certainty) = read_npz(&expected, "pred_certainty")?;
    let (_, classes) = read_npz(&expected, "pred_classes")?;
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
        let dataset = Arc::new(Dataset::from_images(vec![0; 784], [28, 28, 1], None));
        let engine = engine(
            &Backend::Cpu,
            architecture,
            &state,
            &dataset,
            &Heartbeat::default(),
        );
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
    let dataset = first_images(&fixture("dense_expected.npz"))?;
    let mut engine = engine(
        &Backend::Cpu,
        architecture.clone(),
        &state,
        &dataset,
        &Heartbeat::default(),
    );
    let serials: Vec<u32> = (0..256).collect();
    let labels: Vec<Option<u8>> = (0..256).map(|i| (i % 3 == 0).then_some(1)).collect();
    let targets = Targets::labels(labels, ClassCount::default()).rows(&serials);
    let batch = Batch {
        serials: &serials,
        targets: &targets,
    };
    let config = TrainingConfig {
        learning_rate: 1e-3,
        ..TrainingConfig::reference()
    };
    let before = engine.evaluate_each(&[batch], &config)[0].0;
    for _ in 0..30 {
        engine.train_step(batch, None, &config);
    }
    let after = engine.evaluate_each(&[batch], &config)[0].0;
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

#[test]
fn what_is_no_file_is_refused_at_once() {
    // Reading it would never end.
    assert!(checkpoint::load(std::path::Path::new("/dev/zero")).is_err());
    assert!(checkpoint::load(checkout()).is_err());
}

#[cfg(unix)]
#[test]
fn saving_leaves_no_backup_but_of_another_network_and_follows_links() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let (link, file) = (folder.path().join("link.ckpt"), folder.path().join("file.ckpt"));
    std::fs::copy(fixture("conv.ckpt"), &file)?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640))?;
    std::os::unix::fs::symlink(&file, &link)?;
    // Somebody's own.
    std::fs::write(folder.path().join("file.ckpt.bak"), "mine")?;
    let conv = checkpoint::load(&fixture("conv.ckpt"))?;
    assert_eq!(checkpoint::save(&link, &conv, DEFAULT)?, None);
    // Another network is kept, whatever is saved after it.
    let dense = checkpoint::load(&fixture("dense.ckpt"))?;
    let kept = checkpoint::save(&link, &dense, DEFAULT)?.ok_or("it was not kept")?;
    assert!(kept.ends_with("file.ckpt.2.bak"), "{kept:?}");
    assert_eq!(
        std::fs::read_to_string(folder.path().join("file.ckpt.bak"))?,
        "mine"
    );
    assert_eq!(checkpoint::save(&link, &dense, DEFAULT)?, None);
    assert!(std::fs::read(&kept)? == std::fs::read(fixture("conv.ckpt"))?);
    assert!(std::fs::read(&file)? == std::fs::read(fixture("dense.ckpt"))?);
    assert!(std::fs::symlink_metadata(&link)?.is_symlink());
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o640);
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 4);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_save_that_fails_leaves_the_old_file() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.ckpt");
    std::fs::copy(fixture("conv.ckpt"), &path)?;
    // Another network's file is kept under a name that gets too long.
    let long = folder.path().join(format!("{}.ckpt", "a".repeat(248)));
    std::fs::rename(&path, &long)?;
    let path = long;
    let state = checkpoint::load(&fixture("dense.ckpt"))?;
    assert!(checkpoint::save(&path, &state, DEFAULT).is_err());
    assert!(std::fs::read(&path)? == std::fs::read(fixture("conv.ckpt"))?);
    Ok(())
}

/// Starts a worker on these weights and returns its first events, up to the first latents.
fn first_events(weights: &std::path::Path) -> Result<Vec<Event>, Box<dyn std::error::Error>> {
    let (commands, received) = crossbeam_channel::unbounded();
    let (events, happened) = crossbeam_channel::unbounded();
    let setup = Setup {
        data_dir: checkout().join("data/mnist"),
        open: Default::default(),
        weights: weights.to_owned(),
        labels: checkout().join("data/mnist/labels.csv"),
        runs: weights.with_file_name("runs"),
        backend: Backend::Cpu,
        try_both: false,
        seed: 42,
        fault: None,
        clock: Clock::default(),
        commands: received,
        events,
        wake: std::sync::Arc::new(|_| {}),
    };
    let worker = std::thread::spawn(move || work(setup));
    let mut first = Vec::new();
    while !matches!(first.last(), Some(Event::Latent(_))) {
        first.push(happened.recv_timeout(std::time::Duration::from_secs(120))?);
    }
    drop(commands);
    worker.join().map_err(|_| "the worker panicked")?;
    Ok(first)
}

#[test]
fn a_model_brings_its_settings_and_a_broken_file_of_them_a_warning() -> Outcome {
    let folder = tempfile::tempdir()?;
    let weights = folder.path().join("a.ckpt");
    let config = TrainingConfig {
        kl_weight: 0.7,
        grad_clip_norm: None,
        weight_decay: 0.0,
        ..TrainingConfig::default()
    };
    let state = checkpoint::load(&fixture("dense.ckpt"))?;
    checkpoint::save(&weights, &state, OptimizerLayout::of(&config))?;
    checkpoint::save_configuration(&weights, &config, checkpoint::EndState::Best)?;
    let told = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::ModelReady { config, .. } => config.clone(),
            _ => None,
        })
    };
    let events = first_events(&weights)?;
    assert_eq!(told(&events), Some(config.clone()));
    assert!(!events.iter().any(|event| matches!(event, Event::Error { .. })));

    std::fs::write(checkpoint::configuration_path(&weights), "{")?;
    let events = first_events(&weights)?;
    let by_default = TrainingConfig {
        kl_weight: 0.1,
        ..config
    };
    assert_eq!(told(&events), Some(by_default));
    let warned = events
        .iter()
        .any(|event| matches!(event, Event::Error { message } if message.contains("a.json")));
    assert!(warned, "{events:?}");
    Ok(())
}
