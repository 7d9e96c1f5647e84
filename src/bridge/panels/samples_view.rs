//! What is known of each sample.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::Audit;
use crate::bridge::labels::labelling::UserLabels;
use crate::bridge::learning::Learning;
use crate::bridge::model::progress::Progress;
use crate::bridge::samples::classes::Classes;
use crate::cloud::Chosen;
use crate::cloud::selection::single::Selected;
use crate::cloud::style::palette::Palette;
use crate::ui::sample_view::{Class, ImageView, Prediction, Reconstruction, SampleView, SamplesView};
use ssvae_core::model::config::CLASSES;

#[derive(SystemParam)]
pub struct SampleSources<'w> {
    progress: Res<'w, Progress>,
    labels: Option<Res<'w, UserLabels>>,
    learning: Res<'w, Learning>,
    audit: Res<'w, Audit>,
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    classes: Res<'w, Classes>,
    palette: Res<'w, Palette>,
}

impl SampleSources<'_> {
    /// A sample of the data set, `None` outside it.
    pub fn sample(&self, serial: u32) -> Option<SampleView<'_>> {
        let dataset = self.progress.dataset.as_ref()?;
        let snapshot = self.progress.snapshot.as_ref();
        let prediction = snapshot.and_then(|snapshot| {
            let (&class, &certainty) = snapshot
                .classes
                .get(serial as usize)
                .zip(snapshot.certainty.get(serial as usize))?;
            Some(Prediction { class, certainty })
        });
        let version = snapshot.map_or(0, |snapshot| snapshot.version);
        let view = SampleView {
            serial,
            user_label: self.labels.as_ref().and_then(|labels| labels.0.get(serial)),
            prediction,
            propagated: self.learning.propagated.as_ref().and_then(|propagated| {
                let (class, certainty) = (propagated.class(serial)?, propagated.certainty(serial));
                Some(Prediction { class, certainty })
            }),
            true_label: dataset.true_label(serial),
            image: ImageView {
                shape: dataset.shape(),
                pixels: dataset.image(serial)?,
            },
            reconstruction: match &self.progress.reconstruction {
                Some((of, pixels)) if *of == serial => Reconstruction::Ready { pixels, version },
                _ => Reconstruction::Decoding,
            },
            blind: false,
        };
        Some(if self.audit.is_blind(serial) {
            view.blind()
        } else {
            view
        })
    }

    /// The selected sample, or where nothing is selected the one that the audit asks for.
    fn described(&self) -> Option<u32> {
        let audited = self.audit.current().filter(|_| self.chosen.serials().is_empty());
        self.selected.0.or(audited)
    }

    pub fn classes(&self) -> Vec<Class> {
        (0..CLASSES as u8)
            .map(|class| Class {
                name: self.classes.name(class),
                color: self.palette.class_color(class),
            })
            .collect()
    }

    pub fn view<'a>(
        &'a self,
        lookup: &'a dyn Fn(u32) -> Option<SampleView<'a>>,
        classes: &'a [Class],
    ) -> SamplesView<'a> {
        SamplesView {
            lookup,
            count: self.progress.dataset.as_ref().map_or(0, |dataset| dataset.len()),
            classes,
            selected: self.described().and_then(|serial| self.sample(serial)),
        }
    }
}
