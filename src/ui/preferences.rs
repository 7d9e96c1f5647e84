//! The user's preferences for the window. They are restored at the next start.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::cloud::{Ground, Scheme};

/// Text sizes, as factors of the usual one.
const SCALES: (f32, f32) = (0.75, 2.5);
const SCALE_STEP: f32 = 1.1;

/// Widths, folds and colours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Dark or light, for the cloud and the panels alike.
    pub ground: Ground,
    /// The colours of the classes.
    pub scheme: Scheme,
    /// Whether labelled points have the shape of their label.
    pub shapes: bool,
    /// Factor on the size of all text and controls.
    pub scale: f32,
    pub left: Side,
    pub right: Side,
    /// Whether the training panel is unfolded.
    pub training_open: bool,
    /// In points, with margins.
    pub training_height: f32,
    /// Sections that are folded away.
    pub folded: BTreeSet<String>,
    /// Whether images are drawn over points that have room for one.
    pub images: bool,
    /// Whether the first hints were read.
    pub hints_read: bool,
    /// Whether a label leads on to the first sample of the queue.
    pub advance: bool,
    /// Whether the data set's own labels are shown; a person who labels should not see them.
    pub show_truth: bool,
    /// Megabytes of runs' clouds and weights that are kept at most.
    pub keep_runs_mb: u32,
    /// The side panel that was opened last; a narrow window shows only this one.
    in_front: SideName,
    /// Whether the window has room for one side panel only.
    #[serde(skip)]
    pub narrow: bool,
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SideName {
    #[default]
    Left,
    Right,
}

/// A panel at a side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    pub open: bool,
    /// In points, with margins.
    pub width: f32,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            ground: Ground::default(),
            scheme: Scheme::default(),
            shapes: false,
            scale: 1.0,
            left: Side {
                open: true,
                width: LEFT.0,
            },
            right: Side {
                open: true,
                width: RIGHT.0,
            },
            training_open: true,
            training_height: TRAINING.0,
            folded: BTreeSet::new(),
            images: true,
            hints_read: false,
            advance: true,
            show_truth: false,
            keep_runs_mb: 500,
            in_front: SideName::default(),
            narrow: false,
        }
    }
}

/// Widths of the side panels with their margins: usual, least and greatest.
pub const LEFT: (f32, f32, f32) = (250.0, 236.0, 420.0);
/// Two images of 28 pixels at five times their size.
pub const RIGHT: (f32, f32, f32) = (320.0, 270.0, 580.0);
/// Heights of the training panel: it takes half of the window at most.
pub const TRAINING: (f32, f32, f32) = (226.0, 110.0, 1200.0);

impl Preferences {
    /// Makes the text larger by this number of steps, or smaller where it is negative; 0 restores the usual size.
    pub fn rescale(&mut self, steps: i32) {
        self.scale = match steps {
            0 => 1.0,
            steps => (self.scale * SCALE_STEP.powi(steps)).clamp(SCALES.0, SCALES.1),
        };
    }

    /// Whether a side panel is open and has room.
    pub fn shows(&self, side: SideName) -> bool {
        let (open, other) = match side {
            SideName::Left => (self.left.open, self.right.open),
            SideName::Right => (self.right.open, self.left.open),
        };
        open && !(self.narrow && other && self.in_front != side)
    }

    /// Opens a side panel, in front of the other one where there is room for one.
    pub fn open(&mut self, side: SideName) {
        self.in_front = side;
        self.side(side).open = true;
    }

    /// Closes a side panel that is shown, and opens one that is not.
    pub fn toggle(&mut self, side: SideName) {
        if self.shows(side) {
            self.side(side).open = false;
        } else {
            self.open(side);
        }
    }

    /// A side panel.
    pub fn side(&mut self, side: SideName) -> &mut Side {
        match side {
            SideName::Left => &mut self.left,
            SideName::Right => &mut self.right,
        }
    }

    /// Folds a section away, or unfolds it.
    pub fn fold(&mut self, section: &str) {
        if !self.folded.remove(section) {
            self.folded.insert(section.to_owned());
        }
    }

    /// Clamps values that came from a file to their ranges.
    pub fn sane(mut self) -> Self {
        let within = |value: f32, (usual, least, greatest): (f32, f32, f32)| {
            if value.is_finite() {
                value.clamp(least, greatest)
            } else {
                usual
            }
        };
        self.scale = within(self.scale, (1.0, SCALES.0, SCALES.1));
        self.left.width = within(self.left.width, LEFT);
        self.right.width = within(self.right.width, RIGHT);
        self.training_height = within(self.training_height, TRAINING);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_window_shows_the_panel_that_was_opened_last_and_a_wide_one_both_again() {
        let mut preferences = Preferences::default();
        let shown =
            |preferences: &Preferences| [SideName::Left, SideName::Right].map(|side| preferences.shows(side));
        preferences.narrow = true;
        assert_eq!(shown(&preferences), [true, false]);
        preferences.toggle(SideName::Right);
        assert_eq!(shown(&preferences), [false, true]);
        preferences.narrow = false;
        assert_eq!(shown(&preferences), [true, true]);
        preferences.toggle(SideName::Left);
        assert_eq!(shown(&preferences), [false, true]);
    }

    #[test]
    fn preferences_survive_their_text_form_and_broken_values_are_clamped() {
        let mut preferences = Preferences::default();
        preferences.rescale(3);
        preferences.fold("Labels");
        let text = serde_json::to_string(&preferences).unwrap();
        assert_eq!(serde_json::from_str::<Preferences>(&text).unwrap(), preferences);
        let broken: Preferences =
            serde_json::from_str(r#"{"scale":99,"left":{"open":true,"width":-5}}"#).unwrap();
        let mended = broken.sane();
        assert_eq!((mended.scale, mended.left.width), (SCALES.1, LEFT.1));
        preferences.rescale(0);
        preferences.fold("Labels");
        assert_eq!(preferences, Preferences::default());
    }
}
