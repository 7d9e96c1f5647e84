//! A process that labels at full speed with the window's own [`LabelStore`], until it is killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ssvae_core::classes::ClassCount;
use ssvae_core::labels::{Action, Change, LabelEvent, LabelStore, Line, Step};
use ssvae_test_support::Outcome;

use super::actions::{Actions, Value};

/// Samples of the data set.
pub const SAMPLES: usize = 60_000;
/// Serials from 0 that we label; the others belong to other programs.
pub const OURS: u32 = 40_000;

const FOLDER: &str = "SSVAE_CRASH_FOLDER";
const LIFE: &str = "SSVAE_CRASH_LIFE";
const CHANGES: &str = "SSVAE_CRASH_CHANGES";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Fresh serials of one life.
const PER_LIFE: u32 = 150;
/// How long a start that is not killed lasts, in milliseconds.
const REST: &str = "SSVAE_CRASH_REST";

pub fn labels(folder: &Path) -> PathBuf {
    folder.join("data/labels.csv")
}

pub fn record(folder: &Path) -> PathBuf {
    folder.join("actions.log")
}

/// Opens the labels once more, waits so long, and closes them. Returns how it ended.
pub fn open_and_close(folder: &Path, rest: Duration) -> std::io::Result<ExitStatus> {
    let rest = (REST, rest.as_millis().to_string());
    spawn(folder, None, &[rest])?.wait()
}

/// Starts this test binary as that process.
pub fn spawn(folder: &Path, life: Option<u32>, environment: &[(&str, String)]) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["the_labelling_process", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(life) = life {
        command.env(LIFE, life.to_string());
    }
    command.spawn()
}

/// Starts this test binary to make some changes one after the other, those that fail once more at the end, and to end.
pub fn spawn_some(folder: &Path, environment: &[(&str, String)]) -> std::io::Result<Child> {
    let mut environment = environment.to_vec();
    environment.push((CHANGES, "1".into()));
    spawn(folder, Some(0), &environment)
}

/// What the process does. Nothing without its environment.
pub fn run() -> Outcome {
    let Ok(folder) = std::env::var(FOLDER) else {
        return Ok(());
    };
    let folder = Path::new(&folder);
    let Ok(life) = std::env::var(LIFE) else {
        let (store, ..) = LabelStore::open(&labels(folder), SAMPLES, ClassCount::default(), Arc::new(|| {}));
        let rest = std::env::var(REST)?.parse()?;
        std::thread::sleep(Duration::from_millis(rest));
        drop(store);
        return Ok(());
    };
    let labeller = Labeller::open(folder, life.parse()?)?;
    match std::env::var(CHANGES) {
        Ok(_) => labeller.label_some(),
        Err(_) => labeller.label_for_ever(),
    }
}

struct Labeller {
    store: LabelStore,
    labels: ssvae_core::labels::Labels,
    actions: Actions,
    dice: ChaCha8Rng,
    fresh: std::ops::Range<u32>,
    /// What this process has done, to relabel, delete and undo: serial and the label before.
    done: Vec<(u32, Value)>,
}

impl Labeller {
    fn open(folder: &Path, life: u32) -> Result<Self, Box<dyn std::error::Error>> {
        let mut actions = Actions::open(&record(folder))?;
        let (store, opened) =
            LabelStore::open(&labels(folder), SAMPLES, ClassCount::default(), Arc::new(|| {}));
        let labels = opened.labels;
        actions.begun()?;
        let first = (life * PER_LIFE) % (OURS - PER_LIFE);
        Ok(Self {
            store,
            labels,
            actions,
            dice: ChaCha8Rng::seed_from_u64(life.into()),
            fresh: first..first + PER_LIFE,
            done: Vec::new(),
        })
    }

    fn label_for_ever(mut self) -> Outcome {
        loop {
            let changes = self.plan();
            for &Change { serial, label } in &changes {
                self.actions.asked(serial, label)?;
            }
            self.request(&changes);
            let patience = Duration::from_millis(self.dice.random_range(0..25));
            self.hear(patience)?;
        }
    }

    /// As the window does: with the line of the history.
    fn request(&mut self, changes: &[Change]) {
        let mut steps = Vec::new();
        for &Change { serial, label } in changes {
            let before = self.labels.set(serial, label);
            self.done.push((serial, before));
            let after = label;
            steps.push(Step {
                serial,
                before,
                after,
            });
        }
        self.store.request(changes, vec![Line::Done(Action::new(steps))]);
    }

    fn label_some(mut self) -> Outcome {
        let plan = [
            (1, Some(3)),
            (2, Some(4)),
            (1, None),
            (300, Some(5)),
            (300, Some(6)),
        ];
        let mut failed = Vec::new();
        for (serial, label) in plan {
            if !self.change(Change { serial, label })? {
                failed.push(Change { serial, label });
            }
        }
        for change in failed {
            self.change(change)?;
        }
        Ok(())
    }

    /// Whether it was saved.
    fn change(&mut self, change: Change) -> Result<bool, Box<dyn std::error::Error>> {
        self.actions.asked(change.serial, change.label)?;
        self.request(&[change]);
        loop {
            match self.store.events().recv_timeout(PATIENCE)? {
                LabelEvent::Saved { change, .. } => {
                    self.actions.saved(change.serial, change.label)?;
                    return Ok(true);
                }
                LabelEvent::Failed { change, message, .. } => {
                    self.actions.failed(change.serial, change.label, &message)?;
                    return Ok(false);
                }
                _ => {}
            }
        }
    }

    fn plan(&mut self) -> Vec<Change> {
        let label = Some(self.dice.random_range(0..10));
        let some = match self.done.len() {
            0 => None,
            done => Some(self.dice.random_range(0..done)),
        };
        let kind = self.dice.random_range(0..100);
        let one = |serial, label| vec![Change { serial, label }];
        match (kind, some) {
            (0..12, Some(some)) => one(self.done[some].0, label),
            (12..20, Some(some)) => one(self.done[some].0, None),
            (20..32, Some(_)) => match self.done.pop() {
                Some((serial, before)) => one(serial, before),
                None => Vec::new(),
            },
            (32..34, _) => {
                let many = self.fresh.by_ref().take(12);
                many.map(|serial| Change { serial, label }).collect()
            }
            _ => match self.fresh.next() {
                Some(serial) => one(serial, label),
                // A long life labels those of others anew.
                None => one(self.dice.random_range(0..OURS), label),
            },
        }
    }

    /// Notes what the store tells, for so long.
    fn hear(&mut self, patience: Duration) -> Outcome {
        let end = std::time::Instant::now() + patience;
        while let Ok(event) = self.store.events().recv_deadline(end) {
            match event {
                LabelEvent::Saved { change, .. } => self.actions.saved(change.serial, change.label)?,
                LabelEvent::Failed { change, message, .. } => {
                    self.actions.failed(change.serial, change.label, &message)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
