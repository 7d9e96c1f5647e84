//! A session as the app would show it, for tests.

use std::sync::Arc;

use super::intent::{Dimension, ProbeMode, StateName};
use super::problem::Problems;
use super::view_model::{
    AtClose, AuditView, Choosing, Class, ColorView, ComparisonView, DoubtsView, Feedback, FeedbackKind,
    FilterView, HistoryView, Hovered, JobView, LegendEntry, ModelView, NeighboursView, Prediction, ProbeView,
    QueueView, Reconstruction, RunEnds, RunProgress, RunState, SampleView, Statistics, TrainingView,
    ViewModel,
};
use crate::cloud::ColorMode;
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::dataset::Dataset;
use ssvae_core::evaluation::{Advice, Change, Evaluation};
use ssvae_core::filter::Filter;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::objective::{Losses, Metric, Term};
use ssvae_core::propagation::Doubt;
use ssvae_core::training::message::{EndState, EpochMetrics, RunStatus};
use ssvae_core::training::record::{LabelsUsed, RunOutcome, RunRecord, Stored, TestFigures};
use ssvae_core::training::tested::{TestImages, Tested};

/// Owns what an [`ViewModel`] borrows.
pub struct Fixture {
    pub classes: Vec<Class>,
    pub mode: ColorMode,
    pub legend: Vec<LegendEntry>,
    pub ramp: Vec<[u8; 3]>,
    pub latent_dim: usize,
    pub statistics: Statistics,
    pub selected: bool,
    pub user_label: Option<u8>,
    pub true_label: Option<u8>,
    pub decoded: bool,
    pub hovered: Option<egui::Pos2>,
    pub choosing: Choosing<'static>,
    pub chosen: Vec<u32>,
    pub gallery: Vec<u32>,
    pub filter: Filter,
    pub shown: usize,
    pub order: Order,
    pub next: Vec<u32>,
    pub explanation: &'static str,
    pub strategy: Strategy,
    pub set_aside: [Vec<u32>; 2],
    pub neighbours: Vec<u32>,
    pub doubted: Vec<u32>,
    pub doubt: Option<Doubt>,
    pub recent: Vec<u32>,
    pub undo: Option<String>,
    pub redo: bool,
    pub probe: ProbeMode,
    pub closing: Option<AtClose>,
    pub dropped: Option<String>,
    pub feedback: Option<(String, FeedbackKind)>,
    pub run: RunState,
    pub messages: Vec<String>,
    pub history: Vec<EpochMetrics>,
    pub settings: Option<TrainingConfig>,
    pub runs: Vec<Arc<RunRecord>>,
    pub stored: Stored,
    pub states: Vec<StateName>,
    pub change: Option<Change>,
    pub moves: Vec<(u32, f32)>,
    pub tested: Option<Result<Arc<Tested>, String>>,
    pub propagated: Option<Evaluation>,
    pub accuracy: Vec<(usize, f64)>,
    pub ends: Option<RunEnds>,
    pub architecture: Option<Architecture>,
    pub problems: Problems,
    pub loading: Option<JobView>,
    pub jobs: Vec<JobView>,
    pub audit: Option<(usize, usize)>,
    pub audited: Option<Evaluation>,
    pub advice: Option<Advice>,
    pub original: Vec<u8>,
    pub reconstruction: Vec<f32>,
}

const COLORS: [[u8; 3]; 10] = [
    [86, 180, 233],
    [230, 159, 0],
    [0, 158, 115],
    [240, 228, 66],
    [0, 114, 178],
    [213, 94, 0],
    [204, 121, 167],
    [148, 103, 189],
    [140, 196, 75],
    [227, 119, 119],
];

impl Default for Fixture {
    fn default() -> Self {
        let classes: Vec<Class> = COLORS
            .iter()
            .enumerate()
            .map(|(i, &color)| Class {
                name: i.to_string(),
                color,
            })
            .collect();
        let counts = [41, 50, 42, 45, 43, 40, 44, 46, 44, 47];
        let labelled: usize = counts.iter().sum();
        let mut legend: Vec<LegendEntry> = classes
            .iter()
            .zip(counts)
            .zip(0..)
            .map(|((class, count), index)| LegendEntry {
                class: Some(index),
                name: class.name.clone(),
                color: class.color,
                count,
            })
            .collect();
        legend.push(LegendEntry {
            class: None,
            name: "Unlabelled".into(),
            color: [110, 115, 124],
            count: 60_000 - labelled,
        });
        let original: Vec<u8> = (0..28 * 28).map(|i| ring(i / 28, i % 28)).collect();
        Self {
            classes,
            mode: ColorMode::UserLabels,
            legend,
            ramp: (0..16_u8)
                .map(|i| [20 + 14 * i, 30 + 13 * i, 110 - 4 * i])
                .collect(),
            latent_dim: 2,
            statistics: Statistics {
                labelled,
                total: 60_000,
                counts,
                agreement: (Some(0.981), Some(0.647)),
            },
            selected: true,
            user_label: None,
            true_label: Some(7),
            decoded: true,
            hovered: None,
            choosing: Choosing::default(),
            chosen: Vec::new(),
            gallery: Vec::new(),
            filter: Filter::default(),
            shown: 60_000,
            order: Order::default(),
            next: (100..112).collect(),
            explanation: "",
            strategy: Strategy::default(),
            set_aside: Default::default(),
            neighbours: (200..212).collect(),
            doubted: (300..304).collect(),
            doubt: None,
            recent: vec![31_337, 5],
            undo: Some("31,337 labelled 7".into()),
            redo: false,
            probe: ProbeMode::Off,
            closing: None,
            dropped: None,
            feedback: None,
            run: RunState::Idle,
            messages: (1..=12)
                .map(|i| format!("Epoch {i}/12 | train {:.4} | val {:.4}", loss(i), loss(i) + 0.4))
                .collect(),
            history: (1..=12).map(epoch).collect(),
            settings: None,
            stored: Stored::default(),
            states: vec![StateName::Now],
            change: None,
            moves: Vec::new(),
            tested: Some(Ok(Arc::new(tested()))),
            propagated: None,
            accuracy: [10, 20, 30, 50, 100, 200, 300, 442]
                .map(|labels| (labels, 0.97 - 1.5 / labels as f64))
                .into(),
            runs: (1..=3).map(run).collect(),
            ends: Some(RunEnds {
                last: 5,
                best: 3,
                taken: EndState::Last,
            }),
            architecture: Some(Architecture::default()),
            problems: Problems::default(),
            loading: None,
            jobs: Vec::new(),
            audit: None,
            audited: None,
            advice: None,
            reconstruction: original
                .iter()
                .map(|&value| f32::from(value) / 255.0 * 0.8)
                .collect(),
            original,
        }
    }
}

impl Fixture {
    /// A session in which nothing is selected, labelled or trained.
    pub fn fresh() -> Self {
        Self {
            statistics: Statistics {
                total: 60_000,
                ..Statistics::default()
            },
            legend: Self::default()
                .legend
                .into_iter()
                .map(|entry| LegendEntry { count: 0, ..entry })
                .collect(),
            selected: false,
            messages: Vec::new(),
            history: Vec::new(),
            runs: Vec::new(),
            accuracy: Vec::new(),
            ends: None,
            next: (100..112).collect(),
            explanation: "Typical samples of different regions: a label of each begins best.",
            neighbours: Default::default(),
            recent: Vec::new(),
            undo: None,
            ..Self::default()
        }
    }

    /// A run in its third epoch.
    pub fn running() -> Self {
        let progress = RunProgress {
            before: 0,
            epoch: 3,
            epochs: 5,
            batch: 120,
            batches: 211,
            eta_seconds: Some(12.4),
        };
        Self {
            run: RunState::Running(progress),
            settings: Some(TrainingConfig::default()),
            ..Self::default()
        }
    }

    /// What is known of a sample; all but the selected one look alike.
    pub fn lookup(&self, serial: u32) -> Option<SampleView<'_>> {
        let sample = self.sample();
        (serial < 60_000).then_some(if serial == sample.serial {
            sample
        } else {
            SampleView {
                serial,
                user_label: serial.is_multiple_of(3).then_some((serial % 10) as u8),
                ..sample
            }
        })
    }

    /// The state of this session, which looks samples up with `lookup`.
    pub fn state<'a>(&'a self, lookup: &'a dyn Fn(u32) -> Option<SampleView<'a>>) -> ViewModel<'a> {
        let sample = self.sample();
        ViewModel {
            lookup,
            chosen: &self.chosen,
            gallery: &self.gallery,
            filter: FilterView {
                filter: &self.filter,
                shown: self.shown,
            },
            queue: QueueView {
                order: self.order,
                next: &self.next,
                explanation: self.explanation,
                strategy: self.strategy,
                skipped: &self.set_aside[0],
                unsure: &self.set_aside[1],
            },
            neighbours: NeighboursView {
                basis: Basis::Pixels,
                serials: &self.neighbours,
                without: "",
            },
            recent: &self.recent,
            history: HistoryView {
                undo: self.undo.as_deref(),
                redo: self.redo,
            },
            probe: ProbeView {
                mode: self.probe,
                ..ProbeView::default()
            },
            closing: self.closing,
            dropped: self.dropped.as_deref(),
            doubts: DoubtsView {
                serials: &self.doubted,
                selected: self.doubt,
            },
            images: &[],
            points: self.statistics.total,
            classes: &self.classes,
            color: ColorView {
                mode: self.mode,
                legend: &self.legend,
                ramp: &self.ramp,
            },
            latent_dim: self.latent_dim,
            dimension: Dimension::Two,
            statistics: self.statistics,
            sample: self.selected.then_some(sample),
            hovered: self.hovered.map(|cursor| Hovered { sample, cursor }),
            choosing: self.choosing,
            feedback: self
                .feedback
                .as_ref()
                .map(|(text, kind)| Feedback { text, kind: *kind }),
            training: TrainingView {
                run: self.run,
                messages: &self.messages,
                history: &self.history,
                settings: self.settings.as_ref(),
                runs: &self.runs,
                stored: &self.stored,
                tested: self.tested.as_ref(),
                propagated: self.propagated.as_ref(),
                audit: AuditView {
                    on: self.audit,
                    model: self.audited.as_ref(),
                    propagated: self.audited.as_ref(),
                },
                advice: self.advice,
                accuracy: &self.accuracy,
            },
            comparison: ComparisonView {
                states: &self.states,
                names: None,
                change: self.change.as_ref(),
                moves: &self.moves,
                share: 1.0,
                loading: false,
            },
            model: ModelView {
                backend: if self.architecture.is_some() { "CPU" } else { "" },
                architecture: self.architecture.as_ref(),
                in_memory: "epoch 5, the last",
                ends: self.ends,
                in_file: "epoch 3, the best of the run",
                unsaved: false,
                checkpoint: "artifacts/checkpoints/ssvae.ckpt",
            },
            problems: self.problems.cards(),
            loading: self.loading.as_ref(),
            jobs: &self.jobs,
        }
    }

    fn sample(&self) -> SampleView<'_> {
        let sample = SampleView {
            serial: 31_337,
            user_label: self.user_label,
            prediction: Some(Prediction {
                class: 7,
                certainty: 0.982,
            }),
            propagated: Some(Prediction {
                class: 7,
                certainty: 0.93,
            }),
            true_label: self.true_label,
            shape: [28, 28, 1],
            original: &self.original,
            reconstruction: if self.decoded {
                Reconstruction::Ready {
                    pixels: &self.reconstruction,
                    version: 1,
                }
            } else {
                Reconstruction::Decoding
            },
            blind: false,
        };
        if self.audit.is_some() {
            sample.blind()
        } else {
            sample
        }
    }
}

fn ring(row: usize, column: usize) -> u8 {
    let (y, x) = (row as f32 - 13.5, column as f32 - 13.5);
    let radius = (x * x * 1.8 + y * y).sqrt();
    (255.0 * (1.0 - (radius - 9.0).abs() / 2.5).clamp(0.0, 1.0)) as u8
}

fn loss(epoch: usize) -> f32 {
    38.0 + 30.0 / epoch as f32
}

fn epoch(epoch: usize) -> EpochMetrics {
    let losses = |add: f32| {
        Losses::from(Metric::ALL.map(|metric| match metric {
            Metric::Total => loss(epoch) + add,
            Metric::Term(Term::Reconstruction) => loss(epoch) - 2.0 + add,
            Metric::Term(Term::Kl) => 0.6 + 0.02 * epoch as f32,
            Metric::Term(_) => 2.0 / epoch as f32 + 0.1 * add,
        }))
    };
    let run = if epoch > 7 { epoch - 7 } else { epoch };
    EpochMetrics {
        epoch: run,
        of: 7,
        train: losses(0.0),
        validation: losses(0.6),
        seconds: 4.5,
        best: true,
    }
}

/// A model that takes some fours for nines.
fn tested() -> Tested {
    let samples: Vec<(u8, Option<u8>, f32)> = (0..10_000_u32)
        .map(|i| {
            let truth = (i % 10) as u8;
            let predicted = match i % 70 {
                4 | 24 => 9,
                19 | 38 => 3,
                _ => truth,
            };
            (truth, Some(predicted), 0.5 + (i % 97) as f32 / 200.0)
        })
        .collect();
    let truth = samples.iter().map(|sample| sample.0).collect();
    let pixels = (0..10_000_usize * 16).map(|i| (i * 37 % 251) as u8).collect();
    Tested {
        evaluation: Evaluation::of(samples.iter().copied()),
        reconstruction: 0.0374,
        images: TestImages {
            dataset: Dataset::from_images(pixels, [4, 4], Some(truth)).into(),
            classes: samples.iter().filter_map(|sample| sample.1).collect(),
            certainty: samples.iter().map(|sample| sample.2).collect(),
        },
    }
}

/// The run of this number, of as many epochs.
fn run(number: usize) -> Arc<RunRecord> {
    Arc::new(RunRecord {
        id: format!("20261125T1{number}0000Z"),
        started: format!("2026-11-25T1{number}:00:00Z").parse().unwrap_or_default(),
        backend: "CPU".into(),
        architecture: Architecture::default(),
        config: TrainingConfig::default(),
        labels: LabelsUsed::of(&vec![Some(1); 100 * number]),
        first_step: 0,
        began_with: String::new(),
        states: Vec::new(),
        adjustments: Vec::new(),
        epochs: (1..=number).map(epoch).collect(),
        propagated: None,
        tested: (1..=number)
            .map(|epoch| TestFigures {
                epoch,
                accuracy: Some(0.96 - 0.1 / epoch as f64),
                calibration_error: Some(0.02),
                reconstruction: 0.04,
            })
            .collect(),
        test: Some(tested().evaluation),
        outcome: Some(RunOutcome {
            status: RunStatus::Completed,
            message: "epochs done".into(),
        }),
    })
}
