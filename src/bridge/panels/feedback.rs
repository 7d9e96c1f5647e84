//! The line beside the label buttons: the outcome of the last action.

use bevy::prelude::*;

use crate::ui::{FeedbackKind, readable};

/// The line, if there is one.
#[derive(Resource, Default)]
pub struct Feedback(pub Option<(String, FeedbackKind)>);

impl Feedback {
    /// Replaces the line.
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
