//! The line beside the label buttons: what became of what was asked for last.

use bevy::prelude::*;

use crate::ui::feedback::FeedbackKind;
use crate::ui::problem::readable;

/// The line.
#[derive(Resource, Default)]
pub struct Feedback(pub Option<(String, FeedbackKind)>);

impl Feedback {
    /// Says something else.
    pub fn say(&mut self, text: impl Into<String>, kind: FeedbackKind) {
        self.0 = Some((readable(&text.into()), kind));
    }
}

pub struct FeedbackPlugin;

impl Plugin for FeedbackPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Feedback>();
    }
}
