//! The acquisition functions by name.

use serde::{Deserialize, Serialize};

use crate::choice::Choice;

/// An acquisition function: what makes a sample worth its label. Each is given with its formula and its source, where `p` is
/// the propagated distribution of a sample, p₁ and p₂ its two largest shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Without labels [`Self::Typical`]. After that `Σ_y G(x, y) (1 − (q₁(y) − q₂(y)))`: the margins of all samples y, weighed
    /// by how much a label of x would say of y (the Green's function G of `D − W + 0.01`). q is the mean of a Dirichlet
    /// distribution whose parameters are 0.1 and what the labels say of y, unscaled ("Dirichlet active learning", Miller,
    /// Murphy & Bertozzi, arXiv 2311.05501); the weighing is information density (Settles & Craven 2008) on the graph. Where
    /// no label reaches, the margin is 0: regions without labels come first; when there are none left, the borders.
    #[default]
    ExploreRefine,
    /// `1 − ‖u(x)‖₂` of Laplace learning with a killing that falls from 0.01 to 0.0001 over the
    /// first two labels per class (Miller & Calder, arXiv 2210.15786).
    Norm,
    /// `p₂ − p₁` (smallest margin: Scheffer, Decomain & Wrobel 2001).
    Margin,
    /// `−Σ p ln p` (Shannon 1948; Settles 2009, section 3.1).
    Entropy,
    /// `1 − p₁` (least confidence: Lewis & Gale 1994).
    LeastConfidence,
    /// The most typical sample of the largest cluster without a label, typical being 1 / the mean distance to the neighbours
    /// (TypiClust: Hacohen, Dekel & Weinshall 2022), clusters by k-means, ten more of them than there are labels.
    Typical,
    /// `H(E p) − E H(p)` over passes with dropout (BALD: Houlsby et al. 2011; by dropout: Gal, Islam & Ghahramani 2017), of the
    /// network's p.
    Bald,
    /// Distance to the nearest labelled sample (greedy k-centre: Sener & Savarese 2018).
    KCentre,
    /// `p₂ − p₁` of the network's p.
    NetworkMargin,
    /// A random order, which a seed decides.
    Random,
}

impl Choice for Strategy {
    const ALL: &'static [Self] = &[
        Self::ExploreRefine,
        Self::Norm,
        Self::Margin,
        Self::Entropy,
        Self::LeastConfidence,
        Self::Typical,
        Self::Bald,
        Self::KCentre,
        Self::NetworkMargin,
        Self::Random,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ExploreRefine => "explore-refine",
            Self::Norm => "norm",
            Self::Margin => "margin",
            Self::Entropy => "entropy",
            Self::LeastConfidence => "least-confidence",
            Self::Typical => "typical",
            Self::Bald => "bald",
            Self::KCentre => "k-centre",
            Self::NetworkMargin => "network-margin",
            Self::Random => "random",
        }
    }
}

impl Strategy {
    /// As the window names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::ExploreRefine => "Explore, then refine",
            Self::Norm => "Uncertainty norm",
            Self::Margin => "Smallest margin",
            Self::Entropy => "Entropy",
            Self::LeastConfidence => "Least confidence",
            Self::Typical => "Typical",
            Self::Bald => "BALD",
            Self::KCentre => "k-centre",
            Self::NetworkMargin => "Network margin",
            Self::Random => "Random",
        }
    }

    /// What it puts first, in a sentence for the user.
    pub fn looks_for(self) -> &'static str {
        match self {
            Self::ExploreRefine => {
                "Regions without a label first, then the borders between classes; samples that speak for many others before those \
         that speak for few."
            }
            Self::Norm => "What the labels reach the least (Miller & Calder 2022).",
            Self::Margin => "Where the two most probable propagated classes are the closest.",
            Self::Entropy => "Where the propagated classes are the most evenly spread.",
            Self::LeastConfidence => "Where the most probable propagated class is the least probable.",
            Self::Typical => "The most typical sample of each cluster without a label (TypiClust).",
            Self::Bald => "Where the network's passes with dropout disagree the most.",
            Self::KCentre => "The farthest from all labelled samples.",
            Self::NetworkMargin => "Where the network's two most probable classes are the closest.",
            Self::Random => "In a random order.",
        }
    }

    /// Whether it asks the network, not the graph.
    pub fn asks_network(self) -> bool {
        matches!(self, Self::Bald | Self::NetworkMargin)
    }

    /// Whether each label changes the scores of other samples.
    pub(crate) fn follows_labels(self) -> bool {
        !self.asks_network() && self != Self::Random
    }
}
