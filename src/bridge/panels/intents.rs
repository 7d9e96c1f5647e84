//! What the user asks the panels for → messages and commands.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::cloud::camera::fit::FitView;
use crate::cloud::camera::orbit::CloudDimension;
use crate::cloud::camera::reveal::Reveal;
use crate::cloud::input::pointer::Pointer;
use crate::cloud::selection::single::{Select, Selected};
use crate::cloud::style::palette::ColorMode;
use crate::cloud::{AlterChoice, CancelStroke, Choose, Chosen, NextStroke, Shown};
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::{Dimension, Intent};
use crate::ui::run_state::RunState;
use ssvae_core::labels::Change;
use ssvae_core::training::message::Command;

use super::export::{CancelExport, ExportRequest};
use super::feedback::Feedback;
use super::ui_state::PanelState;
use crate::bridge::labels::labelling::LabelRequest;
use crate::bridge::model::probe::Probe;
use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::ToWorker;
use crate::bridge::queue::{GoOn, Visits};
use crate::bridge::samples::sample_query::QueueOrder;

/// What the user asked the overlay for.
#[derive(Message, Clone, Debug)]
pub struct UserIntent(pub Intent);

/// Whether the panels have asked for something that is not carried out yet.
#[derive(Resource, Default)]
pub struct PendingIntents(pub bool);

/// Intents become requests.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requests;

pub struct IntentsPlugin;

impl Plugin for IntentsPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<UserIntent>()
            .init_resource::<PendingIntents>()
            .add_systems(
                Update,
                (carry_out, ask_for_reconstruction).chain().in_set(Requests),
            );
    }
}

fn carry_out(
    mut asked: MessageReader<UserIntent>,
    mut progress: ResMut<Progress>,
    mut pending: ResMut<PendingIntents>,
    mut session: UiControls,
    mut out: Requested,
) {
    pending.0 = false;
    for UserIntent(intent) in asked.read() {
        match intent {
            Intent::Label(label) => session.label(|_| Some(*label), &mut out),
            Intent::TakePrediction => session.label(|serial| progress.predicted(serial).map(Some), &mut out),
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
            Intent::TakeOut(serials) => {
                out.alter.write(AlterChoice::Out(serials.clone()));
            }
            Intent::PutBack(serials) => {
                out.alter.write(AlterChoice::Back(serials.clone()));
            }
            Intent::ClearSelection if session.pointer.stroke.is_some() => {
                out.cancel_stroke.write(CancelStroke);
            }
            Intent::ClearSelection => {
                session.next_stroke.0 = None;
                out.choose.write(Choose(Vec::new()));
                out.select.write(Select(None));
            }
            Intent::Draw(kind) => session.next_stroke.0 = Some(*kind),
            Intent::Export(kind) => {
                out.export.write(ExportRequest(*kind));
            }
            // These have systems of their own.
            Intent::Start(_)
            | Intent::SetStrategy(_)
            | Intent::SetBasis(_)
            | Intent::StopComparing
            | Intent::Compare
            | Intent::Next
            | Intent::Previous
            | Intent::Skip
            | Intent::GoInQueue(_)
            | Intent::ChooseShown
            | Intent::ChooseSkipped
            | Intent::ChooseUnsure
            | Intent::ChooseCell { .. }
            | Intent::SaveResults(..)
            | Intent::Unsure
            | Intent::Audit
            | Intent::EndAudit
            | Intent::KeepLabel
            | Intent::TakeSuggestion
            | Intent::NextDoubt
            | Intent::GoInDoubts(_)
            | Intent::CompareStates(_)
            | Intent::ChangedSinceRun
            | Intent::EndComparison
            | Intent::Morph(_)
            | Intent::ChooseChanged(_)
            | Intent::BringBack(_)
            | Intent::Quit
            | Intent::Close(_)
            | Intent::Open(_)
            | Intent::OpenPath(_)
            | Intent::Accept(_)
            | Intent::Retry => {}
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
                progress.problems.dismiss(*index);
            }
        }
    }
}

/// What the user holds in hand.
#[derive(SystemParam)]
struct UiControls<'w> {
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    pointer: Res<'w, Pointer>,
    visits: Res<'w, Visits>,
    form: Res<'w, PanelState>,
    mode: ResMut<'w, ColorMode>,
    dimension: ResMut<'w, CloudDimension>,
    filter: ResMut<'w, Shown>,
    walk: ResMut<'w, QueueOrder>,
    probe: ResMut<'w, Probe>,
    next_stroke: ResMut<'w, NextStroke>,
}

impl UiControls<'_> {
    /// The chosen samples are labelled and are chosen no more, or else the selected one, after which the queue goes on where
    /// it came from there. `label` may have none to give to a sample.
    fn label(&self, label: impl Fn(u32) -> Option<Option<u8>>, out: &mut Requested) {
        let chosen = self.chosen.serials();
        // Where all of the enlarged images were taken out, the sample behind them is not meant.
        let enlarged = self.form.0.image_grid.open;
        let serials = match (chosen, &self.selected.0) {
            ([], Some(selected)) if !enlarged => std::slice::from_ref(selected),
            (chosen, _) => chosen,
        };
        let change = |&serial: &u32| {
            Some(Change {
                serial,
                label: label(serial)?,
            })
        };
        let changes: Vec<Change> = serials.iter().filter_map(change).collect();
        if changes.is_empty() && !serials.is_empty() {
            out.feedback
                .say("The model has no prediction yet", FeedbackKind::Info);
            return;
        }
        let labelled = changes.iter().any(|change| change.label.is_some());
        out.labels.write(LabelRequest::Give(changes));
        match *serials {
            [serial] if chosen.is_empty() => {
                let leads_on = self.form.0.preferences.advance && self.visits.came_by_queue(serial);
                if labelled && leads_on {
                    out.on.write(GoOn);
                }
            }
            _ => {
                out.choose.write(Choose(Vec::new()));
            }
        }
    }
}

/// What comes of it.
#[derive(SystemParam)]
struct Requested<'w> {
    feedback: ResMut<'w, Feedback>,
    labels: MessageWriter<'w, LabelRequest>,
    select: MessageWriter<'w, Select>,
    choose: MessageWriter<'w, Choose>,
    alter: MessageWriter<'w, AlterChoice>,
    cancel_stroke: MessageWriter<'w, CancelStroke>,
    on: MessageWriter<'w, GoOn>,
    reveal: MessageWriter<'w, Reveal>,
    fit: MessageWriter<'w, FitView>,
    export: MessageWriter<'w, ExportRequest>,
    cancel: MessageWriter<'w, CancelExport>,
    worker: MessageWriter<'w, ToWorker>,
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
