//! The burn-wgpu path, on whatever Vulkan adapter there is (lavapipe included): one forward pass and one training
//! step agree with the CPU backend, and both name the step at which a run diverges. Tiny, because lavapipe is there for correctness; even so cubecl's autotune compiles
//! for minutes there, unless `CUBECL_AUTOTUNE_LEVEL=minimal` is set, as `scripts/test.sh` does.

use std::sync::Arc;

use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::dataset::Dataset;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::initialise::fresh_parameters;
use ssvae_core::training::backend::{Backend, engine, faster};
use ssvae_core::training::engine::{Batch, BatchNoise, Engine};
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::targets::Targets;
use ssvae_test_support::largest_difference;

#[test]
fn wgpu_agrees_with_the_cpu() {
    let gpu = Backend::Gpu(ssvae_gpu::find().unwrap_or_else(|_| ssvae_gpu::software()));
    let architecture = Architecture {
        hidden_dims: vec![8, 6],
        latent_dim: 2,
        image: [4, 4],
        ..Architecture::default()
    };
    let state = Checkpoint::new(fresh_parameters(&architecture, 7));
    let config = TrainingConfig::default();
    let images = (0..64).map(|i| (i * 37 % 256) as u8).collect();
    let dataset = Arc::new(Dataset::from_images(images, [4, 4, 1], None));
    let serials = [0, 1, 2, 3];
    let targets = Targets::labels(vec![Some(3), None, Some(1), None], architecture.classes).rows(&serials);
    let batch = Batch {
        serials: &serials,
        targets: &targets,
    };
    let noise = BatchNoise {
        epsilon: vec![0.5, -1.0, 0.25, 2.0, -0.75, 0.0, 1.0, -0.5],
        dropout: Some(vec![
            vec![1.25; 24],
            (0..24).map(|i| if i % 5 == 0 { 0.0 } else { 1.25 }).collect(),
        ]),
        shifts: Some(vec![[0, 1], [-1, 0], [0, 0], [1, 1]]),
    };
    let answer = |backend: &Backend| {
        let mut engine: Box<dyn Engine> = engine(
            backend,
            architecture.clone(),
            &state,
            &dataset,
            &Heartbeat::default(),
        );
        let before = engine.evaluate_each(&[batch], &config).remove(0);
        engine.train_step(batch, Some(noise.clone()), &config);
        assert_eq!(engine.diverged(), None);
        let weights: Vec<f32> = engine
            .parameters()
            .0
            .into_values()
            .flat_map(|tensor| tensor.data)
            .collect();
        // From here on a step is so wide that the one after it, if not that itself, has no finite gradient.
        let wild = TrainingConfig {
            learning_rate: 1e30,
            ..config.clone()
        };
        let first_bad = (2..10)
            .find(|_| !engine.train_step(batch, Some(noise.clone()), &wild) || engine.diverged().is_some());
        let first_bad = engine.diverged().or(first_bad);
        (before, weights, first_bad)
    };
    let ((cpu_losses, cpu_predictions), cpu_weights, cpu_end) = answer(&Backend::Cpu);
    let ((gpu_losses, gpu_predictions), gpu_weights, gpu_end) = answer(&gpu);
    assert_eq!(cpu_end, Some(3));
    assert_eq!(gpu_end, cpu_end);
    assert!((cpu_losses.total - gpu_losses.total).abs() <= 1e-4 * cpu_losses.total.abs());
    assert!(largest_difference(&cpu_predictions.latents, &gpu_predictions.latents) < 1e-4);
    assert_eq!(cpu_predictions.classes, gpu_predictions.classes);
    assert!(largest_difference(&cpu_predictions.certainty, &gpu_predictions.certainty) < 1e-4);
    assert!(largest_difference(&cpu_weights, &gpu_weights) < 1e-4);
    let moved: Vec<f32> = state
        .params
        .0
        .values()
        .flat_map(|tensor| tensor.data.clone())
        .collect();
    assert!(
        largest_difference(&moved, &gpu_weights) > 1e-4,
        "the step moved nothing"
    );

    // Where there are both, the faster one is taken, and it is said why.
    let trial = faster(
        &gpu,
        &architecture,
        &state,
        &dataset,
        &config,
        &Heartbeat::default(),
    );
    let [on_gpu, on_cpu] = trial.milliseconds;
    assert!(on_gpu > 0.0 && on_cpu > 0.0);
    assert_eq!(!trial.chosen.is_gpu(), on_cpu <= on_gpu);
    let text = trial.to_string();
    assert!(text.starts_with(&trial.chosen.to_string()), "{text}");
    assert!(
        text.contains(&format!("{on_gpu:.1} ms on the GPU, {on_cpu:.1} ms on the CPU")),
        "{text}"
    );
}
