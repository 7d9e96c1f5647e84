//! Hours in the real window: memory, handles, threads and the time of a picture at the end, against those after the first
//! ten minutes. `scripts/soak.sh` runs it.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use ssvae_test_support::desktop::{Dashboard, Desktop, LEFT_PANEL, middle};
use ssvae_test_support::{Outcome, copy_of_the_data, pause, until};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

/// The window has come to rest by then: caches are filled, the first runs are on record.
const WARM_UP: Duration = Duration::from_secs(600);

/// Rounds in each of two windows whose pictures are compared at the end.
const PAIRS: usize = 7;

/// What the process holds, at rest.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Resident, and of that not backed by a file; KiB.
    resident: u64,
    anonymous: u64,
    handles: u64,
    threads: u64,
    /// Median from a key to the picture with the new colour, and the longest; milliseconds.
    picture: f64,
    slowest: f64,
}

#[test]
#[ignore = "takes hours; scripts/soak.sh runs it"]
fn a_window_that_is_used_for_hours_stays_as_it_was() -> Outcome {
    let minutes: f64 = std::env::var("SSVAE_SOAK_MINUTES")
        .unwrap_or("120".into())
        .parse()?;
    let whole = Duration::from_secs_f64(minutes * 60.0);
    let warm_up = WARM_UP.min(whole / 3);
    let folder = tempfile::tempdir()?;
    copy_of_the_data(folder.path())?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder.path())?;
    let (view, _) = window.opened()?;
    desktop.focus()?;
    let centre = middle(&view).ok_or("the view has no viewport")?;

    println!("minute | resident MiB | anonymous MiB | handles | threads | picture ms (slowest)");
    let begun = Instant::now();
    let mut rounds: Vec<(Duration, Held)> = Vec::new();
    while begun.elapsed() < whole {
        let seen = window.count("recoloured");
        round(&desktop, &window, centre).map_err(|error| {
            let events = window.events();
            let last: Vec<String> = events.iter().rev().take(12).map(Value::to_string).collect();
            format!("{error}; the last events, backwards: {last:#?}")
        })?;
        let held = held(&window, seen)?;
        let at = begun.elapsed();
        println!(
            "{:6.1} | {:6.1} | {:6.1} | {} | {} | {:.0} ({:.0})",
            at.as_secs_f64() / 60.0,
            held.resident as f64 / 1024.0,
            held.anonymous as f64 / 1024.0,
            held.handles,
            held.threads,
            held.picture,
            held.slowest
        );
        rounds.push((at, held));
    }
    let errors: Vec<Value> = window
        .events()
        .into_iter()
        .filter(|event| event["event"] == "error")
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let pictures = beside_a_fresh_window(&desktop, &window, folder.path(), centre)?;
    window.close(&desktop)?;
    judge(&rounds, warm_up, pictures)
}

/// Median time of a picture in this window and in one that has just been opened on a copy of its files, in turns: what else
/// the machine does meanwhile slows both down.
fn beside_a_fresh_window(
    desktop: &Desktop,
    window: &Dashboard,
    folder: &Path,
    centre: [f64; 2],
) -> Outcome<[f64; 2]> {
    let copy = tempfile::tempdir()?;
    let copied = std::process::Command::new("cp")
        .args(["-r", "--", "."])
        .arg(copy.path())
        .current_dir(folder)
        .status()?;
    if !copied.success() {
        return Err("the files cannot be copied".into());
    }
    let second = Desktop::start(SSVAE, "1280x800")?;
    let mut fresh = Dashboard::open(&second, copy.path())?;
    fresh.opened()?;
    second.focus()?;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..PAIRS {
        for ((desktop, window), times) in [(desktop, window), (&second, &fresh)].into_iter().zip(&mut times) {
            let seen = window.count("recoloured");
            round(desktop, window, centre)?;
            times.push(held(window, seen)?.picture);
        }
    }
    fresh.close(&second)?;
    Ok(times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }))
}

/// The last rounds of the warm-up against the last of all; `aged`, `fresh`: milliseconds of a picture.
fn judge(rounds: &[(Duration, Held)], warm_up: Duration, [aged, fresh]: [f64; 2]) -> Outcome {
    let warm: Vec<Held> = rounds
        .iter()
        .filter(|(at, _)| *at <= warm_up)
        .map(|&(_, held)| held)
        .collect();
    let all: Vec<Held> = rounds.iter().map(|&(_, held)| held).collect();
    let some = |held: &[Held]| held[held.len().saturating_sub(5)..].to_vec();
    let (first, last) = (some(&warm), some(&all));
    if first.is_empty() || all.len() < warm.len() + first.len() {
        return Err(format!("only {} rounds", all.len()).into());
    }
    let median = |held: &[Held], of: fn(&Held) -> f64| {
        let mut values: Vec<f64> = held.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let most = |held: &[Held], of: fn(&Held) -> u64| held.iter().map(of).max().unwrap_or(0);
    let memory = [&first, &last].map(|held| median(held, |held| held.resident as f64) / 1024.0);
    let growth = memory[1] / memory[0] - 1.0;
    let handles = [&first, &last].map(|held| most(held, |held| held.handles));
    let threads = [&first, &last].map(|held| most(held, |held| held.threads));
    println!(
        "after {:.0} minutes → at the end: {:.1} → {:.1} MiB ({:+.1} %), handles {} → {}, threads {} → {}; a picture takes {aged:.0} ms, {fresh:.0} ms in a fresh window",
        warm_up.as_secs_f64() / 60.0,
        memory[0],
        memory[1],
        100.0 * growth,
        handles[0],
        handles[1],
        threads[0],
        threads[1]
    );
    assert!(growth < 0.05, "memory has grown by {:.1} %", 100.0 * growth);
    assert!(handles[1] <= handles[0], "there are more handles");
    assert!(threads[1] <= threads[0], "there are more threads");
    assert!(aged < 1.25 * fresh + 10.0, "pictures take longer");
    Ok(())
}

/// Half a minute of everything, ended at rest.
fn round(desktop: &Desktop, window: &Dashboard, [x, y]: [f64; 2]) -> Outcome {
    let keys = |names: &[&str], rest: u64| -> Outcome {
        for name in names {
            desktop.xdotool(&["key", name])?;
            pause(rest);
        }
        Ok(())
    };
    desktop.move_to(LEFT_PANEL)?;
    keys(&["Escape", "ctrl+1", "n"], 200)?;
    keys(&["3", "1", "4", "1", "5", "9", "2", "6", "5", "3"], 250)?;
    keys(
        &["p", "d", "n", "ctrl+z", "ctrl+z", "ctrl+shift+z", "s", "u"],
        200,
    )?;
    // The colours, and back.
    keys(
        &[
            "ctrl+2", "ctrl+3", "ctrl+4", "ctrl+5", "ctrl+6", "t", "t", "ctrl+1",
        ],
        300,
    )?;
    // Pan, zoom, fit.
    desktop.move_to([x, y])?;
    desktop.xdotool(&["mousedown", "1"])?;
    for step in 1..20 {
        let at = [x + f64::from(step) * 4.0, y - f64::from(step) * 3.0];
        desktop.xdotool(&["mousemove", &format!("{:.0}", at[0]), &format!("{:.0}", at[1])])?;
        pause(16);
    }
    desktop.xdotool(&["mouseup", "1"])?;
    for wheel in ["4", "5"] {
        desktop.xdotool(&["click", "--repeat", "8", "--delay", "40", wheel])?;
        pause(300);
    }
    keys(&["f"], 400)?;
    // A lasso, its images, no selection.
    desktop.xdotool(&["keydown", "Shift_L", "mousedown", "1"])?;
    for (dx, dy) in [(50.0, 0.0), (50.0, 50.0), (0.0, 50.0)] {
        desktop.move_to([x + dx, y + dy])?;
    }
    desktop.xdotool(&["mouseup", "1", "keyup", "Shift_L"])?;
    pause(300);
    keys(&["e", "Escape", "Escape"], 500)?;
    // What the model has for the place under the cursor, and all over the view.
    keys(&["b", "b", "m", "m"], 500)?;
    // Two epochs.
    desktop.move_to(LEFT_PANEL)?;
    let epochs = window.count("epoch");
    let ends = window.count("training_finished");
    keys(&["ctrl+Return"], 300)?;
    until(|| window.count("epoch") >= epochs + 2, "two epochs did not come")?;
    keys(&["n", "7", "8"], 250)?;
    keys(&["ctrl+period"], 300)?;
    until(
        || window.count("training_finished") > ends,
        "the end of the run did not come",
    )?;
    rest(window)
}

/// Waits until the process has used next to no processor time for three seconds in a row: what follows a run is done then, and
/// freed memory has been given back.
fn rest(window: &Dashboard) -> Outcome {
    let ticks = || -> Outcome<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", window.id()))?;
        // `utime` and `stime`, see proc_pid_stat(5); the second field, in parentheses, may hold anything.
        let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        Ok(ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum())
    };
    let (mut before, mut quiet) = (ticks()?, 0);
    for _ in 0..60 {
        pause(1_000);
        let now = ticks()?;
        quiet = if now - before < 10 { quiet + 1 } else { 0 };
        before = now;
        if quiet == 3 {
            return Ok(());
        }
    }
    Err("the window does not come to rest".into())
}

/// What the process holds now; pictures since the `seen`-th.
fn held(window: &Dashboard, seen: usize) -> Outcome<Held> {
    let process = Path::new("/proc").join(window.id().to_string());
    let status = std::fs::read_to_string(process.join("status"))?;
    let number = |name: &str| -> Outcome<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let word = line.and_then(|line| line.split_whitespace().next());
        Ok(word.ok_or("no such line")?.parse()?)
    };
    let pictures = window
        .events()
        .into_iter()
        .filter(|event| event["event"] == "recoloured");
    let mut pictures: Vec<f64> = pictures
        .skip(seen)
        .filter_map(|event| event["ms"].as_f64())
        .collect();
    pictures.sort_by(f64::total_cmp);
    Ok(Held {
        resident: number("VmRSS:")?,
        anonymous: number("RssAnon:")?,
        handles: std::fs::read_dir(process.join("fd"))?.count() as u64,
        threads: number("Threads:")?,
        picture: pictures.get(pictures.len() / 2).copied().unwrap_or_default(),
        slowest: pictures.last().copied().unwrap_or_default(),
    })
}
