//! The objective: weighted reconstruction error + weighted KL divergence + weighted cross entropy (Kingma et al. 2014,
//! "Semi-supervised learning with deep generative models", in the Python system's form). The engines compute the
//! terms; everything else that has to do with them goes through [`Term::ALL`] or [`Metric::ALL`].

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

use super::config::TrainingConfig;

/// A term of the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Squared error of the reconstruction, averaged over pixels and samples.
    Reconstruction,
    /// `Σ_latent −½(1 + log σ² − μ² − σ²)`, averaged over samples.
    Kl,
    /// Cross entropy with the targets of [`Targets::rows`](crate::training::targets::Targets::rows), summed over the batch:
    /// the targets' rows are weighted so that it is an average over the samples that are taught a class.
    Classification,
}

impl Term {
    /// All of them, in the order of histories and plots.
    pub const ALL: [Self; 3] = [Self::Reconstruction, Self::Kl, Self::Classification];

    /// As in the names of columns, such as `kl_loss`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reconstruction => "reconstruction",
            Self::Kl => "kl",
            Self::Classification => "classification",
        }
    }

    /// As in the console's table, such as `Train.rec`.
    pub(crate) fn abbreviation(self) -> &'static str {
        match self {
            Self::Reconstruction => "rec",
            Self::Kl => "kl",
            Self::Classification => "cls",
        }
    }

    /// A short name for a person.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Reconstruction => "Reconstruction",
            Self::Kl => "KL",
            Self::Classification => "Classification",
        }
    }

    /// A whole name for a person.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Reconstruction => "Reconstruction (weighted)",
            Self::Kl => "KL divergence (weighted)",
            Self::Classification => "Classification",
        }
    }

    /// What it is multiplied by in the total.
    pub fn weight(self, config: &TrainingConfig) -> f32 {
        match self {
            Self::Reconstruction => config.recon_weight,
            Self::Kl => config.kl_weight,
            Self::Classification => config.label_weight,
        }
    }

    /// Whether histories have it with its weight, as the Python system's do.
    pub fn is_reported_weighted(self) -> bool {
        self != Self::Classification
    }

    /// Whether it is the loss of the image that is classified, where that is another than the one that is reconstructed.
    pub(crate) fn is_of_classified(self) -> bool {
        self == Self::Classification
    }

    /// Whether it is 0 where there was nothing to take the mean of: no image was taught a class.
    pub(crate) fn is_unknown_at_0(self) -> bool {
        self == Self::Classification
    }
}

/// A term of the objective, or their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The sum of all terms with their weights.
    Total,
    /// One term alone.
    Term(Term),
}

impl Metric {
    /// The total first.
    pub const ALL: [Self; 1 + Term::ALL.len()] = {
        let mut all = [Self::Total; 1 + Term::ALL.len()];
        let mut i = 0;
        while i < Term::ALL.len() {
            all[i + 1] = Self::Term(Term::ALL[i]);
            i += 1;
        }
        all
    };

    /// Its column in histories and logs.
    pub fn column(self) -> String {
        match self {
            Self::Total => "loss".into(),
            Self::Term(term) => format!("{}_loss", term.name()),
        }
    }

    /// As in the console's table, such as `Train.loss`.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Total => "loss",
            Self::Term(term) => term.abbreviation(),
        }
    }

    /// A short name for a person.
    pub fn label(self) -> &'static str {
        match self {
            Self::Total => "Total",
            Self::Term(term) => term.label(),
        }
    }

    /// A whole name for a person.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Total => "Total loss",
            Self::Term(term) => term.title(),
        }
    }

    /// Whether there was anything to take the mean of.
    pub fn is_known(self, losses: &Losses) -> bool {
        match self {
            Self::Term(term) if term.is_unknown_at_0() => losses[term] != 0.0,
            _ => true,
        }
    }
}

/// Losses of one split, averaged over it, as histories have them: see [`Term::is_reported_weighted`]. `total` is the sum of
/// the terms with their weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The weighted sum, which training minimises.
    pub total: f32,
    /// With its weight.
    pub reconstruction: f32,
    /// With its weight.
    pub kl: f32,
    /// Without its weight; 0 where no sample was taught a class.
    pub classification: f32,
}

impl Losses {
    /// From the values of the terms without their weights.
    pub(crate) fn weighted(config: &TrainingConfig, value: impl Fn(Term) -> f64) -> Self {
        let mut losses = Self::default();
        for term in Term::ALL {
            let weight = term.weight(config);
            let (reported, share) = if term.is_reported_weighted() {
                let weighted = (value(term) * f64::from(weight)) as f32;
                (weighted, weighted)
            } else {
                let value = value(term) as f32;
                (value, value * weight)
            };
            losses[term] = reported;
            losses.total += share;
        }
        losses
    }

    /// Total and terms, in the order of [`Metric::ALL`].
    pub fn values(&self) -> [f32; Metric::ALL.len()] {
        Metric::ALL.map(|metric| self[metric])
    }
}

impl From<[f32; Metric::ALL.len()]> for Losses {
    /// In the order of [`Metric::ALL`].
    fn from(values: [f32; Metric::ALL.len()]) -> Self {
        let mut losses = Self::default();
        for (metric, value) in Metric::ALL.into_iter().zip(values) {
            losses[metric] = value;
        }
        losses
    }
}

impl Index<Metric> for Losses {
    type Output = f32;

    fn index(&self, metric: Metric) -> &f32 {
        match metric {
            Metric::Total => &self.total,
            Metric::Term(term) => &self[term],
        }
    }
}

impl IndexMut<Metric> for Losses {
    fn index_mut(&mut self, metric: Metric) -> &mut f32 {
        match metric {
            Metric::Total => &mut self.total,
            Metric::Term(term) => &mut self[term],
        }
    }
}

impl Index<Term> for Losses {
    type Output = f32;

    fn index(&self, term: Term) -> &f32 {
        match term {
            Term::Reconstruction => &self.reconstruction,
            Term::Kl => &self.kl,
            Term::Classification => &self.classification,
        }
    }
}

impl IndexMut<Term> for Losses {
    fn index_mut(&mut self, term: Term) -> &mut f32 {
        match term {
            Term::Reconstruction => &mut self.reconstruction,
            Term::Kl => &mut self.kl,
            Term::Classification => &mut self.classification,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_the_weighted_sum_and_classification_is_told_without_its_weight() {
        let config = TrainingConfig {
            recon_weight: 10.0,
            kl_weight: 0.5,
            label_weight: 100.0,
            ..TrainingConfig::default()
        };
        let losses = Losses::weighted(&config, |term| match term {
            Term::Reconstruction => 3.0,
            Term::Kl => 4.0,
            Term::Classification => 5.0,
        });
        assert_eq!(losses.values(), [532.0, 30.0, 2.0, 5.0]);
        assert_eq!(Losses::from(losses.values()), losses);
    }
}
