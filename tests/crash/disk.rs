//! A disk that is full, and one that loses its power. Both need to mount, as root may.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustix::process::{Pid, Signal, kill_process};

use super::actions::Claims;
use super::labeller;
use super::others::Other;
use super::verdict::{Verdict, first_text};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

struct Mounted(PathBuf);

impl Mounted {
    fn new(arguments: &[&str], at: &Path) -> std::result::Result<Self, String> {
        std::fs::create_dir_all(at).map_err(|error| error.to_string())?;
        run(Command::new("mount").args(arguments).arg(at))
            .map_err(|error| format!("nothing can be mounted here, as root may: {error}"))?;
        Ok(Self(at.into()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
    }
}

fn run(command: &mut Command) -> std::result::Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ")),
    }
}

/// Labels on a disk without room, then on the same with some.
pub fn fill() -> Result<String> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = folder.join("data");
    let _disk = Mounted::new(&["-t", "tmpfs", "-o", "size=64k", "none"], &data)?;
    std::fs::write(labeller::labels(folder), first_text())?;
    let ballast = data.join("ballast-ubyte");
    // All that is left.
    let mut room = 64 * 1024;
    while room > 0 && std::fs::write(&ballast, vec![0; room]).is_err() {
        room -= 512;
    }
    let before = std::fs::read(labeller::labels(folder))?;
    let status = labeller::spawn_some(folder, &[])?.wait()?;
    let claims = Claims::read(&labeller::record(folder))?;
    // To take away a label that could not be given changes nothing.
    if !status.success() || claims.confirmed > 1 || std::fs::read(labeller::labels(folder))? != before {
        return Err(format!("full: {status}, {} labels confirmed", claims.confirmed).into());
    }
    let messages: Vec<&String> = claims.messages.iter().collect();
    if !messages.iter().all(|message| message.contains("labels.csv")) || messages.is_empty() {
        return Err(format!("{messages:?} do not name the file").into());
    }
    let refused = claims.failed;
    std::fs::remove_file(&ballast)?;
    std::fs::remove_file(labeller::record(folder))?;
    labeller::spawn_some(folder, &[])?.wait()?;
    let claims = Claims::read(&labeller::record(folder))?;
    let verdict = Verdict::of(folder, 0, &claims, &Other::new(&[], &labeller::labels(folder), 0))?;
    if claims.failed > 0 || !verdict.faultless() {
        return Err(format!("with room: {} refused, {}", claims.failed, verdict.details()).into());
    }
    Ok(format!(
        "full disk: {refused} changes refused and told, the file as before; {} saved when there was room",
        claims.confirmed
    ))
}

/// Cuts the power again and again: the process is stopped, and what its disk (ext4 on a loop device, which writes
/// unflushed data minutes later) holds by then is copied, mounted and judged. The history must have been flushed as well:
/// after every second cut a stale text is saved before the next start.
pub fn cut_power(cuts: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let image = folder.join("disk");
    std::fs::File::create(&image)?.set_len(24 << 20)?;
    let made = run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image));
    let options = ["-o", "loop,noauto_da_alloc,commit=300"];
    let data = folder.join("data");
    let image_name = image.display().to_string();
    let mounted = made.and_then(|()| Mounted::new(&[options[0], options[1], &image_name], &data));
    let disk = mounted?;
    std::fs::write(labeller::labels(folder), first_text())?;
    run(&mut Command::new("sync"))?;
    let mut dice = ChaCha8Rng::seed_from_u64(9);
    let mut all = Verdict::default();
    for cut in 0..cuts {
        let mut process = labeller::spawn(folder, Some(cut as u32), &[])?;
        std::thread::sleep(Duration::from_millis(dice.random_range(50..350)));
        let older = std::fs::read(labeller::labels(folder))?;
        std::thread::sleep(Duration::from_millis(dice.random_range(0..350)));
        let id = Pid::from_raw(i32::try_from(process.id())?).ok_or("no process")?;
        kill_process(id, Signal::STOP)?;
        // What it told until now must be on the disk by now.
        let after = tempfile::tempdir()?;
        std::fs::copy(labeller::record(folder), labeller::record(after.path()))?;
        let copy = after.path().join("disk");
        std::fs::copy(&image, &copy)?;
        process.kill()?;
        process.wait()?;
        let claims = Claims::read(&labeller::record(after.path()))?;
        let copy = copy.display().to_string();
        let restored = Mounted::new(&["-o", "loop", &copy], &after.path().join("data"))?;
        // Every second time somebody who had read the file before the cut saves it after that.
        let mut other = Other::new(&[], &labeller::labels(after.path()), cut as u64);
        if cut % 2 == 1 {
            other.save_stale(&older)?;
        }
        labeller::open_and_close(after.path(), Duration::from_millis(100))?;
        let _ = std::fs::remove_dir(after.path().join("data/lost+found"));
        let mut verdict = Verdict::of(after.path(), 1, &claims, &other)?;
        drop(restored);
        // Labels are counted once, though all that came before are looked at after each cut.
        verdict.confirmed = if cut + 1 == cuts { claims.confirmed } else { 0 };
        all.add(&verdict);
    }
    drop(disk);
    if !all.faultless() {
        return Err(format!(
            "{}\n{}\n{}",
            Verdict::heading(),
            all.line("power cuts"),
            all.details()
        )
        .into());
    }
    Ok(format!(
        "power cuts: {cuts}, {} labels confirmed, none lost",
        all.confirmed
    ))
}
