//! Chooses many points at once.

use std::collections::HashSet;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::data::message::{LabelChanged, NewPositions, ReplaceUserLabels};
use crate::cloud::data::samples::Samples;
use crate::cloud::data::visibility::PointVisibility;
use crate::cloud::input::pointer::{Pointer, Stroke};
use crate::cloud::input::region::Region;
use crate::cloud::selection::chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
use crate::cloud::selection::finder::Finder;

/// Carries out what is asked for.
pub fn choose(
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
    if wanted.is_empty() && chosen.serials().is_empty() && chosen.left_out() == 0 {
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

pub fn alter(
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
pub fn leave_out(
    visibility: PointVisibility,
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
    if !(visibility.have_changed() || others.iter().any(|&count| count > 0))
        || visibility.all_pass()
        || chosen.serials().is_empty()
    {
        return;
    }
    let serials: Vec<u32> = chosen
        .serials()
        .iter()
        .copied()
        .filter(|&serial| visibility.passes(serial))
        .collect();
    if serials.len() == chosen.serials().len() {
        return;
    }
    chosen.leave_out_all_but(serials);
    changed.write(ChosenChanged {
        kind: None,
        count: chosen.serials().len(),
        anew: false,
    });
    redraw.write(RequestRedraw);
}

/// A stroke that is finished chooses; one that is being drawn counts.
pub fn draw_around(
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
        (Some(stroke), Some((known, _))) => stroke == known && !finder.has_changed(),
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
