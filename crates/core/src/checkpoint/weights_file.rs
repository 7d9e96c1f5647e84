//! [`WeightsFile`]: where a model is saved, and what this program last knew of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files::{self, Replacement, beside};
use crate::model::config::TrainingConfig;

use super::configuration::{EndState, SETTINGS, configuration_path, last_path, save_configuration};
use super::error::CheckpointError;
use super::save::{CHECKPOINT, Fingerprint, fingerprint, save_if};
use super::state::{Checkpoint, OptimizerLayout};

/// The files of one model: the best epoch's, the last one's and the settings. What another program writes there meanwhile
/// is not written over: then the model goes to files with another name from there on.
#[derive(Clone, Debug)]
pub struct WeightsFile {
    weights: PathBuf,
    /// What stood there when it was last read or written by this program.
    known: BTreeMap<PathBuf, Fingerprint>,
}

/// What became of a model that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Where the model is now.
    pub path: PathBuf,
    /// Where the file of another network that stood there is now.
    pub kept: Option<PathBuf>,
    /// Told once, in one line for the user: another program has written the file that the model would have gone to.
    pub spared: Option<String>,
}

impl WeightsFile {
    /// Notes what stands there. It is to be called before the files are read: what is written there later is another
    /// program's.
    pub fn new(weights: &Path) -> Self {
        let paths = [weights.to_owned(), last_path(weights)];
        let known = paths.into_iter().filter_map(|path| {
            let found = fingerprint(&path)?;
            Some((path, found))
        });
        Self {
            weights: weights.to_owned(),
            known: known.collect(),
        }
    }

    /// Where the best epoch is.
    pub fn weights(&self) -> &Path {
        &self.weights
    }

    /// Says early whether everything can be written, without touching what is there.
    ///
    /// # Errors
    /// If something else stands in one of the places, or nothing can be written there.
    pub fn check(&self) -> Result<(), CheckpointError> {
        files::check(&self.weights, &CHECKPOINT)?;
        files::check(&last_path(&self.weights), &CHECKPOINT)?;
        files::check(&configuration_path(&self.weights), &SETTINGS)?;
        Replacement::begin(&self.weights, &CHECKPOINT)?;
        Ok(())
    }

    /// [`WeightsFile::put`], and says beside the file how the model was trained and that this state is the one that is shown.
    ///
    /// # Errors
    /// If either cannot be written; what was there stays.
    pub fn save(
        &mut self,
        which: EndState,
        state: &Checkpoint,
        config: &TrainingConfig,
    ) -> Result<Saved, CheckpointError> {
        let saved = self.put(which, state, config)?;
        save_configuration(&self.weights, config, which)?;
        Ok(saved)
    }

    /// Writes a state of the model to its place, or beside it where another program has written there.
    ///
    /// # Errors
    /// If it cannot be written; what was there stays.
    pub fn put(
        &mut self,
        which: EndState,
        state: &Checkpoint,
        config: &TrainingConfig,
    ) -> Result<Saved, CheckpointError> {
        let first = self.path_of(which);
        loop {
            let path = self.path_of(which);
            let known = self.known.get(&path);
            // One that is gone is nothing to be spared.
            let unchanged = || fingerprint(&path).is_none_or(|now| Some(&now) == known);
            match save_if(&path, state, OptimizerLayout::of(config), unchanged)? {
                Some(written) => {
                    self.known.insert(path.clone(), written.fingerprint);
                    let spared = (path != first).then(|| {
                        format!(
                            "{} was written by another program meanwhile and stays as it is; this model goes to {}",
                            first.display(),
                            path.display()
                        )
                    });
                    return Ok(Saved {
                        path,
                        kept: written.kept,
                        spared,
                    });
                }
                None => self.move_on(),
            }
        }
    }

    fn path_of(&self, which: EndState) -> PathBuf {
        match which {
            EndState::Best => self.weights.clone(),
            EndState::Last => last_path(&self.weights),
        }
    }

    /// From `a.ckpt` to `a.2.ckpt`, or the first number of which nothing is there.
    fn move_on(&mut self) {
        let names = (2_u32..).map(|number| beside(&self.weights, "ckpt", &format!(".{number}.ckpt")));
        let is_free = |weights: &PathBuf| {
            let all = [weights.clone(), last_path(weights), configuration_path(weights)];
            all.iter().all(|path| path.symlink_metadata().is_err())
        };
        if let Some(free) = names.into_iter().find(is_free) {
            self.weights = free;
        }
        self.known.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::file::load;
    use super::*;
    use crate::model::parameters::{Parameters, Tensor};

    fn state(value: f32) -> Checkpoint {
        let tensor = Tensor {
            shape: vec![1],
            data: vec![value],
        };
        Checkpoint::new(Parameters([("a/kernel".to_owned(), tensor)].into()))
    }

    fn value(path: &Path) -> f32 {
        load(path).unwrap().params.0["a/kernel"].data[0]
    }

    #[test]
    fn what_another_program_wrote_meanwhile_stays_and_ours_goes_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let config = TrainingConfig::default();
        let mut file = WeightsFile::new(&at("a.ckpt"));
        for epoch in [1.0, 2.0] {
            let saved = file.save(EndState::Best, &state(epoch), &config).unwrap();
            assert_eq!((saved.path, saved.spared), (at("a.ckpt"), None));
        }
        // Another dashboard, which has read the file.
        let mut other = WeightsFile::new(&at("a.ckpt"));
        other.save(EndState::Best, &state(10.0), &config).unwrap();
        let saved = file.save(EndState::Best, &state(3.0), &config).unwrap();
        let told = saved.spared.unwrap();
        assert!(
            told.contains("a.ckpt was written") && told.contains("a.2.ckpt"),
            "{told}"
        );
        assert_eq!((value(&at("a.ckpt")), value(&at("a.2.ckpt"))), (10.0, 3.0));
        let saved = file.save(EndState::Best, &state(4.0), &config).unwrap();
        assert_eq!((saved.path, saved.spared), (at("a.2.ckpt"), None), "told once");
        file.save(EndState::Last, &state(5.0), &config).unwrap();
        assert_eq!(value(&at("a.2.last.ckpt")), 5.0);
        assert!(at("a.2.json").exists() && !at("a.last.ckpt").exists());
        // A file that somebody has taken away is written again.
        fs::remove_file(at("a.2.ckpt")).unwrap();
        assert_eq!(
            file.save(EndState::Best, &state(6.0), &config).unwrap().spared,
            None
        );
        assert_eq!(value(&at("a.2.ckpt")), 6.0);
    }

    #[test]
    fn nothing_of_anybody_elses_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for (weights, foreign) in [
            ("thesis.docx", "thesis.docx"),
            ("labels.csv", "labels.csv"),
            ("package.ckpt", "package.json"),
            ("b.ckpt", "b.last.ckpt"),
        ] {
            fs::write(at(foreign), "{\"name\": \"mine\"}").unwrap();
            let mut file = WeightsFile::new(&at(weights));
            let told = file.check().unwrap_err().to_string();
            assert!(told.contains(foreign) && !told.contains('\n'), "{told}");
            let which = if foreign == "b.last.ckpt" {
                EndState::Last
            } else {
                EndState::Best
            };
            assert!(file.save(which, &state(1.0), &TrainingConfig::default()).is_err());
            assert_eq!(fs::read_to_string(at(foreign)).unwrap(), "{\"name\": \"mine\"}");
        }
        let mut file = WeightsFile::new(&at("m.json"));
        file.check().unwrap();
        file.save(EndState::Best, &state(1.0), &TrainingConfig::default())
            .unwrap();
        assert_eq!(value(&at("m.json")), 1.0);
        assert!(at("m.json.json").exists());
        // Its own settings and a Python program's checkpoint are no obstacle.
        file.check().unwrap();
        file.save(EndState::Best, &state(2.0), &TrainingConfig::default())
            .unwrap();
    }
}
