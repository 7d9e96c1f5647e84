//! How often the window draws what nobody at the mouse has asked for: the news of a run, the way of the points. Training
//! may share its cores with the drawing, so that each such picture is followed by a pause many times as long as the
//! picture took. What the user does is always drawn at once.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::render::{ExtractSchedule, Render, RenderApp, RenderSystems};
use bevy::window::RequestRedraw;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use crate::cloud::{Hold, NextFrame};
use crate::ui::run_state::RunState;

use super::input_queue::InputReplay;
use crate::bridge::log::writer::EventLogSystems;
use crate::bridge::model::progress::Progress;
use crate::bridge::{Urgency, Wake};

/// A pause while a run is on, in lengths of the picture before it: drawing takes a twenty-fifth of the time.
const PAUSE: u32 = 24;

/// Wakes the window at an instant.
#[derive(Resource, Clone)]
pub struct Alarm(Sender<Instant>);

impl Alarm {
    /// The thread that waits ends with the last clone.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (sender, receiver) = unbounded();
        std::thread::Builder::new()
            .name("alarm".into())
            .spawn(move || wait(&receiver, wake))?;
        Ok(Self(sender))
    }

    /// The earliest of several instants counts.
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

/// When the next picture is due that nobody at the mouse has asked for.
#[derive(Resource, Clone)]
pub struct FramePacing(Arc<Pacing>);

struct Pacing {
    start: Instant,
    /// Microseconds since the start at which the last picture was finished.
    drawn: AtomicU64,
    /// Microseconds that it took.
    cost: AtomicU64,
    /// Lengths of a picture to wait after it.
    pause: AtomicU64,
}

impl Default for FramePacing {
    fn default() -> Self {
        Self(Arc::new(Pacing {
            start: Instant::now(),
            drawn: AtomicU64::new(0),
            cost: AtomicU64::new(0),
            pause: AtomicU64::new(0),
        }))
    }
}

impl FramePacing {
    /// Lies in the past where there is no reason to wait.
    fn next(&self) -> Instant {
        let Pacing {
            start,
            drawn,
            cost,
            pause,
        } = &*self.0;
        *start + Duration::from_micros(drawn.load(Relaxed) + cost.load(Relaxed) * pause.load(Relaxed))
    }

    fn drawn(&self, began: Instant) {
        let now = Instant::now();
        let micros = |duration: Duration| duration.as_micros() as u64;
        self.0.drawn.store(micros(now - self.0.start), Relaxed);
        self.0.cost.store(micros(now - began), Relaxed);
    }

    fn pause(&self, lengths: u32) {
        self.0.pause.store(lengths.into(), Relaxed);
    }
}

/// A wake for the worker and the labels' thread: news of a run wait for the next picture that is due.
pub fn paced_wake(alarm: Alarm, pace: FramePacing, wake: impl Fn() + Send + Sync + 'static) -> Wake {
    Wake(Arc::new(move |urgency| match urgency {
        Urgency::Answer => wake(),
        Urgency::News => alarm.at(pace.next()),
    }))
}

/// Needs [`Alarm`] and [`FramePacing`].
pub struct FramePacingPlugin;

#[derive(Resource)]
struct Began(Instant);

impl Plugin for FramePacingPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(First, set_hold.before(InputReplay))
            .add_systems(Last, (set_pause, animate).chain().after(EventLogSystems));
        let pace = app.world().resource::<FramePacing>().clone();
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(pace)
                .insert_resource(Began(Instant::now()))
                .add_systems(ExtractSchedule, begin)
                .add_systems(Render, end.in_set(RenderSystems::Cleanup));
        }
    }
}

fn begin(mut began: ResMut<Began>) {
    began.0 = Instant::now();
}

fn end(began: Res<Began>, pace: Res<FramePacing>) {
    pace.drawn(began.0);
}

fn set_hold(pace: Res<FramePacing>, mut hold: ResMut<Hold>) {
    hold.set_if_neq(Hold(pace.next() > Instant::now()));
}

fn set_pause(progress: Res<Progress>, pace: Res<FramePacing>) {
    let computing = !matches!(progress.run, RunState::Idle | RunState::Paused(_));
    pace.pause(if computing { PAUSE } else { 0 });
}

fn animate(
    mut frames: MessageReader<NextFrame>,
    pace: Res<FramePacing>,
    alarm: Res<Alarm>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if frames.read().count() == 0 {
        return;
    }
    let next = pace.next();
    if next <= Instant::now() {
        redraw.write(RequestRedraw);
    } else {
        alarm.at(next);
    }
}

#[cfg(test)]
mod tests {
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
        assert!(rings.recv_timeout(Duration::from_millis(50)).is_err());
        drop(alarm);
        let end = rings.recv_timeout(Duration::from_secs(20));
        assert_eq!(end, Err(RecvTimeoutError::Disconnected), "the thread has ended");
    }

    #[test]
    fn a_picture_of_a_run_is_followed_by_a_long_pause() {
        let pace = FramePacing::default();
        let began = Instant::now() - Duration::from_millis(40);
        pace.drawn(began);
        assert!(pace.next() <= Instant::now());
        pace.pause(PAUSE);
        let pause = pace.next() - began;
        assert!(pause >= Duration::from_millis(40 * 25 - 1), "{pause:?}");
    }
}
