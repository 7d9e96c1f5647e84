//! What the colours stand for and how many points have each, counted when it changes and not each frame.

use bevy::prelude::*;

use crate::cloud::palette::{ColorMode, Palette};
use crate::model::config::CLASSES;
use crate::overlay::state::LegendEntry;

use super::classes::Classes;
use super::labelling::UserLabels;
use super::progress::Progress;

/// One entry per class, and one for what has none; empty for certainty.
#[derive(Resource, Default)]
pub struct Legend {
    pub entries: Vec<LegendEntry>,
    counted: Option<Counted>,
}

impl Legend {
    /// Points that were counted.
    pub fn points(&self) -> usize {
        self.counted.as_ref().map_or(0, |counted| counted.points)
    }
}

/// What the counts were taken of.
#[derive(PartialEq)]
struct Counted {
    mode: ColorMode,
    version: u64,
    points: usize,
}

pub struct LegendPlugin;

impl Plugin for LegendPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Legend>().add_systems(PostUpdate, count);
    }
}

fn count(
    mode: Res<ColorMode>,
    palette: Res<Palette>,
    names: Res<Classes>,
    progress: Res<Progress>,
    labels: Option<Res<UserLabels>>,
    mut legend: ResMut<Legend>,
) {
    let counted = Counted {
        mode: *mode,
        version: progress.snapshot.as_ref().map_or(0, |snapshot| snapshot.version),
        points: progress.dataset.as_ref().map_or(0, |dataset| dataset.len()),
    };
    let labels_changed =
        *mode == ColorMode::UserLabels && labels.as_ref().is_some_and(|labels| labels.is_changed());
    if legend.counted.as_ref() == Some(&counted)
        && !labels_changed
        && !palette.is_changed()
        && !names.is_changed()
    {
        return;
    }
    let (counts, rest) = match *mode {
        ColorMode::Certainty => (None, ""),
        ColorMode::UserLabels => (labels.map(|labels| labels.0.counts()), "Unlabelled"),
        ColorMode::Predicted => {
            let classes = progress
                .snapshot
                .iter()
                .flat_map(|snapshot| snapshot.classes.iter().copied());
            (Some(tally(classes)), "")
        }
        ColorMode::TrueLabel => {
            let serials = 0..counted.points as u32;
            let truth = progress
                .dataset
                .iter()
                .flat_map(|dataset| serials.clone().filter_map(|serial| dataset.true_label(serial)));
            (Some(tally(truth)), "Unknown")
        }
    };
    legend.entries = counts.map_or(Vec::new(), |counts| {
        let mut entries: Vec<LegendEntry> = (0..CLASSES as u8)
            .zip(counts)
            .map(|(class, count)| LegendEntry {
                class: Some(class),
                name: names.name(class),
                color: palette.class_color(class),
                count,
            })
            .collect();
        let left = counted.points.saturating_sub(counts.iter().sum());
        if !rest.is_empty() && (left > 0 || *mode == ColorMode::UserLabels) {
            entries.push(LegendEntry {
                class: None,
                name: rest.into(),
                color: palette.unlabelled(),
                count: left,
            });
        }
        entries
    });
    legend.counted = Some(counted);
}

fn tally(classes: impl Iterator<Item = u8>) -> [usize; CLASSES] {
    let mut counts = [0; CLASSES];
    for class in classes {
        if let Some(count) = counts.get_mut(usize::from(class)) {
            *count += 1;
        }
    }
    counts
}
