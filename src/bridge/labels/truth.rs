//! Whoever labels should not know the data set's own labels: where they are hidden, neither colours nor filter tell of them.

use bevy::prelude::*;

use crate::cloud::style::palette::ColorMode;
use crate::cloud::{CloudSystems, Shown};

use crate::bridge::panels::intents::Requests;
use crate::bridge::panels::ui_state::PanelState;

pub struct TruthPlugin;

impl Plugin for TruthPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, hide.after(Requests).before(CloudSystems::Ingest));
    }
}

fn hide(form: Res<PanelState>, mut mode: ResMut<ColorMode>, mut filter: ResMut<Shown>) {
    if form.0.preferences.show_truth {
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
