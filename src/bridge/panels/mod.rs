//! What the panels show, and what the user asks them for.

mod audit_view;
mod canvas_view;
mod labelling_view;
mod left_view;
mod neighbours_view;
mod notices_view;
mod queue_view;
mod right_view;
mod samples_view;
mod training_view;

pub mod closing;
pub mod draw;
pub mod export;
pub mod feedback;
pub mod intents;
pub mod ui_state;
