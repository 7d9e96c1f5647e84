//! The worker on a small data set, through its channels.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use crossbeam_channel::bounded;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

/// `n` images of 4×4 with classes, as IDX files.
fn write_data(folder: &Path, n: u32) -> std::io::Result<()> {
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        std::iter::once(&magic)
            .chain(sizes)
            .flat_map(|number| number.to_be_bytes())
            .collect()
    };
    let mut images = header(0x803, &[n, 4, 4]);
    images.extend((0..n * 16).map(|i| (i * 37 % 256) as u8));
    let mut labels = header(0x801, &[n]);
    labels.extend((0..n).map(|i| (i % 10) as u8));
    std::fs::write(folder.join("train-images-idx3-ubyte"), images)?;
    std::fs::write(folder.join("train-labels-idx1-ubyte"), labels)
}

struct Running {
    commands: Sender<Command>,
    events: Receiver<Event>,
}

impl Running {
    fn start(folder: &Path, n: u32) -> Result<Self, Box<dyn Error>> {
        write_data(folder, n)?;
        let (commands, command_receiver) = bounded(64);
        let (event_sender, events) = bounded(100_000);
        let setup = Setup {
            data_dir: folder.to_owned(),
            weights: folder.join("ssvae.ckpt"),
            backend: Backend::Cpu,
            seed: 1,
            commands: command_receiver,
            events: event_sender,
            wake: Arc::new(|| {}),
        };
        std::thread::spawn(move || work(setup));
        Ok(Self { commands, events })
    }

    fn train(&self, n: u32, config: TrainingConfig) -> Result<(), Box<dyn Error>> {
        let labels = (0..n).map(|i| (i % 9 == 0).then_some((i % 10) as u8)).collect();
        Ok(self.commands.send(Command::Train { config, labels })?)
    }

    /// The next event that fits.
    fn wait(&self, fits: impl Fn(&Event) -> bool) -> Result<Event, Box<dyn Error>> {
        loop {
            let event = self.events.recv_timeout(PATIENCE)?;
            if fits(&event) {
                return Ok(event);
            }
        }
    }
}

#[test]
fn a_run_is_paused_resumed_and_stopped() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    let config = TrainingConfig {
        batch_size: 2,
        max_epochs: 100_000,
        patience: 100_000,
        ..TrainingConfig::default()
    };
    worker.train(400, config)?;
    worker.wait(|event| matches!(event, Event::Progress { .. }))?;
    worker.commands.send(Command::Pause)?;
    worker.wait(|event| matches!(event, Event::Paused(true)))?;
    worker.commands.send(Command::Decode { serial: 3 })?;
    let answer = worker.events.recv_timeout(PATIENCE)?;
    assert!(matches!(answer, Event::Decoded { serial: 3, .. }), "{answer:?}");
    let silence = worker.events.recv_timeout(Duration::from_millis(400));
    assert!(silence.is_err(), "{silence:?} in a pause");
    worker.commands.send(Command::Resume)?;
    worker.wait(|event| matches!(event, Event::Paused(false)))?;
    worker.wait(|event| matches!(event, Event::Progress { .. }))?;
    worker.commands.send(Command::Pause)?;
    worker.wait(|event| matches!(event, Event::Paused(true)))?;
    worker.commands.send(Command::Stop)?;
    let end = worker.wait(|event| matches!(event, Event::TrainingFinished { .. }))?;
    assert!(
        matches!(
            end,
            Event::TrainingFinished {
                status: RunStatus::Stopped,
                ..
            }
        ),
        "{end:?}"
    );
    Ok(())
}

#[test]
fn a_pause_is_not_part_of_an_epochs_seconds() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    let config = TrainingConfig {
        batch_size: 1,
        max_epochs: 1,
        ..TrainingConfig::default()
    };
    worker.train(400, config)?;
    worker.wait(|event| matches!(event, Event::TrainingStarted { .. }))?;
    worker.commands.send(Command::Pause)?;
    worker.wait(|event| matches!(event, Event::Paused(true)))?;
    // Longer than the whole epoch takes on a slow machine.
    std::thread::sleep(Duration::from_secs(4));
    worker.commands.send(Command::Resume)?;
    match worker.wait(|event| matches!(event, Event::Epoch(_)))? {
        Event::Epoch(metrics) => assert!(metrics.seconds < 4.0, "{} s", metrics.seconds),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[test]
fn latents_come_within_a_long_epoch() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 4000)?;
    worker.wait(|event| matches!(event, Event::Latent(_)))?;
    let config = TrainingConfig {
        batch_size: 1,
        max_epochs: 1,
        ..TrainingConfig::default()
    };
    worker.train(4000, config)?;
    let mut versions = Vec::new();
    worker.wait(|event| matches!(event, Event::TrainingStarted { .. }))?;
    loop {
        match worker.events.recv_timeout(PATIENCE)? {
            Event::Latent(snapshot) => versions.push(snapshot.version),
            Event::Epoch(_) => break,
            _ => {}
        }
    }
    assert!(versions.len() >= 2, "only {versions:?} within the epoch");
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    Ok(())
}

#[test]
fn a_run_that_diverges_says_where_and_the_next_one_works() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    let config = TrainingConfig {
        max_epochs: 2,
        ..TrainingConfig::default()
    };
    let wild = TrainingConfig {
        learning_rate: 1e20,
        ..config.clone()
    };
    let end = |config| -> Result<_, Box<dyn Error>> {
        worker.train(400, config)?;
        match worker.wait(|event| matches!(event, Event::TrainingFinished { .. }))? {
            Event::TrainingFinished { status, message } => Ok((status, message)),
            other => Err(format!("{other:?}").into()),
        }
    };
    let (status, message) = end(wild)?;
    assert_eq!(status, RunStatus::Failed, "{message}");
    assert!(message.contains("in epoch 1, at step 2;"), "{message}");
    let (status, message) = end(config)?;
    assert_eq!(status, RunStatus::Completed, "{message}");
    Ok(())
}
