//! The user's labels and the audit's: from the request to the file, and what is derived from them.

pub mod accuracy_curve;
pub mod audit;
pub mod audited;
pub mod doubts;
pub mod label_file;
pub mod label_latency;
pub mod labelling;
pub mod merged;
pub mod messages;
mod plan;
pub mod request;
pub mod state;
pub mod truth;
pub mod unsaved;
pub mod unsure;
pub mod wording;
