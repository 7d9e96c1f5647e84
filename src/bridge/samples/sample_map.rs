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

/// What the cloud's positions stand for, and the maps.
#[derive(Resource, Default)]
pub struct SampleMap {
    /// What is wanted.
    pub layout: LayoutChoice,
    thread: Option<Mapping>,
    /// Number of the last request.
    revision: u64,
    /// What the last request was for, or a finished map was shown for.
    asked: Option<Asked>,
    /// The newest map of each kind.
    maps: Vec<Laid>,
    /// States that maps have had.
    states: u64,
}

/// What a map depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    layout: LayoutChoice,
    axes: usize,
    /// Version of the latents, or of the graph.
    source: u64,
}

impl Asked {
    fn is_of_the_kind(&self, other: &Self) -> bool {
        (self.layout, self.axes) == (other.layout, other.axes)
    }
}

/// The newest state of a map.
struct Laid {
    of: Asked,
    positions: Arc<Vec<[f32; 3]>>,
    /// The share that is done, in 0..=1.
    share: f32,
    /// The number of this state among those of all maps, from 1.
    version: u64,
}

impl SampleMap {
    /// The map to be shown with so many axes, and its version; `None` where latents are shown, or no map is there yet.
    pub fn shown(&self, axes: usize) -> Option<(&[[f32; 3]], u64)> {
        let mut maps = self.maps.iter();
        let map = maps.find(|map| map.of.layout == self.layout && map.of.axes == axes)?;
        Some((map.positions.as_slice(), map.version))
    }

    /// The share of the wanted map that is done, in 0..=1; `None` where none is wanted.
    pub fn share(&self) -> Option<f32> {
        let asked = self.asked.filter(|asked| asked.layout == self.layout);
        let map = asked.and_then(|asked| self.maps.iter().find(|map| map.of == asked));
        (self.layout != LayoutChoice::Latent).then(|| map.map_or(0.0, |map| map.share))
    }
}

pub struct SampleMapPlugin;

impl Plugin for SampleMapPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SampleMap>()
            .add_systems(PreUpdate, receive_map)
            .add_systems(
                Update,
                (choose_layout, suit_latent, ask_for_map)
                    .chain()
                    .after(IntentSystems)
                    .before(ComparisonSystems),
            );
    }
}

fn choose_layout(
    mut intents: MessageReader<UserIntent>,
    mut map: ResMut<SampleMap>,
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
        fit.write(FitView);
    }
}

/// A latent of two dimensions has no third one to show, also where a map in space was chosen or has failed.
fn suit_latent(latents: Res<Latents>, map: Res<SampleMap>, mut dimension: ResMut<CloudDimension>) {
    let flat = latents
        .snapshot
        .as_ref()
        .is_some_and(|snapshot| snapshot.latent_dim <= 2);
    if flat && map.layout == LayoutChoice::Latent {
        dimension.set_if_neq(CloudDimension::Two);
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
    let same_kind = map.asked.is_some_and(|before| before.is_of_the_kind(&asked));
    // During a run, latents come faster than maps: each map is finished before the next one begins.
    let unfolds = map.share().is_some_and(|share| share < 1.0);
    if map.asked == Some(asked) || (same_kind && unfolds && run.state != RunState::Idle) {
        return;
    }
    let mut finished = map.maps.iter().filter(|map| map.share >= 1.0);
    let before = finished.find(|map| map.of.is_of_the_kind(&asked));
    let before = before.map(|map| (map.of, map.positions.clone()));
    map.revision += 1;
    map.asked = Some(asked);
    if before.as_ref().is_some_and(|(of, _)| *of == asked) {
        if let Some(thread) = &map.thread {
            thread.cancel();
        }
        return;
    }
    let samples = match &source {
        Source::Known(features, _) => features.len(),
        Source::Latents(snapshot) => snapshot.len(),
    };
    let request = Request {
        revision: map.revision,
        source,
        axes: asked.axes,
        settings: Settings {
            seed: start.options.seed,
            ..Settings::new(samples)
        },
        before: before.map(|(_, positions)| positions),
    };
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
                map.states += 1;
                map.maps.retain(|map| !map.of.is_of_the_kind(&asked));
                map.maps.push(Laid {
                    of: asked,
                    positions,
                    share,
                    version: map.states,
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
