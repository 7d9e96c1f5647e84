//! The flags of each point for the shaders, four bits: whether it is chosen, and what the filter makes of it.

use bevy::prelude::*;

use crate::cloud::data::sample::{Attributes, Serial};
use crate::cloud::data::samples::Samples;
use crate::cloud::data::visibility::PointFilter;
use crate::cloud::selection::chosen::Chosen;
use ssvae_core::filter::{Filter, Visibility};

/// The point is chosen.
pub const CHOSEN: u8 = 1;
/// The filter leaves it out, and it is drawn in grey.
pub const CONTEXT: u8 = 2;
/// The filter leaves it out, and it is not drawn.
pub const HIDDEN: u8 = 4;
/// Points of a word, which is the least that can be written to the device.
pub const POINTS_PER_WORD: u32 = 8;

fn filter_flag(filter: &Filter, attributes: Attributes) -> u8 {
    match filter.judge(&attributes.facts()) {
        Visibility::Shown => 0,
        Visibility::Context => CONTEXT,
        Visibility::Hidden => HIDDEN,
    }
}

/// The flags of the first `count` points.
pub fn all(main: &mut World, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count.div_ceil(POINTS_PER_WORD as usize) * 4];
    let mut put = |serial: u32, flags: u8| {
        if let Some(byte) = bytes.get_mut(serial as usize / 2) {
            *byte |= flags << (serial % 2 * 4);
        }
    };
    for &serial in main.resource::<Chosen>().serials() {
        put(serial, CHOSEN);
    }
    let filter = main.resource::<PointFilter>().0.clone();
    if !filter.is_open() {
        for (serial, &attributes) in main.query::<(&Serial, &Attributes)>().iter(main) {
            put(serial.0, filter_flag(&filter, attributes));
        }
    }
    bytes
}

/// Whether any point may have a flag.
pub fn any(main: &World) -> bool {
    !main.resource::<Chosen>().serials().is_empty() || !main.resource::<PointFilter>().0.is_open()
}

/// The word with the flags of a point and those beside it, and where it lies in bytes.
pub fn around(main: &World, serial: u32) -> (u64, [u8; 4]) {
    let first = serial / POINTS_PER_WORD * POINTS_PER_WORD;
    let (filter, chosen) = (&main.resource::<PointFilter>().0, main.resource::<Chosen>());
    let samples = main.resource::<Samples>();
    let mut bytes = [0; 4];
    for (serial, at) in (first..).zip(0..POINTS_PER_WORD) {
        let Some(&attributes) = samples
            .entity(serial)
            .and_then(|entity| main.get::<Attributes>(entity))
        else {
            break;
        };
        let mut bits = filter_flag(filter, attributes);
        if chosen.serials().binary_search(&serial).is_ok() {
            bits |= CHOSEN;
        }
        bytes[at as usize / 2] |= bits << (at % 2 * 4);
    }
    (u64::from(first) / 2, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::data::sample::{ClassByte, Latent};

    #[test]
    fn a_word_says_what_all_say() {
        let mut world = World::new();
        let samples: Samples = (0..21_u32)
            .map(|serial| {
                let class =
                    |every: u32| ClassByte::from((serial % every == 0).then_some((serial % 10) as u8));
                let attributes = Attributes::new(class(3), class(1), class(2), serial as f32 / 20.0);
                world.spawn((Serial(serial), Latent(Vec3::ZERO), attributes)).id()
            })
            .collect();
        world.insert_resource(samples);
        world.insert_resource(Chosen::of(vec![2, 3, 9, 20]));
        let mut filter = Filter::default();
        filter.labelled = Some(true);
        filter.set_class(ssvae_core::filter::Source::Predicted, Some(6), Visibility::Hidden);
        world.insert_resource(PointFilter(filter));
        let all = all(&mut world, 21);
        assert_eq!(all.len(), 12);
        assert_eq!((all[3] & 15, all[1] >> 4), (HIDDEN, CHOSEN));
        for serial in 0..21 {
            let (at, word) = around(&world, serial);
            assert_eq!(all[at as usize..at as usize + 4], word);
        }
    }
}
