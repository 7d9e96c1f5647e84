//! The scores of all samples.

use std::sync::Arc;

use rayon::prelude::*;

use crate::classes::ClassCount;
use crate::job::{Cancelled, Job};
use crate::propagation::{Equation, Field, Laplacian, Propagated, evidence, labelled, laplace};
use crate::similarity::{Features, Neighbours, Similarity, squared_distance};

use super::strategy::Strategy;
use super::typical;

/// Of [`Strategy::ExploreRefine`]: the killing of the evidence, the parameter that each class of the Dirichlet distribution
/// has without it, and the killing by which a sample's neighbourhood is bounded. Chosen by simulation on MNIST.
const EVIDENCE: f32 = 1e-3;
const PRIOR: f32 = 0.1;
const NEIGHBOURHOOD: f32 = 1e-2;

/// Of [`Strategy::Norm`]: the first killing and the last, and the labels per class after which it is that.
const NORM_KILLING: (f32, f32) = (1e-2, 1e-4);
const NORM_LABELS: usize = 2;

/// What is known when samples are scored; each slice has one entry per sample.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The user's label of each sample.
    pub labels: &'a [Option<u8>],
    /// What these labels say of all samples.
    pub propagated: &'a Propagated,
    /// Strategies that ask the network score nothing without it.
    pub network: Option<Network<'a>>,
}

/// What the network says, `[n]` each.
#[derive(Clone, Copy)]
pub struct Network<'a> {
    /// Difference of its two largest probabilities.
    pub margin: &'a [f32],
    /// Mutual information of class and dropout, in nats.
    pub information: &'a [f32],
}

/// Scores samples, label after label; where equations are solved, from the last solution on.
pub struct Scorer {
    laplacian: Arc<Laplacian>,
    features: Arc<Features>,
    neighbours: Arc<Neighbours>,
    classes: ClassCount,
    seed: u64,
    evidence: Option<Field>,
    laplace: Option<Field>,
    spread: Option<Vec<[f32; 1]>>,
    /// Samples, by rising serial, with the squared distance of each sample to the nearest of them.
    nearest: Option<(Vec<u32>, Vec<f32>)>,
}

impl Scorer {
    /// `laplacian` is that of the graph of `similarity`, `classes` how many there are. `seed` decides what is random: the clusters of
    /// [`Strategy::Typical`] and the order of [`Strategy::Random`].
    pub fn new(laplacian: Arc<Laplacian>, similarity: &Similarity, classes: ClassCount, seed: u64) -> Self {
        Self {
            laplacian,
            features: similarity.features.clone(),
            neighbours: similarity.neighbours.clone(),
            classes,
            seed,
            evidence: None,
            laplace: None,
            spread: None,
            nearest: None,
        }
    }

    /// A score per sample, `[n]`: the highest is to be labelled first, −∞ stands for what has a label.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn scores(&mut self, strategy: Strategy, known: Known, job: &Job) -> Result<Vec<f32>, Cancelled> {
        let some = labelled(known.labels, self.classes);
        let mut scores = match strategy {
            Strategy::ExploreRefine if !some.is_empty() => self.explore_refine(&some, job)?,
            Strategy::Norm if !some.is_empty() => self.norm(&some, job)?,
            Strategy::ExploreRefine | Strategy::Norm | Strategy::Typical => {
                typical::scores(&self.features, &self.neighbours, &some, self.seed, job)?
            }
            Strategy::Margin => each(known.propagated, |shares| {
                let [first, second] = two_largest(shares);
                second - first
            }),
            // What no label reaches may be of any class.
            Strategy::Entropy => each(known.propagated, |shares| {
                let reached = shares.iter().any(|&share| share > 0.0);
                if reached {
                    entropy(shares)
                } else {
                    (shares.len() as f32).ln()
                }
            }),
            Strategy::LeastConfidence => each(known.propagated, |shares| 1.0 - two_largest(shares)[0]),
            Strategy::Bald => of_network(&known, |network| network.information.to_vec()),
            Strategy::NetworkMargin => of_network(&known, |network| {
                network.margin.iter().map(|margin| -margin).collect()
            }),
            Strategy::KCentre => self.distances(&some),
            Strategy::Random => (0..known.labels.len() as u32)
                .map(|serial| scattered(serial, self.seed))
                .collect(),
        };
        for (score, label) in scores.iter_mut().zip(known.labels) {
            if label.is_some() {
                *score = f32::NEG_INFINITY;
            }
        }
        Ok(scores)
    }

    fn explore_refine(&mut self, some: &[(u32, u8)], job: &Job) -> Result<Vec<f32>, Cancelled> {
        let root = self.laplacian.inverse_root();
        let field = evidence(
            &self.laplacian,
            some,
            self.classes,
            EVIDENCE,
            self.evidence.clone(),
            job,
        )?;
        let unsure: Vec<[f32; 1]> = field
            .par_rows()
            .zip(root)
            .map_init(Vec::new, |parameters: &mut Vec<f32>, (values, root)| {
                parameters.clear();
                parameters.extend(values.iter().map(|value| (value * root).max(0.0) + PRIOR));
                let sum: f32 = parameters.iter().sum();
                parameters.iter_mut().for_each(|parameter| *parameter /= sum);
                let [first, second] = two_largest(parameters);
                [(1.0 - (first - second)) * root]
            })
            .collect();
        self.evidence = Some(field);
        let equation = Equation {
            killing: NEIGHBOURHOOD,
            fixed: None,
            tolerance: 1e-2,
        };
        let start = self.spread.clone().unwrap_or_else(|| vec![[0.0]; unsure.len()]);
        let spread = self.laplacian.solve(&equation, &unsure, start, job)?;
        let scores = spread
            .iter()
            .zip(root)
            .map(|(value, root)| value[0] * root)
            .collect();
        self.spread = Some(spread);
        Ok(scores)
    }

    fn norm(&mut self, some: &[(u32, u8)], job: &Job) -> Result<Vec<f32>, Cancelled> {
        let (first, last) = NORM_KILLING;
        let done = (some.len() as f32 / (NORM_LABELS * self.classes.get()) as f32).min(1.0);
        let killing = first * (last / first).powf(done);
        let field = laplace(
            &self.laplacian,
            some,
            self.classes,
            killing,
            self.laplace.clone(),
            job,
        )?;
        let norm = |row: &[f32], root: f32| row.iter().map(|value| value * value).sum::<f32>().sqrt() * root;
        let rows = field.rows().zip(self.laplacian.inverse_root());
        let scores = rows.map(|(row, &root)| 1.0 - norm(row, root)).collect();
        self.laplace = Some(field);
        Ok(scores)
    }

    /// To the nearest of some samples; without any, minus that to the middle of all.
    fn distances(&mut self, some: &[(u32, u8)]) -> Vec<f32> {
        let features = &self.features;
        let serials: Vec<u32> = some.iter().map(|pair| pair.0).collect();
        let finite = |distance: f32| if distance.is_nan() { f32::MIN } else { distance };
        if serials.is_empty() {
            let middle = features.mean();
            let rows = (0..features.len()).into_par_iter();
            return rows
                .map(|serial| finite(-squared_distance(features.row(serial), &middle)))
                .collect();
        }
        // A sample more is all that changes most of the time.
        let (before, squares) = self
            .nearest
            .take()
            .filter(|(before, _)| before.iter().all(|serial| serials.binary_search(serial).is_ok()))
            .unwrap_or_else(|| (Vec::new(), vec![f32::INFINITY; features.len()]));
        let is_new = |serial: &&u32| before.binary_search(serial).is_err();
        let new: Vec<u32> = serials.iter().filter(is_new).copied().collect();
        let rows = squares.into_par_iter().enumerate();
        let squares: Vec<f32> = rows
            .map(|(serial, square)| {
                let own = features.row(serial);
                let to = |&other: &u32| squared_distance(own, features.row(other as usize));
                new.iter().map(to).fold(square, f32::min)
            })
            .collect();
        let distances = squares.par_iter().map(|square| finite(square.sqrt())).collect();
        self.nearest = Some((serials, squares));
        distances
    }
}

fn each(propagated: &Propagated, score: impl Fn(&[f32]) -> f32 + Sync) -> Vec<f32> {
    let serials = (0..propagated.len() as u32).into_par_iter();
    serials.map(|serial| score(propagated.shares(serial))).collect()
}

fn of_network(known: &Known, scores: impl Fn(&Network) -> Vec<f32>) -> Vec<f32> {
    // What it does not say, or not yet, is the same of all.
    let found = known.network.map_or_else(Vec::new, |network| scores(&network));
    if found.len() == known.labels.len() {
        found
    } else {
        vec![0.0; known.labels.len()]
    }
}

fn two_largest(shares: &[f32]) -> [f32; 2] {
    let mut found = [0.0_f32; 2];
    for &share in shares {
        if share > found[0] {
            found = [share, found[0]];
        } else if share > found[1] {
            found[1] = share;
        }
    }
    found
}

/// Entropy of a distribution, in nats.
pub fn entropy(shares: &[f32]) -> f32 {
    let some = shares.iter().filter(|&&share| share > 0.0);
    some.map(|share| -share * share.ln()).sum()
}

/// A number in 0..1 that looks random, always the same for a serial and a seed: the finalizer of MurmurHash3.
pub fn scattered(serial: u32, seed: u64) -> f32 {
    let mut hash = serial ^ 0x9e37_79b9 ^ (seed as u32).wrapping_mul(0x27d4_eb2f);
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    (hash ^ hash >> 16) as f32 / u32::MAX as f32
}
