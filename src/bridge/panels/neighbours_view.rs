//! Samples like the selected one, and the labels that their neighbours speak against.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::doubts::Doubts;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::{Acquisition, Learning};
use crate::bridge::samples::dataset::LoadedDataset;
use crate::cloud::Selected;
use crate::ui::{DoubtsView, NeighboursView};

/// What the views of neighbours and doubtful labels are built from.
#[derive(SystemParam)]
pub struct NeighbourSources<'w> {
    selected: Res<'w, Selected>,
    labels: Option<Res<'w, UserLabels>>,
    dataset: Res<'w, LoadedDataset>,
    learning: Res<'w, Learning>,
    acquisition: Res<'w, Acquisition>,
    audit: Res<'w, Audit>,
    doubts: Res<'w, Doubts>,
}

impl NeighbourSources<'_> {
    pub fn neighbours(&self) -> NeighboursView<'_> {
        let similarity = self.learning.similarity.as_ref().zip(self.selected.0);
        NeighboursView {
            basis: self.acquisition.basis,
            vectors: self.dataset.vectors(),
            serials: similarity.map_or(Vec::new(), |(similarity, serial)| {
                similarity.neighbours.of(serial).map(|pair| pair.0).collect()
            }),
            without: if self.selected.0.is_none() && self.audit.is_on() {
                "Hidden during the audit."
            } else if self.learning.is_coming() {
                ""
            } else {
                "The images are not compared."
            },
        }
    }

    pub fn doubts(&self) -> DoubtsView {
        let selected = self.selected.0;
        DoubtsView {
            serials: self.doubts.open.iter().map(|doubt| doubt.serial).collect(),
            selected: selected.and_then(|serial| self.doubts.of(serial)).copied(),
            labelled: self.labels.as_ref().map_or(0, |labels| labels.0.labelled()),
        }
    }
}
