//! What the rest of the app tells the cloud about its samples.

use std::sync::Arc;

use bevy::prelude::*;

/// One version of the cloud, indexed by serial.
#[derive(Debug, Default)]
pub struct Placement {
    /// Displayed positions; `z` is 0 in two dimensions.
    pub positions: Vec<Vec3>,
    /// Predicted class of each sample.
    pub classes: Vec<u8>,
    /// Probability of the predicted class, in 0..=1.
    pub certainty: Vec<f32>,
    /// The class of each sample that had another one in the state that this one is compared with; empty where it is
    /// compared with none.
    pub changed: Vec<Option<u8>>,
}

/// A new version of the cloud. The first one makes the entities; of several in one frame the last one counts.
#[derive(Message, Clone, Debug)]
pub struct NewPositions {
    /// Where the points are now.
    pub placement: Arc<Placement>,
    /// Move the points there instead of putting them there.
    pub animate: bool,
    /// Where the points come from while two states are compared: they stand still on the way, see
    /// [`Morph`](super::transition::Morph).
    pub from: Option<Arc<Vec<Vec3>>>,
}

/// One user label changed.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelChanged {
    /// Index of the sample in the data set.
    pub serial: u32,
    /// Its class before; `None` without a label.
    pub before: Option<u8>,
    /// Its class from now on; `None` if the label was taken off.
    pub after: Option<u8>,
    /// Whether the time until the point is seen in its new colour is measured.
    pub timed: bool,
}

/// All user labels changed, by serial; samples beyond the end have none. May come before the first positions.
#[derive(Message, Clone, Debug)]
pub struct ReplaceUserLabels(pub Arc<Vec<Option<u8>>>);

/// The data set's labels, by serial. May come before the first positions.
#[derive(Message, Clone, Debug)]
pub struct ReplaceTrueLabels(pub Arc<Vec<Option<u8>>>);

/// What the labels say of all samples and how much a label of each would help, by serial. May come before the first positions.
#[derive(Message, Clone, Debug)]
pub struct ReplaceSuggestions(pub Arc<Suggestions>);

/// What [`ReplaceSuggestions`] brings, `[samples]` each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestions {
    /// The class that the labels give each sample; `None` where they reach it by no path of the graph.
    pub propagated: Vec<Option<u8>>,
    /// Probability of that class, in 0..=1.
    pub certainty: Vec<f32>,
    /// In 0..=1, the most helpful at 1.
    pub score: Vec<f32>,
}
