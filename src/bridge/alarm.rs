//! A thread that wakes the window at an instant.

use std::time::Instant;

use bevy::prelude::*;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

/// Wakes the window at an instant.
#[derive(Resource, Clone)]
pub struct Alarm(Sender<Instant>);

impl Alarm {
    /// Starts the waiting thread, which ends with the last clone.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (sender, receiver) = unbounded();
        std::thread::Builder::new()
            .name("alarm".into())
            .spawn(move || wait(&receiver, wake))?;
        Ok(Self(sender))
    }

    /// Sets the alarm; of several instants the earliest counts.
    pub fn at(&self, instant: Instant) {
        // The thread lives as long as the channel.
        let _ = self.0.send(instant);
    }
}

fn wait(instants: &Receiver<Instant>, wake: impl Fn()) {
    let mut due: Option<Instant> = None;
    loop {
        let next = match due {
            Some(due) => instants.recv_deadline(due),
            None => instants.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(instant) => due = Some(due.map_or(instant, |due| due.min(instant))),
            Err(RecvTimeoutError::Timeout) => {
                due = None;
                wake();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_earliest_alarm_rings_once() {
        let (rung, rings) = unbounded();
        let alarm = Alarm::new(move || rung.send(Instant::now()).unwrap()).unwrap();
        let start = Instant::now();
        alarm.at(start + Duration::from_secs(3600));
        alarm.at(start + Duration::from_millis(30));
        let rang = rings.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(rang >= start + Duration::from_millis(30));
        drop(alarm);
        let end = rings.recv_timeout(Duration::from_secs(20));
        assert_eq!(
            end,
            Err(RecvTimeoutError::Disconnected),
            "it rang once, and the thread has ended"
        );
    }
}
