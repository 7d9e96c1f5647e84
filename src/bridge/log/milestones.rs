//! What happened on the screen → the event log.

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::state::ModelState;
use crate::cloud::ColorMode;
use crate::cloud::LevelOfDetail;
use crate::cloud::Transition;
use crate::cloud::ViewRested;
use crate::cloud::{ChosenChanged, NextFrame};
use crate::cloud::{HoverChanged, SelectionChanged};

/// Frames until a drawn picture is on the screen: the renderer works one frame behind.
const SHOWN_AFTER: u32 = 2;

/// The newest version of the latents that is on the screen, after all motion.
#[derive(Resource, Default, Debug)]
pub struct OnScreen {
    pub version: u64,
}

pub struct MilestonesPlugin;

impl Plugin for MilestonesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<OnScreen>().add_systems(
            Last,
            (first_frame, latent_at_rest, interactions).before(crate::bridge::sets::EventLogSystems),
        );
    }
}

fn first_frame(
    mut frames: Local<u32>,
    mut log: MessageWriter<Log>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if *frames > SHOWN_AFTER {
        return;
    }
    *frames += 1;
    redraw.write(RequestRedraw);
    if *frames == SHOWN_AFTER {
        log.write(Log(LogEntry::FirstFrame));
    }
}

fn latent_at_rest(
    (latents, model): (Res<Latents>, Res<ModelState>),
    motion: Res<Transition>,
    detail: Res<LevelOfDetail>,
    mut on_screen: ResMut<OnScreen>,
    mut resting: Local<(u64, u32)>,
    mut log: MessageWriter<Log>,
    mut frames: MessageWriter<NextFrame>,
) {
    let Some(snapshot) = &latents.snapshot else {
        return;
    };
    if snapshot.version == on_screen.version {
        return;
    }
    let (version, rested) = *resting;
    let at_rest = !motion.is_running() && !detail.reduced;
    *resting = match version == snapshot.version && at_rest {
        true => (version, rested + 1),
        false => (snapshot.version, 0),
    };
    frames.write(NextFrame);
    if resting.1 < SHOWN_AFTER {
        return;
    }
    if on_screen.version == 0 {
        log.write(Log(LogEntry::Ready {
            points: snapshot.len(),
            backend: model.backend.clone(),
            checkpoint: model.checkpoint.clone(),
        }));
    }
    on_screen.version = snapshot.version;
    log.write(Log(LogEntry::Latent {
        version: snapshot.version,
    }));
}

fn interactions(
    mut views: MessageReader<ViewRested>,
    mut selections: MessageReader<SelectionChanged>,
    mut hovers: MessageReader<HoverChanged>,
    mut chosen: MessageReader<ChosenChanged>,
    mode: Res<ColorMode>,
    mut log: MessageWriter<Log>,
) {
    for view in views.read() {
        let ViewRested {
            center,
            pixels_per_unit,
            viewport,
        } = *view;
        log.write(Log(LogEntry::View {
            center,
            pixels_per_unit,
            viewport,
        }));
    }
    for SelectionChanged(serial) in selections.read() {
        log.write(Log(LogEntry::Selected { serial: *serial }));
    }
    for HoverChanged(serial) in hovers.read() {
        log.write(Log(LogEntry::Hovered { serial: *serial }));
    }
    for ChosenChanged { kind, count, .. } in chosen.read() {
        log.write(Log(LogEntry::Selection {
            kind: kind.map(|kind| kind.name()),
            count: *count,
        }));
    }
    if mode.is_changed() && !mode.is_added() {
        log.write(Log(LogEntry::ColorMode { mode: mode.name() }));
    }
}
