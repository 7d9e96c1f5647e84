//! [`Settings`]: how a map is laid out.

use super::error::MapError;

/// How a map is laid out. The defaults of `umap-learn`, but for the number of epochs, which goes by the number of samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Other samples that each is joined to, at least 1: one less than `n_neighbors` of `umap-learn`, which counts the sample
    /// itself.
    pub neighbours: usize,
    /// The distance in the map below which neighbours need not come nearer: from 0 to `spread`.
    pub min_dist: f32,
    /// The scale of distances in the map, above 0.
    pub spread: f32,
    /// Samples that one is pushed away from each time it is pulled to a neighbour.
    pub negatives: u32,
    /// Weight of that repulsion, from 0 on.
    pub repulsion: f32,
    /// Passes over the edges.
    pub epochs: u32,
    /// Length of the first steps, above 0; the length falls linearly to 0.
    pub learning_rate: f32,
    /// Decides which samples push each other away.
    pub seed: u64,
}

impl Settings {
    /// The defaults for so many samples: 500 epochs up to 10,000 samples, above that 200.
    pub fn new(samples: usize) -> Self {
        Self {
            neighbours: 15.min(samples.saturating_sub(1)),
            min_dist: 0.1,
            spread: 1.0,
            negatives: 5,
            repulsion: 1.0,
            epochs: if samples <= 10_000 { 500 } else { 200 },
            learning_rate: 1.0,
            seed: 0,
        }
    }

    /// The same for a map that starts from the layout before: a quarter of the epochs, and steps of a quarter of the length.
    pub fn continuing(self) -> Self {
        Self {
            epochs: (self.epochs / 4).max(1),
            learning_rate: self.learning_rate / 4.0,
            ..self
        }
    }

    /// # Errors
    /// If a number is outside its range.
    pub fn check(&self) -> Result<(), MapError> {
        let neighbours = self.neighbours as f32;
        let checks = [
            (
                "the number of neighbours",
                neighbours,
                neighbours >= 1.0,
                "at least 1",
            ),
            ("the spread", self.spread, self.spread > 0.0, "above 0"),
            (
                "the minimum distance",
                self.min_dist,
                (0.0..=self.spread).contains(&self.min_dist),
                "from 0 to the spread",
            ),
            (
                "the repulsion",
                self.repulsion,
                self.repulsion >= 0.0,
                "from 0 on",
            ),
            (
                "the learning rate",
                self.learning_rate,
                self.learning_rate > 0.0,
                "above 0",
            ),
        ];
        for (name, value, right, must) in checks {
            if !right || !value.is_finite() {
                return Err(MapError::Setting { name, value, must });
            }
        }
        Ok(())
    }
}
