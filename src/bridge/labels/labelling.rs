//! Label requests → labels and colours → the thread that writes labels.csv.

use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::plan::plan;
use crate::bridge::labels::request::LabelRequest;
use crate::bridge::labels::state::{LabelFile, LabelHistory, UserLabels};
use crate::bridge::labels::wording::left_out;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::samples::classes::Classes;
use crate::bridge::sets::LabelSystems;
use crate::cloud::LabelChanged;
use crate::ui::FeedbackKind;
use ssvae_core::format::grouped;
use ssvae_core::labels::Change;

/// For an action on more samples than this, the time to the new colour is measured for the first one only.
const TOLD: usize = 100;

pub struct LabellingPlugin;

impl Plugin for LabellingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<LabelRequest>().add_systems(
            Update,
            carry_out
                .in_set(LabelSystems)
                .after(crate::bridge::sets::IntentSystems),
        );
    }
}

fn carry_out(
    mut requests: MessageReader<LabelRequest>,
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    (classes, audit): (Res<Classes>, Res<Audit>),
    mut history: ResMut<LabelHistory>,
    mut feedback: ResMut<Feedback>,
    mut changed: MessageWriter<LabelChanged>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    for request in requests.read() {
        let (request, refused) = audit.admit(request);
        let mut planned = plan(&request, &labels.0, &mut history.journal, &|class| {
            classes.name(class)
        });
        let refused = refused.or(audit.keep_out(&mut planned.changes));
        let kept = |serial| planned.changes.iter().any(|change| change.serial == serial);
        planned
            .lines
            .iter_mut()
            .for_each(|line| line.keep_reversals(kept));
        planned.words = match refused {
            Some(refused) if planned.changes.is_empty() => left_out(refused),
            Some((_, count)) => format!("{} · {} of the audit left out", planned.words, grouped(count)),
            None => planned.words,
        };
        if planned.changes.is_empty() {
            file.0.request(&[], planned.lines);
            feedback.say(planned.words, FeedbackKind::Info);
            continue;
        }
        let count = planned.changes.len();
        let told = if count > TOLD { 1 } else { count };
        for (place, &Change { serial, label }) in planned.changes.iter().enumerate() {
            let before = labels.0.set(serial, label);
            changed.write(LabelChanged {
                serial,
                before,
                after: label,
                timed: place < told,
            });
        }
        match request {
            LabelRequest::Give(_) | LabelRequest::Keep(_) => {}
            LabelRequest::Undo => {
                log.write(Log(LogEntry::Undone { count }));
            }
            LabelRequest::Redo => {
                log.write(Log(LogEntry::Redone { count }));
            }
        }
        feedback.say(format!("{} · saving…", planned.words), FeedbackKind::Saving);
        history.saving = planned.words;
        file.0.request(&planned.changes, planned.lines);
    }
}
