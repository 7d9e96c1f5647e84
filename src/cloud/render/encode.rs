//! The components of all samples as the words of the shaders' arrays, by serial, whatever order the entities lie in.

use bevy::prelude::*;

use crate::cloud::data::sample::{Attributes, Latent, Serial};

/// Stands for a coordinate of a position that is not finite: shader compilers may assume that there are no NaNs. No
/// coordinate of a position that is finite is as large, see [`clamp_finite`](crate::cloud::data::sample::clamp_finite).
pub const NOT_FINITE: f32 = 3.0e38;

/// Where the first `count` points go: `put` gets a serial and a word per axis.
pub fn targets(world: &mut World, count: usize, mut put: impl FnMut(usize, [[u8; 4]; 3])) {
    for (serial, target) in world.query::<(&Serial, &Latent)>().iter(world) {
        let serial = serial.0 as usize;
        if serial < count {
            put(serial, coordinates(target.0));
        }
    }
}

/// Where the first `count` points come from: `put` gets a serial and a word per axis.
pub fn departures(departures: &[Vec3], count: usize, mut put: impl FnMut(usize, [[u8; 4]; 3])) {
    for (serial, &departure) in departures.iter().enumerate().take(count) {
        put(serial, coordinates(departure));
    }
}

/// What the colours of the first `count` points are looked up with: `put` gets a serial and two words.
pub fn attributes(world: &mut World, count: usize, mut put: impl FnMut(usize, [[u8; 4]; 2])) {
    for (serial, attributes) in world.query::<(&Serial, &Attributes)>().iter(world) {
        let serial = serial.0 as usize;
        if serial < count {
            put(serial, attributes.words());
        }
    }
}

fn coordinates(position: Vec3) -> [[u8; 4]; 3] {
    let position = if position.is_finite() {
        position
    } else {
        Vec3::splat(NOT_FINITE)
    };
    position.to_array().map(f32::to_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::data::sample::ClassByte;

    #[test]
    fn words_come_with_their_serials() {
        let mut world = World::new();
        for serial in [1, 0, 7] {
            world.spawn((
                Serial(serial),
                Latent(Vec3::NAN),
                Attributes::new(ClassByte::NONE, Some(serial as u8).into(), Some(9).into(), 1.0),
            ));
        }
        let from = [Vec3::ZERO, Vec3::new(1.0, 2.0, 3.0), Vec3::ONE];
        let mut second = Vec::new();
        departures(&from, 2, |serial, words| second.push((serial, words[1])));
        assert_eq!(second, [(0, 0.0_f32.to_le_bytes()), (1, 2.0_f32.to_le_bytes())]);
        let mut all = [None; 2];
        targets(&mut world, 2, |serial, words| all[serial] = Some(words));
        assert_eq!(all, [Some([NOT_FINITE.to_le_bytes(); 3]); 2]);
        let mut all = [None; 2];
        attributes(&mut world, 2, |serial, words| all[serial] = Some(words));
        let second = [255, 0, 0, 255];
        assert_eq!(
            all,
            [Some([[255, 0, 9, 255], second]), Some([[255, 1, 9, 255], second])]
        );
    }
}
