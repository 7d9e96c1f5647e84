//! What the user asks the panels for → messages and commands.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::request::LabelRequest;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::probe::Probe;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::panels::export::{CancelExport, ExportRequest};
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::panels::user_intent::{PendingIntents, UserIntent};
use crate::bridge::queue::state::{GoOn, QueueOrder, Visits};
use crate::bridge::sets::IntentSystems;
use crate::bridge::worker::link::WorkerLink;
use crate::cloud::CloudDimension;
use crate::cloud::ColorMode;
use crate::cloud::FitView;
use crate::cloud::Pointer;
use crate::cloud::Reveal;
use crate::cloud::{AlterChoice, CancelStroke, Choose, Chosen, NextStroke, PointFilter};
use crate::cloud::{Select, Selected};
use crate::ui::{Dimension, FeedbackKind, Intent, RunState};
use ssvae_core::labels::Change;
use ssvae_core::training::message::Command;

pub struct IntentsPlugin;

impl Plugin for IntentsPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<UserIntent>()
            .init_resource::<PendingIntents>()
            .add_systems(Update, carry_out.in_set(IntentSystems));
    }
}

fn carry_out(
    mut intents: MessageReader<UserIntent>,
    (latents, mut run, mut problems): (Res<Latents>, ResMut<TrainingRun>, ResMut<ProblemCards>),
    mut pending: ResMut<PendingIntents>,
    mut controls: UiControls,
    mut out: Requested,
) {
    pending.0 = false;
    for UserIntent(intent) in intents.read() {
        match intent {
            Intent::Label(label) => controls.label(|_| Some(*label), &mut out),
            Intent::TakePrediction => controls.label(|serial| latents.predicted(serial).map(Some), &mut out),
            Intent::Undo => {
                out.labels.write(LabelRequest::Undo);
            }
            Intent::Redo => {
                out.labels.write(LabelRequest::Redo);
            }
            Intent::SetColorMode(wanted) => *controls.mode = *wanted,
            Intent::SetDimension(Dimension::Two) => *controls.dimension = CloudDimension::Two,
            Intent::SetDimension(Dimension::Three) => *controls.dimension = CloudDimension::Three,
            Intent::SetOrder(order) => controls.order.0 = *order,
            Intent::SetFilter(filter) => controls.filter.0 = filter.clone(),
            Intent::SetProbe(mode) => controls.probe.mode = *mode,
            Intent::FitView => {
                out.fit.write(FitView);
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
            Intent::ClearSelection if controls.pointer.stroke.is_some() => {
                out.cancel_stroke.write(CancelStroke);
            }
            Intent::ClearSelection => {
                controls.next_stroke.0 = None;
                out.choose.write(Choose(Vec::new()));
                out.select.write(Select(None));
            }
            Intent::Draw(kind) => controls.next_stroke.0 = Some(*kind),
            Intent::Export(kind) => {
                out.export.write(ExportRequest(*kind));
            }
            // These have systems of their own.
            Intent::Start(_)
            | Intent::SetStrategy(_)
            | Intent::SetBasis(_)
            | Intent::SetLayout(_)
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
            | Intent::OpenRecent(_)
            | Intent::ListFolder(_)
            | Intent::Accept(_)
            | Intent::Retry => {}
            Intent::Stop => {
                run.state = RunState::Stopping;
                out.worker.send(Command::Stop);
            }
            Intent::CancelExport(id) => {
                out.cancel.write(CancelExport(*id));
            }
            Intent::StopEncoding => {
                out.worker.send(Command::StopEncoding);
            }
            Intent::Encode => {
                out.worker.send(Command::Encode);
            }
            Intent::Pause => {
                out.worker.send(Command::Pause);
            }
            Intent::Resume => {
                out.worker.send(Command::Resume);
            }
            Intent::Adjust(to) => {
                out.worker.send(Command::Adjust(*to));
            }
            Intent::Take(which) => {
                out.worker.send(Command::Take(*which));
            }
            Intent::SaveCheckpoint => {
                out.worker.send(Command::Save);
            }
            Intent::Reset { architecture, seed } => {
                out.worker.send(Command::Reset {
                    architecture: architecture.clone(),
                    seed: *seed,
                });
            }
            Intent::DismissProblem(index) => {
                problems.dismiss(*index);
            }
        }
    }
}

/// What labels and choices depend on.
#[derive(SystemParam)]
struct UiControls<'w> {
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    pointer: Res<'w, Pointer>,
    visits: Res<'w, Visits>,
    panels: Res<'w, PanelState>,
    mode: ResMut<'w, ColorMode>,
    dimension: ResMut<'w, CloudDimension>,
    filter: ResMut<'w, PointFilter>,
    order: ResMut<'w, QueueOrder>,
    probe: ResMut<'w, Probe>,
    next_stroke: ResMut<'w, NextStroke>,
}

impl UiControls<'_> {
    /// Labels the chosen samples and clears the choice; if there are none, labels the selected sample, and goes to the next one
    /// if it came from the queue. `label` may return `None` for a sample.
    fn label(&self, label: impl Fn(u32) -> Option<Option<u8>>, out: &mut Requested) {
        let chosen = self.chosen.serials();
        // If all images of the enlarged grid were taken out, the selected sample behind it is not meant.
        let enlarged = self.panels.0.image_grid.open;
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
                let leads_on = self.panels.0.preferences.advance && self.visits.came_by_queue(serial);
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

/// Requests that intents become.
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
    worker: Res<'w, WorkerLink>,
}
