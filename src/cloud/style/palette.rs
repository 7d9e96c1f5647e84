//! Colours: what a point's colour means and which colours there are. No GPU in here; the legend is drawn from it too.

use bevy::prelude::*;

use crate::cloud::data::sample::{CONTEXT_CLASS, NO_CLASS};
use ssvae_core::classes::ClassCount;
use ssvae_core::filter::{Facts, Source};

/// Where many points lie, the standard deviation of their linear RGB from which their mean begins to turn grey, and from
/// which it is grey: the mean of two classes must not look like a third. The shader does it.
#[cfg(test)]
pub const MIXED_FROM: f32 = 0.08;
#[cfg(test)]
pub const GREY_FROM: f32 = 0.25;

/// Colours that are looked for one by one; further classes have the hues of these.
const SEARCHED: usize = 20;

/// Where in the colour table the colours by certainty begin, and where the same table in sRGB does.
pub const CERTAINTY_TABLE: u32 = 256;
#[cfg(test)]
pub const SRGB_TABLE: u32 = 512;
/// How much fainter such a point is than one without a label.
const FAINT: f32 = 0.5;

/// What the colour of a point tells.
#[derive(
    Resource, Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum ColorMode {
    /// The class that the user has given it.
    #[default]
    UserLabels,
    /// The class that the model predicts.
    Predicted,
    /// The class that the data set gives it.
    TrueLabel,
    /// The probability of the predicted class.
    Certainty,
    /// What the labels say of all samples, by the similarity graph.
    Propagated,
    /// How much a label would help.
    Helpful,
    /// What has become of the samples between two states that are compared.
    Changed,
}

impl ColorMode {
    /// All modes, in the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::UserLabels,
        Self::Predicted,
        Self::TrueLabel,
        Self::Certainty,
        Self::Propagated,
        Self::Helpful,
        Self::Changed,
    ];

    /// The mode's name outside the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserLabels => "user_labels",
            Self::Predicted => "predicted",
            Self::TrueLabel => "true",
            Self::Certainty => "certainty",
            Self::Propagated => "propagated",
            Self::Helpful => "helps_most",
            Self::Changed => "changed",
        }
    }

    /// Whose classes the colours stand for, where they stand for classes.
    pub fn source(self) -> Option<Source> {
        match self {
            Self::UserLabels => Some(Source::User),
            Self::Predicted => Some(Source::Predicted),
            Self::TrueLabel => Some(Source::Truth),
            Self::Propagated => Some(Source::Propagated),
            Self::Changed => Some(Source::Changed),
            Self::Certainty | Self::Helpful => None,
        }
    }

    /// Whether it shows what the labels say of other samples.
    pub fn shows_suggestions(self) -> bool {
        matches!(self, Self::Propagated | Self::Helpful)
    }

    /// Which of a point's eight attribute bytes the colour is looked up with.
    pub fn attribute(self) -> u32 {
        match self {
            Self::UserLabels => 0,
            Self::Predicted => 1,
            Self::TrueLabel => 2,
            Self::Certainty => 3,
            Self::Propagated => 4,
            Self::Helpful => 6,
            Self::Changed => 7,
        }
    }
}

/// Whether labelled points have the shape of their label beside its colour: circle, square, diamond, triangles up and
/// down for 0 to 4, again for 5 to 9, and so on.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PointShapes(pub bool);

/// Number of shapes.
pub const SHAPES: u8 = 5;

/// A set of class colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Scheme {
    /// Searched for: the least distance (OKLab) between any two of them, and to the grey, is as large as ten allow at once
    /// for normal sight, protanopia, deuteranopia and tritanopia (simulated by Machado et al. 2009). A class has the same
    /// hue on both grounds. Ten more were searched for one by one, each as far as can be from those before it.
    #[default]
    Distinct,
    /// Tableau 10.
    Tableau,
    /// matplotlib's tab10.
    Tab10,
}

impl Scheme {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Distinct, Self::Tableau, Self::Tab10];

    /// A colour for each of so many classes. Those behind the twentieth have the hues of the first twenty, the lighter or
    /// darker the farther behind.
    fn classes(self, ground: Ground, count: ClassCount) -> Vec<[u8; 3]> {
        let searched = self.searched(ground);
        let color = |class: usize| {
            let color = searched[class % SEARCHED];
            match class / SEARCHED {
                0 => color,
                round => shade(color, round, ground),
            }
        };
        (0..count.get()).map(color).collect()
    }

    fn searched(self, ground: Ground) -> [[u8; 3]; SEARCHED] {
        let hex: [u32; SEARCHED] = match (self, ground) {
            (Self::Distinct, Ground::Dark) => [
                0x4a9cff, 0xe57a00, 0x00d18c, 0xe6004a, 0xa307ff, 0xe5c200, 0xc366b7, 0xb3ff10, 0x79e7ff,
                0x8d3a00, 0x052dab, 0x6b3b74, 0xbdabd9, 0x4c57c2, 0x7ea27b, 0xffd8a8, 0xff35e6, 0x816a01,
                0xdb318f, 0x29844f,
            ],
            (Self::Distinct, Ground::Light) => DISTINCT_ON_LIGHT,
            // The second ten are the light colours of Tableau 20 and of tab20.
            (Self::Tableau, _) => [
                0x4e79a7, 0xf28e2b, 0xe15759, 0x76b7b2, 0x59a14f, 0xedc948, 0xb07aa1, 0xff9da7, 0x9c755f,
                0xbab0ac, 0xa0cbe8, 0xffbe7d, 0xff9d9a, 0x499894, 0x8cd17d, 0xb6992d, 0xd4a6c8, 0xd37295,
                0xd7b5a6, 0x79706e,
            ],
            (Self::Tab10, _) => [
                0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22,
                0x17becf, 0xaec7e8, 0xffbb78, 0x98df8a, 0xff9896, 0xc5b0d5, 0xc49c94, 0xf7b6d2, 0xc7c7c7,
                0xdbdb8d, 0x9edae5,
            ],
        };
        hex.map(|hex| {
            let [_, rgb @ ..] = hex.to_be_bytes();
            rgb
        })
    }
}

const DISTINCT_ON_LIGHT: [u32; SEARCHED] = [
    0x0085ff, 0xc96b00, 0x007046, 0xcd003d, 0x8f00e3, 0xbda100, 0xbc00ad, 0x81da00, 0x00b6d8, 0x762e00,
    0x09406f, 0xef9a81, 0xad6bc6, 0x995977, 0x450057, 0x53009e, 0x5a4e86, 0xff5070, 0xe811f7, 0x4b9565,
];

/// The same hue (OKLCh) in another lightness: by turns darker and lighter, in steps that leave the ground and the ink alone.
fn shade([r, g, b]: [u8; 3], round: usize, ground: Ground) -> [u8; 3] {
    let color = Oklcha::from(Srgba::rgb_u8(r, g, b));
    let (least, most) = match ground {
        Ground::Dark => (0.45, 0.92),
        Ground::Light => (0.35, 0.85),
    };
    // From the colour's own lightness on in steps of the golden ratio: each lands far from those before.
    let own = (color.lightness - least) / (most - least);
    let along = (own + round as f32 * 0.618_034).rem_euclid(1.0);
    let lightness = least + (most - least) * along;
    let chroma = color.chroma * (1.0 - 0.35 * (2.0 * along - 1.0).abs());
    let [r, g, b, _] = Srgba::from(color.with_lightness(lightness).with_chroma(chroma)).to_u8_array();
    [r, g, b]
}

/// What the points lie on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Ground {
    /// A dark canvas, with light ink.
    #[default]
    Dark,
    /// A light canvas, with dark ink.
    Light,
}

/// The colours, sRGB.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Palette {
    /// Of each class.
    pub classes: Vec<[u8; 3]>,
    /// Of points without a label.
    pub unlabelled: [u8; 3],
    /// How much a point without a label covers: less than all lets the density show.
    pub unlabelled_alpha: f32,
    /// Evenly spaced over [`Palette::certainty_domain`], blended in OKLab.
    pub certainty: [[u8; 3]; 8],
    /// Behind the points.
    pub background: [u8; 3],
    /// Of outlines and rings.
    pub ink: [u8; 3],
    /// Sets a ring off from the points around it.
    pub paper: [u8; 3],
}

impl Default for Palette {
    fn default() -> Self {
        Self::new(Scheme::default(), Ground::default(), ClassCount::default())
    }
}

/// Viridis without its darkest end, which a dark background would swallow, and without its lightest, which a light one
/// would.
const RAMP_ON_DARK: [[u8; 3]; 8] = [
    [0x47, 0x2f, 0x7d],
    [0x3b, 0x52, 0x8b],
    [0x2e, 0x6f, 0x8e],
    [0x22, 0x8b, 0x8d],
    [0x24, 0xa8, 0x84],
    [0x52, 0xc5, 0x69],
    [0xa5, 0xdb, 0x36],
    [0xfd, 0xe7, 0x25],
];
const RAMP_ON_LIGHT: [[u8; 3]; 8] = [
    [0x44, 0x01, 0x54],
    [0x46, 0x2f, 0x7c],
    [0x3c, 0x4f, 0x8a],
    [0x2f, 0x6c, 0x8e],
    [0x25, 0x84, 0x8e],
    [0x1e, 0x9b, 0x8a],
    [0x3f, 0xb0, 0x74],
    [0x74, 0xc0, 0x50],
];

impl Palette {
    /// The colours of a scheme on a ground, of so many classes.
    pub fn new(scheme: Scheme, ground: Ground, classes: ClassCount) -> Self {
        let classes = scheme.classes(ground, classes);
        match ground {
            Ground::Dark => Self {
                classes,
                unlabelled: [0x6b, 0x72, 0x7c],
                unlabelled_alpha: 0.4,
                certainty: RAMP_ON_DARK,
                background: [0x14, 0x16, 0x1a],
                ink: [0xf6, 0xf7, 0xf9],
                paper: [0x12, 0x14, 0x18],
            },
            Ground::Light => Self {
                classes,
                unlabelled: [0x8d, 0x93, 0x9c],
                unlabelled_alpha: 0.4,
                certainty: RAMP_ON_LIGHT,
                background: [0xfa, 0xfa, 0xfb],
                ink: [0x1a, 0x1d, 0x22],
                paper: [0xff, 0xff, 0xff],
            },
        }
    }

    /// Gives these classes colours that were searched for, as far as there are any, in exchange with classes that are not
    /// among them.
    pub fn bring_to_front(&mut self, front: &[u8]) {
        let searched = SEARCHED.min(self.classes.len());
        let mut free = (0..searched).filter(|&place| !front.iter().any(|&class| usize::from(class) == place));
        let others = searched..self.classes.len();
        let behind = front.iter().map(|&class| usize::from(class));
        for class in behind.filter(|class| others.contains(class)) {
            let Some(place) = free.next() else { return };
            self.classes.swap(class, place);
        }
    }

    /// Colour of a class; what is none of the classes shares the grey of the unlabelled.
    pub fn class_color(&self, class: u8) -> [u8; 3] {
        self.classes
            .get(usize::from(class))
            .copied()
            .unwrap_or(self.unlabelled)
    }

    /// Colour of a sample without a label.
    pub fn unlabelled(&self) -> [u8; 3] {
        self.unlabelled
    }

    /// Colour of a point that the filter leaves out, where nothing shines through it.
    fn context(&self) -> [u8; 3] {
        std::array::from_fn(|i| {
            let [grey, ground] = [self.unlabelled[i], self.background[i]].map(u16::from);
            ((grey * 3 + ground) / 4) as u8
        })
    }

    /// Colour of a point of which this is known, and whether there is anything to colour it by.
    pub fn point_color(&self, mode: ColorMode, facts: &Facts) -> ([u8; 3], bool) {
        let Some(source) = mode.source() else {
            let along = if mode == ColorMode::Helpful {
                facts.score
            } else {
                facts.certainty
            };
            return (self.certainty_color(along), true);
        };
        let class = facts.class(source);
        let color = class.map_or(self.unlabelled(), |class| self.class_color(class));
        (color, class.is_some())
    }

    /// Certainties that lie at the ends of the ramp: a guess among the classes, and no doubt.
    pub fn certainty_domain(&self) -> (f32, f32) {
        (1.0 / self.classes.len().max(2) as f32, 1.0)
    }

    /// Colour of a certainty; what lies outside [`Self::certainty_domain`] gets the colour of its end.
    pub fn certainty_color(&self, certainty: f32) -> [u8; 3] {
        let (low, high) = self.certainty_domain();
        let along = ((certainty - low) / (high - low)).clamp(0.0, 1.0);
        let place = if along.is_nan() {
            0.0
        } else {
            along * (self.certainty.len() - 1) as f32
        };
        let below = (place as usize).min(self.certainty.len() - 2);
        let oklab = |[r, g, b]: [u8; 3]| Oklaba::from(Srgba::rgb_u8(r, g, b));
        let color = oklab(self.certainty[below]).mix(&oklab(self.certainty[below + 1]), place - below as f32);
        let [r, g, b, _] = Srgba::from(color).to_u8_array();
        [r, g, b]
    }

    /// The table that the shader looks colours up in, RGB and coverage: 256 by class byte, then 256 by certainty byte, all
    /// in linear RGB, then the same in sRGB.
    pub fn table(&self) -> Vec<Vec4> {
        let linear = self.half(|[r, g, b]| LinearRgba::from(Srgba::rgb_u8(r, g, b)).to_vec4());
        let encoded = self.half(|[r, g, b]| Srgba::rgb_u8(r, g, b).to_vec4());
        linear.chain(encoded).collect()
    }

    fn half(&self, color: impl Fn([u8; 3]) -> Vec4 + Copy) -> impl Iterator<Item = Vec4> {
        let by_class = (0..=u8::MAX).map(move |class| match class {
            CONTEXT_CLASS => color(self.context()).with_w(self.unlabelled_alpha * FAINT),
            NO_CLASS => color(self.unlabelled).with_w(self.unlabelled_alpha),
            class => color(self.class_color(class)).with_w(1.0),
        });
        let by_certainty =
            (0..=u8::MAX).map(move |byte| color(self.certainty_color(f32::from(byte) / 255.0)));
        by_class.chain(by_certainty)
    }
}

#[cfg(test)]
mod tests;
