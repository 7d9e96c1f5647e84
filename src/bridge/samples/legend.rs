//! The legend: what the colours stand for, and how many points have each. It is counted when something changes.

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::samples::classes::Classes;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::cloud::{CloudSystems, PointFilter};
use crate::cloud::{ColorMode, Palette};
use crate::ui::LegendEntry;
use ssvae_core::filter::{Filter, Source};

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

/// What the counts depend on.
#[derive(PartialEq)]
struct Counted {
    mode: ColorMode,
    version: u64,
    points: usize,
    /// Version of the propagated labels, if the counts depend on it.
    propagated: u64,
    /// Without the classes that the legend itself hides, so that it shows how many points they have.
    filter: Filter,
}

pub struct LegendPlugin;

impl Plugin for LegendPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Legend>().add_systems(
            PostUpdate,
            count
                .after(CloudSystems::Ingest)
                .before(EguiPostUpdateSet::EndPass),
        );
    }
}

fn count(
    mode: Res<ColorMode>,
    palette: Res<Palette>,
    names: Res<Classes>,
    samples: SampleQuery,
    labels: Option<Res<UserLabels>>,
    filter: Res<PointFilter>,
    learning: Res<Learning>,
    comparison: Res<Comparison>,
    mut legend: ResMut<Legend>,
) {
    let source = mode.source();
    let counted = Counted {
        mode: *mode,
        version: samples.latents().version(),
        points: samples.dataset().samples(),
        propagated: if *mode == ColorMode::Propagated || !filter.0.is_open() {
            learning.version
        } else {
            0
        } + comparison.revision(),
        filter: source.map_or_else(Filter::default, |source| filter.0.with_all_of(source)),
    };
    let by_labels = *mode == ColorMode::UserLabels || !counted.filter.is_open();
    let labels_changed = by_labels && labels.as_ref().is_some_and(|labels| labels.is_changed());
    if legend.counted.as_ref() == Some(&counted)
        && !labels_changed
        && !palette.is_changed()
        && !names.is_changed()
    {
        return;
    }
    let rest = match *mode {
        ColorMode::UserLabels => "Unlabelled",
        ColorMode::TrueLabel | ColorMode::Propagated => "Unknown",
        ColorMode::Changed => "Unchanged",
        ColorMode::Predicted | ColorMode::Certainty | ColorMode::Helpful => "",
    };
    let counts = source.map(|source| match (source, labels, counted.filter.is_open()) {
        (Source::User, Some(labels), true) => {
            (labels.0.counts().to_vec(), counted.points - labels.0.labelled())
        }
        (source, ..) => samples.count_classes(source, &counted.filter),
    });
    legend.entries = counts.map_or(Vec::new(), |(counts, left)| {
        let mut entries: Vec<LegendEntry> = (0..=u8::MAX)
            .zip(counts)
            .map(|(class, count)| LegendEntry {
                class: Some(class),
                name: names.name(class),
                color: palette.class_color(class),
                count,
            })
            .collect();
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
