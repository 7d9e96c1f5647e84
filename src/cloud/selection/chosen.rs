//! Many points at once: those that a box or a lasso was drawn around.

use std::collections::HashSet;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use rayon::slice::ParallelSliceMut;

use crate::cloud::CloudSystems;
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::message::{LabelChanged, NewPositions, ReplaceUserLabels};
use crate::cloud::data::points::Points;
use crate::cloud::data::samples::Samples;
use crate::cloud::data::visibility::PointVisibility;
use crate::cloud::input::bvh::Verdict;
use crate::cloud::input::index::SpatialIndex;
use crate::cloud::input::pointer::{Pointer, Stroke};
use crate::cloud::input::region::{Region, RegionKind};

/// Keeps [`Chosen`] and [`Choosing`] up to date.
pub struct ChosenPlugin;

impl Plugin for ChosenPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ChosenChanged>()
            .add_message::<Choose>()
            .add_message::<AlterChoice>()
            .init_resource::<Chosen>()
            .init_resource::<Choosing>()
            .add_systems(
                PostUpdate,
                (
                    (choose, alter, leave_out)
                        .chain()
                        .after(crate::cloud::data::ingest::place)
                        .in_set(CloudSystems::Ingest),
                    draw_around.in_set(CloudSystems::Selection),
                ),
            );
    }
}

/// The chosen points.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    serials: Vec<u32>,
    revision: u64,
    left_out: usize,
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

    /// How many the filter has taken out of the choice since it was made.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// With these, in ascending order.
    #[cfg(test)]
    pub fn of(serials: Vec<u32>) -> Self {
        Self {
            serials,
            revision: 1,
            left_out: 0,
        }
    }

    fn replace(&mut self, mut serials: Vec<u32>) {
        serials.par_sort_unstable();
        serials.dedup();
        self.serials = serials;
        self.revision += 1;
        self.left_out = 0;
    }
}

/// Asks for these points to be the chosen ones, in whatever order.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct Choose(pub Vec<u32>);

/// Asks for single points to leave the choice, or to come back to it.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub enum AlterChoice {
    Out(Vec<u32>),
    Back(Vec<u32>),
}

/// What is being drawn around points, and how many of them it holds by now.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Choosing(pub Option<(Stroke, usize)>);

/// [`Chosen`] has changed to this number of points.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenChanged {
    /// What was drawn around them, if anything was.
    pub kind: Option<RegionKind>,
    pub count: usize,
    /// Whether they are others than before, and not some more or fewer of the same.
    pub anew: bool,
}

/// Everything that finding points within a region reads.
#[derive(SystemParam)]
pub struct Finder<'w, 's> {
    index: ResMut<'w, SpatialIndex>,
    points: Points<'w, 's>,
    looks: PointVisibility<'w, 's>,
    view: Res<'w, CloudView>,
}

impl Finder<'_, '_> {
    /// Serials of the points that are shown and whose middle is seen within `region`, in ascending order.
    pub fn within(&mut self, region: &Region) -> Vec<u32> {
        let mut serials = Vec::new();
        self.search(region, |found| serials.extend_from_slice(found));
        serials.par_sort_unstable();
        serials
    }

    /// Where in the window a point is seen.
    pub fn seen(&self, serial: u32) -> Option<Vec2> {
        let at = self.points.displayed(serial)?;
        self.view.window_from_world(at)
    }

    /// Whether points or the filter may not be what they were in the frame before.
    pub fn have_points_changed(&self) -> bool {
        self.points.have_moved() || self.looks.have_changed()
    }

    /// How many there are.
    pub fn count(&mut self, region: &Region) -> usize {
        let mut count = 0;
        self.search(region, |found| count += found.len());
        count
    }

    fn search(&mut self, region: &Region, mut found: impl FnMut(&[u32])) {
        let (points, view, looks) = (&self.points, &self.view, &self.looks);
        let Some(tree) = self.index.tree() else { return };
        let judge = |bounds| match view.window_from_bounds(bounds) {
            Some(seen) => region.judge(seen),
            None => Verdict::Partly,
        };
        tree.search(points.progress(), judge, |serials, certain| {
            if certain && looks.at_all() {
                return found(serials);
            }
            let within = |serial| {
                let seen = points.displayed(serial).and_then(|at| view.window_from_world(at));
                seen.is_some_and(|at| region.contains(at))
            };
            for &serial in serials {
                if (certain || within(serial)) && looks.at(serial) {
                    found(&[serial]);
                }
            }
        });
    }
}

/// Carries out what is asked for.
fn choose(
    mut requests: MessageReader<Choose>,
    samples: Res<Samples>,
    mut chosen: ResMut<Chosen>,
    mut changed: MessageWriter<ChosenChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    // Another data set has other points.
    let last = chosen.serials().last();
    let gone = last.is_some_and(|&last| last as usize >= samples.len());
    let wanted = match requests.read().last() {
        Some(Choose(serials)) => serials.clone(),
        None if gone => Vec::new(),
        None => return,
    };
    if wanted.is_empty() && chosen.serials().is_empty() && chosen.left_out == 0 {
        return;
    }
    chosen.replace(wanted);
    changed.write(ChosenChanged {
        kind: None,
        count: chosen.serials().len(),
        anew: true,
    });
    redraw.write(RequestRedraw);
}

fn alter(
    mut requests: MessageReader<AlterChoice>,
    mut chosen: ResMut<Chosen>,
    mut changed: MessageWriter<ChosenChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for request in requests.read() {
        let mut serials = chosen.serials().to_vec();
        match request {
            AlterChoice::Out(out) => {
                let out: HashSet<u32> = out.iter().copied().collect();
                serials.retain(|serial| !out.contains(serial));
            }
            AlterChoice::Back(back) => serials.extend(back),
        }
        chosen.replace(serials);
        changed.write(ChosenChanged {
            kind: None,
            count: chosen.serials().len(),
            anew: false,
        });
        redraw.write(RequestRedraw);
    }
}

/// What the filter leaves out leaves the choice: by another filter, or because the points are others by now.
fn leave_out(
    looks: PointVisibility,
    mut positions: MessageReader<NewPositions>,
    mut labels: MessageReader<ReplaceUserLabels>,
    mut label: MessageReader<LabelChanged>,
    mut chosen: ResMut<Chosen>,
    mut changed: MessageWriter<ChosenChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let others = [
        positions.read().count(),
        labels.read().count(),
        label.read().count(),
    ];
    if !(looks.have_changed() || others.iter().any(|&count| count > 0))
        || looks.at_all()
        || chosen.serials().is_empty()
    {
        return;
    }
    let serials: Vec<u32> = chosen
        .serials()
        .iter()
        .copied()
        .filter(|&serial| looks.at(serial))
        .collect();
    let left_out = chosen.left_out + chosen.serials().len() - serials.len();
    if left_out == chosen.left_out {
        return;
    }
    chosen.replace(serials);
    chosen.left_out = left_out;
    changed.write(ChosenChanged {
        kind: None,
        count: chosen.serials().len(),
        anew: false,
    });
    redraw.write(RequestRedraw);
}

/// A stroke that is finished chooses; one that is being drawn counts.
fn draw_around(
    pointer: Res<Pointer>,
    mut finder: Finder,
    mut chosen: ResMut<Chosen>,
    mut choosing: ResMut<Choosing>,
    mut changed: MessageWriter<ChosenChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let region = |stroke: &Stroke| Region::new(stroke.kind, &stroke.path);
    if let Some(stroke) = &pointer.finished_stroke {
        let mut serials = finder.within(&region(stroke));
        if stroke.adds {
            serials.extend(chosen.serials());
        }
        chosen.replace(serials);
        changed.write(ChosenChanged {
            kind: Some(stroke.kind),
            count: chosen.serials().len(),
            anew: true,
        });
        redraw.write(RequestRedraw);
    }
    let stroke = pointer.stroke.as_ref().filter(|stroke| stroke.is_drawn());
    let same = match (stroke, &choosing.0) {
        (Some(stroke), Some((known, _))) => {
            stroke == known
                && !finder.view.is_changed()
                && !finder.points.have_moved()
                && !finder.looks.have_changed()
        }
        (None, None) => true,
        _ => false,
    };
    if !same {
        choosing.0 = stroke.map(|stroke| (stroke.clone(), finder.count(&region(stroke))));
        redraw.write(RequestRedraw);
    }
}

#[cfg(test)]
mod tests;
