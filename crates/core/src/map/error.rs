//! [`MapError`]: why there is no map.

/// Why a map can't be laid out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MapError {
    #[error("{name} is {value}, but must be {must}")]
    Setting {
        name: &'static str,
        value: f32,
        must: &'static str,
    },
    #[error(
        "{asked} neighbours of each sample were asked for, but {found} are known; ask for at most {found}"
    )]
    FewNeighbours { asked: usize, found: usize },
    #[error(
        "the distance from sample {serial} to a neighbour is {distance}, but must be a finite number from 0 on"
    )]
    Distance { serial: u32, distance: f32 },
    #[error("sample {serial} has the neighbour {other}, but there are {samples} samples")]
    Neighbour { serial: u32, other: u32, samples: usize },
    #[error("the start has {found} positions, but there are {samples} samples")]
    Positions { found: usize, samples: usize },
    #[error("sample {serial} starts at a position that is not finite")]
    NoPosition { serial: u32 },
    #[error("a map has 2 or 3 axes, not {axes}")]
    Axes { axes: usize },
}
