//! What the user wants to keep of what is seen → files in the exports folder, written beside the frames.

use std::path::PathBuf;
use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use crate::cloud::labelled::Labelled;
use crate::cloud::points::Points;
use crate::cloud::sample::NO_CLASS;
use crate::cloud::{Chosen, CloudView, ColorMode, Palette};
use crate::dataset::Dataset;
use crate::filter::Visibility;
use crate::outputs::OutputError;
use crate::outputs::chosen::{Row, write_sheet, write_table};
use crate::outputs::figure::{Disc, Figure, write_png, write_svg};
use crate::overlay::intent::ExportKind;
use crate::overlay::number::grouped;
use crate::overlay::state::FeedbackKind;

use super::known::Known;
use super::legend::Legend;
use super::progress::Progress;
use super::{Start, Urgency, Wake};

/// Write something.
#[derive(Message, Clone, Copy, Debug)]
pub struct ExportRequest(pub ExportKind);

/// What is being written.
#[derive(Resource, Default)]
struct Writing {
    tasks: Vec<Task<Result<PathBuf, OutputError>>>,
    /// For the line beside the label buttons.
    said: Option<(String, FeedbackKind)>,
}

pub struct ExportPlugin;

impl Plugin for ExportPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ExportRequest>()
            .init_resource::<Writing>()
            .add_systems(Update, (begin, finish).chain());
    }
}

/// What is written, without the world.
enum Content {
    View(Box<View>),
    Table(Vec<Row>),
    Sheet(Arc<Dataset>, Vec<u32>),
}

struct View {
    size: [u32; 2],
    drawing: bool,
    palette: Palette,
    discs: Vec<Disc>,
    legend: Vec<(String, [u8; 3])>,
}

fn begin(
    mut requests: MessageReader<ExportRequest>,
    start: Res<Start>,
    wake: Res<Wake>,
    seen: Seen,
    chosen: Res<Chosen>,
    mut writing: ResMut<Writing>,
) {
    for &ExportRequest(kind) in requests.read() {
        let content = match kind {
            ExportKind::Png(size) => Content::View(Box::new(seen.view(Some(size)))),
            ExportKind::Svg => Content::View(Box::new(seen.view(None))),
            _ if chosen.serials().is_empty() => {
                let text = "Nothing is chosen: drag with Shift or Alt around points first";
                writing.said = Some((text.into(), FeedbackKind::Info));
                continue;
            }
            ExportKind::Csv => Content::Table(rows(&seen.known, chosen.serials())),
            ExportKind::ContactSheet => match &seen.known.progress().dataset {
                Some(dataset) => Content::Sheet(dataset.clone(), chosen.serials().to_vec()),
                None => continue,
            },
        };
        let path = start.args.exports.join(name(&content));
        writing.said = Some((format!("Writing {}…", path.display()), FeedbackKind::Saving));
        let wake = wake.0.clone();
        writing.tasks.push(AsyncComputeTaskPool::get().spawn(async move {
            let written = write(&path, &content).map(|()| path);
            wake(Urgency::Answer);
            written
        }));
    }
}

/// Files are named by the time, so that none takes the place of another.
fn name(content: &Content) -> String {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ");
    let what = match content {
        Content::View(view) if view.drawing => "view.svg",
        Content::View(_) => "view.png",
        Content::Table(_) => "chosen.csv",
        Content::Sheet(..) => "images.png",
    };
    format!("{time}-{what}")
}

fn write(path: &std::path::Path, content: &Content) -> Result<(), OutputError> {
    match content {
        Content::View(view) => {
            let figure = Figure {
                size: view.size,
                background: view.palette.background,
                text: view.palette.ink,
                discs: &view.discs,
                legend: &view.legend,
            };
            if view.drawing {
                write_svg(path, &figure)
            } else {
                write_png(path, &figure)
            }
        }
        Content::Table(rows) => write_table(path, rows),
        Content::Sheet(dataset, serials) => write_sheet(path, dataset, serials),
    }
}

fn finish(mut writing: ResMut<Writing>, mut progress: ResMut<Progress>) {
    if writing.tasks.is_empty() && writing.said.is_none() {
        return;
    }
    let Writing { tasks, said } = &mut *writing;
    tasks.retain_mut(|task| match block_on(poll_once(task)) {
        None => true,
        Some(written) => {
            *said = Some(match written {
                Ok(path) => (format!("Wrote {}", path.display()), FeedbackKind::Saved),
                Err(error) => (format!("Not written: {error}"), FeedbackKind::Failed),
            });
            false
        }
    });
    if let Some(said) = said.take() {
        progress.feedback = Some(said);
    }
}

fn rows(known: &Known, serials: &[u32]) -> Vec<Row> {
    let row = |&serial: &u32| {
        let facts = known.facts(serial);
        let snapshot = known.progress().snapshot.as_ref();
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

/// What is on the screen.
#[derive(bevy::ecs::system::SystemParam)]
struct Seen<'w, 's> {
    known: Known<'w>,
    points: Points<'w, 's>,
    labelled: Res<'w, Labelled>,
    view: Res<'w, CloudView>,
    mode: Res<'w, ColorMode>,
    palette: Res<'w, Palette>,
    legend: Res<'w, Legend>,
    filter: Res<'w, crate::cloud::Shown>,
}

impl Seen<'_, '_> {
    /// The view in a picture of this size, or as a drawing of the canvas's own.
    fn view(&self, size: Option<[u32; 2]>) -> View {
        let canvas = self.view.viewport;
        let size_of = size.unwrap_or([canvas.width().round() as u32, canvas.height().round() as u32]);
        let wanted = Vec2::new(size_of[0] as f32, size_of[1] as f32);
        // All of the canvas, with more around it where the shapes differ.
        let scale = (wanted / canvas.size().max(Vec2::ONE)).min_element();
        let place = |at: Vec2| ((at - canvas.center()) * scale + wanted / 2.0).to_array();
        let (mut context, mut plain) = (Vec::new(), Vec::new());
        for serial in 0..self.legend.points() as u32 {
            if self.labelled.slot(serial).is_none() {
                let (disc, visibility) = match self.disc(serial, scale, place) {
                    Some(found) => found,
                    None => continue,
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
        let facts = self.known.facts(serial);
        let visibility = self.filter.0.judge(&facts);
        if visibility == Visibility::Hidden {
            return None;
        }
        let position = self.points.displayed(serial).filter(|at| at.is_finite())?;
        let at = place(self.view.window_from_world(position)?);
        let class = match *self.mode {
            ColorMode::UserLabels => facts.user,
            ColorMode::Predicted => facts.predicted,
            ColorMode::TrueLabel => facts.truth,
            ColorMode::Certainty => Some(0),
        };
        let shown = visibility == Visibility::Shown;
        let color = match *self.mode {
            _ if !shown => self.palette.unlabelled(),
            ColorMode::Certainty => self.palette.certainty_color(facts.certainty),
            _ => self.palette.class_color(class.unwrap_or(NO_CLASS)),
        };
        let labelled = facts.user.is_some() && shown;
        let alpha = match (shown, class) {
            (false, _) => self.palette.unlabelled_alpha / 2.0,
            (true, None) => self.palette.unlabelled_alpha,
            (true, Some(_)) => 1.0,
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
