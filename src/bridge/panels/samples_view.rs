//! What is known of each sample.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;
use crate::bridge::model::latents::{DecodedSample, Latents};
use crate::bridge::samples::classes::Classes;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::cloud::Chosen;
use crate::cloud::Palette;
use crate::cloud::Selected;
use crate::ui::{Class, ImageView, Prediction, Reconstruction, SampleView, SamplesView};

/// What the views of samples are built from.
#[derive(SystemParam)]
pub struct SampleSources<'w> {
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    decoded: Res<'w, DecodedSample>,
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
        let dataset = self.dataset.dataset.as_ref()?;
        let snapshot = self.latents.snapshot.as_ref();
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
            image: match dataset.image(serial) {
                Some(pixels) => Some(ImageView {
                    shape: dataset.shape(),
                    pixels,
                }),
                None if !dataset.has_images() && (serial as usize) < dataset.len() => None,
                None => return None,
            },
            reconstruction: match &self.decoded.0 {
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
        let all = self.classes.count().iter();
        all.map(|class| Class {
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
            count: self.dataset.samples(),
            vectors_alone: self.dataset.is_vectors_alone(),
            classes,
            selected: self.described().and_then(|serial| self.sample(serial)),
        }
    }
}

#[cfg(test)]
mod tests {
    use bevy::ecs::system::RunSystemOnce;
    use ssvae_core::dataset::Dataset;

    use super::*;

    #[test]
    fn the_selected_sample_is_described_and_one_outside_the_data_set_is_none() {
        let mut world = World::new();
        let dataset = Dataset::from_images(vec![1, 2, 3, 4], [1, 2, 1], Some(vec![7, 9]));
        world.init_resource::<LoadedDataset>();
        world.resource_mut::<LoadedDataset>().dataset = Some(dataset.into());
        world.insert_resource(DecodedSample(Some((1, [0.5, 0.25].into()))));
        world.init_resource::<Latents>();
        world.insert_resource(Selected(Some(1)));
        world.init_resource::<Learning>();
        world.init_resource::<Audit>();
        world.init_resource::<Chosen>();
        world.init_resource::<Classes>();
        world.init_resource::<Palette>();
        let check = |sources: SampleSources| {
            let classes = sources.classes();
            let lookup = |serial| sources.sample(serial);
            let view = sources.view(&lookup, &classes);
            assert_eq!((view.count, view.classes.len()), (2, 10));
            let selected = view.selected.unwrap();
            assert_eq!((selected.serial, selected.true_label), (1, Some(9)));
            assert_eq!(selected.image.map(|image| image.pixels), Some(&[3, 4][..]));
            assert_eq!(
                selected.reconstruction,
                Reconstruction::Ready {
                    pixels: &[0.5, 0.25],
                    version: 0
                }
            );
            assert_eq!((selected.user_label, selected.prediction), (None, None));
            let other = (view.lookup)(0).unwrap();
            assert_eq!(other.reconstruction, Reconstruction::Decoding);
            assert!((view.lookup)(2).is_none());
        };
        world.run_system_once(check).unwrap();
    }
}
