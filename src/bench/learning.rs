//! What active learning costs: the graph, propagation, acquisition scores.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use ssvae_core::acquisition::{Known, Scorer, Strategy};
use ssvae_core::choice::Choice;
use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::Kind;
use ssvae_core::job::Job;
use ssvae_core::outputs::npz::{NpzWriter, holds_arrays};
use ssvae_core::propagation::Propagation;
use ssvae_core::similarity::{
    EXACT, Features, Graph, NEIGHBOURS, Neighbours, Similarity, components, squared_distance,
};
use ssvae_core::training::threads::propagation_pool;

use super::spread::Spread;
use super::testing::{self, Testing};

const ROUNDS: usize = 3;

/// Labels of a propagation, and how many more there are one by one.
const LABELS: usize = 100;
const MORE: usize = 20;

/// Samples whose neighbours are looked for by hand, to count how many were found.
const ASKED: usize = 200;

/// Milliseconds, but for the shares.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Images of the data set.
    pub samples: usize,
    /// Reducing the images to their principal components.
    pub components: Spread,
    /// Finding the nearest neighbours of all images.
    pub neighbours: Spread,
    /// Making the graph of the neighbours.
    pub graph: Spread,
    /// Neighbours that were found of those there are.
    pub recall: f64,
    /// The first propagation of a hundred labels.
    pub propagated_anew: Spread,
    /// A propagation after one label more, which begins with the last one's answer.
    pub propagated_after_one_more: Spread,
    /// Of the default strategy, and of all that ask the graph together.
    pub scores: Spread,
    pub all_scores: Spread,
    /// Most memory that the process had, MiB.
    pub peak_mib: Option<u64>,
    /// Of a model on the test images, after all that.
    pub testing: Option<Testing>,
}

fn quiet() -> Job {
    Job::new(|| {})
}

/// On the images in a folder, which have true labels. `export`: a folder for `features.npz`.
///
/// # Errors
/// If the images or the labels are not there.
pub fn measure(data_dir: &Path, export: Option<&Path>) -> anyhow::Result<Report> {
    let dataset = Dataset::open(data_dir, Split::Train)?;
    let truth: Option<Vec<u8>> = (0..dataset.len() as u32)
        .map(|serial| dataset.true_label(serial))
        .collect();
    let truth = truth.with_context(|| format!("{}: has no true labels", data_dir.display()))?;
    let mut report = propagation_pool().install(|| {
        let mut times = Vec::new();
        let mut features = components(&dataset, &quiet())?;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            features = components(&dataset, &quiet())?;
            times.push(begun.elapsed());
        }
        if let Some(folder) = export {
            let mut file = NpzWriter::create(&folder.join("features.npz"), &FEATURES)?;
            file.f32_chunks("features", &[features.len(), features.dim()], [features.values()])?;
            file.i32_chunks(
                "labels",
                &[truth.len()],
                [truth.iter().map(|&class| class.into()).collect::<Vec<i32>>()],
            )?;
            file.finish()?;
        }
        let mut report = on_features(features, &truth)?;
        report.components = Spread::of(&times);
        anyhow::Ok(report)
    })?;
    report.testing = Some(testing::measure(data_dir)?);
    Ok(report)
}

/// What the Python packages are given.
const FEATURES: Kind = Kind {
    what: "a file of features",
    recognises: |file| holds_arrays(file, &["features", "labels"]),
};

/// On synthetic features: clusters on curved sheets of twelve dimensions.
///
/// # Errors
/// None but for a cancelled effort, which there is not.
pub fn measure_points(points: usize) -> anyhow::Result<Report> {
    const CLUSTERS: usize = 200;
    const DIM: usize = 50;
    const SHEET: usize = 12;
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut normal = |scale: f32, count: usize| -> Vec<f32> {
        (0..count)
            .map(|_| {
                let number: f32 = StandardNormal.sample(&mut random);
                scale * number
            })
            .collect()
    };
    let (basis, centres) = (normal(1.0, CLUSTERS * SHEET * DIM), normal(2.0, CLUSTERS * DIM));
    let mut values = Vec::with_capacity(points * DIM);
    let mut truth = Vec::with_capacity(points);
    for point in 0..points {
        let cluster = point * 7919 % CLUSTERS;
        let (own, noise) = (normal(1.0, SHEET), normal(0.1, DIM));
        truth.push((cluster % 10) as u8);
        values.extend((0..DIM).map(|axis| {
            let sheet = (0..SHEET).map(|i| own[i] * basis[(cluster * SHEET + i) * DIM + axis]);
            centres[cluster * DIM + axis] + noise[axis] + sheet.sum::<f32>()
        }));
    }
    propagation_pool().install(|| on_features(Features::new(values, DIM), &truth))
}

fn on_features(features: Features, truth: &[u8]) -> anyhow::Result<Report> {
    let samples = features.len();
    let rounds = if samples > EXACT { 1 } else { ROUNDS };
    let (mut found, mut built) = (Vec::new(), Vec::new());
    let mut build = || -> anyhow::Result<_> {
        let begun = Instant::now();
        let neighbours = Neighbours::find(&features, NEIGHBOURS, &quiet())?;
        found.push(begun.elapsed());
        let begun = Instant::now();
        let graph = Graph::new(samples, &neighbours);
        built.push(begun.elapsed());
        Ok((neighbours, graph))
    };
    for _ in 1..rounds {
        build()?;
    }
    let (neighbours, graph) = build()?;
    let recall = recall(&features, &neighbours);
    let similarity = Similarity {
        features: features.into(),
        neighbours: neighbours.into(),
        graph: graph.into(),
    };
    let mut order: Vec<usize> = (0..samples).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(2));
    let mut labels = vec![None; samples];
    order[..LABELS]
        .iter()
        .for_each(|&serial| labels[serial] = Some(truth[serial]));
    let classes = ClassCount::of(truth.iter().copied()).unwrap_or_default();
    let mut anew = Vec::new();
    let mut propagation = Propagation::new(similarity.graph.clone(), classes);
    for _ in 0..rounds {
        propagation = Propagation::new(similarity.graph.clone(), classes);
        let begun = Instant::now();
        propagation.propagate(&labels, &quiet())?;
        anew.push(begun.elapsed());
    }
    let mut scorer = Scorer::new(propagation.laplacian().clone(), &similarity, classes, 1);
    let (mut after, mut scores, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for &serial in &order[LABELS..LABELS + MORE] {
        labels[serial] = Some(truth[serial]);
        let begun = Instant::now();
        let propagated = propagation.propagate(&labels, &quiet())?;
        after.push(begun.elapsed());
        let known = Known {
            labels: &labels,
            propagated: &propagated,
            network: None,
        };
        let mut total = Duration::ZERO;
        for strategy in Strategy::ALL
            .iter()
            .copied()
            .filter(|strategy| !strategy.asks_network())
        {
            let begun = Instant::now();
            scorer.scores(strategy, known, &quiet())?;
            total += begun.elapsed();
            if strategy == Strategy::default() {
                scores.push(begun.elapsed());
            }
        }
        all.push(total);
    }
    Ok(Report {
        samples,
        components: Spread::default(),
        neighbours: Spread::of(&found),
        graph: Spread::of(&built),
        recall,
        propagated_anew: Spread::of(&anew),
        propagated_after_one_more: Spread::of(&after),
        scores: Spread::of(&scores),
        all_scores: Spread::of(&all),
        peak_mib: peak_mib(),
        testing: None,
    })
}

/// Share of the ten nearest of some samples that were found.
fn recall(features: &Features, neighbours: &Neighbours) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut right = 0;
    for _ in 0..ASKED {
        let serial = random.random_range(0..features.len());
        let own = features.row(serial);
        let mut all: Vec<(f32, u32)> = (0..features.len())
            .filter(|&other| other != serial)
            .map(|other| (squared_distance(own, features.row(other)), other as u32))
            .collect();
        all.select_nth_unstable_by(10, |a, b| a.0.total_cmp(&b.0));
        let found: Vec<u32> = neighbours.of(serial as u32).take(10).map(|pair| pair.0).collect();
        right += all[..10].iter().filter(|pair| found.contains(&pair.1)).count();
    }
    right as f64 / (10 * ASKED) as f64
}

/// As Linux tells it.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
