//! The real window under Xvfb, typed into and killed.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;
use ssvae_test_support::desktop::{Dashboard, Desktop};
use ssvae_test_support::pause;

use super::actions::{Claims, Value};
use super::files::{broken_files, temporaries, write_images};
use super::labeller;
use super::others::{Other, Way};
use super::shim::Shim;
use super::verdict::{Verdict, first_text};
use super::{Goal, Result};

const SIZE: &str = "900x640";
const ARGUMENTS: [&str; 4] = ["--data-dir", "data", "--size", SIZE];
const IMAGES: u32 = 5_000;
/// How long an answer is waited for before the next key.
const ANSWER: Duration = Duration::from_millis(600);

pub fn kill_for(goal: Goal, ways: &[Way], seed: u64, shim: &Shim) -> Result<Verdict> {
    kill(goal, ways, seed, shim).map_err(|error| error.to_string().into())
}

fn kill(
    goal: Goal,
    ways: &[Way],
    seed: u64,
    shim: &Shim,
) -> std::result::Result<Verdict, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_images(&folder.join("data"), IMAGES)?;
    let path = labeller::labels(folder);
    std::fs::write(&path, first_text())?;
    let desktop = Desktop::start(env!("CARGO_BIN_EXE_ssvae"), SIZE)?;
    let mut typist = Typist::start(&desktop, seed)?;
    let mut other = Other::new(ways, &path, seed);
    let (stop, writing) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut claims = Claims::default();
    let mut broken = Vec::new();
    let (killed, rewritten) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| other.run(&stop, &writing));
        let begun = Instant::now();
        let mut kills = 0;
        let mut killed = Ok(0);
        while !goal.reached(begun, kills) && killed.is_ok() {
            killed = live(&desktop, folder, &mut typist, shim, &mut claims, &mut broken)
                .map(|()| kills + 1)
                .map_err(|error| format!("after {kills} kills: {error}"));
            kills += 1;
        }
        stop.store(true, Ordering::Release);
        (killed, beside.join())
    });
    rewritten.map_err(|_| "the other program has panicked")??;
    let kills = killed?;
    // Once more, in peace.
    let mut window = Dashboard::open_with(&desktop, folder, &ARGUMENTS)?;
    window.opened()?;
    pause(1500);
    window.close(&desktop)?;
    let mut verdict = Verdict::of(folder, kills, &claims, &other)?;
    (verdict.epochs, verdict.models) = (claims.epochs, claims.models);
    verdict.broken.append(&mut broken);
    let model = folder.join("artifacts");
    if model.exists() {
        verdict.strays.extend(temporaries(&model)?);
    }
    Ok(verdict)
}

/// One life of a window: it opens, it is typed into for a while, it is killed.
fn live(
    desktop: &Desktop,
    folder: &Path,
    typist: &mut Typist,
    shim: &Shim,
    claims: &mut Claims,
    broken: &mut Vec<String>,
) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let clock = shim.clock([-10, 0, 10][typist.dice.random_range(0..3)]);
    let environment: Vec<(&str, &str)> = clock
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut window = Dashboard::open_in(desktop, folder, &ARGUMENTS, &environment)?;
    let mut typed = Vec::new();
    // One of eight does not live to see its cloud.
    if typist.dice.random_range(0..8) == 0 {
        pause(typist.dice.random_range(10..400));
    } else {
        window.opened()?;
        desktop.focus()?;
        let time = Duration::from_millis(typist.dice.random_range(300..2_000));
        typed = typist.type_for(time, || window.count("labelled"))?;
    }
    window.kill()?;
    let events = window.events();
    claims.lives += 1;
    take(&events, &typed, claims);
    broken.extend(broken_files(&folder.join("artifacts")).unwrap_or_default());
    if claims.models > 0 && !folder.join("artifacts/checkpoints/ssvae.ckpt").exists() {
        broken.push("no model after one was told as saved".into());
    }
    Ok(())
}

/// Takes what the window told, and what it may have done without having told it.
fn take(events: &[Json], typed: &[Key], claims: &mut Claims) {
    let error = |event: &&Json| event["event"] == "error";
    let message = events
        .iter()
        .rfind(error)
        .map(|event| event["message"].to_string());
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    claims.epochs += count("epoch");
    claims.models += count("saved");
    // Answers come in the order of the keys, some of which change nothing.
    let mut open: &[Key] = typed;
    for event in events.iter().filter(|event| event["event"] == "labelled") {
        let Some(serial) = event["serial"].as_u64().and_then(|serial| serial.try_into().ok()) else {
            continue;
        };
        let label = event["label"].as_u64().and_then(|label| label.try_into().ok());
        if let Some(place) = open.iter().position(|key| key.may_answer(label)) {
            open = &open[place + 1..];
        }
        if event["saved"] == true {
            claims.confirm(serial, label);
        } else {
            claims.refuse(serial, label, message.as_deref().unwrap_or("no message"));
        }
    }
    let count = |wanted: fn(Key) -> bool| open.iter().filter(|&&key| wanted(key)).count();
    let back = count(|key| key == Key::Back);
    let reversing = count(|key| matches!(key, Key::Undo | Key::Redo));
    let trail = |length: usize| -> Vec<(u32, Value, Value)> {
        let ended = claims.trail.iter().rev().take(length);
        ended.copied().collect()
    };
    // Back leads to one of those that were labelled before, also in another life.
    let gone_back = trail(if back > 0 { back + 3 } else { 0 });
    for (serial, before, after) in claims.reversible(reversing) {
        claims.allow(serial, before);
        claims.allow(serial, after);
    }
    for key in open {
        let label = match *key {
            Key::Digit(label) => {
                claims.loose.push(label);
                Some(label)
            }
            Key::Delete => None,
            _ => continue,
        };
        for &(serial, ..) in &gone_back {
            claims.allow(serial, label);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Next,
    Digit(u8),
    Back,
    Delete,
    Undo,
    Redo,
    Train,
    Stop,
}

impl Key {
    /// Whether it may change a label.
    fn acts(self) -> bool {
        matches!(self, Self::Digit(_) | Self::Delete | Self::Undo | Self::Redo)
    }

    /// Whether it may have led to this label.
    fn may_answer(self, label: Value) -> bool {
        match self {
            Self::Digit(digit) => label == Some(digit),
            Self::Delete => label.is_none(),
            Self::Undo | Self::Redo => true,
            _ => false,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Next => "n".into(),
            Self::Digit(label) => label.to_string(),
            Self::Back => "p".into(),
            Self::Delete => "d".into(),
            Self::Undo => "ctrl+z".into(),
            Self::Redo => "ctrl+shift+z".into(),
            Self::Train => "ctrl+Return".into(),
            Self::Stop => "ctrl+period".into(),
        }
    }
}

/// Who types, by one xdotool that lives as long as the desktop.
struct Typist {
    process: Child,
    dice: ChaCha8Rng,
}

impl Typist {
    fn start(desktop: &Desktop, seed: u64) -> std::io::Result<Self> {
        let process = Command::new("xdotool")
            .arg("-")
            .env("DISPLAY", desktop.display())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            process,
            dice: ChaCha8Rng::seed_from_u64(seed),
        })
    }

    /// Types until the time is over, in the middle of whatever goes on then. Waits for the answers, of which `answered`
    /// has come, so that little is open when the window is killed.
    fn type_for(&mut self, time: Duration, answered: impl Fn() -> usize) -> std::io::Result<Vec<Key>> {
        let end = Instant::now() + time;
        let mut typed = Vec::new();
        self.press(Key::Next, &mut typed)?;
        if self.dice.random_bool(0.3) {
            self.press(Key::Train, &mut typed)?;
        }
        while Instant::now() < end {
            let label = Key::Digit(self.dice.random_range(0..10));
            let keys = match self.dice.random_range(0..40) {
                0..3 => vec![Key::Undo],
                3 => vec![Key::Redo],
                4 => vec![Key::Back, Key::Delete, Key::Next],
                5 => vec![Key::Back, label, Key::Next],
                6 => vec![Key::Stop],
                7 => vec![Key::Train],
                8..12 => vec![label; 4],
                _ => vec![label],
            };
            let wanted = answered() + keys.iter().filter(|key| key.acts()).count();
            for key in keys {
                self.press(key, &mut typed)?;
            }
            // A key may change nothing.
            let patience = end.min(Instant::now() + ANSWER);
            while answered() < wanted && Instant::now() < patience {
                pause(10);
            }
        }
        Ok(typed)
    }

    fn press(&mut self, key: Key, typed: &mut Vec<Key>) -> std::io::Result<()> {
        typed.push(key);
        let input = self.process.stdin.as_mut();
        let input = input.ok_or_else(|| std::io::Error::other("xdotool has no input"))?;
        writeln!(input, "key --delay 2 {}", key.name())
    }
}

impl Drop for Typist {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
