//! Which samples are looked at: a question to what is known of each, with one of three answers.

use serde::{Deserialize, Serialize};

use crate::classes::ClassCount;

/// How each class is shown, and what has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Visibility>", into = "Vec<Visibility>")]
struct Rules {
    /// By class, up to the last that is not simply shown.
    classes: Vec<Visibility>,
    none: Visibility,
}

impl Rules {
    fn of(&self, class: Option<u8>) -> Visibility {
        match class {
            Some(class) => self.classes.get(usize::from(class)).copied().unwrap_or_default(),
            None => self.none,
        }
    }

    fn set(&mut self, class: Option<u8>, visibility: Visibility) {
        let Some(class) = class.map(usize::from) else {
            self.none = visibility;
            return;
        };
        if self.classes.len() <= class {
            self.classes.resize(class + 1, Visibility::default());
        }
        self.classes[class] = visibility;
        self.trim();
    }

    fn trim(&mut self) {
        let told = self
            .classes
            .iter()
            .rposition(|rule| *rule != Visibility::default());
        self.classes.truncate(told.map_or(0, |last| last + 1));
    }
}

/// A file has the rules of ten classes at least, then that of what has none.
impl From<Rules> for Vec<Visibility> {
    fn from(rules: Rules) -> Self {
        let Rules { mut classes, none } = rules;
        let count = classes.len().max(ClassCount::default().get());
        classes.resize(count, Visibility::default());
        classes.push(none);
        classes
    }
}

/// A list of rules is too short, or has more than there can be classes.
#[derive(Debug, thiserror::Error)]
#[error("{0} rules, where 1 to {most} are expected", most = ClassCount::MOST.get() + 1)]
struct RulesError(usize);

impl TryFrom<Vec<Visibility>> for Rules {
    type Error = RulesError;

    fn try_from(mut classes: Vec<Visibility>) -> Result<Self, RulesError> {
        let count = classes.len();
        let none = classes.pop().filter(|_| count <= ClassCount::MOST.get() + 1);
        let mut rules = Self {
            none: none.ok_or(RulesError(count))?,
            classes,
        };
        rules.trim();
        Ok(rules)
    }
}

/// What is known of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// The user's label.
    pub user: Option<u8>,
    /// The class that the model predicts.
    pub predicted: Option<u8>,
    /// The data set's own label.
    pub truth: Option<u8>,
    /// Probability of the predicted class, in 0..=1.
    pub certainty: f32,
    /// The class that the labels say by the similarity graph.
    pub propagated: Option<u8>,
    /// Probability of the propagated class, in 0..=1.
    pub propagated_certainty: f32,
    /// How much a label would help, in 0..=1, the most helpful at 1.
    pub score: f32,
    /// Its class in the second of two compared states, where that is another one than in the first.
    pub changed: Option<u8>,
}

impl Facts {
    /// Rounds the certainty to steps of 1/255, as points carry it, so that filter and picture agree on every point. What is
    /// propagated, scored or compared is unknown yet.
    pub fn new(user: Option<u8>, predicted: Option<u8>, truth: Option<u8>, certainty: f32) -> Self {
        Self {
            user,
            predicted,
            truth,
            // `as` saturates, and takes NaN to 0.
            certainty: f32::from((certainty * 255.0).round() as u8) / 255.0,
            propagated: None,
            propagated_certainty: 0.0,
            score: 0.0,
            changed: None,
        }
    }
}

impl Facts {
    /// The class that a source gives the sample.
    pub fn class(&self, source: Source) -> Option<u8> {
        match source {
            Source::User => self.user,
            Source::Predicted => self.predicted,
            Source::Truth => self.truth,
            Source::Propagated => self.propagated,
            Source::Changed => self.changed,
        }
    }
}

/// One of the classes that a sample may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Source {
    /// The user's labels.
    User,
    /// What the model predicts.
    Predicted,
    /// The data set's own labels.
    Truth,
    /// What the labels say by the similarity graph.
    Propagated,
    /// Between two states that are compared.
    Changed,
}

impl Source {
    /// All of them, as they are offered.
    pub(crate) const ALL: [Self; 5] = [
        Self::User,
        Self::Predicted,
        Self::Truth,
        Self::Propagated,
        Self::Changed,
    ];
}

/// How a sample is shown. The least of all answers counts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub enum Visibility {
    /// Not at all.
    Hidden,
    /// As grey context, which is neither picked nor chosen.
    Context,
    /// Like every other point.
    #[default]
    Shown,
}

/// Which samples are shown. The default shows all.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Only samples with a user label, or only those without one.
    pub labelled: Option<bool>,
    /// Least and greatest certainty, both included.
    pub certainty: (f32, f32),
    /// Only samples whose prediction is another class than their user label.
    pub against_label: bool,
    /// Only samples whose prediction is another class than the data set's own label.
    pub against_truth: bool,
    /// Only samples that were propagated another class than the model predicts.
    pub propagated_against_predicted: bool,
    /// Only samples that were propagated another class than their user label.
    pub propagated_against_label: bool,
    /// By [`Source`].
    classes: [Rules; 3],
    /// The same for [`Source::Propagated`], which older files do not have.
    propagated: Rules,
    /// The same for [`Source::Changed`], which no comparison outlives.
    #[serde(skip)]
    changed: Rules,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            labelled: None,
            certainty: (0.0, 1.0),
            against_label: false,
            against_truth: false,
            propagated_against_predicted: false,
            propagated_against_label: false,
            classes: Default::default(),
            propagated: Default::default(),
            changed: Default::default(),
        }
    }
}

impl Filter {
    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// How a sample is shown.
    pub fn judge(&self, facts: &Facts) -> Visibility {
        let against = |other: Option<u8>| other.is_some() && other != facts.predicted;
        let propagated =
            |other: Option<u8>| other.is_some() && facts.propagated.is_some() && other != facts.propagated;
        let (least, greatest) = self.certainty;
        let passes = self
            .labelled
            .is_none_or(|labelled| facts.user.is_some() == labelled)
            && (least..=greatest).contains(&facts.certainty)
            && (!self.against_label || against(facts.user))
            && (!self.against_truth || against(facts.truth))
            && (!self.propagated_against_predicted || propagated(facts.predicted))
            && (!self.propagated_against_label || propagated(facts.user));
        let by_class = Source::ALL
            .into_iter()
            .map(|source| self.class(source, facts.class(source)))
            .min()
            .unwrap_or_default();
        if passes {
            by_class
        } else {
            by_class.min(Visibility::Context)
        }
    }

    /// How a class is shown; `None` stands for samples without one.
    pub fn class(&self, source: Source, class: Option<u8>) -> Visibility {
        self.rules(source).of(class)
    }

    fn rules(&self, source: Source) -> &Rules {
        match source {
            Source::Propagated => &self.propagated,
            Source::Changed => &self.changed,
            _ => &self.classes[source as usize],
        }
    }

    fn rules_mut(&mut self, source: Source) -> &mut Rules {
        match source {
            Source::Propagated => &mut self.propagated,
            Source::Changed => &mut self.changed,
            _ => &mut self.classes[source as usize],
        }
    }

    /// Sets how a class is shown; `None` stands for samples without one.
    pub fn set_class(&mut self, source: Source, class: Option<u8>, visibility: Visibility) {
        self.rules_mut(source).set(class, visibility);
    }

    /// Shows this class alone, the others of `classes` as context; if it is so already, all again.
    pub fn only(&mut self, source: Source, class: Option<u8>, classes: ClassCount) {
        let rules = self.rules_mut(source);
        let mut alone = Rules::default();
        for other in classes.iter().map(Some).chain([None]) {
            alone.set(other, Visibility::Context);
        }
        alone.set(class, Visibility::Shown);
        *rules = if *rules == alone {
            Default::default()
        } else {
            alone
        };
    }

    /// This filter, but all classes of a source are shown.
    pub fn with_all_of(&self, source: Source) -> Self {
        let mut filter = self.clone();
        *filter.rules_mut(source) = Default::default();
        filter
    }

    /// This filter, without what asks for the data set's own labels.
    pub fn without_truth(&self) -> Self {
        Self {
            against_truth: false,
            ..self.with_all_of(Source::Truth)
        }
    }

    /// Repairs what a file may hold: a range of certainties that leaves 0..=1 or is empty becomes the whole one.
    pub fn sane(mut self) -> Self {
        let (least, greatest) = self.certainty;
        if !(0.0..=1.0).contains(&least) || !(0.0..=1.0).contains(&greatest) || least > greatest {
            self.certainty = Self::default().certainty;
        }
        self
    }
}

#[cfg(test)]
mod tests;
