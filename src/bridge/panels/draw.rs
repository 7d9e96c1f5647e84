//! The overlay in the window: what is going on → panels → intents.

use bevy::asset::AssetEventSystems;
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use bevy_egui::{EguiContexts, EguiPostUpdateSet, EguiPrimaryContextPass, egui};

use crate::bridge::model::latents::{DecodedSample, Latents};
use crate::bridge::model::records::{RunRecords, TestResult};
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::status::StatusLines;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::cloud::camera::orbit::{CameraGate, CloudDimension, CloudViewport};
use crate::cloud::input::region::RegionKind;
use crate::cloud::selection::single::{Hovered, Selected};
use crate::cloud::style::palette::{CERTAINTY_DOMAIN, ColorMode, Palette};
use crate::cloud::{Choosing, Chosen, CloudSystems, CloudView, NextStroke, Shown as CloudFilter};
use crate::ui::canvas::images::ImageOnPoint;
use crate::ui::intent::{Dimension, Intent, ProbeMode};
use crate::ui::view_model::{
    AuditView, Choosing as ChoosingView, Class, ColorView, ComparisonView, DoubtsView,
    Feedback as FeedbackView, FilterView, HistoryView, Hovered as HoveredView, JobView, ModelView,
    NeighboursView, Prediction, ProbeView, QueueView, Reconstruction, SampleView, Statistics, StrokeView,
    TrainingView, ViewModel,
};
use crate::ui::{layout, theme};
use ssvae_core::acquisition::Strategy;
use ssvae_core::filter::Facts;
use ssvae_core::format::grouped;
use ssvae_core::model::config::CLASSES;

use crate::bridge::labels::accuracy_curve::Accuracy;
use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::audited::Audited;
use crate::bridge::labels::doubts::Doubts;
use crate::bridge::labels::state::{LabelHistory, UserLabels};
use crate::bridge::labels::unsure::Unsure;
use crate::bridge::labels::wording::{Tense, describe};
use crate::bridge::learning::state::{Acquisition, Learning};
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::probe::Probe;
use crate::bridge::panels::closing::Closing;
use crate::bridge::panels::export::Exports;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::form::Form;
use crate::bridge::panels::open_target::PendingOpen;
use crate::bridge::panels::user_intent::{PendingIntents, UserIntent};
use crate::bridge::queue::state::QueueOrder;
use crate::bridge::samples::chosen_images::Gallery;
use crate::bridge::samples::classes::Classes;
use crate::bridge::samples::legend::Legend;
use crate::bridge::samples::sample_images::ImagesOnPoints;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::bridge::samples::summary::Summary;
use crate::bridge::start::Start;
use crate::bridge::stopping::Stopping;

pub struct PanelsPlugin;

impl Plugin for PanelsPlugin {
    fn build(&self, app: &mut App) {
        app // New glyphs and images reach the device with the frame that shows them: the next one may be a long way off.
            .configure_sets(
                PostUpdate,
                EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems),
            )
            // The panels know what was asked for before, and the cloud whose the mouse is.
            .configure_sets(
                PostUpdate,
                EguiPostUpdateSet::EndPass
                    .after(CloudSystems::Transition)
                    .before(CloudSystems::Canvas),
            )
            .add_systems(EguiPrimaryContextPass, draw);
    }
}

/// Colours of the certainty scale in the legend.
const RAMP: usize = 32;

/// Everything that the panels show, in one place.
#[derive(bevy::ecs::system::SystemParam)]
struct Shown<'w> {
    start: Res<'w, Start>,
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    decoded: Res<'w, DecodedSample>,
    model: Res<'w, ModelState>,
    records: Res<'w, RunRecords>,
    tested: Res<'w, TestResult>,
    run: Res<'w, TrainingRun>,
    status: Res<'w, StatusLines>,
    problems: Res<'w, ProblemCards>,
    labels: Option<Res<'w, UserLabels>>,
    mode: Res<'w, ColorMode>,
    palette: Res<'w, Palette>,
    legend: Res<'w, Legend>,
    dimension: Res<'w, CloudDimension>,
    selected: Res<'w, Selected>,
    hovered: Res<'w, Hovered>,
    chosen: Res<'w, Chosen>,
    choosing: Res<'w, Choosing>,
    filter: Res<'w, CloudFilter>,
    walk: Res<'w, QueueOrder>,
    tally: Res<'w, Summary>,
    learning: Res<'w, Learning>,
    accuracy: Res<'w, Accuracy>,
    doubts: Res<'w, Doubts>,
    comparison: Res<'w, Comparison>,
    acquisition: Res<'w, Acquisition>,
    history: Res<'w, LabelHistory>,
    probe: Res<'w, Probe>,
    images: Res<'w, ImagesOnPoints>,
    view: Res<'w, CloudView>,
    classes: Res<'w, Classes>,
    dropped: Res<'w, PendingOpen>,
    closing: Res<'w, Closing>,
    exports: Res<'w, Exports>,
    feedback: Res<'w, Feedback>,
    gallery: Res<'w, Gallery>,
    next_stroke: Res<'w, NextStroke>,
    unsure: Option<Res<'w, Unsure>>,
    audit: Res<'w, Audit>,
    audited: Res<'w, Audited>,
    stopping: Res<'w, Stopping>,
}

impl Shown<'_> {
    fn sample(&self, serial: u32) -> Option<SampleView<'_>> {
        let dataset = self.dataset.dataset.as_ref()?;
        let prediction = self.latents.snapshot.as_ref().and_then(|snapshot| {
            let (&class, &certainty) = snapshot
                .classes
                .get(serial as usize)
                .zip(snapshot.certainty.get(serial as usize))?;
            Some(Prediction { class, certainty })
        });
        let version = self
            .latents
            .snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.version);
        let view = SampleView {
            serial,
            user_label: self.labels.as_ref().and_then(|labels| labels.0.get(serial)),
            prediction,
            propagated: self.learning.propagated.as_ref().and_then(|propagated| {
                let (class, certainty) = (propagated.class(serial)?, propagated.certainty(serial));
                Some(Prediction { class, certainty })
            }),
            true_label: dataset.true_label(serial),
            shape: dataset.shape(),
            original: dataset.image(serial)?,
            reconstruction: match &self.decoded.0 {
                Some((of, pixels)) if *of == serial => Reconstruction::Ready { pixels, version },
                _ => Reconstruction::Decoding,
            },
            blind: false,
        };
        Some(if self.audit.is_blind(serial) {
            view.blind()
        } else {
            view
        })
    }

    /// The selected sample, or where nothing is selected the one that the audit asks for.
    fn looked_at(&self) -> Option<u32> {
        let audited = self.audit.current().filter(|_| self.chosen.serials().is_empty());
        self.selected.0.or(audited)
    }

    fn statistics(&self) -> Statistics {
        self.labels
            .as_ref()
            .map_or(Statistics::default(), |labels| Statistics {
                labelled: labels.0.labelled(),
                total: labels.0.len(),
                counts: labels.0.counts(),
                agreement: self.tally.agreement(),
            })
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

    /// Samples like the selected one, the nearest first.
    fn neighbours(&self) -> Vec<u32> {
        let similarity = self.learning.similarity.as_ref().zip(self.selected.0);
        similarity.map_or(Vec::new(), |(similarity, serial)| {
            similarity.neighbours.of(serial).map(|pair| pair.0).collect()
        })
    }

    /// What the queue is by, where its strategy alone does not say it.
    fn explanation(&self, fresh: bool) -> &'static str {
        let labelled = self.labels.as_ref().is_some_and(|labels| labels.0.labelled() > 0);
        match (self.learning.has_scores(), self.acquisition.strategy) {
            (false, _) if self.learning.is_coming() => {
                "The images are being compared: random samples until then."
            }
            (false, _) if fresh => "Random samples: neither images nor model say which labels help.",
            (false, _) => "The model's least certain samples: the images are not compared.",
            (true, Strategy::ExploreRefine | Strategy::Norm) if !labelled => {
                "Typical samples of different regions: a label of each begins best."
            }
            _ => "",
        }
    }

    /// Samples whose labels were changed last, the newest first, each once.
    fn recent(&self) -> Vec<u32> {
        const SHOWN: usize = 12;
        // Who changes the same few samples again and again has fewer than fit.
        const LOOKED_AT: usize = 1000;
        let mut recent = Vec::new();
        let actions = self.history.journal.done().iter().rev().take(LOOKED_AT);
        for step in actions.flat_map(|action| action.steps.iter().rev().take(SHOWN)) {
            if !recent.contains(&step.serial) {
                recent.push(step.serial);
            }
            if recent.len() == SHOWN {
                break;
            }
        }
        recent
    }

    fn probe<'a>(&'a self, places: &'a [egui::Pos2]) -> ProbeView<'a> {
        let unable = match (self.probe.mode, *self.dimension) {
            (_, CloudDimension::Three) => Some("The probe works in two dimensions: choose 2-D."),
            (ProbeMode::Line, _) if self.selected.0.is_none() => {
                Some("Select the point where the line begins.")
            }
            _ => None,
        };
        let dataset = self.dataset.dataset.as_ref();
        ProbeView {
            mode: self.probe.mode,
            unable,
            places,
            pixels: &self.probe.pixels,
            version: self.probe.count,
            shape: dataset.map_or([1, 1, 1], |dataset| dataset.shape()),
        }
    }

    /// What there is to wait for before there is a cloud.
    fn loading(&self) -> Option<JobView> {
        if self.latents.snapshot.is_some() {
            return None;
        }
        let job = |what: &str, share, offer| JobView {
            what: what.into(),
            share,
            left: None,
            offer,
        };
        Some(match (&self.dataset.dataset, &self.model.architecture) {
            (None, _) if !self.problems.cards().is_empty() => {
                job("No images. Correct this, then Retry", None, Some(Intent::Retry))
            }
            (None, _) => self.dataset.reading_job(),
            (Some(_), None) => job("Reading the model", Some(0.0), None),
            _ => {
                let encoding = self.latents.encoding_job();
                encoding.unwrap_or_else(|| job("Encoding the images", Some(0.0), None))
            }
        })
    }

    /// What goes on beside the cloud.
    fn jobs(&self) -> Vec<JobView> {
        let encoding = self.latents.snapshot.as_ref().and(self.latents.encoding_job());
        let comparing = self.learning.job();
        encoding
            .into_iter()
            .chain(comparing)
            .chain(self.exports.jobs())
            .collect()
    }
}

fn draw(
    mut contexts: EguiContexts,
    mut form: ResMut<Form>,
    shown: Shown,
    known: SampleQuery,
    windows: Query<&Window, With<PrimaryWindow>>,
    mut gate: ResMut<CameraGate>,
    mut viewport: ResMut<CloudViewport>,
    mut asked: MessageWriter<UserIntent>,
    mut pending: ResMut<PendingIntents>,
    mut redraw: MessageWriter<RequestRedraw>,
    mut themed: Local<bool>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    if !*themed {
        theme::apply(&ctx);
        // The size of the text is the form's affair.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        *themed = true;
    }
    let zoom = ctx.zoom_factor();
    let classes: Vec<Class> = (0..CLASSES as u8)
        .map(|class| Class {
            name: shown.classes.name(class),
            color: shown.palette.class_color(class),
        })
        .collect();
    let ramp: [[u8; 3]; RAMP] = std::array::from_fn(|i| {
        let (low, high) = CERTAINTY_DOMAIN;
        shown
            .palette
            .certainty_color(low + (high - low) * i as f32 / (RAMP - 1) as f32)
    });
    let checkpoint = shown.start.options.weights.display().to_string();
    // Points of the overlay are `zoom` logical pixels of the window.
    let point = |at: Vec2| egui::pos2(at.x / zoom, at.y / zoom);
    let cursor = windows.single().ok().and_then(Window::cursor_position).map(point);
    let hovered = shown.hovered.0.zip(cursor).and_then(|(serial, cursor)| {
        Some(HoveredView {
            sample: shown.sample(serial)?,
            cursor,
        })
    });
    let images: Vec<ImageOnPoint> = shown
        .images
        .0
        .iter()
        .filter_map(|&(serial, at)| {
            Some(ImageOnPoint {
                serial,
                at: point(at),
                color: shown.color(&shown.sample(serial)?),
            })
        })
        .collect();
    let probed: Vec<egui::Pos2> = shown
        .probe
        .places
        .iter()
        .filter_map(|&place| shown.view.window_from_world(place).map(point))
        .collect();
    let dropped = shown.dropped.0.as_ref().map(|source| source.describe());
    let recent = shown.recent();
    let undo = shown.history.journal.done().last();
    let undo = undo.map(|action| describe(action, Tense::Done, &|class| shown.classes.name(class)));
    let audit_on = shown.audit.is_on();
    let undo = match shown.audit.last() {
        Some(serial) => Some(format!("audit label of {}", grouped(serial as usize))),
        None => undo.filter(|_| !audit_on),
    };
    let marks = shown.unsure.as_ref().map(|unsure| &unsure.marks);
    let unsure: Vec<u32> = marks.iter().flat_map(|marks| marks.serials()).collect();
    // What is marked is listed as such, though it was put off with it.
    let skipped = known.skipped();
    let skipped: Vec<u32> = skipped
        .filter(|&serial| marks.is_none_or(|marks| !marks.contains(serial)))
        .collect();
    let neighbours = shown.neighbours();
    let doubted: Vec<u32> = shown.doubts.open.iter().map(|doubt| doubt.serial).collect();
    let lookup = |serial| shown.sample(serial);
    let stroke = shown.choosing.0.as_ref();
    let path: Vec<[f32; 2]> = stroke
        .iter()
        .flat_map(|(stroke, _)| stroke.path.iter().map(|corner| (*corner / zoom).to_array()))
        .collect();
    let in_memory = shown.model.provenance.to_string();
    let (loading, jobs) = (shown.loading(), shown.jobs());
    let (states, compared) = (
        shown.comparison.states(&shown.records),
        shown.comparison.shown.as_ref(),
    );
    let state = ViewModel {
        lookup: &lookup,
        points: shown.dataset.samples(),
        classes: &classes,
        color: ColorView {
            mode: *shown.mode,
            legend: &shown.legend.entries,
            ramp: &ramp,
        },
        latent_dim: shown
            .model
            .architecture
            .as_ref()
            .map_or(2, |architecture| architecture.latent_dim),
        dimension: match *shown.dimension {
            CloudDimension::Two => Dimension::Two,
            CloudDimension::Three => Dimension::Three,
        },
        statistics: shown.statistics(),
        sample: shown.looked_at().and_then(|serial| shown.sample(serial)),
        hovered,
        choosing: ChoosingView {
            count: shown.chosen.serials().len(),
            left_out: shown.chosen.left_out(),
            draws_next: shown.next_stroke.0.is_some(),
            stroke: stroke.map(|(stroke, count)| StrokeView {
                path: &path,
                is_box: stroke.kind == RegionKind::Box,
                count: *count,
            }),
        },
        chosen: shown.chosen.serials(),
        gallery: &shown.gallery.0,
        filter: FilterView {
            filter: &shown.filter.0,
            shown: shown.tally.shown,
        },
        queue: QueueView {
            order: shown.walk.0,
            next: shown.tally.next(),
            strategy: shown.acquisition.strategy,
            explanation: shown.explanation(known.is_fresh()),
            skipped: &skipped,
            unsure: &unsure,
        },
        neighbours: NeighboursView {
            basis: shown.acquisition.basis,
            serials: &neighbours,
            without: if shown.selected.0.is_none() && audit_on {
                "Hidden during the audit."
            } else if shown.learning.is_coming() {
                ""
            } else {
                "The images are not compared."
            },
        },
        doubts: DoubtsView {
            serials: &doubted,
            selected: shown
                .selected
                .0
                .and_then(|serial| shown.doubts.of(serial))
                .copied(),
        },
        recent: &recent,
        history: HistoryView {
            undo: undo.as_deref(),
            redo: !shown.history.journal.undone().is_empty() && !audit_on,
        },
        probe: shown.probe(&probed),
        closing: shown.closing.question(),
        dropped: dropped.as_deref(),
        images: &images,
        feedback: shown
            .feedback
            .0
            .as_ref()
            .map(|(text, kind)| FeedbackView { text, kind: *kind }),
        training: TrainingView {
            run: shown.run.state,
            messages: &shown.status.0,
            history: &shown.model.history,
            settings: shown.run.settings.as_ref(),
            runs: &shown.records.runs,
            stored: &shown.records.stored,
            tested: shown.tested.0.as_ref(),
            propagated: shown.learning.evaluation.as_deref(),
            audit: AuditView {
                on: shown.audit.progress(),
                model: shown.audited.model.as_ref(),
                propagated: shown.audited.propagated.as_ref(),
            },
            advice: shown.stopping.advice,
            accuracy: shown.accuracy.curve.points(),
        },
        comparison: ComparisonView {
            states: &states,
            names: compared.map(|compared| &compared.names),
            change: compared.map(|compared| &compared.change),
            moves: compared.map_or(&[], |compared| &compared.moves),
            share: compared.map_or(1.0, |compared| compared.share),
            loading: shown.comparison.is_loading(),
        },
        model: ModelView {
            backend: &shown.model.backend,
            architecture: shown.model.architecture.as_ref(),
            in_memory: &in_memory,
            ends: shown.model.provenance.ends(),
            in_file: &shown.model.in_file,
            unsaved: shown.model.is_unsaved(),
            checkpoint: &checkpoint,
        },
        problems: shown.problems.cards(),
        loading: loading.as_ref(),
        jobs: &jobs,
    };
    let mut intents = Vec::new();
    let before = form.0.preferences.clone();
    let mine = &mut form.bypass_change_detection().0;
    let free = layout::show(&ctx, &state, mine, &mut intents);
    if before != form.0.preferences {
        form.set_changed();
        redraw.write(RequestRedraw);
    }
    if zoom != form.0.preferences.scale {
        ctx.set_zoom_factor(form.0.preferences.scale);
    }
    let corner = |at: egui::Pos2| Vec2::new(at.x, at.y) * zoom;
    let rect = Rect::from_corners(corner(free.rect.min), corner(free.rect.max));
    viewport.set_if_neq(CloudViewport(Some(rect)));
    gate.set_if_neq(CameraGate {
        pointer_over_ui: !free.has_pointer,
    });
    if !intents.is_empty() {
        pending.0 = true;
        redraw.write(RequestRedraw);
    }
    asked.write_batch(intents.into_iter().map(UserIntent));
    Ok(())
}
