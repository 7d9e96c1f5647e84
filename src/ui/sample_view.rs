//! A sample as the panels show it.

/// Name and colour of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// As it is in the file of classes, or the label itself.
    pub name: String,
    /// sRGB.
    pub color: [u8; 3],
}

/// Name of the class with this label; empty where there is no such class.
pub fn class_name(classes: &[Class], class: u8) -> &str {
    classes.get(usize::from(class)).map_or("", |class| &class.name)
}

/// What the model says of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The most probable class.
    pub class: u8,
    /// Probability of `class`, in 0..=1.
    pub certainty: f32,
}

/// An image of the data set.
#[derive(Clone, Copy, Debug)]
pub struct ImageView<'a> {
    /// Height, width and channels.
    pub shape: [usize; 3],
    /// Row-major values, `[height, width, channels]`.
    pub pixels: &'a [u8],
}

/// A sample with its image.
#[derive(Clone, Copy, Debug)]
pub struct SampleView<'a> {
    /// Index of the sample in the data set.
    pub serial: u32,
    /// The class that the user has given it.
    pub user_label: Option<u8>,
    /// The model's class, with its probability.
    pub prediction: Option<Prediction>,
    /// The class propagated from the labels, with its probability.
    pub propagated: Option<Prediction>,
    /// The data set's own label, where it has one.
    pub true_label: Option<u8>,
    /// `None` where the data set holds vectors alone.
    pub image: Option<ImageView<'a>>,
    /// The model's image of it, or why there is none.
    pub reconstruction: Reconstruction<'a>,
    /// Whether only its image may be shown, because it is labelled for an audit.
    pub blind: bool,
}

impl SampleView<'_> {
    /// The sample without anything that could tell its class.
    pub fn blind(self) -> Self {
        Self {
            user_label: None,
            prediction: None,
            propagated: None,
            true_label: None,
            reconstruction: Reconstruction::Hidden,
            blind: true,
            ..self
        }
    }
}

/// The decoder's image of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reconstruction<'a> {
    /// It could tell the class of a sample that is labelled for an audit.
    Hidden,
    /// It is being decoded.
    Decoding,
    /// Row-major `[height, width, channels]` in 0..=1, and the version of the latent snapshot that it belongs to.
    Ready { pixels: &'a [f32], version: u64 },
}

/// What is said in place of images where there are none.
pub const NO_IMAGES: &str = "Vectors alone:\nno images";
/// What is said in place of what a model would say.
pub const NO_MODEL: &str = "The data set holds vectors alone: a model is trained on images.";

/// All samples of the data set.
#[derive(Clone, Copy)]
pub struct SamplesView<'a> {
    /// What is known of a sample; `None` outside the data set.
    pub lookup: &'a dyn Fn(u32) -> Option<SampleView<'a>>,
    /// Number of samples in the data set.
    pub count: usize,
    /// Whether they are vectors without images, and there is no model.
    pub vectors_alone: bool,
    /// The classes, in the order of their labels.
    pub classes: &'a [Class],
    /// The sample that the panels describe.
    pub selected: Option<SampleView<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blind_sample_keeps_its_image_alone() {
        let prediction = Some(Prediction {
            class: 7,
            certainty: 0.9,
        });
        let sample = SampleView {
            serial: 5,
            user_label: Some(7),
            prediction,
            propagated: prediction,
            true_label: Some(7),
            image: Some(ImageView {
                shape: [1, 1, 1],
                pixels: &[3],
            }),
            reconstruction: Reconstruction::Ready {
                pixels: &[0.5],
                version: 1,
            },
            blind: false,
        };
        let blind = sample.blind();
        assert!(blind.blind);
        assert_eq!(blind.serial, 5);
        assert_eq!(blind.image.map(|image| image.pixels), Some(&[3][..]));
        assert_eq!((blind.user_label, blind.true_label), (None, None));
        assert_eq!((blind.prediction, blind.propagated), (None, None));
        assert_eq!(blind.reconstruction, Reconstruction::Hidden);
    }

    #[test]
    fn a_class_without_a_name_is_empty() {
        let classes = [Class {
            name: "zero".into(),
            color: [0; 3],
        }];
        assert_eq!(class_name(&classes, 0), "zero");
        assert_eq!(class_name(&classes, 1), "");
    }
}
