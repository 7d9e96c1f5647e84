//! `<stem>.json` beside a checkpoint: the hyperparameters of its last run, which shapes do not tell. Ours alone, as a
//! convenience: the Python system does not read it, and nothing needs it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, FileError, Kind, beside, existing_beside, has_keys};
use crate::input;
use crate::model::config::TrainingConfig;

use super::error::CheckpointError;
use super::state::OptimizerLayout;

/// What may be written over: what [`save_configuration`] has written.
pub(super) const SETTINGS: Kind = Kind {
    what: "the settings of a model",
    recognises: |file| {
        has_keys(
            file,
            &["recon_weight", "kl_weight", "label_weight", "learning_rate"],
        )
    },
};

/// A state of the model that a run leaves behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    /// After the run's last epoch.
    Last,
    /// After the epoch with the best monitored metric.
    #[default]
    Best,
}

/// Bytes of the file, of which a configuration takes one in a thousand.
const LARGEST: u64 = 1 << 20;

/// What the file holds.
#[derive(Serialize)]
struct Content<'a> {
    #[serde(flatten)]
    config: &'a TrainingConfig,
    /// Which of the two a window has shown last.
    shown: EndState,
}

/// Where the state at the end of a run is kept beside the best one: `ssvae.ckpt` has `ssvae.last.ckpt`.
pub fn last_path(weights: &Path) -> PathBuf {
    beside(weights, "ckpt", ".last.ckpt")
}

/// The file of the state that a window has shown last: the best one, or the one at the run's end, unless somebody has
/// written the weights since.
pub fn shown_last(weights: &Path) -> PathBuf {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Shown {
        shown: EndState,
    }
    let text = input::read(&existing_beside(weights, "ckpt", ".json"), LARGEST).unwrap_or_default();
    let Shown { shown } = serde_json::from_slice(&text).unwrap_or_default();
    let last = last_path(weights);
    let written = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    if shown == EndState::Last && last.is_file() && written(&last) >= written(weights) {
        last
    } else {
        weights.to_owned()
    }
}

/// Where the settings of these weights are: `ssvae.ckpt` has `ssvae.json`.
pub fn configuration_path(weights: &Path) -> PathBuf {
    beside(weights, "ckpt", ".json")
}

/// Writes the hyperparameters and which state of the model is shown beside the weights, as a whole or not at all.
///
/// # Errors
/// If something else stands there, or it cannot be written.
pub fn save_configuration(
    weights: &Path,
    config: &TrainingConfig,
    shown: EndState,
) -> Result<(), CheckpointError> {
    let path = configuration_path(weights);
    let text = serde_json::to_string_pretty(&Content { config, shown })
        .map_err(|error| FileError::io(&path)(error.into()))?;
    Ok(files::write(&path, &SETTINGS, (text + "\n").as_bytes())?)
}

/// Reads the hyperparameters that the file beside these weights tells; the defaults without one. Another program may have
/// written the checkpoint since, so `layout`, its own, decides whether gradients are clipped and kernels decay. The text is
/// a warning: the file cannot be used, and the defaults stand.
pub fn load_configuration(
    weights: &Path,
    layout: Option<OptimizerLayout>,
) -> (TrainingConfig, Option<String>) {
    let path = existing_beside(weights, "ckpt", ".json");
    let told = match input::read_text(&path, LARGEST) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(TrainingConfig::default()),
        Err(error) => Err(error.to_string()),
    };
    let (mut config, warning) = match told {
        Ok(config) => (config, None),
        Err(problem) => {
            let path = path.display();
            let warning = format!(
                "{path}: not used ({problem}); the default hyperparameters stand. Correct or delete the file"
            );
            (TrainingConfig::default(), Some(warning))
        }
    };
    if let Some(OptimizerLayout { clip, decay }) = layout {
        let default = TrainingConfig::default();
        config.grad_clip_norm = config.grad_clip_norm.or(default.grad_clip_norm).filter(|_| clip);
        if (config.weight_decay > 0.0) != decay {
            config.weight_decay = if decay { default.weight_decay } else { 0.0 };
        }
    }
    (config, warning)
}

fn parse(text: &str) -> Result<TrainingConfig, String> {
    // A list of values would do for a struct too.
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let config: TrainingConfig = serde_json::from_value(object.into()).map_err(|error| error.to_string())?;
    config.validate().map(|()| config)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: OptimizerLayout = OptimizerLayout {
        clip: true,
        decay: true,
    };

    #[test]
    fn what_is_written_is_read_again() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let weights = folder.path().join("a.ckpt");
        let config = TrainingConfig {
            kl_weight: 0.35,
            patience: 7,
            ..TrainingConfig::default()
        };
        save_configuration(&weights, &config, EndState::Last)?;
        assert_eq!(load_configuration(&weights, Some(BOTH)), (config, None));
        Ok(())
    }

    #[test]
    fn a_window_begins_with_what_was_shown_last() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let weights = folder.path().join("a.ckpt");
        let last = folder.path().join("a.last.ckpt");
        let config = TrainingConfig::default();
        assert_eq!(shown_last(&weights), weights);
        fs::write(&weights, "best")?;
        save_configuration(&weights, &config, EndState::Last)?;
        assert_eq!(shown_last(&weights), weights, "there is no last state");
        fs::write(&last, "last")?;
        assert_eq!(shown_last(&weights), last);
        save_configuration(&weights, &config, EndState::Best)?;
        assert_eq!(shown_last(&weights), weights);
        save_configuration(&weights, &config, EndState::Last)?;
        let later = fs::metadata(&last)?.modified()? + std::time::Duration::from_secs(5);
        fs::File::options()
            .append(true)
            .open(&weights)?
            .set_modified(later)?;
        assert_eq!(shown_last(&weights), weights, "written by another program since");
        Ok(())
    }

    #[test]
    fn a_missing_file_means_defaults_and_a_broken_one_a_warning() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let weights = folder.path().join("a.ckpt");
        assert_eq!(
            load_configuration(&weights, None),
            (TrainingConfig::default(), None)
        );
        for text in [
            "{",
            "[]",
            r#"{"batch_size": 0}"#,
            r#"{"learning_rate": -1}"#,
            r#"{"kl_weight": 1e999}"#,
        ] {
            fs::write(configuration_path(&weights), text)?;
            let (config, warning) = load_configuration(&weights, None);
            assert_eq!(config, TrainingConfig::default(), "{text}");
            assert!(
                warning.is_some_and(|warning| warning.contains("a.json")),
                "{text}"
            );
        }
        fs::write(configuration_path(&weights), r#"{"kl_weight": 0.5, "later": 1}"#)?;
        let (config, warning) = load_configuration(&weights, None);
        assert_eq!(
            (config.kl_weight, config.recon_weight, warning),
            (0.5, 1000.0, None)
        );
        Ok(())
    }

    #[test]
    fn the_checkpoint_knows_its_optimizer_better() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let weights = folder.path().join("a.ckpt");
        let neither = OptimizerLayout {
            clip: false,
            decay: false,
        };
        let (config, _) = load_configuration(&weights, Some(neither));
        assert_eq!(OptimizerLayout::of(&config), neither);
        save_configuration(&weights, &config, EndState::Best)?;
        let (config, _) = load_configuration(&weights, Some(BOTH));
        assert_eq!(OptimizerLayout::of(&config), BOTH);
        Ok(())
    }
}
