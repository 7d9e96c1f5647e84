//! How long it takes from a label's key or button to the picture with the point in its new colour: for the event log.

use std::time::Instant;

use bevy::prelude::*;
use bevy::render::extract_plugin::MainWorld;
use bevy::render::{ExtractSchedule, Render, RenderApp, RenderSystems};
use crossbeam_channel::{Receiver, Sender, unbounded};

use super::messages::Recoloured;
use crate::bridge::log::entry::LogEntry;

use crate::bridge::log::message::{Log, OpenLog};
use crate::bridge::sets::InputReplaySystems;
use crate::bridge::start::{Urgency, Wake};

/// Start of the frame in which a key or a click arrived.
#[derive(Resource, Clone, Copy)]
struct FrameStart(Instant);

#[derive(Clone, Copy, Debug)]
struct Shown {
    serial: u32,
    label: Option<u8>,
    asked: Instant,
}

/// Points whose picture is not drawn yet, on their way from the main world to the render world.
#[derive(Resource, Default)]
struct ToBeShown(Vec<Shown>);

/// Points in the picture that is being drawn.
#[derive(Resource)]
struct BeingShown {
    points: Vec<Shown>,
    presented: Sender<(Shown, Instant)>,
    wake: Wake,
}

#[derive(Resource)]
struct Presented(Receiver<(Shown, Instant)>);

/// Nothing is measured where there is no log.
pub struct LabelLatencyPlugin;

impl Plugin for LabelLatencyPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Recoloured>();
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
            .insert_resource(BeingShown {
                points: Vec::new(),
                presented,
                wake,
            })
            .add_systems(ExtractSchedule, take_over)
            .add_systems(Render, tell.in_set(RenderSystems::Cleanup));
        app.insert_resource(FrameStart(Instant::now()))
            .insert_resource(Presented(receiver))
            .init_resource::<ToBeShown>()
            .add_systems(First, start_frame.before(InputReplaySystems))
            .add_systems(PostUpdate, note)
            .add_systems(PreUpdate, log_presented);
    }
}

fn start_frame(mut start: ResMut<FrameStart>) {
    start.0 = Instant::now();
}

fn note(mut recoloured: MessageReader<Recoloured>, start: Res<FrameStart>, mut shown: ResMut<ToBeShown>) {
    shown
        .0
        .extend(recoloured.read().map(|&Recoloured { serial, label }| Shown {
            serial,
            label,
            asked: start.0,
        }));
}

fn take_over(mut main: ResMut<MainWorld>, mut being_shown: ResMut<BeingShown>) {
    being_shown.points.append(&mut main.resource_mut::<ToBeShown>().0);
}

/// The frame was handed to the screen.
fn tell(mut being_shown: ResMut<BeingShown>) {
    if being_shown.points.is_empty() {
        return;
    }
    let now = Instant::now();
    for shown in std::mem::take(&mut being_shown.points) {
        // At the end of the program nobody listens any more.
        let _ = being_shown.presented.send((shown, now));
    }
    (being_shown.wake.0)(Urgency::Answer);
}

fn log_presented(presented: Res<Presented>, mut log: MessageWriter<Log>) {
    for (Shown { serial, label, asked }, at) in presented.0.try_iter() {
        log.write(Log(LogEntry::Recoloured {
            serial,
            label,
            ms: at.duration_since(asked).as_secs_f64() * 1e3,
        }));
    }
}
