//! The training worker: commands go in, events come out, and a router makes messages of them.

pub mod link;
pub mod messages;
pub mod plugin;
pub mod router;
