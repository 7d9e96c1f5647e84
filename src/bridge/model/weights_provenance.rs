//! Which state of the model is in memory.

use std::fmt::{Display, Formatter, Result};

use crate::ui::RunEnds;
use ssvae_core::training::message::EndState;

/// Epochs are counted through all runs of the model, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum WeightsProvenance {
    #[default]
    Unknown,
    Fresh,
    /// From a file, after so many epochs, where they are on record.
    File(usize),
    /// What a run left behind.
    Run(RunEnds),
}

impl WeightsProvenance {
    /// What there is to choose from.
    pub fn ends(self) -> Option<RunEnds> {
        match self {
            Self::Run(ends) => Some(ends),
            _ => None,
        }
    }
}

impl Display for WeightsProvenance {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match *self {
            Self::Unknown => Ok(()),
            Self::Fresh => f.write_str("new weights"),
            Self::File(0) => f.write_str("as in the file"),
            Self::File(epoch) => write!(f, "epoch {epoch}, as in the file"),
            Self::Run(RunEnds { last, best, .. }) if last == best => write!(f, "epoch {last}, last and best"),
            Self::Run(RunEnds {
                last,
                taken: EndState::Last,
                ..
            }) => write!(f, "epoch {last}, the last"),
            Self::Run(RunEnds { best, .. }) => write!(f, "epoch {best}, the best"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_which_epoch_it_is() {
        let run = |last, best, taken| WeightsProvenance::Run(RunEnds { last, best, taken }).to_string();
        assert_eq!(run(1, 1, EndState::Last), "epoch 1, last and best");
        assert_eq!(run(3, 2, EndState::Last), "epoch 3, the last");
        assert_eq!(run(3, 2, EndState::Best), "epoch 2, the best");
        assert_eq!(WeightsProvenance::File(7).to_string(), "epoch 7, as in the file");
        assert_eq!(WeightsProvenance::Fresh.ends(), None);
    }
}
