//! Checkpoints of optimizers that are not understood here: trained on, they are still their own template's.

use std::ffi::OsStr;

use ssvae_core::checkpoint::{self, OptimizerLayout};
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::training::engine::Batch;
use ssvae_test_support::Outcome;

use crate::checkpoints::Data;
use crate::python;

const STEPS: i64 = 3;

#[test]
fn other_optimizers_are_carried_on() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = Data::write(folder)?;
    python::run("optimizers.py", &[OsStr::new("write"), folder.as_os_str()])?;
    let config = TrainingConfig::reference();
    let layout = OptimizerLayout::of(&config);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() != Some(OsStr::new("ckpt")) {
            continue;
        }
        let mut state = checkpoint::load(&path)?;
        assert!(
            checkpoint::encode(&state, layout) == std::fs::read(&path)?,
            "{path:?} is not written back as it was read"
        );
        let architecture = checkpoint::architecture(&state.params)?;
        checkpoint::check(&state, &architecture)?;
        let mut engine = data.engine(architecture, &state);
        let serials = &data.serials[..64];
        let targets = &data.targets().rows(serials);
        for _ in 0..STEPS {
            engine.train_step(Batch { serials, targets }, None, &config);
        }
        state.params = engine.parameters();
        state.moments = Some(engine.moments());
        state.step = engine.step();
        checkpoint::save(&path, &state, layout)?;
        names.push(path);
    }
    assert_eq!(names.len(), 9);
    python::run("optimizers.py", &[OsStr::new("read"), folder.as_os_str()])
}
