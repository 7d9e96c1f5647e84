//! Screen readers: the panels describe themselves through the window's adapter, and actions of a screen reader reach the
//! panels. Without a screen reader the description is switched off.

use std::time::Duration;

use bevy::a11y::{AccessibilityRequested, AccessibilitySystems, ActionRequest};
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use bevy::winit::accessibility::WinitActionRequestHandlers;
use bevy_egui::input::EguiInputEvent;
use bevy_egui::{EguiContext, EguiPreUpdateSet, PrimaryEguiContext, egui};
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::bridge::{Urgency, Wake};

/// The adapter does not wake the window, so a thread polls it: how often for a new screen reader, and for its actions.
const ARRIVAL: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_millis(40);

/// Needs [`Wake`] and a window.
pub struct AccessibilityPlugin;

/// Ends the polling thread when dropped.
#[derive(Resource)]
struct Lookout(#[expect(dead_code, reason = "held for its end")] Sender<()>);

impl Plugin for AccessibilityPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            PreUpdate,
            (
                look_out.run_if(not(resource_exists::<Lookout>)),
                speak_if_heard.after(EguiPreUpdateSet::InitContexts),
            ),
        )
        .add_systems(PostUpdate, hand_on.after(AccessibilitySystems::Update));
    }
}

fn look_out(
    windows: Query<Entity, With<PrimaryWindow>>,
    handlers: Res<WinitActionRequestHandlers>,
    heard: Res<AccessibilityRequested>,
    wake: Res<Wake>,
    mut commands: Commands,
) -> Result {
    let Some(requests) = windows.single().ok().and_then(|window| handlers.get(&window)) else {
        return Ok(());
    };
    let (requests, heard, wake) = (requests.clone(), heard.clone(), wake.clone());
    let (end, ended) = bounded(0);
    std::thread::Builder::new()
        .name("screen reader".into())
        .spawn(move || {
            let mut was_heard = false;
            let period = |heard| if heard { ANSWER } else { ARRIVAL };
            while ended.recv_timeout(period(was_heard)) == Err(RecvTimeoutError::Timeout) {
                let asks = requests.lock().is_ok_and(|requests| !requests.is_empty());
                if asks || heard.get() != was_heard {
                    was_heard = heard.get();
                    wake.0(Urgency::Answer);
                }
            }
        })?;
    commands.insert_resource(Lookout(end));
    Ok(())
}

fn speak_if_heard(
    mut contexts: Query<&mut EguiContext, With<PrimaryEguiContext>>,
    heard: Res<AccessibilityRequested>,
    mut speaking: Local<Option<bool>>,
) {
    let heard = heard.get();
    for mut context in &mut contexts {
        if *speaking != Some(heard) {
            *speaking = Some(heard);
            if heard {
                context.get_mut().enable_accesskit();
            } else {
                context.get_mut().disable_accesskit();
            }
        }
    }
}

fn hand_on(
    mut requests: MessageReader<ActionRequest>,
    contexts: Query<Entity, With<PrimaryEguiContext>>,
    mut inputs: MessageWriter<EguiInputEvent>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for ActionRequest(request) in requests.read() {
        for context in contexts {
            let event = egui::Event::AccessKitActionRequest(request.clone());
            inputs.write(EguiInputEvent { context, event });
        }
        redraw.write(RequestRedraw);
    }
}
