//! The worker on a small data set, through its channels.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use ssvae_test_support::{ManualClock, fixture, idx};

use super::*;
use crate::classes::ClassCount;
use crate::model::config::TrainingConfig;
use crate::outputs::clouds;
use crate::training::lineage;
use crate::training::message::{EndState, EpochMetrics};
use crate::training::record::RunRecord;
use crate::training::targets::Targets;

const PATIENCE: Duration = Duration::from_secs(60);

/// `n` images of 4×4 with classes, as IDX files.
fn write_data(folder: &Path, n: u32) -> std::io::Result<()> {
    let images: Vec<u8> = (0..n * 16).map(|i| (i * 37 % 256) as u8).collect();
    let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    std::fs::write(folder.join("train-images-idx3-ubyte"), idx(&[n, 4, 4], &images))?;
    std::fs::write(folder.join("train-labels-idx1-ubyte"), idx(&[n], &labels))
}

struct Running {
    commands: Sender<Command>,
    events: Receiver<Event>,
}

impl Running {
    fn start(folder: &Path, n: u32) -> Result<Self, Box<dyn Error>> {
        Self::start_with(folder, n, None)
    }

    fn start_with(folder: &Path, n: u32, fault: Option<&str>) -> Result<Self, Box<dyn Error>> {
        write_data(folder, n)?;
        Self::start_in(folder, fault, Clock::default())
    }

    fn start_by(folder: &Path, n: u32, clock: Clock) -> Result<Self, Box<dyn Error>> {
        write_data(folder, n)?;
        Self::start_in(folder, None, clock)
    }

    fn start_in(folder: &Path, fault: Option<&str>, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let (commands, command_receiver) = bounded(64);
        let (event_sender, events) = bounded(100_000);
        let setup = Setup {
            data_dir: folder.to_owned(),
            open: Default::default(),
            weights: folder.join("ssvae.ckpt"),
            labels: folder.join("labels.csv"),
            backend: Backend::Cpu,
            try_both: false,
            runs: folder.join("runs"),
            seed: 1,
            fault: fault.map(str::parse).transpose()?,
            clock,
            commands: command_receiver,
            events: event_sender,
            wake: Arc::new(|_| {}),
        };
        std::thread::spawn(move || work(setup));
        Ok(Self { commands, events })
    }

    fn train(&self, n: u32, config: TrainingConfig) -> Result<(), Box<dyn Error>> {
        let labels = (0..n).map(|i| (i % 9 == 0).then_some((i % 10) as u8)).collect();
        let targets = Targets::labels(labels, ClassCount::default());
        Ok(self.commands.send(Command::Train { config, targets })?)
    }

    /// The end of the run that is on.
    fn end(&self) -> Result<(RunStatus, String), Box<dyn Error>> {
        match self.wait(|event| matches!(event, Event::TrainingFinished { .. }))? {
            Event::TrainingFinished { status, message } => Ok((status, message)),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// The next latents, of all samples.
    fn latents(&self) -> Result<Vec<f32>, Box<dyn Error>> {
        match self.wait(|event| matches!(event, Event::Latent(_)))? {
            Event::Latent(snapshot) => Ok(snapshot.latents.clone()),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// The next event that fits.
    fn wait(&self, mut fits: impl FnMut(&Event) -> bool) -> Result<Event, Box<dyn Error>> {
        loop {
            let event = self.events.recv_timeout(PATIENCE)?;
            if fits(&event) {
                return Ok(event);
            }
        }
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn an_encoding_is_stopped_and_done_after_all() -> Result<(), Box<dyn Error>> {
    const N: u32 = 20_000;
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), N)?;
    // A stop is for a run, of which there is none.
    worker.commands.send(Command::Stop)?;
    worker.commands.send(Command::StopEncoding)?;
    // What comes after it is done in its turn.
    worker.commands.send(Command::Save)?;
    let end = |event: &Event| matches!(event, Event::EncodingStopped | Event::Latent(_));
    let stopped = worker.wait(end)?;
    assert!(matches!(stopped, Event::EncodingStopped), "{stopped:?}");
    worker.wait(|event| matches!(event, Event::Saved { .. }))?;
    worker.commands.send(Command::Encode)?;
    assert_eq!(worker.latents()?.len(), N as usize * 2);
    Ok(())
}

/// Pixels of these images are 200 to 249, and what a new model makes of them is near that: in its own scale it is near 0.
#[test]
fn images_of_the_model_are_as_bright_as_those_of_the_data_set() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    write_data(folder.path(), 100)?;
    let file = folder.path().join("train-images-idx3-ubyte");
    let mut bytes = std::fs::read(&file)?;
    for (pixel, place) in bytes.iter_mut().skip(16).zip(0_u32..) {
        *pixel = 200 + (place * 7 / 16 % 50) as u8;
    }
    std::fs::write(&file, bytes)?;
    let worker = Running::start_in(folder.path(), None, Clock::default())?;
    worker.latents()?;
    worker.commands.send(Command::Decode {
        serial: 3,
        latent: vec![0.1, -0.2],
    })?;
    worker.commands.send(Command::Probe {
        latents: vec![0.0, 0.1, -0.1, 0.05],
    })?;
    let mut seen = Vec::new();
    while seen.len() < 3 * 16 {
        match worker.wait(|event| matches!(event, Event::Decoded { .. } | Event::Probed { .. }))? {
            Event::Decoded { pixels, .. } | Event::Probed { pixels } => seen.extend(pixels),
            _ => {}
        }
    }
    assert!(seen.iter().all(|&pixel| pixel > 0.6), "{seen:?}");
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_run_is_paused_resumed_and_stopped() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    let config = TrainingConfig {
        batch_size: 2,
        max_epochs: 100_000,
        patience: 100_000,
        ..TrainingConfig::reference()
    };
    worker.train(400, config)?;
    worker.wait(|event| matches!(event, Event::Progress { .. }))?;
    worker.commands.send(Command::Pause)?;
    worker.wait(|event| matches!(event, Event::Paused(true)))?;
    worker.commands.send(Command::Decode {
        serial: 3,
        latent: vec![0.1, -0.2],
    })?;
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
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_pause_is_not_part_of_an_epochs_seconds() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // It stands still but for the pause.
    let time = ManualClock::default();
    let shown = time.clone();
    let worker = Running::start_by(folder.path(), 400, Clock::new(move || shown.now()))?;
    let config = TrainingConfig {
        batch_size: 1,
        max_epochs: 1,
        ..TrainingConfig::reference()
    };
    worker.train(400, config)?;
    worker.wait(|event| matches!(event, Event::TrainingStarted { .. }))?;
    worker.commands.send(Command::Pause)?;
    worker.wait(|event| matches!(event, Event::Paused(true)))?;
    time.advance(Duration::from_secs(3600));
    worker.commands.send(Command::Resume)?;
    let Event::Epoch(metrics) = worker.wait(|event| matches!(event, Event::Epoch(_)))? else {
        return Err("no epoch".into());
    };
    assert_eq!(metrics.seconds, 0.0);
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn latents_come_within_a_long_epoch() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    // Each look at the clock takes a hundredth of a second of it.
    let time = ManualClock::default();
    let clock = Clock::new(move || {
        time.advance(Duration::from_millis(10));
        time.now()
    });
    let worker = Running::start_by(folder.path(), 400, clock)?;
    worker.wait(|event| matches!(event, Event::Latent(_)))?;
    let config = TrainingConfig {
        batch_size: 1,
        max_epochs: 1,
        ..TrainingConfig::reference()
    };
    worker.train(400, config)?;
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
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_run_that_diverges_says_where_and_the_next_one_works() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    let config = TrainingConfig {
        max_epochs: 2,
        ..TrainingConfig::reference()
    };
    let wild = TrainingConfig {
        learning_rate: 1e20,
        ..config.clone()
    };
    worker.train(400, wild)?;
    let (status, message) = worker.end()?;
    assert_eq!(status, RunStatus::Failed, "{message}");
    assert!(message.contains("in epoch 1, at step 2;"), "{message}");
    worker.train(400, config)?;
    let (status, message) = worker.end()?;
    assert_eq!(status, RunStatus::Completed, "{message}");
    Ok(())
}

/// A backend that fails in the second epoch of a run, and what stays.
fn a_fault_ends_the_run_alone(fault: &str, reason: &str) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start_with(folder.path(), 400, Some(fault))?;
    worker.latents()?;
    let config = TrainingConfig {
        batch_size: 4,
        max_epochs: 3,
        ..TrainingConfig::reference()
    };
    worker.train(400, config.clone())?;
    worker.wait(|event| matches!(event, Event::Epoch(_)))?;
    let good = worker.latents()?;
    let begun = Instant::now();
    let (status, message) = worker.end()?;
    assert_eq!(status, RunStatus::Failed, "{message}");
    assert!(
        message.contains(reason) && message.contains("last good weights"),
        "{message}"
    );
    // The rest of the time to 5 s is the machine's.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // The weights in memory are those of the first epoch.
    worker.commands.send(Command::Take(EndState::Last))?;
    assert_eq!(worker.latents()?, good);
    worker.commands.send(Command::Decode {
        serial: 1,
        latent: vec![0.1, -0.2],
    })?;
    worker.wait(|event| matches!(event, Event::Decoded { .. }))?;
    worker.train(400, config)?;
    let (status, message) = worker.end()?;
    assert_eq!(status, RunStatus::Completed, "{message}");
    let (records, _) = read_runs(&folder.path().join("runs"));
    let ends: Vec<_> = records
        .iter()
        .map(|record| (record.epochs.len(), record.outcome.as_ref().map(|end| end.status)))
        .collect();
    assert_eq!(
        ends,
        [(1, Some(RunStatus::Failed)), (3, Some(RunStatus::Completed))]
    );
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_backend_that_panics_ends_the_run_alone() -> Result<(), Box<dyn Error>> {
    a_fault_ends_the_run_alone("panic@130", "a panic was asked for")
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_backend_that_hangs_ends_the_run_alone() -> Result<(), Box<dyn Error>> {
    a_fault_ends_the_run_alone("hang@130", "does not answer any more")
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_window_that_closes_while_the_backend_hangs_is_not_waited_for_long() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start_with(folder.path(), 400, Some("hang@1"))?;
    worker.latents()?;
    worker.train(400, TrainingConfig::reference())?;
    worker.wait(|event| matches!(event, Event::TrainingStarted { .. }))?;
    let Running { commands, events } = worker;
    drop(commands);
    let until = Instant::now() + PATIENCE;
    while events.recv_deadline(until).is_ok() {}
    assert!(Instant::now() < until, "the worker is still there");
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn last_and_best_epoch_can_be_taken_and_are_on_record() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    worker.latents()?;
    // The labels mean nothing: the better they are learnt by heart, the worse the others are told.
    let config = TrainingConfig {
        learning_rate: 0.01,
        label_weight: 100.0,
        dropout_rate: 0.0,
        batch_size: 16,
        max_epochs: 6,
        ..TrainingConfig::reference()
    };
    worker.train(400, config)?;
    let (mut best, mut last) = (Vec::new(), Vec::new());
    let mut epochs = Vec::new();
    while epochs.len() < 6 {
        if let Event::Epoch(metrics) = worker.wait(|event| matches!(event, Event::Epoch(_)))? {
            last = worker.latents()?;
            if metrics.best {
                best.clone_from(&last);
            }
            epochs.push(metrics);
        }
    }
    worker.end()?;
    assert!(best != last, "the last epoch is the best, which tests nothing");
    for (which, expected) in [(EndState::Best, &best), (EndState::Last, &last)] {
        worker.commands.send(Command::Take(which))?;
        worker.wait(|event| matches!(event, Event::Taken(taken, _) if *taken == which))?;
        assert!(worker.latents()? == *expected, "{which:?}");
    }
    let runs = folder.path().join("runs");
    let records = read_runs(&runs).0;
    let [run @ RunRecord { epochs: recorded, .. }] = records.as_slice() else {
        return Err(format!("{records:?}").into());
    };
    // A time may come back from JSON one bit off.
    let without_times = |epochs: &[EpochMetrics]| -> Vec<EpochMetrics> {
        let epochs = epochs.iter();
        epochs
            .map(|&epoch| EpochMetrics {
                seconds: 0.0,
                ..epoch
            })
            .collect()
    };
    assert_eq!(without_times(recorded), without_times(&epochs));
    drop(worker);

    // The next start shows what was shown last, knows how it came to be, and has the other state too.
    let started = || -> Result<_, Box<dyn Error>> {
        let worker = Running::start(folder.path(), 400)?;
        let ready = worker.wait(|event| matches!(event, Event::ModelReady { .. }))?;
        let Event::ModelReady {
            checkpoint: Some(path),
            state,
            ..
        } = ready
        else {
            return Err(format!("{ready:?}").into());
        };
        let latents = worker.latents()?;
        Ok((worker, path, state, latents))
    };
    let (worker, path, state, latents) = started()?;
    assert_eq!(path, folder.path().join("ssvae.last.ckpt"));
    assert!(latents == last);
    let history = |state: &str| lineage::history(&[Arc::new(run.clone())], state);
    assert_eq!(without_times(&history(&state)), without_times(&epochs));
    worker.commands.send(Command::Take(EndState::Best))?;
    let taken = worker.wait(|event| matches!(event, Event::Taken(..)))?;
    let Event::Taken(EndState::Best, state) = taken else {
        return Err(format!("{taken:?}").into());
    };
    assert_eq!(history(&state).len(), run.best_epoch().unwrap_or_default());
    assert!(worker.latents()? == best);
    drop(worker);
    let (worker, path, _, latents) = started()?;
    assert_eq!(path, folder.path().join("ssvae.ckpt"));
    assert!(latents == best);

    // The run left its cloud, the labels that it was given, and its weights behind.
    let cloud = clouds::read(&clouds::cloud_path(&runs, &run.id), 400)?;
    assert_eq!(cloud.labels.iter().flatten().count(), run.labels.count);
    for (kept, expected) in cloud.latents.iter().zip(&last) {
        assert!(
            (kept - expected).abs() <= 0.001 * expected.abs().max(1.0),
            "{kept} {expected}"
        );
    }
    worker.commands.send(Command::BringBack(run.id.clone()))?;
    worker.wait(|event| matches!(event, Event::BroughtBack(_)))?;
    assert!(worker.latents()? == last);
    drop(worker);
    let (worker, _, _, latents) = started()?;
    assert!(
        latents == last,
        "what was brought back is shown by the next start"
    );

    // Of all that, as much is kept as is wished.
    worker.commands.send(Command::KeepAtMost(0))?;
    worker.train(
        400,
        TrainingConfig {
            max_epochs: 1,
            ..TrainingConfig::reference()
        },
    )?;
    worker.end()?;
    assert_eq!(clouds::stored(&runs).bytes, 0);
    assert_eq!(read_runs(&runs).0.len(), 2);
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_run_goes_on_with_what_it_is_given() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    worker.latents()?;
    let config = TrainingConfig {
        batch_size: 4,
        max_epochs: 100_000,
        patience: 100_000,
        ..TrainingConfig::reference()
    };
    worker.train(400, config.clone())?;
    worker.wait(|event| matches!(event, Event::Epoch(_)))?;
    let mut to = config.adjustment();
    to.recon_weight = 0.0;
    to.kl_weight = 0.0;
    worker.commands.send(Command::Adjust(to))?;
    worker.wait(|event| matches!(event, Event::Adjusted(adjusted) if adjusted.adjustment() == to))?;
    let last = worker.wait(|event| matches!(event, Event::Epoch(_)))?;
    let Event::Epoch(EpochMetrics { train, .. }) = last else {
        return Err(format!("{last:?}").into());
    };
    assert_eq!((train.reconstruction, train.kl), (0.0, 0.0));
    worker.commands.send(Command::Stop)?;
    worker.end()?;
    let records = read_runs(&folder.path().join("runs")).0;
    assert_eq!(records[0].config, config, "as it began");
    assert_eq!(records[0].adjustments.len(), 1);
    assert_eq!(records[0].adjustments[0].to, to);
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_checkpoint_that_another_program_wrote_meanwhile_stays() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    worker.latents()?;
    worker.commands.send(Command::Save)?;
    let saved = worker.wait(|event| matches!(event, Event::Saved { .. }))?;
    let Event::Saved { path, .. } = saved else {
        return Err("not saved".into());
    };
    let theirs = crate::checkpoint::load(&fixture("dense.ckpt"))?;
    let layout = theirs.layout().ok_or("no layout")?;
    crate::checkpoint::save(&path, &theirs, layout)?;
    let written = std::fs::read(&path)?;
    let config = TrainingConfig {
        max_epochs: 2,
        ..TrainingConfig::reference()
    };
    worker.train(400, config)?;
    let told = worker.wait(|event| matches!(event, Event::Error { .. }))?;
    let Event::Error { message } = told else {
        return Err("not told".into());
    };
    let beside = path.with_file_name("ssvae.2.ckpt");
    assert!(
        message.contains("by another program") && message.contains("ssvae.2.ckpt"),
        "{message}"
    );
    let (status, message) = worker.end()?;
    assert_eq!(status, RunStatus::Completed, "{message}");
    assert!(std::fs::read(&path)? == written, "it was written over");
    crate::checkpoint::load(&beside)?;
    Ok(())
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn what_the_disk_did_not_take_is_written_when_it_can_be() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let worker = Running::start(folder.path(), 400)?;
    worker.latents()?;
    let weights = folder.path().join("ssvae.ckpt");
    let (last, runs) = (checkpoint::last_path(&weights), folder.path().join("runs"));
    // Nothing can be written there.
    let block = || -> std::io::Result<()> {
        for path in [&weights, &last] {
            let _ = std::fs::remove_file(path);
            std::fs::create_dir_all(path.join("in the way"))?;
        }
        let _ = std::fs::remove_dir_all(&runs);
        std::fs::write(&runs, "in the way")
    };
    let config = TrainingConfig {
        max_epochs: 1,
        ..TrainingConfig::reference()
    };
    block()?;
    worker.train(400, config.clone())?;
    let mut failures = Vec::new();
    worker.wait(|event| match event {
        Event::Error { message } => {
            failures.push(message.clone());
            false
        }
        event => matches!(event, Event::Unwritten(true)),
    })?;
    assert!(
        failures.iter().any(|message| message.contains("ssvae.ckpt")),
        "{failures:?}"
    );
    for path in [&weights, &last] {
        std::fs::remove_dir_all(path)?;
    }
    std::fs::remove_file(&runs)?;
    worker.wait(|event| matches!(event, Event::Unwritten(false)))?;
    let (best, shown) = (checkpoint::load(&weights)?, checkpoint::load(&last)?);
    assert!(best.step > 0 && shown.step == best.step);
    let (records, _) = read_runs(&runs);
    let record = records.first().ok_or("no record")?;
    assert!(record.outcome.is_some() && clouds::weights_path(&runs, &record.id).exists());

    // At the end it is tried once more, and told.
    block()?;
    worker.train(400, config)?;
    worker.wait(|event| matches!(event, Event::Unwritten(true)))?;
    let Running { commands, events } = worker;
    drop(commands);
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::Error { .. }))
        .count();
    assert!(told > 0, "the loss is not told");
    Ok(())
}

#[test]
fn vectors_alone_have_a_cloud_and_no_model() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("features.csv"), "0,1\n2,3\n4,5\n")?;
    let running = Running::start_in(folder.path(), None, Clock::default())?;
    let next = || running.events.recv_timeout(PATIENCE);
    let Event::Dataset(dataset) = next()? else {
        panic!("no data set")
    };
    assert!(!dataset.has_images());
    let Event::Latent(snapshot) = next()? else {
        panic!("no cloud")
    };
    assert_eq!((snapshot.version, snapshot.len(), snapshot.latent_dim), (1, 3, 2));
    assert_eq!(snapshot.latents, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert!(snapshot.classes.is_empty());
    assert!(matches!(next()?, Event::Tested(Err(_))));
    running.commands.send(Command::Decode {
        serial: 0,
        latent: vec![0.0; 2],
    })?;
    running.commands.send(Command::Save)?;
    let Event::Error { message } = next()? else {
        panic!("it was saved")
    };
    assert!(message.contains("no images"), "{message}");
    assert!(!folder.path().join("ssvae.ckpt").exists());
    Ok(())
}
