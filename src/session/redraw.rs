//! When the window wakes up: at input, at events, and when a panel asked to be drawn again later (a tooltip).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::prelude::*;
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};

/// Without any reason to draw the window sleeps this long.
const SLEEP: Duration = Duration::from_secs(3600);

/// The shortest delay that egui has asked for since the last frame.
#[derive(Resource, Clone)]
struct Wanted(Arc<Mutex<Duration>>);

pub struct RedrawPlugin;

impl Plugin for RedrawPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(settings(SLEEP))
            .insert_resource(Wanted(Arc::new(Mutex::new(SLEEP))))
            .add_systems(EguiPrimaryContextPass, listen)
            .add_systems(Last, sleep);
    }
}

fn settings(wait: Duration) -> WinitSettings {
    let mode = UpdateMode::reactive_low_power(wait);
    WinitSettings {
        focused_mode: mode,
        unfocused_mode: mode,
    }
}

fn listen(mut contexts: EguiContexts, wanted: Res<Wanted>, mut listening: Local<bool>) -> Result {
    if !*listening {
        *listening = true;
        let wanted = wanted.0.clone();
        contexts.ctx_mut()?.set_request_repaint_callback(move |info| {
            let mut shortest = wanted.lock().unwrap_or_else(PoisonError::into_inner);
            *shortest = info.delay.min(*shortest);
        });
    }
    Ok(())
}

fn sleep(wanted: Res<Wanted>, mut settings_now: ResMut<WinitSettings>) {
    let mut shortest = wanted.0.lock().unwrap_or_else(PoisonError::into_inner);
    // What is wanted at once comes as a redraw request of its own.
    let wait = if shortest.is_zero() { SLEEP } else { *shortest };
    *shortest = SLEEP;
    let new = settings(wait);
    if settings_now.focused_mode != new.focused_mode {
        *settings_now = new;
    }
}
