//! Which entity is which sample.

use bevy::ecs::entity::EntityIndex;
use bevy::prelude::*;

/// The entities, by serial. Those that were spawned together have consecutive indices: only where such a run begins is
/// kept, and not eight bytes for each.
#[derive(Resource, Debug, Default)]
pub struct Samples {
    /// Serial and entity, ascending by serial.
    runs: Vec<(u32, Entity)>,
    len: usize,
}

impl Samples {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no positions have arrived yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entity of a sample.
    pub fn entity(&self, serial: u32) -> Option<Entity> {
        if serial as usize >= self.len {
            return None;
        }
        let run = self.runs.partition_point(|(first, _)| *first <= serial);
        let (first, entity) = self.runs.get(run.checked_sub(1)?)?;
        after(*entity, serial - first)
    }
}

/// The entity so many indices on, of the same generation.
fn after(entity: Entity, steps: u32) -> Option<Entity> {
    let index = EntityIndex::from_raw_u32(entity.index_u32().checked_add(steps)?)?;
    Some(Entity::from_index_and_generation(index, entity.generation()))
}

impl FromIterator<Entity> for Samples {
    fn from_iter<I: IntoIterator<Item = Entity>>(entities: I) -> Self {
        let mut samples = Self::default();
        for (serial, entity) in (0_u32..).zip(entities) {
            let goes_on = samples
                .runs
                .last()
                .is_some_and(|&(first, begin)| after(begin, serial - first) == Some(entity));
            if !goes_on {
                samples.runs.push((serial, entity));
            }
            samples.len += 1;
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_serial_leads_to_its_entity_whatever_the_order() {
        let mut world = World::new();
        let mut entities: Vec<Entity> = (0..9).map(|_| world.spawn_empty().id()).collect();
        // Some indices come again, with another generation.
        for entity in entities.drain(3..6) {
            world.despawn(entity);
        }
        entities.extend((0..7).map(|_| world.spawn_empty().id()));
        entities.swap(0, 8);
        let samples: Samples = entities.iter().copied().collect();
        assert_eq!(samples.len(), entities.len());
        for (serial, &entity) in entities.iter().enumerate() {
            assert_eq!(samples.entity(serial as u32), Some(entity));
        }
        assert_eq!(samples.entity(entities.len() as u32), None);
    }
}
