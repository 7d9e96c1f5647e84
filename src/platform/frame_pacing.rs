//! How often the window draws what the user has not asked for: the news of a run, points that move. Training
//! may share its cores with the drawing, so that each such picture is followed by a pause many times as long as the
//! picture took. What the user does is always drawn at once.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::render::{ExtractSchedule, Render, RenderApp, RenderSystems};
use bevy::window::RequestRedraw;

use crate::bridge::{Alarm, EventLogSystems, InputReplaySystems, TrainingRun, Urgency, Wake};
use crate::cloud::{AnimationPaused, NextFrame};
use crate::ui::RunState;

/// Pause during a run, in multiples of the time of the last picture: drawing takes a twenty-fifth of the time.
const PAUSE: u32 = 24;

/// When the next picture is due that the user has not asked for.
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
    /// The instant of the next picture; in the past if there is no reason to wait.
    fn next(&self) -> Instant {
        let Pacing {
            start,
            drawn,
            cost,
            pause,
        } = &*self.0;
        *start + Duration::from_micros(drawn.load(Relaxed) + cost.load(Relaxed) * pause.load(Relaxed))
    }

    fn drawn(&self, began: Instant, now: Instant) {
        let micros = |duration: Duration| duration.as_micros() as u64;
        self.0.drawn.store(micros(now - self.0.start), Relaxed);
        self.0.cost.store(micros(now - began), Relaxed);
    }

    fn pause(&self, lengths: u32) {
        self.0.pause.store(lengths.into(), Relaxed);
    }
}

/// A wake for other threads: news of a run wait for the next picture that is due.
pub fn paced_wake(alarm: Alarm, pacing: FramePacing, wake: impl Fn() + Send + Sync + 'static) -> Wake {
    Wake(Arc::new(move |urgency| match urgency {
        Urgency::Answer => wake(),
        Urgency::News => alarm.at(pacing.next()),
    }))
}

/// Needs [`Alarm`] and [`FramePacing`].
pub struct FramePacingPlugin;

#[derive(Resource)]
struct Began(Instant);

impl Plugin for FramePacingPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(First, set_hold.before(InputReplaySystems))
            .add_systems(Last, (set_pause, animate).chain().after(EventLogSystems));
        let pacing = app.world().resource::<FramePacing>().clone();
        if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
            render_app
                .insert_resource(pacing)
                .insert_resource(Began(Instant::now()))
                .add_systems(ExtractSchedule, begin)
                .add_systems(Render, end.in_set(RenderSystems::Cleanup));
        }
    }
}

fn begin(mut began: ResMut<Began>) {
    began.0 = Instant::now();
}

fn end(began: Res<Began>, pacing: Res<FramePacing>) {
    pacing.drawn(began.0, Instant::now());
}

fn set_hold(pacing: Res<FramePacing>, mut hold: ResMut<AnimationPaused>) {
    hold.set_if_neq(AnimationPaused(pacing.next() > Instant::now()));
}

fn set_pause(run: Res<TrainingRun>, pacing: Res<FramePacing>) {
    let computing = !matches!(run.state, RunState::Idle | RunState::Paused(_));
    pacing.pause(if computing { PAUSE } else { 0 });
}

fn animate(
    mut frames: MessageReader<NextFrame>,
    pacing: Res<FramePacing>,
    alarm: Res<Alarm>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if frames.read().count() == 0 {
        return;
    }
    let next = pacing.next();
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
    fn a_picture_of_a_run_is_followed_by_a_long_pause() {
        let pacing = FramePacing::default();
        let (began, cost) = (pacing.0.start, Duration::from_millis(40));
        pacing.drawn(began, began + cost);
        assert_eq!(pacing.next(), began + cost);
        pacing.pause(PAUSE);
        assert_eq!(pacing.next(), began + cost * 25);
    }
}
