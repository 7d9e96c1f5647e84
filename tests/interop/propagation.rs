//! The similarity graph and Poisson learning, held against the Python package `graphlearning`.

use std::sync::Arc;

use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::Kind;
use ssvae_core::job::Job;
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_core::propagation::{Laplacian, poisson};
use ssvae_core::similarity::{Features, Graph, Neighbours, components};
use ssvae_test_support::{Outcome, checkout};

use crate::python;

const SAMPLES: usize = 12_000;
const LABELS: usize = 60;
const CLASSES: usize = 10;

#[test]
fn graph_and_solution_are_those_of_graphlearning() -> Outcome {
    let folder = tempfile::tempdir()?;
    let job = Job::new(|| {});
    let dataset = Dataset::open(&checkout().join("data/mnist"), Split::Train)?;
    let all = components(&dataset, &job)?;
    let rows = (0..SAMPLES).flat_map(|serial| all.row(serial).to_vec());
    let features = Features::new(rows.collect(), all.dim());
    let neighbours = Neighbours::find(&features, 10, &job)?;
    let graph = Arc::new(Graph::new(SAMPLES, &neighbours));
    let laplacian = Laplacian::new(graph.clone());
    let labelled: Vec<(u32, u8)> = (0..LABELS as u32)
        .map(|i| i * 199 % SAMPLES as u32)
        .filter_map(|serial| Some((serial, dataset.true_label(serial)?)))
        .collect();
    let field = poisson(
        &laplacian,
        &labelled,
        ClassCount::default(),
        0.0,
        1e-5,
        None,
        &job,
    )?;
    // The paper's u is a class's number of labels times the mean that is solved for.
    let count = |class: usize| {
        labelled
            .iter()
            .filter(|pair| usize::from(pair.1) == class)
            .count() as f32
    };
    let counts: Vec<f32> = (0..CLASSES).map(count).collect();
    let solution = field.rows().zip(laplacian.inverse_root()).map(|(row, root)| {
        let values = row.iter().zip(&counts).map(|(value, count)| value * root * count);
        values.collect::<Vec<f32>>()
    });

    let mut file = NpzWriter::create(&folder.path().join("ours.npz"), &Kind::NEW)?;
    file.f32_chunks("features", &[SAMPLES, features.dim()], [features.values()])?;
    let places = |serial: u32| neighbours.of(serial).collect::<Vec<_>>();
    let serials = (0..SAMPLES as u32).map(|serial| {
        places(serial)
            .iter()
            .map(|place| place.0 as i32)
            .collect::<Vec<_>>()
    });
    file.i32_chunks("neighbours", &[SAMPLES, 10], serials)?;
    let distances =
        (0..SAMPLES as u32).map(|serial| places(serial).iter().map(|place| place.1).collect::<Vec<_>>());
    file.f32_chunks("distances", &[SAMPLES, 10], distances)?;
    let edges: Vec<(u32, u32, f32)> = (0..SAMPLES as u32)
        .flat_map(|serial| {
            graph
                .edges(serial)
                .map(move |(other, weight)| (serial, other, weight))
        })
        .collect();
    let column =
        |of: fn(&(u32, u32, f32)) -> u32| edges.iter().map(|edge| of(edge) as i32).collect::<Vec<_>>();
    file.i32_chunks("from", &[edges.len()], [column(|edge| edge.0)])?;
    file.i32_chunks("to", &[edges.len()], [column(|edge| edge.1)])?;
    let weights: Vec<f32> = edges.iter().map(|edge| edge.2).collect();
    file.f32_chunks("weights", &[edges.len()], [weights])?;
    let labels = labelled
        .iter()
        .flat_map(|&(serial, class)| [serial as i32, i32::from(class)]);
    file.i32_chunks("labels", &[labelled.len(), 2], [labels.collect::<Vec<_>>()])?;
    file.f32_chunks("solution", &[SAMPLES, CLASSES], solution)?;
    file.finish()?;
    python::run("propagation.py", &[folder.path().as_os_str()])
}
