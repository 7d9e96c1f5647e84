//! Where a model comes from: its file, or fresh weights.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint::{self, Checkpoint, shown_last};
use crate::dataset::Dataset;
use crate::model::config::Architecture;
use crate::model::initialise::fresh_parameters;

/// The model's last good state and where it came from.
pub(super) struct Model {
    pub(super) architecture: Architecture,
    pub(super) state: Arc<Checkpoint>,
    pub(super) source: Option<PathBuf>,
    /// Why a file that is there could not be used.
    pub(super) problem: Option<String>,
    /// The other of the two states that the last run has left behind: the best one where the last one is the model's.
    pub(super) best: Option<Arc<Checkpoint>>,
    /// What could not be used besides.
    pub(super) warning: Option<String>,
}

/// The model that was shown last, else the one in the file, or a fresh one where there is none that can be used.
pub(super) fn open(weights: &Path, dataset: &Dataset, seed: u64) -> Model {
    let loaded = |file: &Path| match load_model(file, dataset) {
        Ok((architecture, state)) => Ok(Model {
            architecture,
            state: Arc::new(state),
            source: Some(file.to_owned()),
            problem: None,
            best: None,
            warning: None,
        }),
        Err(message) => Err(message),
    };
    // Looked at in any case: what cannot be read is not overwritten.
    let best = weights.exists().then(|| loaded(weights));
    let shown = shown_last(weights);
    let last = (shown != weights).then(|| loaded(&shown));
    let problem = best.as_ref().and_then(|best| best.as_ref().err().cloned());
    let warning = last.as_ref().and_then(|last| last.as_ref().err().cloned());
    let (last, best) = (last.and_then(Result::ok), best.and_then(Result::ok));
    if let Some(model) = last {
        let same = best.filter(|best| best.architecture == model.architecture);
        return Model {
            problem,
            warning,
            best: same.map(|best| best.state),
            ..model
        };
    }
    if let Some(model) = best {
        return Model { warning, ..model };
    }
    let architecture = Architecture::of(dataset);
    Model {
        state: Arc::new(fresh(&architecture, seed)),
        architecture,
        source: None,
        problem,
        best: None,
        warning,
    }
}

/// Reads a checkpoint and checks that it fits itself, the images and their classes.
pub fn load_model(weights: &Path, dataset: &Dataset) -> Result<(Architecture, Checkpoint), String> {
    let state = checkpoint::load(weights).map_err(|error| error.to_string())?;
    let describe = |error: checkpoint::CheckpointError| format!("{}: {error}", weights.display());
    let mut architecture = checkpoint::architecture(&state.params).map_err(describe)?;
    checkpoint::check(&state, &architecture).map_err(describe)?;
    if architecture.pixels() != dataset.pixels() {
        return Err(format!(
            "{}: made for images of {} pixels, but these have {}; choose another checkpoint or data folder",
            weights.display(),
            architecture.pixels(),
            dataset.pixels()
        ));
    }
    if architecture.classes != dataset.classes() {
        let has = match dataset.counted_in() {
            Some(file) => format!("{} has {}", file.display(), dataset.classes().get()),
            None => format!("these images have {}", dataset.classes().get()),
        };
        return Err(format!(
            "{}: made for {} classes, but {has}; give each class a row in classes.csv, or choose another checkpoint or data folder",
            weights.display(),
            architecture.classes.get(),
        ));
    }
    let images = Architecture::of(dataset);
    if architecture.is_conv() && architecture.channels != images.channels {
        let color = |channels| if channels == 1 { "grey" } else { "colour" };
        return Err(format!(
            "{}: made for {} images, but these are {}; choose another checkpoint or data folder",
            weights.display(),
            color(architecture.channels),
            color(images.channels)
        ));
    }
    architecture.image = images.image;
    architecture.channels = images.channels;
    architecture
        .validate()
        .map_err(|problem| format!("{}: {problem}", weights.display()))?;
    Ok((architecture, state))
}

/// A model that has learnt nothing yet.
pub fn fresh(architecture: &Architecture, seed: u64) -> Checkpoint {
    Checkpoint::new(fresh_parameters(architecture, seed))
}

#[cfg(test)]
mod tests {
    use ssvae_test_support::idx;

    use super::*;
    use crate::checkpoint::{OptimizerLayout, save};
    use crate::classes::ClassCount;
    use crate::dataset::Split;
    use crate::model::config::TrainingConfig;
    use crate::training::backend::{Backend, engine};
    use crate::training::epoch::Control;
    use crate::training::heartbeat::Heartbeat;
    use crate::training::history::{EpochMetrics, RunStatus};
    use crate::training::run::{BatchPosition, Observer, Task, run};
    use crate::training::snapshot::LatentSnapshot;
    use crate::training::targets::Targets;
    use crate::training::tested;

    struct Silent;

    impl Observer for Silent {
        fn batch(&mut self, _: &dyn crate::training::engine::Engine, _: BatchPosition) -> Control {
            Control::Continue
        }

        fn epoch(&mut self, _: &EpochMetrics, _: Arc<LatentSnapshot>, _: &Checkpoint) {}

        fn save_best(&mut self, _: &Checkpoint, _: &EpochMetrics) {}
    }

    /// Images of 4×4 pixels, two of each class.
    fn data_set(folder: &Path, classes: ClassCount) -> Dataset {
        let n = 2 * classes.get() as u32;
        let images: Vec<u8> = (0..n * 16).map(|i| (i * 37 % 251) as u8).collect();
        let truth: Vec<u8> = classes.iter().chain(classes.iter()).collect();
        std::fs::write(folder.join("train-images-idx3-ubyte"), idx(&[n, 4, 4], &images)).unwrap();
        std::fs::write(folder.join("train-labels-idx1-ubyte"), idx(&[n], &truth)).unwrap();
        Dataset::open(folder, Split::Train).unwrap()
    }

    #[test]
    fn networks_of_any_number_of_classes_are_trained_kept_and_found_again() {
        for count in [3, 11, 62, 256] {
            let classes = ClassCount::new(count).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let weights = folder.path().join("ssvae.ckpt");
            let dataset = Arc::new(data_set(folder.path(), classes));
            let model = open(&weights, &dataset, 1);
            assert_eq!((model.architecture.classes, &model.problem), (classes, &None));
            let architecture = Architecture {
                hidden_dims: vec![8, 6],
                ..model.architecture
            };
            let mut state = fresh(&architecture, 1);
            assert_eq!(state.params.0["classifier/logits/kernel"].shape, [6, count]);
            let labels = (0..dataset.len() as u32).map(|serial| dataset.true_label(serial));
            let targets = Targets::labels(labels.collect(), classes);
            let config = TrainingConfig {
                max_epochs: 2,
                ..TrainingConfig::reference()
            };
            let backend = Backend::Cpu;
            let mut engine = engine(
                &backend,
                architecture.clone(),
                &state,
                &dataset,
                &Heartbeat::default(),
            );
            let task = Task {
                dataset: &dataset,
                targets: &targets,
                config: &config,
            };
            let outcome = run(engine.as_mut(), task, &mut state, &mut Silent);
            assert_eq!((outcome.status, outcome.history.len()), (RunStatus::Completed, 2));
            let loss = outcome.history[0].train.classification;
            // About that of a guess.
            assert!((loss - (count as f32).ln()).abs() < 1.0, "{count}: {loss}");

            save(&weights, &state, OptimizerLayout::of(&config)).unwrap();
            let (read, again) = load_model(&weights, &dataset).unwrap();
            assert_eq!(read, architecture);
            assert!(again.params == state.params && again.moments.is_some());
            let tested = tested::test(&backend, &read, &again, &dataset, &Heartbeat::default());
            assert_eq!(tested.evaluation.classes(), count);
            assert_eq!(tested.evaluation.samples() as usize, dataset.len());
        }
    }

    #[test]
    fn a_checkpoint_of_other_classes_is_refused_in_a_line_with_both_numbers_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let weights = folder.path().join("ssvae.ckpt");
        let eleven = data_set(folder.path(), ClassCount::new(11).unwrap());
        let architecture = Architecture {
            image: [4, 4],
            ..Architecture::default()
        };
        let state = fresh(&architecture, 1);
        save(&weights, &state, OptimizerLayout::of(&TrainingConfig::default())).unwrap();
        let told = load_model(&weights, &eleven).unwrap_err();
        let path = |name: &str| folder.path().join(name).display().to_string();
        for part in [
            path("ssvae.ckpt: made for 10 classes"),
            path("train-labels-idx1-ubyte has 11"),
        ] {
            assert!(told.contains(&part), "{told} does not say: {part}");
        }
        assert!(!told.contains('\n'), "{told}");
        let model = open(&weights, &eleven, 1);
        assert_eq!(
            (model.architecture.classes.get(), model.problem),
            (11, Some(told))
        );
        // With a row for every class of the checkpoint, fewer labels fit it.
        data_set(folder.path(), ClassCount::new(3).unwrap());
        let three = Dataset::open(folder.path(), Split::Train).unwrap();
        assert!(load_model(&weights, &three).unwrap_err().contains("has 3"));
        std::fs::write(folder.path().join("classes.csv"), "class,name\n9,nine\n").unwrap();
        let named = Dataset::open(folder.path(), Split::Train).unwrap();
        assert!(load_model(&weights, &named).is_ok());
    }
}
