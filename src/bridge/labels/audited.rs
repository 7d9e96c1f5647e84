//! What comes of the audit: derived from its labels, and from what is predicted now.

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::model::latents::Latents;
use crate::cloud::CloudSystems;
use ssvae_core::evaluation::{Evaluation, audit};

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;

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

/// The audited samples that nothing learns from: what the model predicts for them, and what is propagated to them. While an
/// audit is on there is neither, since after each label they would tell what was predicted for it.
#[derive(Resource, Default)]
pub struct Audited {
    pub model: Option<Evaluation>,
    pub propagated: Option<Evaluation>,
    /// Versions of the audit, of the latents and of what is propagated.
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
