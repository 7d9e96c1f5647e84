//! Values that belong to the panels alone: what the user has set but not sent, and what is open.

use super::intent::ResultsFile;
use super::preferences::Preferences;
use super::widgets::thumbnail::Thumbnails;
use ssvae_core::model::config::{Architecture, TrainingConfig};

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

/// A term of the objective, or their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Total,
    Reconstruction,
    Kl,
    Classification,
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
    /// Whether that field is to have the keyboard from the next frame on.
    pub focus_go_to: bool,
    pub preferences: Preferences,
    /// Labelled samples when the hints were shown first.
    pub labelled_at_start: Option<usize>,
    /// The images of the selected points, while they are enlarged.
    pub image_grid: ImageGrid,
    /// Path of what is to be opened, while it is asked for.
    pub opening: Option<String>,
    /// Text of the command palette while it is open.
    pub palette: Option<String>,
    /// Whether the list of keys is open.
    pub help: bool,
    /// Whether the size of a picture is being asked for, and that size.
    pub exporting: bool,
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
    /// Place of the image that the keys are for, and where a range begins.
    pub at: usize,
    pub anchor: usize,
    /// Whether that image is to be taken out, or put back.
    pub toggle: bool,
    /// Whether it is to be scrolled into sight.
    pub moved: bool,
    /// Images in a row, and in all, as drawn last.
    pub columns: usize,
    pub count: usize,
}

impl ImageGrid {
    /// Moves so many images to the right and rows down.
    pub fn walk(&mut self, right: isize, down: isize) {
        if self.open && self.count > 0 {
            let step = right + down * self.columns.max(1) as isize;
            self.at = self.at.saturating_add_signed(step).min(self.count - 1);
            self.moved = true;
        }
    }
}

impl UiState {
    /// Moves through the enlarged images, so many to the right and rows down.
    pub fn walk(&mut self, right: isize, down: isize) {
        if self.test_cell.is_some() {
            self.test_rows += down;
        } else {
            self.image_grid.walk(right, down);
        }
    }

    /// All settings but the number of epochs as they are at first.
    pub fn reset_settings(&mut self) {
        let max_epochs = self.config.max_epochs;
        self.config = TrainingConfig {
            max_epochs,
            ..TrainingConfig::default()
        };
    }

    /// Whether something is open that keys are for.
    pub fn has_dialogue(&self) -> bool {
        self.help
            || self.exporting
            || self.palette.is_some()
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
