//! Label requests → the point's colour at once → labels.csv → the line that says what was saved or failed.

use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

use crate::cloud::{ReplaceUserLabels, SetUserLabel};
use crate::event_log::LogEntry;
use crate::labels::{Change, LabelEvent, LabelStore, Labels};
use crate::overlay::state::FeedbackKind;
use crate::training::message::Event;

use super::event_log::Log;
use super::progress::Progress;
use super::recoloured::Recoloured;
use super::worker::FromWorker;
use super::{Start, Urgency, Wake};

/// Label a sample, or take its label off.
#[derive(Message, Clone, Copy, Debug)]
pub struct LabelRequest {
    pub serial: u32,
    pub label: Option<u8>,
}

/// The user's labels as shown; those that the disk has not confirmed yet are counted in [`LabelFile`].
#[derive(Resource)]
pub struct UserLabels(pub Labels);

#[derive(Resource)]
pub struct LabelFile(pub LabelStore);

pub struct LabellingPlugin;

impl Plugin for LabellingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<LabelRequest>()
            .add_systems(PreUpdate, (open_labels, follow_file).chain())
            .add_systems(Update, request_labels.after(super::intents::Requests));
    }
}

/// The labels can be read as soon as the number of samples is known.
fn open_labels(
    mut commands: Commands,
    start: Res<Start>,
    wake: Res<Wake>,
    mut events: MessageReader<FromWorker>,
    mut progress: ResMut<Progress>,
    mut log: MessageWriter<Log>,
) {
    for FromWorker(event) in events.read() {
        let Event::Dataset(dataset) = event else {
            continue;
        };
        let path = start.args.common.labels_path();
        let wake = wake.0.clone();
        let wake = Arc::new(move || wake(Urgency::Answer));
        let (store, labels, problems) = LabelStore::open(&path, dataset.len(), wake);
        for problem in problems {
            log.write(Log(LogEntry::Error {
                message: problem.clone(),
            }));
            progress.report(problem);
        }
        commands.insert_resource(LabelFile(store));
        commands.insert_resource(UserLabels(labels));
    }
}

fn request_labels(
    mut requests: MessageReader<LabelRequest>,
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    mut progress: ResMut<Progress>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut recoloured: MessageWriter<Recoloured>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    for &LabelRequest { serial, label } in requests.read() {
        if labels.0.get(serial) == label && file.0.pending() == 0 {
            let text = match label {
                Some(label) => format!("{serial} is labelled {label} already"),
                None => format!("{serial} has no label"),
            };
            progress.feedback = Some((text, FeedbackKind::Info));
            continue;
        }
        labels.0.set(serial, label);
        recolour.write(SetUserLabel { serial, label });
        recoloured.write(Recoloured { serial, label });
        progress.feedback = Some((
            format!("Saving {}…", describe(serial, label)),
            FeedbackKind::Saving,
        ));
        file.0.request(Change { serial, label });
    }
}

fn follow_file(
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    mut progress: ResMut<Progress>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut replace: MessageWriter<ReplaceUserLabels>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    while let Ok(event) = file.0.events().try_recv() {
        match event {
            LabelEvent::Saved {
                change: Change { serial, label },
                elapsed,
            } => {
                log.write(labelled(serial, label, true, elapsed));
                if file.0.pending() == 0 {
                    progress.feedback =
                        Some((format!("Saved {}", describe(serial, label)), FeedbackKind::Saved));
                }
            }
            LabelEvent::Failed {
                change: Change { serial, label },
                current,
                message,
            } => {
                log.write(labelled(serial, label, false, Duration::ZERO));
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                labels.0.set(serial, current);
                // A newer request for the same sample may be on its way.
                file.0.overlay(&mut labels.0);
                recolour.write(SetUserLabel {
                    serial,
                    label: labels.0.get(serial),
                });
                progress.feedback = Some((format!("Not saved: {message}"), FeedbackKind::Failed));
            }
            LabelEvent::Reloaded {
                labels: new,
                problems,
            } => {
                for problem in problems {
                    progress.report(problem.message);
                }
                log.write(Log(LogEntry::LabelsReloaded {
                    labelled: new.labelled(),
                }));
                let text = format!(
                    "labels.csv was changed by another program: {} labels",
                    new.labelled()
                );
                progress.feedback = Some((text, FeedbackKind::Info));
                labels.0 = new;
                file.0.overlay(&mut labels.0);
                replace.write(ReplaceUserLabels(Arc::new(labels.0.as_slice().to_vec())));
            }
            LabelEvent::Problem { message } => {
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                progress.report(message);
            }
        }
    }
}

fn labelled(serial: u32, label: Option<u8>, saved: bool, elapsed: Duration) -> Log {
    Log(LogEntry::Labelled {
        serial,
        label,
        saved,
        ms: elapsed.as_secs_f64() * 1e3,
    })
}

fn describe(serial: u32, label: Option<u8>) -> String {
    match label {
        Some(label) => format!("{serial} = {label}"),
        None => format!("{serial} without a label"),
    }
}
