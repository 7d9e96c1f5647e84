//! What one sample is in the ECS: one entity with three small components. Everything the GPU shows is derived from these.

use bevy::prelude::*;

/// Byte that stands for "no class" wherever a class is packed into eight bits.
pub const NO_CLASS: u8 = u8::MAX;

/// Stands for a class in the colour table where the filter leaves a point out.
pub const CONTEXT_CLASS: u8 = 254;

/// The last class with a byte of its own. Of 256 classes the last two are drawn as this one.
pub const LAST_CLASS: u8 = 253;

/// Coordinates beyond this are pulled back to it, so that no later product overflows `f32`.
const FARTHEST: f32 = 1.0e9;

/// A class or none, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassByte(u8);

impl ClassByte {
    /// No class.
    pub const NONE: Self = Self(NO_CLASS);

    /// The class, if there is one; [`LAST_CLASS`] stands for those behind it, too.
    pub fn get(self) -> Option<u8> {
        (self.0 != NO_CLASS).then_some(self.0)
    }

    /// The byte itself, [`NO_CLASS`] for none.
    pub fn byte(self) -> u8 {
        self.0
    }
}

impl From<Option<u8>> for ClassByte {
    fn from(class: Option<u8>) -> Self {
        Self(class.map_or(NO_CLASS, |class| class.min(LAST_CLASS)))
    }
}

/// Position of the sample in the data set, the stable name of a point.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serial(pub u32);

/// Where the point goes (and stays), in displayed space; `z` is 0 in two dimensions. Not finite: the point is not shown.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Latent(pub Vec3);

/// What is known of the sample, in the eight bytes that its colour is looked up with.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// What the user says it is.
    pub user: ClassByte,
    /// What the model says it is.
    pub predicted: ClassByte,
    /// What the data set says it is.
    pub truth: ClassByte,
    certainty: u8,
    /// What the labels say it is.
    pub propagated: ClassByte,
    propagated_certainty: u8,
    score: u8,
    /// What it has become between two states that are compared.
    pub changed: ClassByte,
}

impl Attributes {
    /// With the probability of the predicted class, in 0..=1, in steps of 1/255.
    pub fn new(user: ClassByte, predicted: ClassByte, truth: ClassByte, certainty: f32) -> Self {
        Self {
            user,
            predicted,
            truth,
            certainty: byte(certainty),
            propagated: ClassByte::NONE,
            propagated_certainty: 0,
            score: 0,
            changed: ClassByte::NONE,
        }
    }

    /// With what the labels say, its probability, and how much a label would help, both in 0..=1.
    pub fn suggest(&mut self, propagated: ClassByte, certainty: f32, score: f32) {
        self.propagated = propagated;
        self.propagated_certainty = byte(certainty);
        self.score = byte(score);
    }

    /// The same of another sample or an earlier version.
    pub fn suggested_as(self, other: Self) -> Self {
        Self {
            propagated: other.propagated,
            propagated_certainty: other.propagated_certainty,
            score: other.score,
            ..self
        }
    }

    /// Probability of what the labels say, in 0..=1.
    pub fn propagated_certainty(self) -> f32 {
        f32::from(self.propagated_certainty) / 255.0
    }

    /// Probability of the predicted class, in 0..=1.
    pub fn certainty(self) -> f32 {
        f32::from(self.certainty) / 255.0
    }

    /// In the order in which the shaders read them, lowest first: two words, of which a label of the user's changes the first.
    pub fn words(self) -> [[u8; 4]; 2] {
        [
            [
                self.user.byte(),
                self.predicted.byte(),
                self.truth.byte(),
                self.certainty,
            ],
            [
                self.propagated.byte(),
                self.propagated_certainty,
                self.score,
                self.changed.byte(),
            ],
        ]
    }
}

/// In steps of 1/255.
fn byte(share: f32) -> u8 {
    // `as` saturates, and takes NaN to 0.
    (share * 255.0).round() as u8
}

/// All components of a sample: few, because each costs eight bytes more for its ticks.
pub type SampleBundle = (Serial, Latent, Attributes);

/// Keeps coordinates within what the arithmetic of the cloud can carry; a point that is not finite becomes all NaN.
pub fn clamp_finite(position: Vec3) -> Vec3 {
    if position.is_finite() {
        position.clamp(Vec3::splat(-FARTHEST), Vec3::splat(FARTHEST))
    } else {
        Vec3::NAN
    }
}

/// Where a point is displayed when `progress` (0..=1, eased) of its way is done. The shader computes the same.
pub fn displayed(departure: Vec3, target: Vec3, progress: f32) -> Vec3 {
    departure + (target - departure) * progress
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_byte_keeps_every_class_and_none_but_the_last_two_of_256() {
        assert_eq!(ClassByte::from(None).get(), None);
        for class in 0..=u8::MAX {
            let kept = ClassByte::from(Some(class)).get();
            assert_eq!(kept, Some(class.min(LAST_CLASS)));
        }
    }

    fn attributes(certainty: f32) -> Attributes {
        Attributes::new(Some(1).into(), Some(2).into(), ClassByte::NONE, certainty)
    }

    #[test]
    fn certainty_survives_packing() {
        for step in 0..=1000 {
            let certainty = step as f32 / 1000.0;
            assert!((attributes(certainty).certainty() - certainty).abs() <= 0.5 / 255.0 + 1e-6);
        }
        assert_eq!(attributes(f32::NAN).certainty(), 0.0);
        assert_eq!(attributes(7.0).certainty(), 1.0);
    }

    #[test]
    fn attributes_stand_in_the_order_the_shader_reads() {
        let mut attributes = attributes(1.0);
        attributes.suggest(Some(4).into(), 0.2, 1.0);
        assert_eq!(attributes.words(), [[1, 2, 255, 255], [4, 51, 255, 255]]);
    }

    #[test]
    fn wild_coordinates_are_clamped() {
        assert!(clamp_finite(Vec3::new(f32::INFINITY, 0.0, 0.0)).is_nan());
        assert_eq!(
            clamp_finite(Vec3::new(1.0e30, -2.0, 0.0)),
            Vec3::new(FARTHEST, -2.0, 0.0)
        );
    }

    #[test]
    fn a_sample_is_small() {
        assert_eq!(size_of::<SampleBundle>(), 24);
    }
}
