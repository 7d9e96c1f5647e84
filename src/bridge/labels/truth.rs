//! Hides the data set's own labels where the user has chosen so: neither colours nor filter show them.

use bevy::prelude::*;

use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::sets::IntentSystems;
use crate::cloud::ColorMode;
use crate::cloud::{CloudSystems, PointFilter};

pub struct TruthPlugin;

impl Plugin for TruthPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, hide.after(IntentSystems).before(CloudSystems::Ingest));
    }
}

fn hide(panels: Res<PanelState>, mut mode: ResMut<ColorMode>, mut filter: ResMut<PointFilter>) {
    if panels.0.preferences.show_truth {
        return;
    }
    if *mode == ColorMode::TrueLabel {
        *mode = ColorMode::UserLabels;
    }
    let without = filter.0.without_truth();
    if without != filter.0 {
        filter.0 = without;
    }
}
