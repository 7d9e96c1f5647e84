//! What the user wants, by keys or by the panels → messages and commands.

use bevy::prelude::*;

use crate::acquisition::least_confident;
use crate::cloud::camera::{CameraGate, CloudDimension};
use crate::cloud::fit::FitView;
use crate::cloud::palette::ColorMode;
use crate::cloud::reveal::Reveal;
use crate::cloud::selection::{Select, Selected};
use crate::overlay::intent::{Dimension, Intent};
use crate::overlay::state::RunState;
use crate::training::message::Command;

use super::labelling::{LabelRequest, UserLabels};
use super::progress::Progress;
use super::worker::ToWorker;

/// What the user asked the overlay for.
#[derive(Message, Clone, Debug)]
pub struct Asked(pub Intent);

/// Keys and intents become requests.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requests;

pub struct IntentsPlugin;

impl Plugin for IntentsPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Asked>().add_systems(
            Update,
            (press_keys, carry_out, ask_for_reconstruction)
                .chain()
                .in_set(Requests),
        );
    }
}

/// Digits label, `D` and `Delete` take the label off.
fn press_keys(
    keys: Res<ButtonInput<KeyCode>>,
    gate: Res<CameraGate>,
    selected: Res<Selected>,
    mut requests: MessageWriter<LabelRequest>,
) {
    const MODIFIERS: [KeyCode; 6] = [
        KeyCode::ControlLeft,
        KeyCode::ControlRight,
        KeyCode::AltLeft,
        KeyCode::AltRight,
        KeyCode::SuperLeft,
        KeyCode::SuperRight,
    ];
    let Some(serial) = selected.0 else {
        return;
    };
    if gate.keyboard_taken || keys.any_pressed(MODIFIERS) {
        return;
    }
    for key in keys.get_just_pressed() {
        if let Some(label) = label_of(*key) {
            requests.write(LabelRequest { serial, label });
        }
    }
}

fn label_of(key: KeyCode) -> Option<Option<u8>> {
    use KeyCode::*;
    const ROW: [KeyCode; 10] = [
        Digit0, Digit1, Digit2, Digit3, Digit4, Digit5, Digit6, Digit7, Digit8, Digit9,
    ];
    const PAD: [KeyCode; 10] = [
        Numpad0, Numpad1, Numpad2, Numpad3, Numpad4, Numpad5, Numpad6, Numpad7, Numpad8, Numpad9,
    ];
    if matches!(key, KeyD | Delete) {
        return Some(None);
    }
    let digit = ROW
        .iter()
        .position(|k| *k == key)
        .or_else(|| PAD.iter().position(|k| *k == key))?;
    Some(Some(digit as u8))
}

fn carry_out(
    mut asked: MessageReader<Asked>,
    mut progress: ResMut<Progress>,
    labels: Option<Res<UserLabels>>,
    selected: Res<Selected>,
    mut mode: ResMut<ColorMode>,
    mut dimension: ResMut<CloudDimension>,
    mut requests: MessageWriter<LabelRequest>,
    mut select: MessageWriter<Select>,
    mut reveal: MessageWriter<Reveal>,
    mut fit: MessageWriter<FitView>,
    mut worker: MessageWriter<ToWorker>,
) {
    for Asked(intent) in asked.read() {
        match intent {
            Intent::Label(label) => {
                if let Some(serial) = selected.0 {
                    requests.write(LabelRequest {
                        serial,
                        label: *label,
                    });
                }
            }
            Intent::SetColorMode(wanted) => *mode = *wanted,
            Intent::SetDimension(Dimension::Two) => *dimension = CloudDimension::Two,
            Intent::SetDimension(Dimension::Three) => *dimension = CloudDimension::Three,
            Intent::FitView => {
                fit.write(FitView);
            }
            Intent::Select(serial) => {
                select.write(Select(*serial));
            }
            Intent::GoTo(serial) => {
                select.write(Select(Some(*serial)));
                reveal.write(Reveal(*serial));
            }
            Intent::SelectNextUncertain => {
                let next = progress
                    .snapshot
                    .as_ref()
                    .zip(labels.as_ref())
                    .and_then(|(snapshot, labels)| least_confident(&snapshot.certainty, labels.0.as_slice()));
                select.write(Select(next));
                reveal.write_batch(next.map(Reveal));
            }
            Intent::Start(config) => {
                let Some(labels) = &labels else {
                    continue;
                };
                progress.run = RunState::Starting;
                let labels = labels.0.as_slice().to_vec();
                worker.write(ToWorker(Command::Train {
                    config: config.clone(),
                    labels,
                }));
            }
            Intent::Stop => {
                progress.run = RunState::Stopping;
                worker.write(ToWorker(Command::Stop));
            }
            Intent::Pause => {
                worker.write(ToWorker(Command::Pause));
            }
            Intent::Resume => {
                worker.write(ToWorker(Command::Resume));
            }
            Intent::Adjust(to) => {
                worker.write(ToWorker(Command::Adjust(*to)));
            }
            Intent::Take(which) => {
                worker.write(ToWorker(Command::Take(*which)));
            }
            Intent::SaveCheckpoint => {
                worker.write(ToWorker(Command::Save));
            }
            Intent::Reset { architecture, seed } => {
                worker.write(ToWorker(Command::Reset {
                    architecture: architecture.clone(),
                    seed: *seed,
                }));
            }
            Intent::DismissProblem(index) => {
                if *index < progress.problems.len() {
                    progress.problems.remove(*index);
                }
            }
        }
    }
}

/// The selected sample is decoded when it is selected and when the model has changed.
fn ask_for_reconstruction(
    selected: Res<Selected>,
    progress: Res<Progress>,
    mut asked: Local<Option<(u32, u64)>>,
    mut worker: MessageWriter<ToWorker>,
) {
    let (Some(serial), Some(snapshot)) = (selected.0, &progress.snapshot) else {
        *asked = None;
        return;
    };
    let wanted = Some((serial, snapshot.version));
    if *asked != wanted {
        *asked = wanted;
        worker.write(ToWorker(Command::Decode { serial }));
    }
}
