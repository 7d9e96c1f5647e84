//! Writes the event log where the user asked for one.

use bevy::prelude::*;

use super::message::{Log, OpenLog};
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::sets::EventLogSystems;
use crate::ui::Cause;

pub struct EventLogPlugin;

impl Plugin for EventLogPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Log>()
            .add_systems(Last, write_log.in_set(EventLogSystems));
    }
}

fn write_log(
    mut commands: Commands,
    mut entries: MessageReader<Log>,
    log: Option<ResMut<OpenLog>>,
    mut problems: ResMut<ProblemCards>,
) {
    let Some(mut log) = log else {
        entries.clear();
        return;
    };
    if entries.is_empty() {
        return;
    }
    if let Err(error) = log.0.write(entries.read().map(|Log(entry)| entry)) {
        problems.report(Cause::EventLog, error.to_string());
        commands.remove_resource::<OpenLog>();
    }
}
