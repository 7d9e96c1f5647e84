//! Waits for labels that are not on the disk yet when the window closes.

use std::thread;
use std::time::Duration;

use bevy::prelude::*;

use super::audit::state::Audit;
use super::state::LabelFile;
use crate::bridge::exit_tasks::{ExitTask, ExitTasks};
use crate::bridge::start::Start;
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{LabelEvent, LabelStore, audit_path};

/// How long the closing window waits for labels.
const LABELS: Duration = Duration::from_secs(8);

/// Needs [`ExitTasks`].
pub struct UnsavedLabelsPlugin;

impl Plugin for UnsavedLabelsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, add_labels);
    }
}

/// Registers both labels files as soon as they are open.
fn add_labels(
    start: Res<Start>,
    exit_tasks: Res<ExitTasks>,
    labels: Option<Res<LabelFile>>,
    audit: Option<Res<Audit>>,
    mut added: Local<[bool; 2]>,
) {
    let path = start.options.labels_path();
    let labels = labels.as_ref().map(|file| (&file.0, path.clone()));
    let audit = audit.as_ref().and_then(|audit| audit.file());
    let audit = audit.map(|file| (file, audit_path(&path)));
    for (added, file) in added.iter_mut().zip([labels, audit]) {
        if let Some((store, path)) = file
            && !std::mem::replace(added, true)
        {
            exit_tasks.add(pending_labels(store, path.display().to_string()));
        }
    }
}

/// Waits until the labels' thread has answered every change.
fn pending_labels(store: &LabelStore, path: String) -> ExitTask {
    let (pending, events) = (store.pending_counter(), store.events().clone());
    let left = pending.clone();
    let labels = |count: usize| format!("{} {}", grouped(count), plural(count, "label"));
    ExitTask {
        finish: Box::new(move || {
            while pending() > 0 {
                thread::sleep(Duration::from_millis(5));
            }
            let failures = events.try_iter().filter_map(|event| match event {
                LabelEvent::Failed { message, .. } => Some(message),
                _ => None,
            });
            let failures: Vec<String> = failures.collect();
            match failures.first() {
                Some(why) => Err(format!("{} not saved: {why}", labels(failures.len()))),
                None => Ok(()),
            }
        }),
        patience: LABELS,
        late: Box::new(move || format!("{} not saved: {path} does not answer", labels(left()))),
    }
}
