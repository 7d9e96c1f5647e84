//! The components of all samples as the bytes of the shader's arrays, by serial, whatever order the entities lie in.

use bevy::prelude::*;

use super::sample::{Departure, Latent, Prediction, Serial, TrueLabel, UserLabel, attribute_bytes};

/// Where the first `count` points come from, `axes` numbers each.
pub fn departures(world: &mut World, count: usize, axes: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * axes * 4];
    for (serial, departure) in world.query::<(&Serial, &Departure)>().iter(world) {
        put_position(&mut bytes, axes, *serial, departure.0);
    }
    bytes
}

/// Where the first `count` points go, `axes` numbers each.
pub fn targets(world: &mut World, count: usize, axes: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * axes * 4];
    for (serial, target) in world.query::<(&Serial, &Latent)>().iter(world) {
        put_position(&mut bytes, axes, *serial, target.0);
    }
    bytes
}

/// What the colours of the first `count` points are looked up with, four bytes each.
pub fn attributes(world: &mut World, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count * 4];
    let mut samples = world.query::<(&Serial, &UserLabel, &Prediction, &TrueLabel)>();
    for (serial, &user, &prediction, &truth) in samples.iter(world) {
        let start = serial.0 as usize * 4;
        if let Some(place) = bytes.get_mut(start..start + 4) {
            place.copy_from_slice(&attribute_bytes(user, prediction, truth));
        }
    }
    bytes
}

fn put_position(bytes: &mut [u8], axes: usize, serial: Serial, position: Vec3) {
    // Stands for "not finite", see the shader.
    const NOWHERE: f32 = 3.0e38;
    let position = if position.is_finite() {
        position
    } else {
        Vec3::splat(NOWHERE)
    };
    let start = serial.0 as usize * axes * 4;
    if let Some(place) = bytes.get_mut(start..start + axes * 4) {
        for (number, coordinate) in place.chunks_exact_mut(4).zip(position.to_array()) {
            number.copy_from_slice(&coordinate.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::sample::ClassByte;

    #[test]
    fn bytes_stand_in_the_order_of_the_serials() {
        let mut world = World::new();
        for serial in [1, 0, 7] {
            world.spawn((
                Serial(serial),
                Departure(Vec3::splat(serial as f32)),
                Latent(Vec3::NAN),
                UserLabel(ClassByte::NONE),
                Prediction::new(serial as u8, 1.0),
                TrueLabel(Some(9).into()),
            ));
        }
        let numbers = |bytes: Vec<u8>| -> Vec<f32> {
            bytes
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect()
        };
        assert_eq!(numbers(departures(&mut world, 2, 2)), [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(numbers(targets(&mut world, 2, 3)), [3.0e38; 6]);
        assert_eq!(attributes(&mut world, 2), [255, 0, 9, 255, 255, 1, 9, 255]);
    }
}
