//! The views of the left panel.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::state::UserLabels;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::samples::legend::Legend;
use crate::bridge::samples::projection::Projection;
use crate::bridge::samples::sample_map::SampleMap;
use crate::bridge::samples::summary::Summary;
use crate::bridge::start::Start;
use crate::cloud::CloudDimension;
use crate::cloud::PointFilter;
use crate::cloud::{ColorMode, Palette};
use crate::ui::{
    AuditView, ColorView, Dimension, DimensionsView, FilterView, LeftView, ModelView, RunState,
    StatisticsView,
};

/// Colours of the certainty scale in the legend.
const RAMP: usize = 32;

/// What the views of the left panel are built from.
#[derive(SystemParam)]
pub struct LeftSources<'w> {
    start: Res<'w, Start>,
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    model: Res<'w, ModelState>,
    run: Res<'w, TrainingRun>,
    labels: Option<Res<'w, UserLabels>>,
    mode: Res<'w, ColorMode>,
    palette: Res<'w, Palette>,
    legend: Res<'w, Legend>,
    dimension: Res<'w, CloudDimension>,
    map: Res<'w, SampleMap>,
    projection: Res<'w, Projection>,
    filter: Res<'w, PointFilter>,
    summary: Res<'w, Summary>,
}

impl LeftSources<'_> {
    pub fn view<'a>(&'a self, audit: AuditView<'a>) -> LeftView<'a> {
        LeftView {
            color: self.color(),
            dimensions: self.dimensions(),
            filter: self.filter(),
            statistics: self.statistics(audit),
            model: self.model(),
        }
    }

    fn color(&self) -> ColorView<'_> {
        let (low, high) = self.palette.certainty_domain();
        let certainty = |i: usize| low + (high - low) * i as f32 / (RAMP - 1) as f32;
        ColorView {
            mode: *self.mode,
            legend: &self.legend.entries,
            classes: self.dataset.classes(),
            ramp: (0..RAMP)
                .map(|i| self.palette.certainty_color(certainty(i)))
                .collect(),
        }
    }

    fn dimensions(&self) -> DimensionsView {
        let architecture = self.model.architecture.as_ref();
        DimensionsView {
            layout: self.map.layout,
            map_share: self.map.share(),
            explained: self.projection.projector.explained(),
            latent: match (architecture, &self.latents.snapshot) {
                (Some(architecture), _) => architecture.latent_dim,
                (None, Some(vectors)) => vectors.latent_dim,
                (None, None) => 2,
            },
            shown: match *self.dimension {
                CloudDimension::Two => Dimension::Two,
                CloudDimension::Three => Dimension::Three,
            },
        }
    }

    fn filter(&self) -> FilterView<'_> {
        FilterView {
            filter: &self.filter.0,
            shown: self.summary.shown,
            points: self.dataset.samples(),
        }
    }

    fn statistics<'a>(&'a self, audit: AuditView<'a>) -> StatisticsView<'a> {
        let none = StatisticsView {
            audit,
            ..StatisticsView::default()
        };
        self.labels.as_ref().map_or(none, |labels| StatisticsView {
            labelled: labels.0.labelled(),
            total: labels.0.len(),
            counts: labels.0.counts(),
            agreement: self.summary.agreement(),
            audit,
        })
    }

    fn model(&self) -> ModelView<'_> {
        let model = &self.model;
        ModelView {
            backend: &model.backend,
            architecture: model.architecture.as_ref(),
            in_memory: model.provenance.to_string(),
            ends: model.provenance.ends(),
            in_file: &model.in_file,
            checkpoint: self.start.options.weights.display().to_string(),
            idle: self.run.state == RunState::Idle,
        }
    }
}
