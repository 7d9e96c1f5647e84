//! Screen readers: they hear what the panels say through the window's adapter, and what they ask for reaches the panels.
//! Where nobody listens the panels describe themselves to nobody.

use std::time::Duration;

use bevy::a11y::{AccessibilityRequested, AccessibilitySystems, ActionRequest};
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use bevy::winit::accessibility::WinitActionRequestHandlers;
use bevy_egui::input::EguiInputEvent;
use bevy_egui::{EguiContext, EguiPreUpdateSet, PrimaryEguiContext, egui};
use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::bridge::start::{Urgency, Wake};

/// The adapter wakes nobody, so that a thread looks: how often for somebody who begins to listen, and for what they ask.
const ARRIVAL: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_millis(40);

/// Needs [`Wake`] and a window.
pub struct AccessibilityPlugin;

/// The thread that looks ends with it.
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
    let Some(asked) = windows.single().ok().and_then(|window| handlers.get(&window)) else {
        return Ok(());
    };
    let (asked, heard, wake) = (asked.clone(), heard.clone(), wake.clone());
    let (end, ended) = bounded(0);
    std::thread::Builder::new()
        .name("screen reader".into())
        .spawn(move || {
            let mut was_heard = false;
            let period = |heard| if heard { ANSWER } else { ARRIVAL };
            while ended.recv_timeout(period(was_heard)) == Err(RecvTimeoutError::Timeout) {
                let asks = asked.lock().is_ok_and(|asked| !asked.is_empty());
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
