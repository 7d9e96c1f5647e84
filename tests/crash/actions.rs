//! The record of what the labelling process asked for and what it was told. Each line is one `write`, which a killed
//! process leaves whole.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use ssvae_test_support::Outcome;

/// A label, or none.
pub type Value = Option<u8>;

pub struct Actions(File);

impl Actions {
    pub fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self(OpenOptions::new().create(true).append(true).open(path)?))
    }

    fn line(&mut self, text: String) -> std::io::Result<()> {
        self.0.write_all(text.as_bytes())
    }

    pub fn begun(&mut self) -> std::io::Result<()> {
        self.line("begun\n".into())
    }

    pub fn asked(&mut self, serial: u32, label: Value) -> std::io::Result<()> {
        self.line(format!("asked {serial} {}\n", written(label)))
    }

    pub fn saved(&mut self, serial: u32, label: Value) -> std::io::Result<()> {
        self.line(format!("saved {serial} {}\n", written(label)))
    }

    pub fn failed(&mut self, serial: u32, label: Value, message: &str) -> std::io::Result<()> {
        let message = message.replace('\n', " ");
        self.line(format!("failed {serial} {} {message}\n", written(label)))
    }
}

fn written(label: Value) -> String {
    label.map_or("-".into(), |label| label.to_string())
}

/// What the file must say at the end, by that record.
#[derive(Default)]
pub struct Claims {
    serials: HashMap<u32, Claim>,
    pub lives: usize,
    pub confirmed: usize,
    pub failed: usize,
    pub messages: HashSet<String>,
    /// Labels that were asked for, of samples that nobody knows, and neither confirmed nor refused.
    pub loose: Vec<u8>,
    /// What was confirmed, in order: serial, label before, label after.
    pub trail: Vec<(u32, Value, Value)>,
    /// Epochs and saved models that a window has told of.
    pub epochs: usize,
    pub models: usize,
}

#[derive(Debug, Default)]
pub struct Claim {
    /// The last that was told as saved.
    pub confirmed: Option<Value>,
    /// UserIntent for since, and not told as saved.
    maybe: Vec<Value>,
}

impl Claim {
    pub fn allows(&self, value: Value) -> bool {
        value == self.confirmed.flatten() || self.maybe.contains(&value)
    }
}

impl Claims {
    pub fn read(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut claims = Self::default();
        let mut asked = VecDeque::new();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        for line in text.lines() {
            claims
                .take(line, &mut asked)
                .map_err(|error| format!("{}: {line}: {error}", path.display()))?;
        }
        Ok(claims)
    }

    fn take(&mut self, line: &str, asked: &mut VecDeque<(u32, Value)>) -> Outcome {
        let mut words = line.splitn(4, ' ');
        let what = words.next().ok_or("no word")?;
        if what == "begun" {
            self.lives += 1;
            asked.clear();
            return Ok(());
        }
        let serial: u32 = words.next().ok_or("no serial")?.parse()?;
        let label = match words.next().ok_or("no label")? {
            "-" => None,
            label => Some(label.parse()?),
        };
        if what == "asked" {
            self.serials.entry(serial).or_default().maybe.push(label);
            asked.push_back((serial, label));
            return Ok(());
        }
        let front = asked.pop_front();
        if front != Some((serial, label)) {
            return Err(format!("{front:?} was to be answered").into());
        }
        if what == "failed" {
            self.failed += 1;
            self.messages.insert(words.next().unwrap_or_default().into());
            return Ok(());
        }
        self.confirm(serial, label);
        for &(_, label) in asked.iter().filter(|&&(other, _)| other == serial) {
            self.allow(serial, label);
        }
        Ok(())
    }

    /// This label was told as saved.
    pub fn confirm(&mut self, serial: u32, label: Value) {
        self.confirmed += 1;
        let claim = self.serials.entry(serial).or_default();
        claim.maybe.clear();
        let before = claim.confirmed.replace(label).flatten();
        self.trail.push((serial, before, label));
    }

    /// What `keys` undoes and redoes may have reversed after what was confirmed, and one more: serial, label before, label
    /// after. An answer that takes the action before it back may have come of an undo, after which the next one goes on
    /// further back; or of other keys.
    pub fn reversible(&self, keys: usize) -> Vec<(u32, Value, Value)> {
        if keys == 0 {
            return Vec::new();
        }
        let (mut done, mut undone): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
        for &(serial, before, after) in &self.trail {
            if done.last() == Some(&(serial, after, before)) {
                undone.extend(done.pop());
            } else {
                done.push((serial, before, after));
            }
        }
        let last = |of: &[(u32, Value, Value)]| of.iter().rev().take(keys + 1).copied().collect::<Vec<_>>();
        [last(&done), last(&undone), last(&self.trail)].concat()
    }

    /// The file may say so, too.
    pub fn allow(&mut self, serial: u32, label: Value) {
        self.serials.entry(serial).or_default().maybe.push(label);
    }

    /// A refusal that was told.
    pub fn refuse(&mut self, serial: u32, label: Value, message: &str) {
        self.failed += 1;
        self.messages.insert(message.into());
        self.allow(serial, label);
    }

    pub fn serials(&self) -> impl Iterator<Item = (u32, &Claim)> {
        self.serials.iter().map(|(&serial, claim)| (serial, claim))
    }

    pub fn get(&self, serial: u32) -> Option<&Claim> {
        self.serials.get(&serial)
    }
}
