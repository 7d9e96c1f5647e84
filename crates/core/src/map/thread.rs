//! [`Mapping`]: the thread that lays out maps beside the window.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::error::MapError;
use super::fuzzy::FuzzySet;
use super::layout::Map;
use super::settings::Settings;
use super::start::{continued, scaled, turned_onto};
use crate::job::{Cancelled, Job};
use crate::projection::Projector;
use crate::similarity::{Features, Neighbours};
use crate::training::snapshot::LatentSnapshot;
use crate::training::threads::spawn_with_pool;

/// Time between two states of a map that unfolds.
const STEP: Duration = Duration::from_millis(150);

/// What a map shows the neighbours of.
#[derive(Clone, Debug)]
pub enum Source {
    /// Samples whose neighbours are known, by features.
    Known(Arc<Features>, Arc<Neighbours>),
    /// Latents, whose neighbours are looked for.
    Latents(Arc<LatentSnapshot>),
}

/// A question to the thread.
#[derive(Clone, Debug)]
pub struct Request {
    /// Tells the answers of this request from those of others.
    pub revision: u64,
    /// What the map shows.
    pub source: Source,
    /// Dimensions of the map: 2 or 3.
    pub axes: usize,
    /// How it is laid out.
    pub settings: Settings,
    /// Positions `[n]` of the map before, where it is to go on from them.
    pub before: Option<Arc<Vec<[f32; 3]>>>,
}

/// What the thread has to say.
#[derive(Clone, Debug)]
pub enum News {
    /// The map as it is now.
    Positions {
        /// [`Request::revision`].
        revision: u64,
        /// `[n]`; in two dimensions the third coordinate is 0, and a sample without neighbours may have NaN.
        positions: Arc<Vec<[f32; 3]>>,
        /// The share that is done, in 0..=1; 1 in the last state.
        share: f32,
    },
    /// There will be no map; the text is for the user.
    Failed(String),
}

/// The window's side of the thread.
pub struct Mapping {
    requests: Sender<Request>,
    /// Everything that the thread has to say, in order.
    pub news: Receiver<News>,
    work: Arc<Mutex<Option<Job>>>,
}

impl Mapping {
    /// Starts the thread. `wake` is called after each piece of news.
    pub fn start(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (requests, asked) = unbounded();
        let (told, news) = unbounded();
        let work = Arc::new(Mutex::new(None));
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(wake);
        let failed = {
            let (told, wake) = (told.clone(), wake.clone());
            move |what: &str| {
                let _ = told.send(News::Failed(what.into()));
                wake();
            }
        };
        let worker = Worker {
            asked,
            told,
            wake,
            work: work.clone(),
        };
        let on_panic = failed.clone();
        let spawned = spawn_with_pool(
            "map",
            move || worker.serve(),
            move || on_panic("The layout of the map failed"),
        );
        if spawned.is_err() {
            failed("No thread can be started for the map");
        }
        Self { requests, news, work }
    }

    /// Asks. Work on an earlier request ends.
    pub fn ask(&self, request: Request) {
        // The thread takes requests under this lock, too: only work on earlier ones is ended.
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a thread there is a card that says so.
        let _ = self.requests.send(request);
        if let Some(job) = work.as_ref() {
            job.cancel();
        }
    }

    /// Ends what is being done, so that there is no more news of it.
    pub fn cancel(&self) {
        if let Some(job) = self.work.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            job.cancel();
        }
    }
}

struct Worker {
    asked: Receiver<Request>,
    told: Sender<News>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// What is being done, so that a newer request ends it.
    work: Arc<Mutex<Option<Job>>>,
}

impl Worker {
    fn serve(&self) {
        while let Ok(first) = self.asked.recv() {
            let job = Job::new(|| {});
            let newest = {
                let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
                *work = Some(job.clone());
                self.asked.try_iter().last().unwrap_or(first)
            };
            match self.lay_out(&newest, &job) {
                // A newer request waits.
                Err(Stop::Cancelled(_)) | Ok(()) => {}
                Err(Stop::Map(error)) => self.tell(News::Failed(format!("There is no map: {error}"))),
            }
        }
    }

    fn lay_out(&self, request: &Request, job: &Job) -> Result<(), Stop> {
        let (axes, revision) = (request.axes, request.revision);
        let publish = |positions: Vec<[f32; 3]>, share: f32| {
            self.tell(News::Positions {
                revision,
                positions: Arc::new(positions),
                share,
            });
        };
        let features = match &request.source {
            Source::Known(features, _) => features.clone(),
            Source::Latents(snapshot) => {
                Arc::new(Features::new(snapshot.latents.clone(), snapshot.latent_dim))
            }
        };
        let samples = features.len();
        let settings = Settings {
            neighbours: request.settings.neighbours.min(samples.saturating_sub(1)),
            ..request.settings
        };
        let before = request.before.as_ref().filter(|before| before.len() == samples);
        let components = || {
            let positions = Projector::default().project(features.values(), features.dim(), axes);
            scaled(&positions, axes, settings.seed)
        };
        let first = before.map_or_else(components, |before| before.to_vec());
        let is_whole = settings.neighbours == 0;
        publish(first.clone(), if is_whole { 1.0 } else { 0.0 });
        if is_whole {
            return Ok(());
        }
        let neighbours = match &request.source {
            Source::Known(_, neighbours) => neighbours.clone(),
            Source::Latents(_) => Arc::new(Neighbours::find(&features, settings.neighbours, job)?),
        };
        let set = FuzzySet::new(samples, &neighbours, settings.neighbours)?;
        let (start, settings) = match before {
            Some(before) => (
                continued(before, &set, axes, settings.seed),
                settings.continuing(),
            ),
            None => (first, settings),
        };
        let mut map = Map::new(&set, &start, axes, settings)?;
        loop {
            job.reached(u64::from(map.epoch()), u64::from(settings.epochs))?;
            let goes_on = map.advance_for(STEP);
            let positions = match before {
                Some(before) => turned_onto(&map.positions(), before, axes),
                None => map.positions(),
            };
            publish(positions, map.epoch() as f32 / settings.epochs as f32);
            if !goes_on {
                return Ok(());
            }
        }
    }

    fn tell(&self, news: News) {
        // The window has closed.
        let _ = self.told.send(news);
        (self.wake)();
    }
}

/// Why a map is not finished.
enum Stop {
    Cancelled(Cancelled),
    Map(MapError),
}

impl From<Cancelled> for Stop {
    fn from(cancelled: Cancelled) -> Self {
        Self::Cancelled(cancelled)
    }
}

impl From<MapError> for Stop {
    fn from(error: MapError) -> Self {
        Self::Map(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::snapshot::empty_snapshot;

    const PATIENCE: Duration = Duration::from_secs(120);

    /// Latents of two classes, far apart in four dimensions.
    fn latents(samples: usize) -> Arc<LatentSnapshot> {
        let mut snapshot = empty_snapshot(samples, 4);
        for (i, value) in snapshot.latents.iter_mut().enumerate() {
            let sample = i / 4;
            *value = (i * 7919 % 101) as f32 / 101.0 + (sample % 2 * 20) as f32;
        }
        Arc::new(snapshot)
    }

    fn request(revision: u64, samples: usize, axes: usize) -> Request {
        Request {
            revision,
            source: Source::Latents(latents(samples)),
            axes,
            settings: Settings::new(samples),
            before: None,
        }
    }

    /// The states of a map until it is finished.
    fn states(mapping: &Mapping, of: u64) -> Vec<(Arc<Vec<[f32; 3]>>, f32)> {
        let mut states = Vec::new();
        loop {
            match mapping.news.recv_timeout(PATIENCE).unwrap() {
                News::Positions {
                    revision,
                    positions,
                    share,
                } if revision == of => {
                    states.push((positions, share));
                    if share >= 1.0 {
                        return states;
                    }
                }
                News::Positions { .. } => {}
                News::Failed(message) => panic!("{message}"),
            }
        }
    }

    #[test]
    fn a_map_is_seen_at_once_and_goes_on_from_where_it_was() {
        let mapping = Mapping::start(|| {});
        mapping.ask(request(1, 120, 2));
        let first = states(&mapping, 1);
        assert_eq!(first[0].1, 0.0, "the start");
        let map = first.last().unwrap().0.clone();
        assert!(map.len() == 120 && map.iter().all(|position| position[2] == 0.0));
        mapping.ask(Request {
            before: Some(map.clone()),
            ..request(2, 120, 2)
        });
        let next = states(&mapping, 2);
        assert_eq!(next[0].0, map, "the first state is the map before");
    }

    #[test]
    fn a_newer_request_ends_the_one_before_and_none_is_lost() {
        let mapping = Mapping::start(|| {});
        for revision in 1..=40 {
            mapping.ask(request(
                revision,
                60 + revision as usize,
                2 + revision as usize % 2,
            ));
        }
        assert_eq!(states(&mapping, 40).last().unwrap().0.len(), 100);
    }

    #[test]
    fn the_smallest_data_sets_have_a_map_and_too_many_neighbours_are_refused() {
        let mapping = Mapping::start(|| {});
        for samples in 1..=3 {
            mapping.ask(request(samples, samples as usize, 2));
            assert_eq!(
                states(&mapping, samples).last().unwrap().0.len(),
                samples as usize
            );
        }
        let mut bad = request(9, 50, 2);
        bad.settings.min_dist = 7.0;
        mapping.ask(bad);
        let refused = std::iter::from_fn(|| mapping.news.recv_timeout(PATIENCE).ok());
        let message = refused.into_iter().find_map(|news| match news {
            News::Failed(message) => Some(message),
            News::Positions { .. } => None,
        });
        assert!(message.unwrap().contains("the minimum distance is 7"));
    }
}
