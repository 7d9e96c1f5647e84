//! The crash test: processes that are killed at any moment, other programs that rewrite the labels from what they read
//! seconds ago, clocks that differ; an independent reader says what is lost. A short form is part of the tests;
//! `scripts/crash-test.sh` is the long one.

mod actions;
mod disk;
mod faults;
mod files;
mod labeller;
mod others;
mod shim;
mod table;
mod train;
mod verdict;
mod window;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actions::Claims;
use others::{Other, WAYS, Way};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shim::Shim;
use ssvae_test_support::Outcome;
use table::Table;
use verdict::Verdict;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long the long form takes, in minutes. Without this variable it is the short form.
const MINUTES: &str = "SSVAE_CRASH_MINUTES";

fn minutes() -> Option<f64> {
    std::env::var(MINUTES).ok()?.parse().ok()
}

/// When a part has gone on long enough: so long, and so many kills.
#[derive(Clone, Copy)]
struct Goal {
    time: Duration,
    kills: usize,
}

impl Goal {
    /// Seconds of the short form; the share of the long form's time, and the kills of each of its minutes.
    fn new(short: u64, share: f64, kills: f64) -> Self {
        match minutes() {
            None => Self {
                time: Duration::from_secs(short),
                kills: 3,
            },
            Some(minutes) => Self {
                time: Duration::from_secs_f64(minutes * 60.0 * share),
                kills: (minutes * kills).ceil() as usize,
            },
        }
    }

    fn reached(&self, begun: Instant, kills: usize) -> bool {
        begun.elapsed() > self.time && kills >= self.kills
    }
}

#[test]
#[ignore = "the process that the crash test kills"]
fn the_labelling_process() -> Outcome {
    labeller::run()
}

/// Kills labelling processes one after the other beside a program that rewrites their file, and looks at what is left.
fn kill_for(goal: Goal, ways: &[Way], seed: u64, shim: &Shim) -> Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let path = labeller::labels(folder);
    std::fs::create_dir_all(folder.join("data"))?;
    std::fs::write(&path, verdict::first_text())?;
    let mut other = Other::new(ways, &path, seed);
    let (stop, writing) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut broken = Vec::new();
    let (kills, rewritten) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| other.run(&stop, &writing));
        let kills = kill_processes(goal, folder, seed, shim, &writing, &mut broken);
        stop.store(true, Ordering::Release);
        (kills, beside.join())
    });
    let kills = kills?;
    rewritten.map_err(|_| "the other program has panicked")??;
    let ended = labeller::open_and_close(folder, Duration::from_millis(1500))?;
    let claims = Claims::read(&labeller::record(folder)).map_err(|error| error.to_string())?;
    let mut verdict = Verdict::of(folder, kills, &claims, &other).map_err(|error| error.to_string())?;
    if !ended.success() {
        verdict.broken.push(format!("the last process: {ended}"));
    }
    verdict.broken.append(&mut broken);
    Ok(verdict)
}

fn kill_processes(
    goal: Goal,
    folder: &Path,
    seed: u64,
    shim: &Shim,
    writing: &AtomicBool,
    broken: &mut Vec<String>,
) -> Result<usize> {
    let mut dice = ChaCha8Rng::seed_from_u64(!seed);
    let begun = Instant::now();
    let mut kills = 0;
    while !goal.reached(begun, kills) {
        let clock = [-10, 0, 10][dice.random_range(0..3)];
        let mut process = labeller::spawn(folder, Some(kills as u32), &shim.clock(clock))?;
        let longest = if dice.random_bool(0.2) { 150 } else { 2_500 };
        std::thread::sleep(Duration::from_millis(dice.random_range(10..longest)));
        if let Some(status) = process.try_wait()? {
            return Err(format!("the labelling process ended by itself: {status}").into());
        }
        process.kill()?;
        let _: ExitStatus = process.wait()?;
        kills += 1;
        if !writing.load(Ordering::Acquire) {
            let whole = std::fs::read(labeller::labels(folder))
                .map_err(|error| error.to_string())
                .and_then(|bytes| Table::parse(&bytes));
            if let Err(error) = whole
                && !writing.load(Ordering::Acquire)
            {
                broken.push(format!("after kill {kills}: {error}"));
            }
        }
    }
    Ok(kills)
}

/// Makes a folder whose labels were given, changes its file, and has it judged.
fn tampered(change: impl Fn(String) -> String) -> Result<Verdict> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    std::fs::create_dir(folder.join("data"))?;
    let path = labeller::labels(folder);
    std::fs::write(&path, change(verdict::first_text() + "200,3,\n201,4,\n"))?;
    let record = "begun\nasked 200 3\nasked 201 4\nsaved 200 3\nsaved 201 4\nasked 202 5\n";
    std::fs::write(labeller::record(folder), record)?;
    let claims = Claims::read(&labeller::record(folder)).map_err(|error| error.to_string())?;
    let other = Other::new(&[], &path, 0);
    Verdict::of(folder, 1, &claims, &other).map_err(|error| error.to_string().into())
}

#[test]
fn the_reader_sees_each_kind_of_loss() -> Result<()> {
    assert!(tampered(|text| text)?.faultless());
    assert!(
        tampered(|text| text + "202,5,\n")?.faultless(),
        "it was asked for"
    );
    assert_eq!(tampered(|text| text.replace("200,3,\n", ""))?.lost, [200]);
    assert_eq!(tampered(|text| text.replace("201,4,", "201,7,"))?.lost, [201]);
    assert_eq!(tampered(|text| text.replace("ask 77", ""))?.lost_rows.len(), 1);
    assert_eq!(
        tampered(|text| text.replace("see below", "see"))?.lost_rows.len(),
        1
    );
    assert_eq!(tampered(|text| text + "203,5,\n")?.invented.len(), 1);
    assert_eq!(tampered(|text| text + "201,4,\n")?.invented.len(), 1);
    assert_eq!(tampered(|text| text + "20")?.broken.len(), 1);
    Ok(())
}

#[test]
fn an_undo_that_was_not_answered_may_reach_behind_those_that_were() {
    let mut claims = Claims::default();
    for (serial, label) in [(1, Some(4)), (2, Some(5)), (3, Some(6)), (3, None), (2, None)] {
        claims.confirm(serial, label);
    }
    assert_eq!(claims.reversible(0), []);
    let may_be_undone = claims.reversible(1);
    assert!(may_be_undone.contains(&(1, None, Some(4))), "{may_be_undone:?}");
    claims.allow(1, None);
    assert!(claims.get(1).is_some_and(|claim| claim.allows(None)));
    assert!(claims.get(2).is_some_and(|claim| !claim.allows(Some(5))));
}

/// Runs one for each name at the same time, prints what each has lost, and fails if any has lost anything.
fn judge(
    names: &[String],
    each: impl Fn(usize) -> Result<Verdict> + Sync,
) -> std::result::Result<Verdict, String> {
    let verdicts: Vec<Result<Verdict>> = std::thread::scope(|scope| {
        let each = &each;
        let running: Vec<_> = (0..names.len()).map(|i| scope.spawn(move || each(i))).collect();
        let ended = running.into_iter().map(|thread| thread.join());
        ended
            .map(|ended| ended.unwrap_or_else(|_| Err("panicked".into())))
            .collect()
    });
    let mut all = Verdict::default();
    let mut table = format!("{}\n", Verdict::heading());
    let mut details = String::new();
    for (name, verdict) in names.iter().zip(verdicts) {
        let verdict = verdict.map_err(|error| format!("{name}: {error}"))?;
        table += &format!("{}\n", verdict.line(name));
        if !verdict.faultless() {
            details += &format!("{name}: {}\n", verdict.details());
        }
        all.add(&verdict);
    }
    println!("{table}{}", all.line("all"));
    if details.is_empty() { Ok(all) } else { Err(details) }
}

#[test]
fn confirmed_labels_and_others_rows_outlive_kills_and_stale_rewrites() -> Outcome {
    // Nine of them, some 110 labels a kill.
    let goal = Goal::new(12, 0.25, 6.0);
    let shim = Shim::build()?;
    let mut plans: Vec<(String, Vec<Way>)> = vec![("nobody".into(), Vec::new())];
    plans.extend(WAYS.map(|way| (way.name().into(), vec![way])));
    plans.push(("all in turn".into(), WAYS.to_vec()));
    let names: Vec<String> = plans.iter().map(|(name, _)| name.clone()).collect();
    let all = judge(&names, |i| kill_for(goal, &plans[i].1, i as u64, &shim))?;
    let least = minutes().map_or(100, |minutes| (minutes * 1_000.0) as usize);
    assert!(all.confirmed >= least, "only {} labels", all.confirmed);
    Ok(())
}

#[test]
fn a_window_that_is_killed_while_it_labels_trains_and_undoes_loses_nothing() -> Outcome {
    let goal = Goal::new(12, 0.55, 2.0);
    let shim = Shim::build()?;
    let plans: [(&str, &[Way]); 4] = [
        ("nobody", &[]),
        ("all in turn", &WAYS),
        ("rename, in place", &[Way::Rename, Way::InPlace]),
        ("slow, append, flock", &[Way::Slow, Way::Append, Way::Flock]),
    ];
    // On two cores more of them hinder each other.
    let count = if minutes().is_some() { 4 } else { 3 };
    let names: Vec<String> = plans
        .iter()
        .take(count)
        .map(|(name, _)| format!("window: {name}"))
        .collect();
    let all = judge(&names, |i| window::kill_for(goal, plans[i].1, i as u64, &shim))?;
    println!("{} epochs trained, {} models saved", all.epochs, all.models);
    assert!(
        all.kills >= 3 && all.confirmed > 10,
        "only {} labels",
        all.confirmed
    );
    Ok(())
}

#[test]
fn training_that_is_killed_leaves_every_file_whole_and_goes_on() -> Outcome {
    let kills = train::kill_for(Goal::new(6, 0.08, 2.0))?;
    println!("`ssvae train`: {kills} kills, every file whole after each of them");
    Ok(())
}

#[test]
#[cfg_attr(
    not(target_arch = "x86_64"),
    ignore = "calls are made to fail on x86-64 alone"
)]
fn each_call_that_fails_leaves_the_old_or_the_new_labels_and_is_told() -> Outcome {
    let shim = Shim::build()?;
    let every = if minutes().is_some() { 1 } else { 3 };
    println!("{}", faults::fail_each_call(&shim, every)?);
    Ok(())
}

#[test]
#[cfg_attr(
    not(target_arch = "x86_64"),
    ignore = "calls are made to fail on x86-64 alone"
)]
fn each_call_of_training_that_fails_leaves_every_file_whole_and_is_told() -> Outcome {
    let shim = Shim::build()?;
    let every = if minutes().is_some() { 3 } else { 29 };
    println!("{}", faults::fail_training(&shim, every)?);
    Ok(())
}

#[test]
#[ignore = "mounts a disk; the scripts run it where that is allowed"]
fn a_full_disk_is_told_and_labels_are_saved_when_there_is_room_again() -> Outcome {
    println!("{}", disk::fill()?);
    Ok(())
}

#[test]
#[ignore = "mounts disks; the scripts run it where that is allowed"]
fn confirmed_labels_outlive_power_cuts() -> Outcome {
    let cuts = if minutes().is_some() { 100 } else { 6 };
    println!("{}", disk::cut_power(cuts)?);
    Ok(())
}
