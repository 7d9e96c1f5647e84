//! The map of the samples: which one is wanted, and how far it is.

use std::sync::Arc;

use bevy::prelude::*;

use crate::bridge::learning::state::Learning;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::{ComparisonSystems, IntentSystems};
use crate::bridge::start::{Start, Urgency, Wake};
use crate::cloud::{CloudDimension, FitView};
use crate::ui::{Cause, Intent, RunState};
use ssvae_core::map::{LayoutChoice, Mapping, News, Request, Settings, Source};

/// What the cloud's positions stand for, and the newest map.
#[derive(Resource, Default)]
pub struct SampleMap {
    /// What is wanted.
    pub layout: LayoutChoice,
    thread: Option<Mapping>,
    /// Number of the last request, and what it was.
    revision: u64,
    asked: Option<Asked>,
    newest: Option<Newest>,
}

/// What a map depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    layout: LayoutChoice,
    axes: usize,
    /// Version of the latents, or of the graph.
    source: u64,
}

/// The newest state of a map.
struct Newest {
    layout: LayoutChoice,
    axes: usize,
    positions: Arc<Vec<[f32; 3]>>,
    /// The share that is done, in 0..=1.
    share: f32,
    /// Rises with each state, from 1.
    version: u64,
}

impl SampleMap {
    /// The map to be shown with so many axes, and its version; `None` where latents are shown, or no map is there yet.
    pub fn shown(&self, axes: usize) -> Option<(&[[f32; 3]], u64)> {
        let newest = self.newest.as_ref()?;
        let fits = newest.layout == self.layout && newest.axes == axes;
        fits.then(|| (newest.positions.as_slice(), newest.version))
    }

    /// The share of the wanted map that is done, in 0..=1; `None` where none is wanted.
    pub fn share(&self) -> Option<f32> {
        let asked = self.asked.filter(|asked| asked.layout == self.layout);
        let newest = self.newest.as_ref();
        let share = newest.filter(|newest| asked.is_some_and(|asked| asked.layout == newest.layout));
        (self.layout != LayoutChoice::Latent).then(|| share.map_or(0.0, |newest| newest.share))
    }
}

pub struct SampleMapPlugin;

impl Plugin for SampleMapPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SampleMap>()
            .add_systems(PreUpdate, receive_map)
            .add_systems(
                Update,
                (choose_layout, ask_for_map)
                    .chain()
                    .after(IntentSystems)
                    .before(ComparisonSystems),
            );
    }
}

fn choose_layout(
    mut intents: MessageReader<UserIntent>,
    latents: Res<Latents>,
    mut map: ResMut<SampleMap>,
    mut dimension: ResMut<CloudDimension>,
    mut fit: MessageWriter<FitView>,
) {
    for UserIntent(intent) in intents.read() {
        let Intent::SetLayout(layout) = intent else {
            continue;
        };
        if map.layout == *layout {
            continue;
        }
        map.layout = *layout;
        let latent_dim = latents
            .snapshot
            .as_ref()
            .map_or(2, |snapshot| snapshot.latent_dim);
        if *layout == LayoutChoice::Latent && latent_dim <= 2 {
            dimension.set_if_neq(CloudDimension::Two);
        }
        fit.write(FitView);
    }
}

fn ask_for_map(
    latents: Res<Latents>,
    learning: Res<Learning>,
    (run, dimension, start, wake): (Res<TrainingRun>, Res<CloudDimension>, Res<Start>, Res<Wake>),
    mut map: ResMut<SampleMap>,
) {
    let (source, version) = match map.layout {
        LayoutChoice::Latent => return,
        LayoutChoice::LatentMap => {
            let Some(snapshot) = &latents.snapshot else {
                return;
            };
            (Source::Latents(snapshot.clone()), snapshot.version)
        }
        LayoutChoice::GraphMap => {
            let Some(similarity) = &learning.similarity else {
                return;
            };
            let (features, neighbours) = (similarity.features.clone(), similarity.neighbours.clone());
            (Source::Known(features, neighbours), learning.built)
        }
    };
    let asked = Asked {
        layout: map.layout,
        axes: dimension.axes(),
        source: version,
    };
    let same_map = map
        .asked
        .is_some_and(|before| (before.layout, before.axes) == (asked.layout, asked.axes));
    // During a run, latents come faster than maps: each map is finished before the next one begins.
    let unfolds = map.share().is_some_and(|share| share < 1.0);
    if map.asked == Some(asked) || (same_map && unfolds && run.state != RunState::Idle) {
        return;
    }
    let samples = match &source {
        Source::Known(features, _) => features.len(),
        Source::Latents(snapshot) => snapshot.classes.len(),
    };
    let request = Request {
        revision: map.revision + 1,
        source,
        axes: asked.axes,
        settings: Settings {
            seed: start.options.seed,
            ..Settings::new(samples)
        },
        before: map
            .newest
            .as_ref()
            .filter(|newest| (newest.layout, newest.axes) == (asked.layout, asked.axes))
            .map(|newest| newest.positions.clone()),
    };
    map.revision += 1;
    map.asked = Some(asked);
    let wake = wake.0.clone();
    map.thread
        .get_or_insert_with(|| Mapping::start(move || wake(Urgency::Answer)))
        .ask(request);
}

fn receive_map(mut map: ResMut<SampleMap>, mut problems: ResMut<ProblemCards>, mut log: MessageWriter<Log>) {
    loop {
        let news = map.thread.as_ref().and_then(|thread| thread.news.try_recv().ok());
        let Some(news) = news else {
            return;
        };
        let map = &mut *map;
        match news {
            News::Positions {
                revision,
                positions,
                share,
            } if revision == map.revision => {
                let Some(asked) = map.asked else {
                    continue;
                };
                map.newest = Some(Newest {
                    layout: asked.layout,
                    axes: asked.axes,
                    positions,
                    share,
                    version: map.newest.as_ref().map_or(0, |newest| newest.version) + 1,
                });
                if share >= 1.0 {
                    log.write(Log(LogEntry::Mapped {
                        of: ssvae_core::choice::Choice::name(asked.layout),
                        axes: asked.axes,
                    }));
                }
            }
            News::Positions { .. } => {}
            News::Failed(message) => {
                map.layout = LayoutChoice::Latent;
                map.asked = None;
                map.thread = None;
                problems.report(Cause::Map, message);
                return;
            }
        }
    }
}
