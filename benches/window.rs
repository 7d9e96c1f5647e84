//! What the window costs and how quick it stays, measured in a real one: `cargo bench --bench window`.
//!
//! Idle: processor time while nothing happens. Labelling: from the key to the recoloured point, at rest and while a run
//! keeps all cores busy; by the event log, and by the pixels of the panel that changes in the same picture. Live: an
//! epoch in the window, whose cloud moves all the time, against the same epoch without a window, in turn.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ssvae_test_support::desktop::{Dashboard, Desktop, EPOCHS_FIELD, LEFT_PANEL, START, STOP, middle};
use ssvae_test_support::{Outcome, copy_of_the_data};

/// The program, which cargo names to tests and benches alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

/// The button of a label is filled while the sample carries it.
const BUTTONS: [f64; 2] = [1122.0, 440.0];
const ROUNDS: usize = 2;
const EPOCHS: usize = 8;
const LABELS: usize = 60;

fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    copy_of_the_data(folder.path())?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    println!("{}", machine());
    let (mut windowed, mut alone) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut window = Dashboard::open(&desktop, folder.path())?;
        let (view, _) = window.opened()?;
        desktop.focus()?;
        std::thread::sleep(Duration::from_secs(2));
        if round == 0 {
            idle(&window)?;
        }
        let mut keys = Keys::open(&desktop)?;
        desktop.click(middle(&view).ok_or("the view has no viewport")?)?;
        window.wait("selected")?;
        desktop.move_to(LEFT_PANEL)?;
        if round == 0 {
            labelling(&desktop, &mut window, &mut keys, "at rest")?;
        }
        desktop.click(EPOCHS_FIELD)?;
        desktop.xdotool(&["type", "200"])?;
        desktop.key("Return")?;
        desktop.click(START)?;
        window.wait("training_started")?;
        if round == 0 {
            window.wait("epoch")?;
            labelling(&desktop, &mut window, &mut keys, "while training")?;
        }
        let before = window.count("latent");
        let started = Instant::now();
        for _ in 0..EPOCHS {
            let epoch = window.wait("epoch")?;
            windowed.extend(epoch["seconds"].as_f64());
        }
        let shown = (window.count("latent") - before) as f64 / started.elapsed().as_secs_f64();
        if round == 0 {
            println!("new latents at rest on the screen while training: {shown:.1} a second");
        }
        desktop.click(STOP)?;
        window.wait("training_finished")?;
        window.close(&desktop)?;
        alone.extend(epochs_without_a_window(folder.path())?);
    }
    let ratio = percentile(&mut windowed, 0.5) / percentile(&mut alone, 0.5);
    println!(
        "an epoch in the window {}, without one {}: {ratio:.2} times as long",
        spread(&mut windowed, "s"),
        spread(&mut alone, "s")
    );
    Ok(())
}

fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    format!("{cores} cores of a {}", name.unwrap_or("processor").trim())
}

/// Processor time of the window's process in clock ticks of 10 ms.
fn ticks(window: &Dashboard) -> Outcome<u64> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", window.id()))?;
    let fields = text.rsplit(')').next().unwrap_or_default();
    let number =
        |i: usize| -> Outcome<u64> { Ok(fields.split_whitespace().nth(i).ok_or("no such field")?.parse()?) };
    Ok(number(11)? + number(12)?)
}

fn idle(window: &Dashboard) -> Outcome {
    let before = ticks(window)?;
    std::thread::sleep(Duration::from_secs(30));
    let spent = ticks(window)? - before;
    println!("idle for 30 s: {} ms of processor time", spent * 10);
    Ok(())
}

/// Presses keys without the time that starting a program takes.
struct Keys(Child);

impl Keys {
    fn open(desktop: &Desktop) -> Outcome<Self> {
        let process = Command::new("xdotool")
            .arg("-")
            .env("DISPLAY", desktop.display())
            .stdin(Stdio::piped())
            .spawn()?;
        Ok(Self(process))
    }

    fn press(&mut self, key: u8) -> Outcome {
        let input = self.0.stdin.as_mut().ok_or("no input")?;
        Ok(writeln!(input, "key {key}")?)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn labelling(desktop: &Desktop, window: &mut Dashboard, keys: &mut Keys, when: &str) -> Outcome {
    let (mut logged, mut seen, mut saved) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..LABELS {
        // Not in step with anything that the program does.
        std::thread::sleep(Duration::from_millis(250 + (i as u64 * 67) % 300));
        let before = desktop.pixels(BUTTONS, 60)?;
        let pressed = Instant::now();
        keys.press(1 + (i % 9) as u8)?;
        while desktop.pixels(BUTTONS, 60)? == before {
            // Looking takes the processor from the window.
            std::thread::sleep(Duration::from_millis(3));
            if pressed.elapsed() > Duration::from_secs(10) {
                return Err("no button changed".into());
            }
        }
        seen.push(pressed.elapsed().as_secs_f64() * 1e3);
        let recoloured = window.wait("recoloured")?;
        logged.extend(recoloured["ms"].as_f64());
    }
    for event in window.events() {
        if event["event"] == "labelled" {
            saved.extend(event["ms"].as_f64());
        }
    }
    let saved = &mut saved.split_off(saved.len().saturating_sub(LABELS));
    println!("a label {when}, {LABELS} of them, median (95 %, largest):");
    println!(
        "  from the key to the picture, by the event log: {}",
        tail(&mut logged)
    );
    println!("  from xdotool to changed pixels: {}", tail(&mut seen));
    println!("  until it was on the disk: {}", tail(saved));
    Ok(())
}

/// Seconds of the epochs but the first, by the record of the run.
fn epochs_without_a_window(folder: &Path) -> Outcome<Vec<f64>> {
    let status = Command::new(SSVAE)
        .current_dir(folder)
        .args(["train", "--backend", "cpu", "--weights", "alone/ssvae.ckpt"])
        .args(["--runs", "alone/runs", "--max-epochs", &(EPOCHS + 1).to_string()])
        .stdout(Stdio::null())
        .status()?;
    if !status.success() {
        return Err("training without a window failed".into());
    }
    let (records, _) = ssvae_core::outputs::runs::read_runs(&folder.join("alone/runs"));
    let last = records.last().ok_or("no record")?;
    Ok(last.epochs.iter().skip(1).map(|row| row.seconds).collect())
}

fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len().max(1)) - 1;
    values.get(at).copied().unwrap_or(f64::NAN)
}

fn tail(values: &mut [f64]) -> String {
    let [median, p95, largest] = [0.5, 0.95, 1.0].map(|share| percentile(values, share));
    format!("{median:.1} ms ({p95:.1}, {largest:.1})")
}

fn spread(values: &mut [f64], unit: &str) -> String {
    let [smallest, median, largest] = [0.0, 0.5, 1.0].map(|share| percentile(values, share));
    format!("{median:.2} {unit} ({smallest:.2} to {largest:.2})")
}
