//! Signs of life. What computes beats, many times a second; what watches it takes a long silence for a hang.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::Duration;

/// How often the watch looks.
pub(crate) const TICK: Duration = Duration::from_millis(250);
/// Silent looks after which whoever should compute counts as hanging: 3.5 s. Looks are counted and not time, so that a
/// machine that was asleep, or too busy to watch, is no hang.
const PATIENCE: u32 = 14;
/// The same while a device still compiles its kernels: a minute.
const PATIENCE_AT_FIRST: u32 = 240;

/// Signs of life, shared by an engine, the thread that uses it and the one that watches both.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat(Arc<Signs>);

#[derive(Debug, Default)]
struct Signs {
    beats: AtomicU64,
    resting: AtomicU32,
    compiling: AtomicBool,
}

/// While it lives, silence is no sign of anything.
pub struct Rest<'a>(&'a Heartbeat);

impl Heartbeat {
    /// A sign of life: something was computed.
    pub fn beat(&self) {
        self.0.beats.fetch_add(1, Relaxed);
    }

    /// Nothing is computed for a while: a command, the disk or the window is waited for.
    pub(crate) fn rest(&self) -> Rest<'_> {
        self.0.resting.fetch_add(1, Relaxed);
        Rest(self)
    }

    /// Whether a device may be compiling its kernels, which takes long and gives no sign.
    pub(crate) fn set_compiling(&self, compiling: bool) {
        self.0.compiling.store(compiling, Relaxed);
    }
}

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.beat();
        self.0.0.resting.fetch_sub(1, Relaxed);
    }
}

/// Counts the silence of a heartbeat.
#[derive(Debug)]
pub(crate) struct Watch {
    heartbeat: Heartbeat,
    beats: u64,
    silent: u32,
}

impl Watch {
    pub fn new(heartbeat: Heartbeat) -> Self {
        Self {
            heartbeat,
            beats: 0,
            silent: 0,
        }
    }

    /// To be asked once per [`TICK`]: whether the silence has lasted too long.
    pub fn hangs(&mut self) -> bool {
        let signs = &*self.heartbeat.0;
        let beats = signs.beats.load(Relaxed);
        let alive = beats != self.beats || signs.resting.load(Relaxed) > 0;
        self.beats = beats;
        self.silent = if alive { 0 } else { self.silent + 1 };
        let patience = if signs.compiling.load(Relaxed) {
            PATIENCE_AT_FIRST
        } else {
            PATIENCE
        };
        self.silent >= patience
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks_until_it_hangs(watch: &mut Watch) -> Option<u32> {
        (1..=1000).find(|_| watch.hangs())
    }

    #[test]
    fn only_silence_at_work_is_a_hang() {
        let heartbeat = Heartbeat::default();
        let mut watch = Watch::new(heartbeat.clone());
        for _ in 0..100 {
            heartbeat.beat();
            assert!(!watch.hangs());
        }
        let rest = heartbeat.rest();
        assert_eq!(looks_until_it_hangs(&mut watch), None);
        drop(rest);
        assert!(!watch.hangs(), "the end of a rest is a sign of life");
        assert_eq!(looks_until_it_hangs(&mut watch), Some(PATIENCE));
        assert!(TICK * PATIENCE < Duration::from_secs(4));
    }

    #[test]
    fn a_device_that_compiles_is_waited_for() {
        let heartbeat = Heartbeat::default();
        let mut watch = Watch::new(heartbeat.clone());
        heartbeat.set_compiling(true);
        assert_eq!(looks_until_it_hangs(&mut watch), Some(PATIENCE_AT_FIRST));
        heartbeat.set_compiling(false);
        assert!(watch.hangs());
    }
}
