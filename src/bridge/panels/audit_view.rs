//! The audit, and whether more labels change much.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::audited::Audited;
use crate::bridge::stopping::Stopping;
use crate::ui::AuditView;

/// What the view of the audit is built from.
#[derive(SystemParam)]
pub struct AuditSources<'w> {
    audit: Res<'w, Audit>,
    audited: Res<'w, Audited>,
    stopping: Res<'w, Stopping>,
}

impl AuditSources<'_> {
    pub fn view(&self) -> AuditView<'_> {
        AuditView {
            on: self.audit.progress(),
            model: self.audited.model.as_ref(),
            propagated: self.audited.propagated.as_ref(),
            advice: self.stopping.advice,
        }
    }
}
