//! What the user wants, by keys or by the panels → messages and commands.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::cloud::camera::{CameraGate, CloudDimension};
use crate::cloud::fit::FitView;
use crate::cloud::palette::ColorMode;
use crate::cloud::reveal::Reveal;
use crate::cloud::selection::{Select, Selected};
use crate::cloud::{Choose, Chosen, Shown};
use crate::overlay::intent::{Dimension, Intent};
use crate::overlay::state::RunState;
use crate::training::message::Command;

use super::export::{CancelExport, ExportRequest};
use super::keyboard::Presses;
use super::known::{Known, Walk};
use super::labelling::{LabelRequest, UserLabels};
use super::probe::Probe;
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
            (press_keys, carry_out, go_through, ask_for_reconstruction)
                .chain()
                .in_set(Requests),
        );
    }
}

/// Digits label, `D` and `Delete` take the label off.
fn press_keys(presses: Res<Presses>, gate: Res<CameraGate>, mut asked: MessageWriter<Asked>) {
    if !gate.keyboard_taken {
        let labels = presses.plain().filter_map(label_of);
        asked.write_batch(labels.map(|label| Asked(Intent::Label(label))));
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
    mut session: Reins,
    mut out: Requested,
) {
    for Asked(intent) in asked.read() {
        match intent {
            Intent::Label(label) => session.label(*label, &mut out),
            Intent::Undo => {
                out.labels.write(LabelRequest::Undo);
            }
            Intent::Redo => {
                out.labels.write(LabelRequest::Redo);
            }
            Intent::SetColorMode(wanted) => *session.mode = *wanted,
            Intent::SetDimension(Dimension::Two) => *session.dimension = CloudDimension::Two,
            Intent::SetDimension(Dimension::Three) => *session.dimension = CloudDimension::Three,
            Intent::SetOrder(order) => session.walk.0 = *order,
            Intent::SetFilter(filter) => session.filter.0 = filter.clone(),
            Intent::SetProbe(mode) => session.probe.mode = *mode,
            Intent::FitView => {
                out.fit.write(FitView);
            }
            Intent::Select(serial) => {
                out.select.write(Select(*serial));
            }
            Intent::GoTo(serial) => {
                out.select.write(Select(Some(*serial)));
                out.reveal.write(Reveal(*serial));
            }
            Intent::Choose(serials) => {
                out.choose.write(Choose(serials.clone()));
            }
            Intent::TakeOut(serial) => {
                let rest = session.chosen.serials().iter().copied();
                out.choose
                    .write(Choose(rest.filter(|other| other != serial).collect()));
            }
            Intent::Export(kind) => {
                out.export.write(ExportRequest(*kind));
            }
            // What asks about all samples has a system of its own.
            Intent::Next | Intent::Previous | Intent::ChooseShown | Intent::Open(_) => {}
            Intent::Start(config) => {
                let Some(labels) = &labels else {
                    continue;
                };
                progress.run = RunState::Starting;
                let labels = labels.0.as_slice().to_vec();
                out.worker.write(ToWorker(Command::Train {
                    config: config.clone(),
                    labels,
                }));
            }
            Intent::Stop => {
                progress.run = RunState::Stopping;
                out.worker.write(ToWorker(Command::Stop));
            }
            Intent::CancelExport(id) => {
                out.cancel.write(CancelExport(*id));
            }
            Intent::StopEncoding => {
                out.worker.write(ToWorker(Command::Stop));
            }
            Intent::Encode => {
                out.worker.write(ToWorker(Command::Encode));
            }
            Intent::Pause => {
                out.worker.write(ToWorker(Command::Pause));
            }
            Intent::Resume => {
                out.worker.write(ToWorker(Command::Resume));
            }
            Intent::Adjust(to) => {
                out.worker.write(ToWorker(Command::Adjust(*to)));
            }
            Intent::Take(which) => {
                out.worker.write(ToWorker(Command::Take(*which)));
            }
            Intent::SaveCheckpoint => {
                out.worker.write(ToWorker(Command::Save));
            }
            Intent::Reset { architecture, seed } => {
                out.worker.write(ToWorker(Command::Reset {
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

/// What the user holds in hand.
#[derive(SystemParam)]
struct Reins<'w> {
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    mode: ResMut<'w, ColorMode>,
    dimension: ResMut<'w, CloudDimension>,
    filter: ResMut<'w, Shown>,
    walk: ResMut<'w, Walk>,
    probe: ResMut<'w, Probe>,
}

impl Reins<'_> {
    /// The chosen samples are labelled and let go, or else the selected one.
    fn label(&self, label: Option<u8>, out: &mut Requested) {
        let chosen = self.chosen.serials();
        let serials = if chosen.is_empty() {
            self.selected.0.into_iter().collect()
        } else {
            out.choose.write(Choose(Vec::new()));
            chosen.to_vec()
        };
        out.labels.write(LabelRequest::Give { serials, label });
    }
}

/// What comes of it.
#[derive(SystemParam)]
struct Requested<'w> {
    labels: MessageWriter<'w, LabelRequest>,
    select: MessageWriter<'w, Select>,
    choose: MessageWriter<'w, Choose>,
    reveal: MessageWriter<'w, Reveal>,
    fit: MessageWriter<'w, FitView>,
    export: MessageWriter<'w, ExportRequest>,
    cancel: MessageWriter<'w, CancelExport>,
    worker: MessageWriter<'w, ToWorker>,
}

/// Goes on in the order chosen, or chooses all that is shown.
fn go_through(
    mut asked: MessageReader<Asked>,
    known: Known,
    walk: Res<Walk>,
    selected: Res<Selected>,
    mut select: MessageWriter<Select>,
    mut reveal: MessageWriter<Reveal>,
    mut choose: MessageWriter<Choose>,
) {
    let mut at = selected.0;
    for Asked(intent) in asked.read() {
        at = match intent {
            Intent::Next => known.queue(walk.0, |queue| queue.next(at)),
            Intent::Previous => known.queue(walk.0, |queue| queue.previous(at)),
            Intent::ChooseShown => {
                choose.write(Choose(known.shown().collect()));
                continue;
            }
            _ => continue,
        };
        // Where nothing is left, what is selected stays.
        if let Some(serial) = at {
            select.write(Select(Some(serial)));
            reveal.write(Reveal(serial));
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
