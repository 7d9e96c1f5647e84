//! What is on the screen, for exports.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::samples::legend::Legend;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::cloud::Labelled;
use crate::cloud::Points;
use crate::cloud::{CloudView, ColorMode, Palette, PointFilter};
use ssvae_core::filter::Visibility;
use ssvae_core::format::grouped;
use ssvae_core::outputs::chosen::Row;
use ssvae_core::outputs::figure::Disc;

/// A copy of the view for another thread.
pub struct View {
    pub size: [u32; 2],
    pub drawing: bool,
    pub palette: Palette,
    pub discs: Vec<Disc>,
    pub legend: Vec<(String, [u8; 3])>,
}

/// A row of the table for each of these samples.
pub fn rows(samples: &SampleQuery, serials: &[u32]) -> Vec<Row> {
    let row = |&serial: &u32| {
        let facts = samples.facts(serial);
        let snapshot = samples.latents().snapshot.as_ref();
        let (dim, at) = (snapshot.map_or(0, |s| s.latent_dim), serial as usize);
        let latent = snapshot.and_then(|s| s.latents.get(at * dim..(at + 1) * dim));
        let certainty = snapshot.and_then(|s| s.certainty.get(at).copied());
        Row {
            serial,
            user: facts.user,
            predicted: facts.predicted,
            certainty: certainty.unwrap_or(0.0),
            truth: facts.truth,
            latent: latent.unwrap_or_default().to_vec(),
        }
    };
    serials.iter().map(row).collect()
}

/// What the view is made of.
#[derive(SystemParam)]
pub struct ViewCapture<'w, 's> {
    pub samples: SampleQuery<'w>,
    points: Points<'w, 's>,
    labelled: Res<'w, Labelled>,
    view: Res<'w, CloudView>,
    mode: Res<'w, ColorMode>,
    palette: Res<'w, Palette>,
    legend: Res<'w, Legend>,
    filter: Res<'w, PointFilter>,
}

impl ViewCapture<'_, '_> {
    /// The view as a picture of this size, or as a vector drawing of the canvas's size.
    pub fn view(&self, size: Option<[u32; 2]>) -> View {
        let canvas = self.view.viewport;
        let size_of = size.unwrap_or([canvas.width().round() as u32, canvas.height().round() as u32]);
        let wanted = Vec2::new(size_of[0] as f32, size_of[1] as f32);
        // The whole canvas fits in; if the aspect ratios differ, more is seen around it.
        let scale = (wanted / canvas.size().max(Vec2::ONE)).min_element();
        let place = |at: Vec2| ((at - canvas.center()) * scale + wanted / 2.0).to_array();
        let (mut context, mut plain) = (Vec::new(), Vec::new());
        for serial in 0..self.legend.points() as u32 {
            if self.labelled.slot(serial).is_none() {
                let Some((disc, visibility)) = self.disc(serial, scale, place) else {
                    continue;
                };
                match visibility {
                    Visibility::Shown => plain.push(disc),
                    _ => context.push(disc),
                }
            }
        }
        let mut labelled = Vec::new();
        for &serial in self.labelled.order() {
            if let Some((disc, visibility)) = self.disc(serial, scale, place) {
                match visibility {
                    Visibility::Shown => labelled.push(disc),
                    _ => context.push(disc),
                }
            }
        }
        context.append(&mut plain);
        context.append(&mut labelled);
        let legend = self.legend.entries.iter();
        let legend = legend
            .filter(|entry| entry.count > 0)
            .map(|entry| (format!("{} ({})", entry.name, grouped(entry.count)), entry.color));
        View {
            size: size_of,
            drawing: size.is_none(),
            palette: self.palette.clone(),
            discs: context,
            legend: legend.collect(),
        }
    }

    fn disc(&self, serial: u32, scale: f32, place: impl Fn(Vec2) -> [f32; 2]) -> Option<(Disc, Visibility)> {
        let facts = self.samples.facts(serial);
        let visibility = self.filter.0.judge(&facts);
        if visibility == Visibility::Hidden {
            return None;
        }
        let position = self.points.displayed(serial).filter(|at| at.is_finite())?;
        let at = place(self.view.window_from_world(position)?);
        let shown = visibility == Visibility::Shown;
        let (color, colored) = match shown {
            true => self.palette.point_color(*self.mode, &facts),
            false => (self.palette.unlabelled(), false),
        };
        let labelled = facts.user.is_some() && shown;
        let alpha = match (shown, colored) {
            (false, _) => self.palette.unlabelled_alpha / 2.0,
            (true, false) => self.palette.unlabelled_alpha,
            (true, true) => 1.0,
        };
        let disc = Disc {
            at,
            radius: self.view.discs.radius(labelled) * scale,
            color,
            alpha,
            outlined: labelled,
        };
        Some((disc, visibility))
    }
}
