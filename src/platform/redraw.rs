//! When the window wakes up: at input, at events, and when a panel asked to be drawn again later (a tooltip).

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};

use crate::bridge::Alarm;

/// Without any reason to draw the window sleeps this long.
const SLEEP: Duration = Duration::from_secs(3600);

/// Needs [`Alarm`].
pub struct RedrawPlugin;

impl Plugin for RedrawPlugin {
    fn build(&self, app: &mut App) {
        // These settings never change: Bevy would draw once more for each change.
        let mode = UpdateMode::reactive_low_power(SLEEP);
        app.insert_resource(WinitSettings {
            focused_mode: mode,
            unfocused_mode: mode,
        })
        .add_systems(EguiPrimaryContextPass, listen);
    }
}

fn listen(mut contexts: EguiContexts, alarm: Res<Alarm>, mut listening: Local<bool>) -> Result {
    if !*listening {
        *listening = true;
        let alarm = alarm.clone();
        contexts.ctx_mut()?.set_request_repaint_callback(move |info| {
            // An immediate repaint comes as a redraw request of its own.
            if !info.delay.is_zero() && info.delay < SLEEP {
                alarm.at(Instant::now() + info.delay);
            }
        });
    }
    Ok(())
}
