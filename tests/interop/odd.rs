//! Files that Flax can write, but the Python system's training does not.

use std::ffi::OsStr;

use ssvae_core::checkpoint::{self, OptimizerLayout};
use ssvae_core::files::Kind;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_core::training::engine::Batch;
use ssvae_test_support::{Outcome, largest_difference, read_npz};

use crate::checkpoints::Data;
use crate::python;

#[test]
fn odd_files_are_read_written_back_and_trained_on() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = Data::write(folder)?;
    python::run("odd.py", &[OsStr::new("write"), folder.as_os_str()])?;
    let config = TrainingConfig::reference();
    let layout = OptimizerLayout::of(&config);
    for name in [
        "float16",
        "bfloat16",
        "float64",
        "unknown",
        "plain_step",
        "chunked",
    ] {
        let path = folder.join(format!("{name}.ckpt"));
        let mut state = checkpoint::load(&path)?;
        assert_eq!(state.step, 1, "{name}");
        assert_eq!(state.layout(), Some(layout), "{name}");
        assert!(
            checkpoint::encode(&state, layout) == std::fs::read(&path)?,
            "{name} is not written back as it was read"
        );
        let architecture = checkpoint::architecture(&state.params)?;
        checkpoint::check(&state, &architecture)?;
        let mut engine = data.engine(architecture, &state);
        let serials = &data.serials[..64];
        let targets = &data.targets().rows(serials);
        let batch = Batch { serials, targets };
        let predictions = engine.predict_each(&[batch.serials]).remove(0);
        let expected =
            |array: &str| read_npz(&folder.join(format!("{name}.npz")), array).map(|(_, data)| data);
        let differences = [
            largest_difference(&predictions.latents, &expected("latent")?),
            largest_difference(&engine.reconstruct(batch.serials), &expected("reconstruted")?),
            largest_difference(&predictions.certainty, &expected("pred_certainty")?),
        ];
        assert!(
            differences.iter().all(|&difference| difference < 1e-4),
            "{name}: {differences:?}"
        );

        engine.train_step(batch, None, &config);
        state.params = {
            let mut params = state.params.clone();
            params.0.extend(engine.parameters().0);
            params
        };
        state.moments = Some(engine.moments());
        state.step = engine.step();
        checkpoint::save(&folder.join(format!("{name}_ours.ckpt")), &state, layout)?;
        let mut file = NpzWriter::create(&folder.join(format!("{name}_ours.npz")), &Kind::NEW)?;
        file.f32_chunks(
            "pred_certainty",
            &[64],
            [engine.predict_each(&[batch.serials]).remove(0).certainty],
        )?;
        file.finish()?;
    }
    python::run("odd.py", &[OsStr::new("read"), folder.as_os_str()])
}
