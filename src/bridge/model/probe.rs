//! Places of the latent space → the worker → the images that the model decodes for them.

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::bridge::model::latents::Latents;
use crate::bridge::samples::projection::Projection;
use crate::bridge::samples::sample_map::SampleMap;
use crate::bridge::worker::link::WorkerLink;
use crate::bridge::worker::messages::{ModelReady, PlacesDecoded, WorkerFailed};
use crate::cloud::Finder;
use crate::cloud::Pointer;
use crate::cloud::{CameraGate, CloudDimension};
use crate::cloud::{CloudSystems, CloudView, Selected};
use crate::ui::ProbeMode;
use ssvae_core::map::latents_near;
use ssvae_core::training::message::Command;

/// Images along a line.
const STEPS: usize = 11;
/// From one image of a grid to the next, in pixels.
const CELL: f32 = 56.0;
/// Images of a grid at most.
const CELLS: f32 = 400.0;

/// What is probed, and the last answer.
#[derive(Resource, Default)]
pub struct Probe {
    pub mode: ProbeMode,
    /// The images, one behind the other, and how many answers came.
    pub pixels: Vec<f32>,
    pub count: u64,
    /// Where their places are, in the latent plane.
    pub places: Vec<Vec3>,
    /// What is being decoded: one question at a time.
    pending: Option<Question>,
    answered: Option<Question>,
}

/// Places in the latent plane, and the version of the model.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    places: Vec<Vec3>,
    version: u64,
}

pub struct ProbePlugin;

impl Plugin for ProbePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Probe>()
            .add_systems(Update, receive)
            .add_systems(
                PostUpdate,
                ask.after(CloudSystems::View).before(CloudSystems::Selection),
            );
    }
}

fn receive(
    mut decoded: MessageReader<PlacesDecoded>,
    mut failures: MessageReader<WorkerFailed>,
    mut models: MessageReader<ModelReady>,
    mut probe: ResMut<Probe>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for PlacesDecoded { pixels } in decoded.read() {
        probe.answered = probe.pending.take();
        let answered = probe.answered.as_ref();
        probe.places = answered
            .map(|question| question.places.clone())
            .unwrap_or_default();
        probe.pixels.clone_from(pixels);
        probe.count += 1;
        redraw.write(RequestRedraw);
    }
    // The worker was busy or has started anew: an answer may never come.
    if failures.read().count() + models.read().count() > 0 {
        probe.pending = None;
    }
}

fn ask(
    mut probe: ResMut<Probe>,
    pointer: Res<Pointer>,
    gate: Res<CameraGate>,
    (view, dimension): (Res<CloudView>, Res<CloudDimension>),
    selected: Res<Selected>,
    finder: Finder,
    (fed, map): (Res<Projection>, Res<SampleMap>),
    latents: Res<Latents>,
    worker: Res<WorkerLink>,
) {
    let Some(snapshot) = &latents.snapshot else {
        return;
    };
    if probe.mode == ProbeMode::Off || *dimension == CloudDimension::Three {
        if !probe.pixels.is_empty() {
            *probe = Probe {
                mode: probe.mode,
                count: probe.count,
                ..default()
            };
        }
        return;
    }
    let cursor = pointer.cursor.filter(|_| !gate.pointer_over_ui);
    let in_window: Vec<Vec2> = match (probe.mode, cursor) {
        (ProbeMode::Grid, _) => grid(view.viewport),
        (ProbeMode::Cursor, Some(cursor)) => vec![cursor],
        (ProbeMode::Line, Some(cursor)) => match selected.0.and_then(|serial| finder.seen(serial)) {
            Some(from) => line(from, cursor),
            None => Vec::new(),
        },
        _ => return,
    };
    let places: Vec<Vec3> = in_window
        .into_iter()
        .filter_map(|at| view.world_from_window(at))
        .collect();
    let question = Question {
        places,
        version: snapshot.version,
    };
    // The answer to the last question brings the next frame.
    if question.places.is_empty() || probe.pending.is_some() || probe.answered.as_ref() == Some(&question) {
        return;
    }
    let places: Vec<[f32; 3]> = question.places.iter().map(Vec3::to_array).collect();
    let latents = match map.shown(dimension.axes()) {
        Some((positions, _)) => latents_near(&places, positions, &snapshot.latents, snapshot.latent_dim),
        None => places
            .into_iter()
            .flat_map(|place| fed.projector.unproject(place))
            .collect(),
    };
    worker.send(Command::Probe { latents });
    probe.pending = Some(question);
}

fn line(from: Vec2, to: Vec2) -> Vec<Vec2> {
    (0..STEPS)
        .map(|step| from.lerp(to, step as f32 / (STEPS - 1) as f32))
        .collect()
}

/// Middles of square cells, row by row, of which the grid has no more than [`CELLS`].
fn grid(canvas: Rect) -> Vec<Vec2> {
    let area = canvas.width() * canvas.height();
    let side = CELL.max((area / CELLS).sqrt());
    let count = (canvas.size() / side).floor().max(Vec2::ONE);
    let first = canvas.center() - (count - 1.0) * side / 2.0;
    let row = |y: usize| (0..count.x as usize).map(move |x| first + Vec2::new(x as f32, y as f32) * side);
    (0..count.y as usize).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_lies_within_the_canvas_and_is_no_larger_than_allowed() {
        for size in [Vec2::new(300.0, 200.0), Vec2::new(3800.0, 2000.0)] {
            let canvas = Rect::from_corners(Vec2::new(250.0, 30.0), Vec2::new(250.0, 30.0) + size);
            let places = grid(canvas);
            assert!(places.len() <= CELLS as usize && places.len() > 10);
            assert!(places.iter().all(|&place| canvas.contains(place)));
        }
    }

    #[test]
    fn a_line_begins_and_ends_where_it_should() {
        let ends = [Vec2::ZERO, Vec2::new(10.0, -20.0)];
        let line = line(ends[0], ends[1]);
        assert_eq!((line[0], line[STEPS - 1], line.len()), (ends[0], ends[1], STEPS));
    }
}
