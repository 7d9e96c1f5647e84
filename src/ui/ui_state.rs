//! Values that belong to the panels alone: what the user has set but not sent, and what is open.

use super::digit_keys::DigitKeys;
use super::intent::ResultsFile;
use super::opening::Opening;
use super::preferences::Preferences;
use super::widgets::thumbnail::Thumbnails;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::objective::Metric;

/// What the lower right part of the training panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingTab {
    Settings,
    Curve(Metric),
    Log,
    Runs,
    Results,
    Changes,
}

/// Whose predictions the results are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResultsOf {
    /// The model's, on the test images.
    #[default]
    Test,
    /// What was propagated to the unlabelled training images.
    Propagated,
    /// What is predicted for the audited samples.
    Audit,
}

/// The panels' own state, which the app keeps between frames.
pub struct UiState {
    /// Settings of the next training run.
    pub config: TrainingConfig,
    /// The norm to clip at when clipping is switched on again.
    pub clip_norm: f32,
    /// Shape of the next fresh model.
    pub architecture: Architecture,
    /// Seed of the next fresh model's weights.
    pub reset_seed: u64,
    /// Text of the search field.
    pub go_to: String,
    /// Whether the search field takes the focus in the next frame.
    pub focus_go_to: bool,
    pub preferences: Preferences,
    /// Labelled samples when the hints were shown first.
    pub labelled_at_start: Option<usize>,
    /// The images of the selected points, while they are enlarged.
    pub image_grid: ImageGrid,
    /// What is to be opened, while it is asked for.
    pub opening: Option<Opening>,
    /// Text of the command palette while it is open.
    pub palette: Option<String>,
    /// Text of the search for a class to label with, while it is open.
    pub class_search: Option<String>,
    /// The digit that the current class of the search is to be put on.
    pub put_on_digit: Option<u8>,
    /// Which class each digit labels, in this data set.
    pub digits: DigitKeys,
    /// Text of the search in the legend.
    pub legend_search: String,
    /// Whether the list of keys is open.
    pub help: bool,
    /// Whether the size of a picture is being asked for, and that size.
    pub exporting: bool,
    /// Width and height in pixels.
    pub export_size: [u32; 2],
    pub tab: TrainingTab,
    pub results: ResultsOf,
    /// Whether the results that are shown are to be saved.
    pub save_results: Option<ResultsFile>,
    /// True and predicted class of the test images that are enlarged.
    pub test_cell: Option<[u8; 2]>,
    /// Rows that they are to be scrolled down by.
    pub test_rows: isize,
    /// Identifiers of the earlier runs whose curves are shown in place of the session's, two at most.
    pub compared: Vec<String>,
    pub thumbnails: Thumbnails,
}

impl Default for UiState {
    fn default() -> Self {
        Self::new(TrainingConfig {
            max_epochs: 5,
            ..TrainingConfig::default()
        })
    }
}

/// A grid of images that fills the window.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImageGrid {
    pub open: bool,
    /// Place of the current image, and of the start of a range.
    pub at: usize,
    pub anchor: usize,
    /// Whether the current image is to be taken out or put back.
    pub toggle: bool,
    /// Whether the current image is to be scrolled into sight.
    pub moved: bool,
    /// Images in a row, and in all, in the last frame.
    pub columns: usize,
    pub count: usize,
}

impl ImageGrid {
    /// Moves the current image by this number of images to the right and of rows down.
    pub fn walk(&mut self, right: isize, down: isize) {
        if self.open && self.count > 0 {
            let step = right + down * self.columns.max(1) as isize;
            self.at = self.at.saturating_add_signed(step).min(self.count - 1);
            self.moved = true;
        }
    }
}

impl UiState {
    /// Moves through the enlarged images: by images to the right and by rows down.
    pub fn walk(&mut self, right: isize, down: isize) {
        if self.test_cell.is_some() {
            self.test_rows += down;
        } else {
            self.image_grid.walk(right, down);
        }
    }

    /// Resets all settings but the number of epochs to their defaults.
    pub fn reset_settings(&mut self) {
        let max_epochs = self.config.max_epochs;
        self.config = TrainingConfig {
            max_epochs,
            ..TrainingConfig::default()
        };
    }

    /// Whether a dialogue is open that takes the keys.
    pub fn has_dialogue(&self) -> bool {
        self.help
            || self.exporting
            || self.palette.is_some()
            || self.class_search.is_some()
            || self.opening.is_some()
            || self.test_cell.is_some()
    }

    /// The state of a session that starts with these settings.
    pub fn new(config: TrainingConfig) -> Self {
        Self {
            clip_norm: config.grad_clip_norm.unwrap_or(1.0),
            reset_seed: config.seed,
            config,
            architecture: Architecture::default(),
            go_to: String::new(),
            focus_go_to: false,
            preferences: Preferences::default(),
            labelled_at_start: None,
            image_grid: ImageGrid::default(),
            opening: None,
            palette: None,
            class_search: None,
            put_on_digit: None,
            digits: DigitKeys::default(),
            legend_search: String::new(),
            help: false,
            exporting: false,
            export_size: [1920, 1200],
            tab: TrainingTab::Curve(Metric::Total),
            results: ResultsOf::default(),
            save_results: None,
            test_cell: None,
            test_rows: 0,
            compared: Vec::new(),
            thumbnails: Thumbnails::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_walk_through_the_grid_and_stay_in_it() {
        let mut state = UiState::default();
        state.image_grid.count = 10;
        state.image_grid.columns = 4;
        state.walk(1, 0);
        assert_eq!(state.image_grid.at, 0, "it is closed");
        state.image_grid.open = true;
        for (right, down, at) in [
            (1, 0, 1),
            (0, 1, 5),
            (0, 1, 9),
            (0, 1, 9),
            (-1, 0, 8),
            (0, -1, 4),
            (0, -1, 0),
            (-1, 0, 0),
        ] {
            state.walk(right, down);
            assert_eq!(state.image_grid.at, at, "{right}, {down}");
        }
        state.test_cell = Some([4, 9]);
        state.walk(1, 3);
        assert_eq!((state.image_grid.at, state.test_rows), (0, 3));
    }

    #[test]
    fn resetting_the_settings_keeps_the_number_of_epochs() {
        let mut state = UiState::default();
        state.config.max_epochs = 17;
        state.config.batch_size = 16;
        state.reset_settings();
        let expected = TrainingConfig {
            max_epochs: 17,
            ..TrainingConfig::default()
        };
        assert_eq!(state.config, expected);
    }

    #[test]
    fn each_dialogue_takes_the_keys() {
        let open: [fn(&mut UiState); 6] = [
            |state| state.help = true,
            |state| state.exporting = true,
            |state| state.palette = Some(String::new()),
            |state| state.class_search = Some(String::new()),
            |state| state.opening = Some(Opening::default()),
            |state| state.test_cell = Some([0, 1]),
        ];
        for open in open {
            let mut state = UiState::default();
            assert!(!state.has_dialogue());
            open(&mut state);
            assert!(state.has_dialogue());
        }
    }
}
