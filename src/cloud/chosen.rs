//! Many points at once: those that a box or a lasso was drawn around.

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use super::CloudSystems;
use super::camera::CameraGate;
use super::ingest::Samples;
use super::motion::Motion;
use super::pointer::{Pointer, Stroke};
use super::region::{Region, RegionKind};
use super::sample::{Departure, Latent, Serial, displayed};
use super::view::CloudView;

/// Keeps [`Chosen`] and [`Choosing`] up to date.
pub struct ChosenPlugin;

impl Plugin for ChosenPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ChosenChanged>()
            .init_resource::<Chosen>()
            .init_resource::<Choosing>()
            .add_systems(PostUpdate, choose.in_set(CloudSystems::Selection));
    }
}

/// The chosen points.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    serials: Vec<u32>,
    revision: u64,
}

impl Chosen {
    /// In ascending order.
    pub fn serials(&self) -> &[u32] {
        &self.serials
    }

    /// Rises with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn replace(&mut self, serials: Vec<u32>) {
        self.serials = serials;
        self.revision += 1;
    }
}

/// What is being drawn around points, and how many of them it holds by now.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Choosing(pub Option<(Stroke, usize)>);

/// [`Chosen`] has changed to this number of points; `kind` is `None` where it was cleared.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenChanged {
    pub kind: Option<RegionKind>,
    pub count: usize,
}

/// Serials of the points whose middle is seen within `region`, in ascending order.
pub fn within(
    points: &Query<(&Serial, &Latent, &Departure)>,
    view: &CloudView,
    progress: f32,
    region: &Region,
) -> Vec<u32> {
    let mut serials: Vec<u32> = points
        .iter()
        .filter(|(_, latent, departure)| {
            view.window_from_world(displayed(departure.0, latent.0, progress))
                .is_some_and(|at| region.contains(at))
        })
        .map(|(serial, ..)| serial.0)
        .collect();
    serials.sort_unstable();
    serials
}

fn choose(
    pointer: Res<Pointer>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    gate: Res<CameraGate>,
    view: Res<CloudView>,
    motion: Res<Motion>,
    samples: Res<Samples>,
    points: Query<(&Serial, &Latent, &Departure)>,
    mut chosen: ResMut<Chosen>,
    mut choosing: ResMut<Choosing>,
    mut changed: MessageWriter<ChosenChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let held = |stroke: &Stroke| {
        let region = Region::new(stroke.kind, &stroke.path);
        within(&points, &view, motion.eased(), &region)
    };
    if let Some(stroke) = &pointer.finished_stroke {
        let mut serials = held(stroke);
        if stroke.adds {
            serials.extend(chosen.serials());
            serials.sort_unstable();
            serials.dedup();
        }
        changed.write(ChosenChanged {
            kind: Some(stroke.kind),
            count: serials.len(),
        });
        chosen.replace(serials);
        redraw.write(RequestRedraw);
    }
    let was_drawing = choosing.0.is_some();
    let stroke = pointer.stroke.as_ref().filter(|stroke| stroke.is_drawn());
    let same = match (stroke, &choosing.0) {
        (Some(stroke), Some((known, _))) => stroke == known && !view.is_changed() && !motion.is_changed(),
        (None, None) => true,
        _ => false,
    };
    if !same {
        choosing.0 = stroke.map(|stroke| (stroke.clone(), held(stroke).len()));
        redraw.write(RequestRedraw);
    }
    let escaped = !gate.keyboard_taken && keys.is_some_and(|keys| keys.just_pressed(KeyCode::Escape));
    // Another data set has other points.
    let last = chosen.serials().last();
    let gone = last.is_some_and(|&last| last as usize >= samples.len());
    if (gone || escaped && !was_drawing) && !chosen.serials().is_empty() {
        chosen.replace(Vec::new());
        changed.write(ChosenChanged { kind: None, count: 0 });
        redraw.write(RequestRedraw);
    }
}
