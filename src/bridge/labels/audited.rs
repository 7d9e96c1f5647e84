//! The result of the audit: its labels compared with the current predictions.

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;
use crate::bridge::model::latents::Latents;
use crate::cloud::CloudSystems;
use ssvae_core::evaluation::{Evaluation, audit};

pub struct AuditedPlugin;

impl Plugin for AuditedPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Audited>().add_systems(
            PostUpdate,
            evaluate
                .after(CloudSystems::Ingest)
                .before(EguiPostUpdateSet::EndPass),
        );
    }
}

/// How the model's predictions and the propagated labels do on the audited samples, which nothing learns from. Both are hidden
/// while an audit is on: after each label they would reveal the prediction for it.
#[derive(Resource, Default)]
pub struct Audited {
    pub model: Option<Evaluation>,
    pub propagated: Option<Evaluation>,
    /// Versions of the audit, the latents and the propagated labels that it was computed from.
    of: Option<[u64; 3]>,
}

fn evaluate(
    held_out: Res<Audit>,
    labels: Option<Res<UserLabels>>,
    latents: Res<Latents>,
    learning: Res<Learning>,
    mut audited: ResMut<Audited>,
) {
    let Some(labels) = labels else { return };
    let snapshot = latents.snapshot.as_ref();
    let of = Some([
        held_out.version(),
        snapshot.map_or(0, |snapshot| snapshot.version),
        learning.version,
    ]);
    if audited.of == of && !labels.is_changed() {
        return;
    }
    let count = |predicted: &dyn Fn(u32) -> (Option<u8>, f32)| {
        let taught = |serial| labels.0.get(serial).is_some();
        let found = audit(held_out.labels(), taught, predicted);
        (found.samples() > 0 && !held_out.is_on()).then_some(found)
    };
    audited.model = snapshot.and_then(|snapshot| {
        count(&|serial| {
            let at = serial as usize;
            let certainty = snapshot.certainty.get(at).copied().unwrap_or(0.0);
            (snapshot.classes.get(at).copied(), certainty)
        })
    });
    audited.propagated = learning
        .propagated
        .as_ref()
        .and_then(|propagated| count(&|serial| (propagated.class(serial), propagated.certainty(serial))));
    audited.of = of;
}
