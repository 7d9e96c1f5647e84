//! What is drawn over the cloud.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_egui::egui;

use crate::bridge::learning::state::Learning;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::probe::Probe;
use crate::bridge::panels::samples_view::SampleSources;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::samples::sample_images::ImagesOnPoints;
use crate::cloud::CloudDimension;
use crate::cloud::RegionKind;
use crate::cloud::{Choosing, Chosen, CloudView, NextStroke};
use crate::cloud::{ColorMode, Palette};
use crate::cloud::{Hovered, Selected};
use crate::ui::{
    CanvasView, ChoosingView, HoveredView, ImageOnPoint, ProbeMode, ProbeView, SampleView, StrokeView,
};
use ssvae_core::filter::Facts;

/// What the views over the cloud are built from.
#[derive(SystemParam)]
pub struct CanvasSources<'w, 's> {
    windows: Query<'w, 's, &'static Window, With<PrimaryWindow>>,
    dataset: Res<'w, LoadedDataset>,
    learning: Res<'w, Learning>,
    comparison: Res<'w, Comparison>,
    mode: Res<'w, ColorMode>,
    palette: Res<'w, Palette>,
    dimension: Res<'w, CloudDimension>,
    view: Res<'w, CloudView>,
    selected: Res<'w, Selected>,
    hovered: Res<'w, Hovered>,
    chosen: Res<'w, Chosen>,
    choosing: Res<'w, Choosing>,
    next_stroke: Res<'w, NextStroke>,
    images: Res<'w, ImagesOnPoints>,
    probe: Res<'w, Probe>,
}

impl CanvasSources<'_, '_> {
    /// `zoom`: logical pixels of the window in a point of the panels.
    pub fn view<'a>(&'a self, samples: &'a SampleSources, zoom: f32) -> CanvasView<'a> {
        CanvasView {
            choosing: self.choosing(zoom),
            hovered: self.hovered(samples, zoom),
            images: self.images(samples, zoom),
            probe: self.probe(zoom),
        }
    }

    fn choosing(&self, zoom: f32) -> ChoosingView {
        let corner = |corner: &Vec2| (*corner / zoom).to_array();
        ChoosingView {
            count: self.chosen.serials().len(),
            left_out: self.chosen.left_out(),
            draws_next: self.next_stroke.0.is_some(),
            stroke: self.choosing.0.as_ref().map(|(stroke, count)| StrokeView {
                path: stroke.path.iter().map(corner).collect(),
                is_box: stroke.kind == RegionKind::Box,
                count: *count,
            }),
        }
    }

    fn hovered<'a>(&self, samples: &'a SampleSources, zoom: f32) -> Option<HoveredView<'a>> {
        let cursor = self.windows.single().ok().and_then(Window::cursor_position)?;
        Some(HoveredView {
            sample: samples.sample(self.hovered.0?)?,
            cursor: point(cursor, zoom),
        })
    }

    fn images(&self, samples: &SampleSources, zoom: f32) -> Vec<ImageOnPoint> {
        let images = self.images.0.iter();
        images
            .filter_map(|&(serial, at)| {
                Some(ImageOnPoint {
                    serial,
                    at: point(at, zoom),
                    color: self.color(&samples.sample(serial)?),
                })
            })
            .collect()
    }

    /// Colour of a sample's point.
    fn color(&self, sample: &SampleView) -> [u8; 3] {
        let (class, certainty) = sample
            .prediction
            .map_or((None, 0.0), |it| (Some(it.class), it.certainty));
        let facts = Facts {
            propagated: sample.propagated.map(|it| it.class),
            score: self.learning.rank(sample.serial),
            changed: self.comparison.changed(sample.serial),
            ..Facts::new(sample.user_label, class, sample.true_label, certainty)
        };
        self.palette.point_color(*self.mode, &facts).0
    }

    fn probe(&self, zoom: f32) -> ProbeView<'_> {
        let places = self.probe.places.iter();
        let dataset = self.dataset.dataset.as_ref();
        ProbeView {
            mode: self.probe.mode,
            unable: match self.dataset.is_vectors_alone() {
                true => Some("Vectors alone have no decoder: the probe needs a model of images."),
                false => unable(self.probe.mode, *self.dimension, self.selected.0),
            },
            places: places
                .filter_map(|&place| self.view.window_from_world(place))
                .map(|at| point(at, zoom))
                .collect(),
            pixels: &self.probe.pixels,
            version: self.probe.count,
            shape: dataset.map_or([1, 1, 1], |dataset| dataset.shape()),
        }
    }
}

/// Why nothing can be decoded.
fn unable(mode: ProbeMode, dimension: CloudDimension, selected: Option<u32>) -> Option<&'static str> {
    match (mode, dimension) {
        (_, CloudDimension::Three) => Some("The probe works in two dimensions: choose 2-D."),
        (ProbeMode::Line, _) if selected.is_none() => Some("Select the point where the line begins."),
        _ => None,
    }
}

/// A place in the window, in points of the panels.
fn point(at: Vec2, zoom: f32) -> egui::Pos2 {
    egui::pos2(at.x / zoom, at.y / zoom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_says_why_it_is_unable() {
        let (flat, deep) = (CloudDimension::Two, CloudDimension::Three);
        assert_eq!(unable(ProbeMode::Line, flat, Some(3)), None);
        assert_eq!(unable(ProbeMode::Grid, flat, None), None);
        assert!(unable(ProbeMode::Line, flat, None).is_some_and(|why| why.starts_with("Select the point")));
        assert!(unable(ProbeMode::Cursor, deep, Some(3)).is_some_and(|why| why.contains("choose 2-D")));
    }
}
