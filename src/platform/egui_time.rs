//! egui's clock. bevy_egui passes Bevy's real time, which in a window that sleeps between inputs is that of the previous
//! frame: a press would seem to last as long as the pause before it, and a long press is not a click.

use bevy::prelude::*;
use bevy_egui::{EguiInput, EguiPreUpdateSet};

use crate::cloud::{Clock, ClockSystems};

pub struct EguiTimePlugin;

impl Plugin for EguiTimePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            PreUpdate,
            tell.after(ClockSystems)
                .after(EguiPreUpdateSet::ProcessInput)
                .before(EguiPreUpdateSet::BeginPass),
        );
    }
}

fn tell(clock: Res<Clock>, mut inputs: Query<&mut EguiInput>) {
    for mut input in &mut inputs {
        input.0.time = Some(clock.now().as_secs_f64());
    }
}
