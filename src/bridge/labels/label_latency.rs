//! Measures the time from a label's key or button to the picture with the point in its new colour, for the event log.

use std::time::Instant;

use bevy::prelude::*;
use bevy::render::extract_plugin::MainWorld;
use bevy::render::{ExtractSchedule, Render, RenderApp, RenderSystems};
use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::{Log, OpenLog};
use crate::bridge::sets::InputReplaySystems;
use crate::bridge::start::{Urgency, Wake};
use crate::cloud::LabelChanged;

/// Start of the frame in which a key or a click arrived.
#[derive(Resource, Clone, Copy)]
struct FrameStart(Instant);

#[derive(Clone, Copy, Debug)]
struct RecolouredPoint {
    serial: u32,
    label: Option<u8>,
    began: Instant,
}

/// Points whose picture is not drawn yet, on their way from the main world to the render world.
#[derive(Resource, Default)]
struct PointsToDraw(Vec<RecolouredPoint>);

/// Points in the picture that is being drawn.
#[derive(Resource)]
struct PointsBeingDrawn {
    points: Vec<RecolouredPoint>,
    presented: Sender<(RecolouredPoint, Instant)>,
    wake: Wake,
}

#[derive(Resource)]
struct Presented(Receiver<(RecolouredPoint, Instant)>);

/// Measures nothing without an event log.
pub struct LabelLatencyPlugin;

impl Plugin for LabelLatencyPlugin {
    fn build(&self, app: &mut App) {
        let Some(wake) = app
            .world()
            .get_resource::<OpenLog>()
            .and_then(|_| app.world().get_resource::<Wake>().cloned())
        else {
            return;
        };
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        let (presented, receiver) = unbounded();
        render_app
            .insert_resource(PointsBeingDrawn {
                points: Vec::new(),
                presented,
                wake,
            })
            .add_systems(ExtractSchedule, take_over)
            .add_systems(Render, tell.in_set(RenderSystems::Cleanup));
        app.insert_resource(FrameStart(Instant::now()))
            .insert_resource(Presented(receiver))
            .init_resource::<PointsToDraw>()
            .add_systems(First, start_frame.before(InputReplaySystems))
            .add_systems(PostUpdate, note)
            .add_systems(PreUpdate, log_presented);
    }
}

fn start_frame(mut start: ResMut<FrameStart>) {
    start.0 = Instant::now();
}

fn note(mut changes: MessageReader<LabelChanged>, start: Res<FrameStart>, mut waiting: ResMut<PointsToDraw>) {
    let timed = changes.read().filter(|change| change.timed);
    waiting.0.extend(timed.map(|change| RecolouredPoint {
        serial: change.serial,
        label: change.after,
        began: start.0,
    }));
}

fn take_over(mut main: ResMut<MainWorld>, mut drawing: ResMut<PointsBeingDrawn>) {
    drawing.points.append(&mut main.resource_mut::<PointsToDraw>().0);
}

/// The frame was handed to the screen.
fn tell(mut drawing: ResMut<PointsBeingDrawn>) {
    if drawing.points.is_empty() {
        return;
    }
    let now = Instant::now();
    for shown in std::mem::take(&mut drawing.points) {
        // At the end of the program the receiver is gone.
        let _ = drawing.presented.send((shown, now));
    }
    (drawing.wake.0)(Urgency::Answer);
}

fn log_presented(presented: Res<Presented>, mut log: MessageWriter<Log>) {
    for (RecolouredPoint { serial, label, began }, at) in presented.0.try_iter() {
        log.write(Log(LogEntry::Recoloured {
            serial,
            label,
            ms: at.duration_since(began).as_secs_f64() * 1e3,
        }));
    }
}
