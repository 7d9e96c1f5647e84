//! The panels in the window: what is going on → views → panels → intents.

use bevy::asset::AssetEventSystems;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::{EguiContexts, EguiPostUpdateSet, EguiPrimaryContextPass, egui};

use crate::bridge::panels::audit_view::AuditSources;
use crate::bridge::panels::canvas_view::CanvasSources;
use crate::bridge::panels::left_view::LeftSources;
use crate::bridge::panels::notices_view::NoticeSources;
use crate::bridge::panels::opening_view::OpeningSources;
use crate::bridge::panels::right_view::RightSources;
use crate::bridge::panels::samples_view::SampleSources;
use crate::bridge::panels::training_view::TrainingSources;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::panels::user_intent::{PendingIntents, UserIntent};
use crate::cloud::CloudSystems;
use crate::cloud::{CameraGate, CloudViewport};
use crate::ui::{self, UiState, ViewModel, theme};

pub struct PanelsPlugin;

impl Plugin for PanelsPlugin {
    fn build(&self, app: &mut App) {
        app
            // New glyphs and images reach the device with the frame that shows them: the next one may be a long way off.
            .configure_sets(
                PostUpdate,
                EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems),
            )
            // The panels know what was asked for before, and the cloud learns from them where the pointer is.
            .configure_sets(
                PostUpdate,
                EguiPostUpdateSet::EndPass
                    .after(CloudSystems::Transition)
                    .before(CloudSystems::Canvas),
            )
            .add_systems(EguiPrimaryContextPass, draw);
    }
}

/// All that the panels show.
#[derive(SystemParam)]
struct Sources<'w, 's> {
    samples: SampleSources<'w>,
    audit: AuditSources<'w>,
    left: LeftSources<'w>,
    right: RightSources<'w>,
    training: TrainingSources<'w>,
    canvas: CanvasSources<'w, 's>,
    notices: NoticeSources<'w>,
    opening: OpeningSources<'w>,
}

/// What the panels decide.
#[derive(SystemParam)]
struct Decisions<'w> {
    gate: ResMut<'w, CameraGate>,
    viewport: ResMut<'w, CloudViewport>,
    intents: MessageWriter<'w, UserIntent>,
    pending: ResMut<'w, PendingIntents>,
    redraw: MessageWriter<'w, RequestRedraw>,
}

fn draw(
    mut contexts: EguiContexts,
    mut panels: ResMut<PanelState>,
    sources: Sources,
    mut decisions: Decisions,
    mut themed: Local<bool>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    if !*themed {
        theme::apply(&ctx);
        // The size of the text is one of the preferences.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        *themed = true;
    }
    let zoom = ctx.zoom_factor();
    let classes = sources.samples.classes();
    let lookup = |serial| sources.samples.sample(serial);
    let audit = sources.audit.view();
    let view = ViewModel {
        samples: sources.samples.view(&lookup, &classes),
        left: sources.left.view(audit),
        right: sources.right.view(audit),
        training: sources.training.view(audit),
        canvas: sources.canvas.view(&sources.samples, zoom),
        notices: sources.notices.notices(),
        questions: sources.notices.questions(),
        title: sources.opening.title(),
        opening: sources.opening.view(),
        loading: sources.notices.loading(),
    };
    let mut intents = Vec::new();
    let kept = |ui_state: &UiState| (ui_state.preferences.clone(), ui_state.digits.clone());
    let (before, search) = (kept(&panels.0), panels.0.legend_search.clone());
    let ui_state = &mut panels.bypass_change_detection().0;
    let free = ui::show(&ctx, &view, ui_state, &mut intents);
    if before != kept(&panels.0) {
        panels.set_changed();
        decisions.redraw.write(RequestRedraw);
    } else if search != panels.0.legend_search {
        decisions.redraw.write(RequestRedraw);
    }
    if zoom != panels.0.preferences.scale {
        ctx.set_zoom_factor(panels.0.preferences.scale);
    }
    let corner = |at: egui::Pos2| Vec2::new(at.x, at.y) * zoom;
    let rect = Rect::from_corners(corner(free.rect.min), corner(free.rect.max));
    decisions.viewport.set_if_neq(CloudViewport(Some(rect)));
    decisions.gate.set_if_neq(CameraGate {
        pointer_over_ui: !free.has_pointer,
    });
    if !intents.is_empty() {
        decisions.pending.0 = true;
        decisions.redraw.write(RequestRedraw);
    }
    decisions.intents.write_batch(intents.into_iter().map(UserIntent));
    Ok(())
}
