//! The similarity graph: samples joined to their nearest neighbours, the nearer the stronger.

use super::neighbours::Neighbours;

/// Neighbours that a sample is joined to, besides those that are joined to it.
const JOINED: usize = 10;

/// An undirected weighted graph, row by row (compressed sparse rows).
#[derive(Clone, Debug)]
pub struct Graph {
    /// `[n + 1]`: where each sample's edges begin.
    offsets: Vec<u32>,
    /// The other ends, by rising serial.
    ends: Vec<u32>,
    weights: Vec<f32>,
    /// `[n]`: the sum of a sample's weights.
    degrees: Vec<f32>,
    /// `[n]`: number of the connected component that a sample belongs to.
    components: Vec<u32>,
    component_count: usize,
}

impl Graph {
    /// Weights `exp(−4 d² / d_k²)`, d_k being the distance of the 10th neighbour (the last one, where there are fewer), and of
    /// the two directions the mean: the graph of Calder, Cook, Thorpe & Slepčev 2020 ("Poisson learning"), as their package
    /// `graphlearning` builds it. Samples at one place are joined with weight 1.
    pub fn new(samples: usize, neighbours: &Neighbours) -> Self {
        let mut edges = Vec::with_capacity(2 * JOINED * samples);
        for serial in 0..samples as u32 {
            let joined = neighbours.of(serial).take(JOINED);
            let farthest = joined.last().map_or(0.0, |last| last.1);
            for (other, distance) in neighbours.of(serial).take(JOINED) {
                let ratio = if farthest > 0.0 { distance / farthest } else { 0.0 };
                let weight = (-4.0 * ratio * ratio).exp() / 2.0;
                edges.extend([(serial, other, weight), (other, serial, weight)]);
            }
        }
        Self::from_edges(samples, edges)
    }

    /// From directed edges `(from, to, weight)`; the weights of equal ones are added.
    pub(crate) fn from_edges(samples: usize, mut edges: Vec<(u32, u32, f32)>) -> Self {
        edges.sort_unstable_by_key(|edge| (edge.0, edge.1));
        let mut graph = Self {
            offsets: Vec::with_capacity(samples + 1),
            ends: Vec::with_capacity(edges.len()),
            weights: Vec::with_capacity(edges.len()),
            degrees: Vec::with_capacity(samples),
            components: Vec::new(),
            component_count: 0,
        };
        let mut edges = edges.into_iter().peekable();
        graph.offsets.push(0);
        for serial in 0..samples as u32 {
            let (start, mut degree) = (graph.ends.len(), 0.0);
            while let Some((_, to, weight)) = edges.next_if(|edge| edge.0 == serial) {
                degree += weight;
                if graph.ends.len() > start && graph.ends.last() == Some(&to) {
                    if let Some(last) = graph.weights.last_mut() {
                        *last += weight;
                    }
                } else {
                    graph.ends.push(to);
                    graph.weights.push(weight);
                }
            }
            graph.degrees.push(degree);
            graph.offsets.push(graph.ends.len() as u32);
        }
        graph.find_components();
        graph
    }

    fn find_components(&mut self) {
        self.components = vec![u32::MAX; self.len()];
        let mut reached = Vec::new();
        for serial in 0..self.len() {
            if self.components[serial] != u32::MAX {
                continue;
            }
            let number = self.component_count as u32;
            self.component_count += 1;
            self.components[serial] = number;
            reached.push(serial);
            while let Some(at) = reached.pop() {
                for edge in self.offsets[at] as usize..self.offsets[at + 1] as usize {
                    let other = self.ends[edge] as usize;
                    if self.components[other] == u32::MAX {
                        self.components[other] = number;
                        reached.push(other);
                    }
                }
            }
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.degrees.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.degrees.is_empty()
    }

    /// The sum of a sample's weights, `[n]`.
    pub(crate) fn degrees(&self) -> &[f32] {
        &self.degrees
    }

    /// Number of each sample's connected component, `[n]`, from 0.
    pub(crate) fn components(&self) -> &[u32] {
        &self.components
    }

    pub(crate) fn component_count(&self) -> usize {
        self.component_count
    }

    /// The samples that one is joined to, by rising serial, with the weights.
    pub fn edges(&self, serial: u32) -> impl Iterator<Item = (u32, f32)> + '_ {
        let serial = serial as usize;
        let places = self.offsets[serial] as usize..self.offsets[serial + 1] as usize;
        let weights = self.weights[places.clone()].iter().copied();
        self.ends[places].iter().copied().zip(weights)
    }
}
