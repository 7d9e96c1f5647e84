//! The components of all samples as the bytes of the shaders' arrays, by serial, whatever order the entities lie in.

use bevy::prelude::*;

use crate::cloud::data::sample::{Attributes, Latent, Serial};

/// One coordinate of where the first `count` points go.
pub fn targets(world: &mut World, count: usize, axis: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * 4];
    for (serial, target) in world.query::<(&Serial, &Latent)>().iter(world) {
        put(&mut bytes, serial.0 as usize, target.0, axis);
    }
    bytes
}

/// One coordinate of where the first `count` points come from.
pub fn departures(departures: &[Vec3], count: usize, axis: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * 4];
    for (serial, &departure) in departures.iter().enumerate().take(count) {
        put(&mut bytes, serial, departure, axis);
    }
    bytes
}

/// What the colours of the first `count` points are looked up with: the first words of all, then the second ones.
pub fn attributes(world: &mut World, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * 8];
    for (serial, attributes) in world.query::<(&Serial, &Attributes)>().iter(world) {
        let serial = serial.0 as usize;
        if serial < count {
            for (start, word) in [serial, count + serial].into_iter().zip(attributes.words()) {
                bytes[start * 4..start * 4 + 4].copy_from_slice(&word);
            }
        }
    }
    bytes
}

fn put(bytes: &mut [u8], serial: usize, position: Vec3, axis: usize) {
    // Stands for "not finite", see the shaders.
    const NOWHERE: f32 = 3.0e38;
    let coordinate = if position.is_finite() {
        position[axis]
    } else {
        NOWHERE
    };
    if let Some(place) = bytes.get_mut(serial * 4..serial * 4 + 4) {
        place.copy_from_slice(&coordinate.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::data::sample::ClassByte;

    #[test]
    fn bytes_stand_in_the_order_of_the_serials() {
        let mut world = World::new();
        for serial in [1, 0, 7] {
            world.spawn((
                Serial(serial),
                Latent(Vec3::NAN),
                Attributes::new(ClassByte::NONE, Some(serial as u8).into(), Some(9).into(), 1.0),
            ));
        }
        let numbers = |bytes: Vec<u8>| -> Vec<f32> {
            bytes
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect()
        };
        let from = [Vec3::ZERO, Vec3::new(1.0, 2.0, 3.0), Vec3::ONE];
        assert_eq!(numbers(departures(&from, 2, 1)), [0.0, 2.0]);
        assert_eq!(numbers(targets(&mut world, 2, 2)), [3.0e38; 2]);
        let second = [255, 0, 0, 255];
        let expected = [[255, 0, 9, 255], [255, 1, 9, 255], second, second];
        assert_eq!(attributes(&mut world, 2), expected.concat());
    }
}
