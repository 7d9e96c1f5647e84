//! The training run that is on.

use std::time::{Duration, Instant};

use bevy::prelude::*;

use crate::ui::{RunProgress, RunState};
use ssvae_core::model::config::TrainingConfig;

/// The run that is on, or the last one.
#[derive(Resource)]
pub struct TrainingRun {
    pub state: RunState,
    /// Its settings.
    pub settings: Option<TrainingConfig>,
    /// Epochs that the model had before it.
    before: usize,
    started: Option<Instant>,
    paused: Option<Instant>,
}

impl Default for TrainingRun {
    fn default() -> Self {
        Self {
            state: RunState::Idle,
            settings: None,
            before: 0,
            started: None,
            paused: None,
        }
    }
}

impl TrainingRun {
    /// Epochs that the model had before the run that is on, or was last.
    pub fn epochs_before(&self) -> usize {
        self.before
    }

    /// A run of a model that has had so many epochs starts.
    pub fn start(&mut self, settings: &TrainingConfig, before: usize, now: Instant) {
        self.started = Some(now);
        self.state = RunState::Starting;
        self.settings = Some(settings.clone());
        self.before = before;
    }

    /// Notes how many batches of `epoch`, from 1, are done.
    pub fn advance(&mut self, [epoch, epochs]: [usize; 2], [batch, batches]: [usize; 2], now: Instant) {
        if self.state == RunState::Stopping {
            return;
        }
        let left = self.time_left([epoch, epochs], batch as f64 / batches.max(1) as f64, now);
        self.state = RunState::Running(RunProgress {
            before: self.before,
            epoch,
            epochs,
            batch,
            batches,
            eta_seconds: left.map(|left| left.as_secs_f64()),
        });
    }

    pub fn pause(&mut self, paused: bool, now: Instant) {
        match (paused, self.state) {
            (true, RunState::Running(progress)) => {
                self.paused = Some(now);
                self.state = RunState::Paused(progress);
            }
            (false, RunState::Paused(progress)) => self.state = RunState::Running(progress),
            _ => {}
        }
        // A pause does not count as time spent.
        if let (false, Some(since), Some(started)) = (paused, self.paused, &mut self.started) {
            *started += now.saturating_duration_since(since);
            self.paused = None;
        }
    }

    /// The run goes on with other settings.
    pub fn set_settings(&mut self, settings: TrainingConfig) {
        self.settings = self.settings.take().and(Some(settings));
    }

    pub fn end(&mut self) {
        self.state = RunState::Idle;
        self.settings = None;
    }

    /// By the mean speed of the run so far.
    fn time_left(&self, [epoch, epochs]: [usize; 2], within: f64, now: Instant) -> Option<Duration> {
        let done = (epoch - 1) as f64 + within;
        let spent = now.saturating_duration_since(self.started?).as_secs_f64();
        (done > 0.02).then(|| Duration::from_secs_f64((spent / done * (epochs as f64 - done)).max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_goes_by_the_mean_speed_without_pauses() {
        let (mut run, start) = (TrainingRun::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let left = |run: &TrainingRun| match run.state {
            RunState::Running(progress) => progress.eta_seconds,
            _ => None,
        };
        run.start(&TrainingConfig::default(), 0, start);
        run.advance([1, 4], [0, 10], at(1));
        assert_eq!(left(&run), None, "nothing is known of its speed");
        run.advance([2, 4], [0, 10], at(10));
        assert_eq!(left(&run), Some(30.0));
        run.pause(true, at(10));
        run.pause(false, at(100));
        run.advance([3, 4], [0, 10], at(110));
        assert_eq!(left(&run), Some(20.0));
        run.state = RunState::Stopping;
        run.advance([4, 4], [0, 10], at(120));
        assert_eq!(run.state, RunState::Stopping, "a run that is stopping stays so");
    }
}
