//! What rows of a batch are for: where images are moved before they are classified, a batch has rows of its images as they
//! are, and rows of the moved ones.

use crate::model::objective::Term;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Both,
    /// They are decoded, and have a share of the reconstruction error and of the KL divergence.
    Decoded,
    /// They are classified, and have a share of the cross entropy.
    Classified,
}

impl Role {
    /// Whether the mean (0) or the logarithm of the variance (1) has a part in it.
    pub fn has_head(self, head: usize) -> bool {
        head == 0 || self != Self::Classified
    }

    /// Whether the rows have a share of a term.
    pub fn has_share(self, term: Term) -> bool {
        if term.is_of_classified() {
            self != Self::Decoded
        } else {
            self != Self::Classified
        }
    }
}
