//! What follows from the labels, beside the window: the similarity graph, what is propagated on it, and what to label next.
//!
//! One thread works on the newest [`Request`] and skips those that it replaces; it emits [`News`]. A label never waits for it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::acquisition::{Known, Network, Scorer, Strategy};
use crate::checkpoint::Checkpoint;
use crate::dataset::{Dataset, VectorsError};
use crate::evaluation::Evaluation;
use crate::job::{Cancelled, Job};
use crate::propagation::{Doubt, Propagated, Propagation, doubts};
use crate::similarity::{Features, MOST, Similarity};
use crate::training::hidden::last_hidden;
use crate::training::snapshot::LatentSnapshot;
use crate::training::threads::spawn_with_pool;

/// About the time of a picture.
const PICTURE: Duration = Duration::from_millis(30);

/// What samples are compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Basis {
    /// Principal components of the images.
    #[default]
    Pixels,
    /// The last hidden layer of the network's encoder; the latents of a convolutional one.
    Model,
    /// The vectors in [`Dataset::vectors_file`], where there is one.
    Vectors,
}

/// A question to the thread: labels, settings and model as they are now.
#[derive(Clone, Debug)]
pub struct Request {
    /// Rises with each change of the labels.
    pub revision: u64,
    /// The user's label of each sample, `[n]`.
    pub labels: Vec<Option<u8>>,
    /// By which acquisition function samples are scored.
    pub strategy: Strategy,
    /// Decides everything that is random about the scores.
    pub seed: u64,
    /// What the graph compares samples by.
    pub basis: Basis,
    /// Rises when a graph whose building was cancelled is wanted after all.
    pub attempt: u64,
    /// What the network says of each sample, for strategies that ask it and for [`Basis::Model`].
    pub snapshot: Option<Arc<LatentSnapshot>>,
    /// The network's weights, and the version of the latents that they belong to.
    pub weights: Option<(u64, Arc<Checkpoint>)>,
    /// The network's mutual information of class and dropout, `[n]` in nats, and the version of the latents that it belongs
    /// to.
    pub information: Option<(u64, Arc<Vec<f32>>)>,
    /// An unlabelled sample that the user is about to label.
    pub looked_at: Option<u32>,
}

/// What the thread has to say.
#[derive(Clone)]
pub enum News {
    /// The graph is being built; its effort tells how far it is, and cancels it.
    Building(Job),
    /// The graph stands, after so long.
    Built {
        /// Features, neighbours and graph of all samples.
        similarity: Similarity,
        /// Time that they took.
        took: Duration,
    },
    /// It will not be built until it is asked for anew.
    Stopped,
    /// There are too many samples for one.
    NotOffered,
    /// The file of vectors cannot be used, and there is no graph by it until it is asked for anew.
    Refused(VectorsError),
    /// What the labels of a revision say, so many of them.
    Propagated {
        /// Each sample's distribution over the classes.
        propagated: Arc<Propagated>,
        /// [`Request::revision`] of the labels.
        revision: u64,
        /// Number of labelled samples.
        labels: usize,
        /// It against the data set's own labels, where it has some.
        evaluation: Option<Arc<Evaluation>>,
        /// Time that the propagation itself took.
        took: Duration,
    },
    /// How much a label of each sample would help, by the labels of a revision.
    Scored {
        /// `[n]`: the highest is to be labelled first, −∞ stands for a labelled sample.
        scores: Arc<Vec<f32>>,
        /// The share of the samples that has no higher score, per sample: scores of all kinds fill a scale of colours evenly.
        ranks: Arc<Vec<f32>>,
        /// The acquisition function that they are of.
        strategy: Strategy,
        /// [`Request::revision`] of the labels.
        revision: u64,
    },
    /// The scores as they will be when one more sample has its label, which is taken for the most probable one.
    Expected {
        /// The sample that has its label in them.
        serial: u32,
        /// `[n]`, as in [`News::Scored`].
        scores: Arc<Vec<f32>>,
        /// [`Request::revision`] of the labels without it.
        revision: u64,
    },
    /// The labels of a revision, the most doubtful first.
    Doubted {
        /// One per label of which the others say something.
        doubts: Arc<Vec<Doubt>>,
        /// [`Request::revision`] of the labels.
        revision: u64,
    },
    /// Something went wrong; the text is for the user.
    Failed(String),
}

/// The window's side of the thread.
pub struct ActiveLearning {
    requests: Sender<Request>,
    /// Everything that the thread has to say, in order.
    pub news: Receiver<News>,
    ahead: Ahead,
}

/// What is worked out before it is asked for, and given up when anything is asked.
type Ahead = Arc<Mutex<Option<Job>>>;

fn give_up(ahead: &Ahead) {
    let job = ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(job) = job {
        job.cancel();
    }
}

impl ActiveLearning {
    /// Starts the thread, which ends when this is dropped. `wake` is called after each of its news.
    pub fn start(dataset: Arc<Dataset>, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (requests, asked) = unbounded();
        let (told, news) = unbounded();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(wake);
        let ahead = Ahead::default();
        let failed = {
            let (told, wake) = (told.clone(), wake.clone());
            move |what: &str| {
                let message = format!(
                    "{what}; labelling and training go on without what the labels say of other samples"
                );
                let _ = told.send(News::Failed(message));
                wake();
            }
        };
        let worker = Worker {
            dataset,
            asked,
            told,
            wake,
            ahead: ahead.clone(),
            built: None,
            refused: None,
        };
        let on_panic = failed.clone();
        let spawned = spawn_with_pool(
            "similarity",
            move || worker.serve(),
            move || on_panic("The propagation of the labels failed"),
        );
        if spawned.is_err() {
            failed("No thread can be started for the propagation of the labels");
        }
        Self {
            requests,
            news,
            ahead,
        }
    }

    /// Asks. An earlier request that is not begun yet gets no answer any more.
    pub fn ask(&self, request: Request) {
        // Without a thread there is a card that says so.
        let _ = self.requests.send(request);
        give_up(&self.ahead);
    }
}

/// What a graph was built of, which changes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    basis: Basis,
    /// Of the latents, where they count.
    version: u64,
    attempt: u64,
}

impl Source {
    fn of(request: &Request) -> Self {
        let version = request.snapshot.as_ref().map_or(0, |snapshot| snapshot.version);
        Self {
            basis: request.basis,
            version: if request.basis == Basis::Model { version } else { 0 },
            attempt: request.attempt,
        }
    }
}

struct Worker {
    dataset: Arc<Dataset>,
    asked: Receiver<Request>,
    told: Sender<News>,
    wake: Arc<dyn Fn() + Send + Sync>,
    ahead: Ahead,
    built: Option<Built>,
    /// What was cancelled, or is not offered.
    refused: Option<Source>,
}

struct Built {
    source: Source,
    propagation: Propagation,
    scorer: Scorer,
    propagated: Option<(u64, Arc<Propagated>)>,
    scored: Option<Scored>,
    /// Of which scores the expected ones are, and for which sample.
    expected: Option<(Scored, u32)>,
    /// Revision of the labels that were doubted.
    doubted: Option<u64>,
}

/// Of which request the scores are: revision, strategy, seed, versions of the latents and of the information.
type Scored = (u64, Strategy, u64, [u64; 2]);

impl Worker {
    fn serve(mut self) {
        while let Ok(request) = self.asked.recv() {
            // The picture with the label itself comes first, and what follows closely is answered with it.
            thread::sleep(PICTURE);
            let request = self.asked.try_iter().last().unwrap_or(request);
            let source = Source::of(&request);
            let stands = self.built.as_ref().is_some_and(|built| built.source == source);
            if !stands && self.refused != Some(source) {
                self.build(&request, source);
            }
            if let Some(mut built) = self.built.take() {
                // What is asked for while it works is seen to afterwards, and nothing is cancelled by it.
                let quiet = Job::new(|| {});
                let _ = self.answer(&mut built, &request, &quiet);
                self.built = Some(built);
            }
        }
    }

    fn tell(&self, news: News) {
        let _ = self.told.send(news);
        (self.wake)();
    }

    fn build(&mut self, request: &Request, source: Source) {
        if self.dataset.len() > MOST {
            self.refused = Some(source);
            return self.tell(News::NotOffered);
        }
        let wake = self.wake.clone();
        let job = Job::new(move || wake());
        self.tell(News::Building(job.clone()));
        let begun = Instant::now();
        let found = match (&request.snapshot, source.basis, self.dataset.vectors_file()) {
            (_, _, Some(path)) if !self.dataset.has_images() => self.of_vectors(path, &job),
            (Some(snapshot), Basis::Model, _) => {
                let found = self.of_model(snapshot, request.weights.as_ref(), &job);
                found.map_err(|Cancelled| News::Stopped)
            }
            (_, Basis::Vectors, Some(path)) => self.of_vectors(path, &job),
            _ => Similarity::of_images(&self.dataset, &job).map_err(|Cancelled| News::Stopped),
        };
        let similarity = match found {
            Ok(similarity) => similarity,
            Err(news) => {
                self.refused = Some(source);
                return self.tell(news);
            }
        };
        let propagation = Propagation::new(similarity.graph.clone(), self.dataset.classes());
        let scorer = Scorer::new(
            propagation.laplacian().clone(),
            &similarity,
            self.dataset.classes(),
            request.seed,
        );
        self.built = Some(Built {
            source,
            propagation,
            scorer,
            propagated: None,
            scored: None,
            expected: None,
            doubted: None,
        });
        self.tell(News::Built {
            similarity,
            took: begun.elapsed(),
        });
    }

    fn of_model(
        &self,
        snapshot: &LatentSnapshot,
        weights: Option<&(u64, Arc<Checkpoint>)>,
        job: &Job,
    ) -> Result<Similarity, Cancelled> {
        let hidden = match weights.filter(|(version, _)| *version == snapshot.version) {
            Some((_, state)) => last_hidden(&state.params, &self.dataset, job)?,
            None => None,
        };
        let latents = || Features::new(snapshot.latents.clone(), snapshot.latent_dim.max(1));
        Similarity::of_features(hidden.unwrap_or_else(latents), job)
    }

    fn of_vectors(&self, path: &Path, job: &Job) -> Result<Similarity, News> {
        let reading = job.part(0.0, 0.2);
        let mut progress = |done, of| {
            // Who has cancelled it is heard after the file.
            let _ = reading.reached(done, of);
        };
        let vectors = self.dataset.read_vectors(path, &mut progress);
        let vectors = vectors.map_err(News::Refused)?;
        Similarity::of_vectors(&vectors, &job.part(0.2, 1.0)).map_err(|Cancelled| News::Stopped)
    }

    fn answer(&self, built: &mut Built, request: &Request, job: &Job) -> Result<(), Cancelled> {
        let propagated = match &built.propagated {
            Some((revision, propagated)) if *revision == request.revision => propagated.clone(),
            _ => {
                let begun = Instant::now();
                let propagated = Arc::new(built.propagation.propagate(&request.labels, job)?);
                built.propagated = Some((request.revision, propagated.clone()));
                let took = begun.elapsed();
                self.tell(News::Propagated {
                    propagated: propagated.clone(),
                    revision: request.revision,
                    labels: request.labels.iter().flatten().count(),
                    evaluation: self.evaluate(request, &propagated),
                    took,
                });
                propagated
            }
        };
        let version = request.snapshot.as_ref().map_or(0, |snapshot| snapshot.version);
        let information = request.information.as_ref().map_or(0, |(version, _)| *version);
        let asked = if request.strategy.asks_network() {
            [version, information]
        } else {
            [0; 2]
        };
        let of = (request.revision, request.strategy, request.seed, asked);
        if built.scored != Some(of) {
            let scores = scores(built, request, &request.labels, &propagated, job)?;
            built.scored = Some(of);
            self.tell(News::Scored {
                ranks: Arc::new(ranks(&scores)),
                scores: Arc::new(scores),
                strategy: request.strategy,
                revision: request.revision,
            });
        }
        self.look_ahead(built, request, of, &propagated)?;
        self.doubt(built, request)
    }

    fn evaluate(&self, request: &Request, propagated: &Propagated) -> Option<Arc<Evaluation>> {
        let truth = |serial| self.dataset.true_label(serial);
        let found = Evaluation::of_propagated(&request.labels, propagated, truth);
        (found.samples() > 0).then(|| Arc::new(found))
    }

    /// What is worked out before anybody asks for it.
    fn begin_ahead(&self) -> Result<Job, Cancelled> {
        let job = Job::new(|| {});
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(job.clone());
        // What was asked for before that was there is not waited for by anybody.
        if self.asked.is_empty() {
            Ok(job)
        } else {
            Err(Cancelled)
        }
    }

    fn doubt(&self, built: &mut Built, request: &Request) -> Result<(), Cancelled> {
        if built.doubted == Some(request.revision) {
            return Ok(());
        }
        let job = self.begin_ahead()?;
        let left_out = built.propagation.leave_one_out(&request.labels, &job)?;
        built.doubted = Some(request.revision);
        self.tell(News::Doubted {
            doubts: Arc::new(doubts(&left_out)),
            revision: request.revision,
        });
        Ok(())
    }

    /// Scores the samples as if the one that is looked at had its label already: the next one follows it without delay, and
    /// is not of the same region. The solutions so far are also where the next ones begin.
    fn look_ahead(
        &self,
        built: &mut Built,
        request: &Request,
        of: Scored,
        propagated: &Propagated,
    ) -> Result<(), Cancelled> {
        let unlabelled = |serial: &u32| request.labels.get(*serial as usize) == Some(&None);
        let Some(serial) = request.looked_at.filter(unlabelled) else {
            return Ok(());
        };
        if !request.strategy.follows_labels() || built.expected == Some((of, serial)) {
            return Ok(());
        }
        let job = self.begin_ahead()?;
        let mut labels = request.labels.clone();
        // Any class does for the first one.
        labels[serial as usize] = Some(propagated.class(serial).unwrap_or(0));
        let propagated = built.propagation.propagate(&labels, &job)?;
        let scores = scores(built, request, &labels, &propagated, &job)?;
        built.expected = Some((of, serial));
        self.tell(News::Expected {
            serial,
            scores: Arc::new(scores),
            revision: request.revision,
        });
        Ok(())
    }
}

fn scores(
    built: &mut Built,
    request: &Request,
    labels: &[Option<u8>],
    propagated: &Propagated,
    job: &Job,
) -> Result<Vec<f32>, Cancelled> {
    let none = Vec::new();
    let network = request.snapshot.as_ref().map(|snapshot| Network {
        margin: &snapshot.margin,
        information: request.information.as_ref().map_or(&none, |(_, values)| values),
    });
    let known = Known {
        labels,
        propagated,
        network,
    };
    built.scorer.scores(request.strategy, known, job)
}

/// See [`News::Scored`]; what has a label is at 0.
fn ranks(scores: &[f32]) -> Vec<f32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]));
    let mut ranks = vec![0.0; scores.len()];
    let mut at = 0;
    while at < order.len() {
        let score = scores[order[at] as usize];
        let equal = order[at..]
            .iter()
            .take_while(|&&serial| scores[serial as usize] == score)
            .count();
        let rank = if score == f32::NEG_INFINITY {
            0.0
        } else {
            (at + equal) as f32 / order.len() as f32
        };
        order[at..at + equal]
            .iter()
            .for_each(|&serial| ranks[serial as usize] = rank);
        at += equal;
    }
    ranks
}

#[cfg(test)]
mod tests;
