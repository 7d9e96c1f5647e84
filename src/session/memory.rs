//! Which state of the model is in memory.

use std::fmt::{Display, Formatter, Result};

use crate::overlay::state::RunEnds;
use crate::training::message::{EndState, EpochMetrics};

/// Derived from the worker's events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Memory {
    Unknown,
    Fresh,
    File,
    /// What a run left behind: its epochs, from 1, and which of the two is in memory.
    Run {
        last: usize,
        best: usize,
        taken: EndState,
    },
}

impl Memory {
    /// After an epoch of a run.
    pub fn after(self, metrics: &EpochMetrics) -> Self {
        let epoch = metrics.epoch;
        let best = match self {
            Self::Run { best, .. } if !metrics.best => best,
            _ => epoch,
        };
        Self::Run {
            last: epoch,
            best,
            taken: EndState::Last,
        }
    }

    /// What there is to choose from.
    pub fn ends(self) -> Option<RunEnds> {
        match self {
            Self::Run { last, best, taken } => Some(RunEnds { last, best, taken }),
            _ => None,
        }
    }
}

impl Display for Memory {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match *self {
            Self::Unknown => Ok(()),
            Self::Fresh => f.write_str("new weights"),
            Self::File => f.write_str("as in the file"),
            Self::Run { last, best, .. } if last == best => write!(f, "epoch {last}, last and best"),
            Self::Run {
                last,
                taken: EndState::Last,
                ..
            } => write!(f, "epoch {last}, the last"),
            Self::Run { best, .. } => write!(f, "epoch {best}, the best"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::message::Losses;

    #[test]
    fn the_best_epoch_is_remembered_and_the_last_is_in_memory() {
        let epoch = |epoch, best| EpochMetrics {
            epoch,
            of: 3,
            train: Losses::default(),
            validation: Losses::default(),
            seconds: 1.0,
            best,
        };
        let first = Memory::File.after(&epoch(1, true));
        assert_eq!(first.to_string(), "epoch 1, last and best");
        let third = first.after(&epoch(2, true)).after(&epoch(3, false));
        assert_eq!(third.to_string(), "epoch 3, the last");
        let Some(RunEnds { last, best, .. }) = third.ends() else {
            panic!("a run leaves something behind");
        };
        assert_eq!((last, best), (3, 2));
        let taken = Memory::Run {
            last,
            best,
            taken: EndState::Best,
        };
        assert_eq!(taken.to_string(), "epoch 2, the best");
        assert_eq!(Memory::Fresh.ends(), None);
    }
}
