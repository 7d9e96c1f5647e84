//! Views, samples and results → files in the exports folder, written on other threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::panels::view_capture::{View, ViewCapture, rows};
use crate::bridge::start::{Start, Urgency, Wake};
use crate::cloud::Chosen;
use crate::ui::{Cause, ExportKind, FeedbackKind, Intent, JobView, ResultsFile};
use ssvae_core::dataset::Dataset;
use ssvae_core::job::Job;
use ssvae_core::outputs::OutputError;
use ssvae_core::outputs::chosen::{Row, write_sheet, write_table};
use ssvae_core::outputs::figure::{Figure, write_png, write_svg};
use ssvae_core::outputs::results::{Report, write_results};
use ssvae_core::outputs::results_plot::write_results_plot;

/// Exports that take less get no progress bar.
const SOON: Duration = Duration::from_millis(300);

/// Asks for an export.
#[derive(Message, Clone, Copy, Debug)]
pub struct ExportRequest(pub ExportKind);

/// Asks to cancel the export with this id.
#[derive(Message, Clone, Copy, Debug)]
pub struct CancelExport(pub u64);

/// The exports that are being written.
#[derive(Resource, Default)]
pub struct Exports {
    writing: Vec<Export>,
    /// Id of the last export.
    id: u64,
    /// The next line beside the label buttons.
    said: Option<(String, FeedbackKind)>,
}

struct Export {
    id: u64,
    name: String,
    job: Job,
    task: Task<Result<PathBuf, OutputError>>,
}

impl Exports {
    /// Progress of the slow ones.
    pub fn jobs(&self) -> impl Iterator<Item = JobView> {
        let slow = self.writing.iter().filter(|export| export.job.elapsed() > SOON);
        slow.map(|export| JobView {
            what: format!("Saving {}", export.name),
            share: Some(export.job.share()),
            left: export.job.left(),
            offer: Some(Intent::CancelExport(export.id)),
        })
    }

    fn start(&mut self, content: Content, folder: &Path, wake: &Wake) {
        let name = name(&content);
        let path = folder.join(&name);
        self.said = Some((format!("Saving {}…", path.display()), FeedbackKind::Saving));
        self.id += 1;
        let (id, news, done) = (self.id, wake.0.clone(), wake.0.clone());
        let job = Job::new(move || news(Urgency::Answer));
        let own = job.clone();
        let task = AsyncComputeTaskPool::get().spawn(async move {
            let written = write(&path, &content, &own).map(|()| path);
            done(Urgency::Answer);
            written
        });
        self.writing.push(Export { id, name, job, task });
    }
}

pub struct ExportPlugin;

impl Plugin for ExportPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ExportRequest>()
            .add_message::<CancelExport>()
            .init_resource::<Exports>()
            .add_systems(Update, (begin, cancel, finish).chain());
    }
}

/// A copy of what is exported, for another thread.
enum Content {
    View(Box<View>),
    Table(Vec<Row>),
    Sheet(Arc<Dataset>, Vec<u32>),
    Results(Arc<Report>, ResultsFile),
}

fn begin(
    mut requests: MessageReader<ExportRequest>,
    mut intents: MessageReader<UserIntent>,
    start: Res<Start>,
    wake: Res<Wake>,
    capture: ViewCapture,
    chosen: Res<Chosen>,
    mut exports: ResMut<Exports>,
) {
    for &ExportRequest(kind) in requests.read() {
        let content = match kind {
            ExportKind::Png(size) => Content::View(Box::new(capture.view(Some(size)))),
            ExportKind::Svg => Content::View(Box::new(capture.view(None))),
            _ if chosen.serials().is_empty() => {
                let text = "No points are selected: drag with Shift or Alt around some first";
                exports.said = Some((text.into(), FeedbackKind::Info));
                continue;
            }
            ExportKind::Csv => Content::Table(rows(&capture.samples, chosen.serials())),
            ExportKind::ContactSheet if capture.samples.dataset().is_vectors_alone() => {
                let text = "Vectors alone have no images to save";
                exports.said = Some((text.into(), FeedbackKind::Info));
                continue;
            }
            ExportKind::ContactSheet => match &capture.samples.dataset().dataset {
                Some(dataset) => Content::Sheet(dataset.clone(), chosen.serials().to_vec()),
                None => continue,
            },
        };
        exports.start(content, &start.options.exports, &wake);
    }
    for UserIntent(intent) in intents.read() {
        if let Intent::SaveResults(report, file) = intent {
            let content = Content::Results(report.clone(), *file);
            exports.start(content, &start.options.exports, &wake);
        }
    }
}

fn cancel(mut requests: MessageReader<CancelExport>, exports: Res<Exports>) {
    for CancelExport(id) in requests.read() {
        if let Some(export) = exports.writing.iter().find(|export| export.id == *id) {
            export.job.cancel();
        }
    }
}

/// Files are named by the time, so that no export overwrites another.
fn name(content: &Content) -> String {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ");
    let what = match content {
        Content::View(view) if view.drawing => "view.svg",
        Content::View(_) => "view.png",
        Content::Table(_) => "chosen.csv",
        Content::Sheet(..) => "images.png",
        Content::Results(_, ResultsFile::Csv) => "results.csv",
        Content::Results(_, ResultsFile::Png) => "results.png",
    };
    format!("{time}-{what}")
}

fn write(path: &Path, content: &Content, job: &Job) -> Result<(), OutputError> {
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
                write_svg(path, &figure, job)
            } else {
                write_png(path, &figure, job)
            }
        }
        Content::Table(rows) => write_table(path, rows, job),
        Content::Sheet(dataset, serials) => write_sheet(path, dataset, serials, job),
        Content::Results(report, ResultsFile::Csv) => write_results(path, report, job),
        Content::Results(report, ResultsFile::Png) => write_results_plot(path, report, job),
    }
}

fn finish(mut exports: ResMut<Exports>, mut problems: ResMut<ProblemCards>, mut feedback: ResMut<Feedback>) {
    if exports.writing.is_empty() && exports.said.is_none() {
        return;
    }
    let Exports { writing, said, .. } = &mut *exports;
    writing.retain_mut(|export| match block_on(poll_once(&mut export.task)) {
        None => true,
        Some(written) => {
            *said = Some(match written {
                Ok(path) => {
                    problems.mended(Cause::Export);
                    (format!("Saved {}", path.display()), FeedbackKind::Saved)
                }
                Err(OutputError::Cancelled(_)) => (
                    format!("Cancelled: {} was not saved", export.name),
                    FeedbackKind::Info,
                ),
                Err(error) => {
                    problems.report(Cause::Export, error.to_string());
                    (format!("Not saved: {}", export.name), FeedbackKind::Failed)
                }
            });
            false
        }
    });
    if let Some((text, kind)) = said.take() {
        feedback.say(text, kind);
    }
}
