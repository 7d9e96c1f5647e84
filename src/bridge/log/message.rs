//! Lines for the event log, and the log itself.

use bevy::prelude::*;

use super::entry::{EventLog, LogEntry};

/// One line for the log.
#[derive(Message, Clone, Debug)]
pub struct Log(pub LogEntry);

/// The event log of this process. There is none without `--events`, nor after a line could not be written.
#[derive(Resource)]
pub struct OpenLog(pub EventLog);
