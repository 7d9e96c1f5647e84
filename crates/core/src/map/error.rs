//! [`MapError`]: why there is no map.

/// Why a map can't be laid out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapError {
    /// A setting is outside its range.
    #[error("{name} is {value}, but must be {must}")]
    Setting {
        /// Which one, in words.
        name: &'static str,
        /// What was asked for.
        value: f32,
        /// The range, in words.
        must: &'static str,
    },
    /// More neighbours are to be joined than are known.
    #[error(
        "{asked} neighbours of each sample were asked for, but {found} are known; ask for at most {found}"
    )]
    FewNeighbours {
        /// Neighbours of each sample that were asked for.
        asked: usize,
        /// The most that any sample has.
        found: usize,
    },
    /// A distance is negative or not finite.
    #[error(
        "the distance from sample {serial} to a neighbour is {distance}, but must be a finite number from 0 on"
    )]
    Distance {
        /// Whose neighbour.
        serial: u32,
        /// How far away it is said to be.
        distance: f32,
    },
    /// A neighbour is none of the samples.
    #[error("sample {serial} has the neighbour {other}, but there are {samples} samples")]
    Neighbour {
        /// Whose neighbour.
        serial: u32,
        /// The sample that is not there.
        other: u32,
        /// Number of samples.
        samples: usize,
    },
    /// The start is one of other samples.
    #[error("the start has {found} positions, but there are {samples} samples")]
    Positions {
        /// Positions of the start.
        found: usize,
        /// Number of samples.
        samples: usize,
    },
    /// A sample with neighbours starts nowhere.
    #[error("sample {serial} starts at a position that is not finite")]
    NoPosition {
        /// Which sample.
        serial: u32,
    },
    /// A map is flat or in space.
    #[error("a map has 2 or 3 axes, not {axes}")]
    Axes {
        /// What was asked for.
        axes: usize,
    },
}
