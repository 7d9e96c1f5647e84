use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::initialise::fresh_parameters;
use crate::training::epoch;
use crate::training::targets::Targets;

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn any_number_of_threads_gives_the_same_weights() {
    let architecture = Architecture {
        image: [4, 6],
        ..Architecture::default()
    };
    let pixels = (0..300 * 24).map(|i| (i * 7919 % 256) as u8).collect();
    let dataset = Arc::new(Dataset::from_images(pixels, [4, 6, 1], None));
    let state = Checkpoint::new(fresh_parameters(&architecture, 3));
    let serials: Vec<u32> = (0..300).collect();
    let targets = Targets::labels(vec![Some(4); 300], architecture.classes).rows(&serials);
    let trained = |threads| {
        let heartbeat = Heartbeat::default();
        let mut engine = CpuEngine::new(
            architecture.clone(),
            &state,
            dataset.clone(),
            Some(threads),
            heartbeat,
        );
        let batch = Batch {
            serials: &serials,
            targets: &targets,
        };
        let mut random = ChaCha8Rng::seed_from_u64(9);
        for _ in 0..5 {
            let mut noise = epoch::noise(&architecture, serials.len(), 0.2, &mut random);
            noise.shifts = Some((0..300).map(|i| [(i % 5) as i8 - 2, (i % 3) as i8 - 1]).collect());
            assert!(engine.train_step(batch, Some(noise), &TrainingConfig::default()));
        }
        engine.parameters()
    };
    let one = trained(1);
    assert!(one != state.params);
    assert!(one == trained(2));
    assert!(one == trained(5));
}
