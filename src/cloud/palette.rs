//! Colours: what a point's colour means and which colours there are. No GPU in here; the legend is drawn from it too.

use bevy::prelude::*;

/// Number of classes with a colour of their own.
pub const CLASSES: usize = 10;

/// What the window is cleared with, sRGB.
pub const BACKGROUND: [u8; 3] = [0x14, 0x16, 0x1a];

/// Certainties that lie at the ends of the ramp: a guess among ten classes, and no doubt.
pub const CERTAINTY_DOMAIN: (f32, f32) = (1.0 / CLASSES as f32, 1.0);

/// What the colour of a point tells.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColorMode {
    #[default]
    UserLabels,
    Predicted,
    TrueLabel,
    Certainty,
}

impl ColorMode {
    /// All modes, in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self::UserLabels,
        Self::Predicted,
        Self::TrueLabel,
        Self::Certainty,
    ];

    /// The mode's name outside the program.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserLabels => "user_labels",
            Self::Predicted => "predicted",
            Self::TrueLabel => "true",
            Self::Certainty => "certainty",
        }
    }

    /// The mode of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Which of a point's four attribute bytes the colour is looked up with.
    pub fn attribute(self) -> u32 {
        match self {
            Self::UserLabels => 0,
            Self::Predicted => 1,
            Self::TrueLabel => 2,
            Self::Certainty => 3,
        }
    }
}

/// The colours, sRGB.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct Palette {
    pub classes: [[u8; 3]; CLASSES],
    pub unlabelled: [u8; 3],
    /// How much a point without a label covers: less than all lets the density show.
    pub unlabelled_alpha: f32,
    /// Evenly spaced over [`CERTAINTY_DOMAIN`], blended in OKLab.
    pub certainty: [[u8; 3]; 8],
}

impl Default for Palette {
    /// The class colours were searched for: the least distance (OKLab) between any two of them, and to the grey, is
    /// as large as ten allow at once for normal sight, protanopia, deuteranopia and tritanopia. The ramp is viridis
    /// without its darkest end, which the background would swallow.
    fn default() -> Self {
        Self {
            classes: [
                [0x30, 0xba, 0xff],
                [0xe4, 0x77, 0x08],
                [0x1d, 0xb1, 0x86],
                [0xe3, 0x00, 0x40],
                [0xad, 0x00, 0xfb],
                [0xf0, 0xbd, 0x06],
                [0xb3, 0x6f, 0xbf],
                [0xca, 0xff, 0x02],
                [0x78, 0xff, 0xff],
                [0xcd, 0xc0, 0xc6],
            ],
            unlabelled: [0x6b, 0x72, 0x7c],
            unlabelled_alpha: 0.4,
            certainty: [
                [0x47, 0x2f, 0x7d],
                [0x3b, 0x52, 0x8b],
                [0x2e, 0x6f, 0x8e],
                [0x22, 0x8b, 0x8d],
                [0x24, 0xa8, 0x84],
                [0x52, 0xc5, 0x69],
                [0xa5, 0xdb, 0x36],
                [0xfd, 0xe7, 0x25],
            ],
        }
    }
}

impl Palette {
    /// Colour of a class; classes beyond the tenth share the grey of the unlabelled.
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

    /// Colour of a certainty; what lies outside [`CERTAINTY_DOMAIN`] gets the colour of its end.
    pub fn certainty_color(&self, certainty: f32) -> [u8; 3] {
        let (low, high) = CERTAINTY_DOMAIN;
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
        let by_class = (0..=u8::MAX).map(move |class| {
            let alpha = if usize::from(class) < CLASSES {
                1.0
            } else {
                self.unlabelled_alpha
            };
            color(self.class_color(class)).with_w(alpha)
        });
        let by_certainty =
            (0..=u8::MAX).map(move |byte| color(self.certainty_color(f32::from(byte) / 255.0)));
        by_class.chain(by_certainty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oklab([r, g, b]: [u8; 3]) -> Vec3 {
        Oklaba::from(Srgba::rgb_u8(r, g, b)).to_vec3()
    }

    #[test]
    fn names_lead_back_to_their_modes() {
        for mode in ColorMode::ALL {
            assert_eq!(ColorMode::from_name(mode.name()), Some(mode));
        }
        assert_eq!(ColorMode::from_name("other"), None);
    }

    #[test]
    fn class_colours_can_be_told_apart_and_from_the_background() {
        let palette = Palette::default();
        let mut colors = palette.classes.to_vec();
        colors.push(palette.unlabelled);
        for (index, &color) in colors.iter().enumerate() {
            assert!(
                oklab(color).distance(oklab(BACKGROUND)) > 0.25,
                "{color:?} on the background"
            );
            for &other in &colors[..index] {
                assert!(oklab(color).distance(oklab(other)) > 0.11, "{color:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_ramp_rises_in_lightness_from_end_to_end() {
        let palette = Palette::default();
        assert_eq!(palette.certainty_color(0.1), palette.certainty[0]);
        assert_eq!(palette.certainty_color(1.0), palette.certainty[7]);
        assert_eq!(palette.certainty_color(f32::NAN), palette.certainty[0]);
        let lightness: Vec<f32> = (0..=90)
            .map(|step| oklab(palette.certainty_color(0.1 + step as f32 / 100.0)).x)
            .collect();
        assert!(lightness.is_sorted());
    }

    #[test]
    fn the_table_serves_classes_and_certainties() {
        let palette = Palette::default();
        let table = palette.table();
        assert_eq!(table.len(), 1024);
        assert_eq!(table[255], table[10]);
        assert_ne!(table[256], table[511]);
        let encoded = LinearRgba::from_vec4(table[3]);
        let expected = Srgba::from(encoded).to_vec4();
        assert!((table[512 + 3] - expected).abs().max_element() < 1e-5);
    }
}
