//! What the panels show, and what the user asks them for.

pub mod closing;
pub mod draw;
pub mod export;
pub mod feedback;
pub mod form;
pub mod intents;
pub mod open_target;
pub mod user_intent;
pub mod view_capture;
