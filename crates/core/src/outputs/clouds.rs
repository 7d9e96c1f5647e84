//! What is kept of runs beside their records: `<id>.npz`, the cloud at a run's end, and `<id>.ckpt`, the weights there.
//!
//! A cloud has `latents`, int16 `[n, latent_dim]`, of which each column is to be multiplied by `latents_scale`, float32
//! `[latent_dim]` (−32768: not finite); `classes`, uint8 `[n]`, as predicted; `certainty`, uint8 `[n]`, in steps of 1/255;
//! and `labels`, int8 or, beyond class 127, int16 `[n]`, as the run was given them (−1: none).

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use crate::checkpoint::{self, Checkpoint, OptimizerLayout};
use crate::npy;
use crate::training::record::Stored;
use crate::training::snapshot::LatentSnapshot;

use super::OutputError;
use super::kinds::CLOUD;
use super::npz::NpzWriter;

/// Steps from 0 to the largest coordinate: finer than a pixel, or, with more dimensions than [`FEW`], of which components are
/// shown, than what a mean of them would show.
const FINE: f32 = 2047.0;
const COARSE: f32 = 127.0;
const FEW: usize = 8;

/// Stands for a coordinate that is not finite.
const NOWHERE: i16 = i16::MIN;

/// One state of a model's cloud; `n` is the number of samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {
    /// Dimensions of the latent space.
    pub latent_dim: usize,
    /// Posterior means, row-major `[n, latent_dim]`.
    pub latents: Vec<f32>,
    /// Predicted classes, `[n]`.
    pub classes: Vec<u8>,
    /// Their probabilities, `[n]`, in 0..=1.
    pub certainty: Vec<f32>,
    /// The user's labels by then, `[n]`.
    pub labels: Vec<Option<u8>>,
}

impl Cloud {
    /// What the model says of all samples, and the user's labels.
    pub fn new(snapshot: &LatentSnapshot, labels: &[Option<u8>]) -> Self {
        Self {
            latent_dim: snapshot.latent_dim,
            latents: snapshot.latents.clone(),
            classes: snapshot.classes.clone(),
            certainty: snapshot.certainty.clone(),
            labels: labels.to_vec(),
        }
    }

    /// Number of samples.
    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }
}

/// Where the cloud at the end of the run with this name is kept.
pub fn cloud_path(runs: &Path, id: &str) -> PathBuf {
    runs.join(format!("{id}.npz"))
}

/// Where its weights are.
pub(crate) fn weights_path(runs: &Path, id: &str) -> PathBuf {
    runs.join(format!("{id}.ckpt"))
}

/// Keeps what the run with this name has left behind: the cloud and the weights at its end.
///
/// # Errors
/// If either cannot be written.
pub fn keep(
    runs: &Path,
    id: &str,
    cloud: &Cloud,
    state: &Checkpoint,
    layout: OptimizerLayout,
) -> Result<(), OutputError> {
    write(&cloud_path(runs, id), cloud)?;
    checkpoint::save(&weights_path(runs, id), state, layout)?;
    Ok(())
}

/// Writes a cloud as a whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: &Path, cloud: &Cloud) -> Result<(), OutputError> {
    let (n, dim) = (cloud.len(), cloud.latent_dim);
    let steps = if dim <= FEW { FINE } else { COARSE };
    let scale: Vec<f32> = (0..dim)
        .map(|axis| {
            let column = cloud.latents.iter().skip(axis).step_by(dim);
            let largest = column
                .filter(|x| x.is_finite())
                .fold(0.0_f32, |most, x| most.max(x.abs()));
            (largest / steps).max(f32::MIN_POSITIVE)
        })
        .collect();
    let latents = cloud.latents.iter().zip(scale.iter().cycle()).map(|(x, step)| {
        if x.is_finite() {
            (x / step).round() as i16
        } else {
            NOWHERE
        }
    });
    let latents: Vec<i16> = latents.collect();
    let certainty: Vec<u8> = cloud
        .certainty
        .iter()
        .map(|share| (share * 255.0).round() as u8)
        .collect();
    let label = |serial| cloud.labels.get(serial).copied().flatten().map_or(-1, i16::from);
    let labels: Vec<i16> = (0..n).map(label).collect();
    let narrow: Result<Vec<i8>, _> = labels.iter().map(|&label| i8::try_from(label)).collect();
    let mut file = NpzWriter::create(path, &CLOUD)?;
    file.array("latents", &[n, dim], [&latents])?;
    file.array("latents_scale", &[dim], [&scale])?;
    file.array("classes", &[n], [&cloud.classes])?;
    file.array("certainty", &[n], [&certainty])?;
    match narrow {
        Ok(labels) => file.array("labels", &[n], [&labels])?,
        Err(_) => file.array("labels", &[n], [&labels])?,
    }
    file.finish()
}

/// Why a cloud cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("{}: not the cloud of a run ({problem}); delete the file", path.display())]
pub struct CloudError {
    path: PathBuf,
    problem: String,
}

/// Reads the cloud of `samples` samples that [`write()`] has written.
///
/// # Errors
/// If there is none, or it is another data set's.
pub fn read(path: &Path, samples: usize) -> Result<Cloud, CloudError> {
    let read = || -> io::Result<Cloud> {
        let mut zip = npy::archive(path)?;
        let (shape, steps): (_, Vec<i16>) = array(&mut zip, "latents", samples)?;
        let dim = *shape.get(1).ok_or_else(|| misshapen("latents"))? as usize;
        let (_, scale): (_, Vec<f32>) = array(&mut zip, "latents_scale", dim)?;
        let (_, classes) = array(&mut zip, "classes", samples)?;
        let (_, certainty): (_, Vec<u8>) = array(&mut zip, "certainty", samples)?;
        let labels = labels(&mut zip, samples)?;
        let latents = steps.iter().zip(scale.iter().cycle());
        Ok(Cloud {
            latent_dim: dim,
            latents: latents
                .map(|(&x, step)| {
                    if x == NOWHERE {
                        f32::NAN
                    } else {
                        f32::from(x) * step
                    }
                })
                .collect(),
            classes,
            certainty: certainty
                .into_iter()
                .map(|share| f32::from(share) / 255.0)
                .collect(),
            labels: labels.into_iter().map(|label| u8::try_from(label).ok()).collect(),
        })
    };
    read().map_err(|error| CloudError {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

/// As [`write()`] writes them: int8, or int16 where a label has no room in that.
fn labels(zip: &mut npy::Archive, samples: usize) -> io::Result<Vec<i16>> {
    if let Ok((_, narrow)) = array::<i8>(zip, "labels", samples) {
        return Ok(narrow.into_iter().map(i16::from).collect());
    }
    Ok(array(zip, "labels", samples)?.1)
}

fn misshapen(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name} has another shape"))
}

/// An array whose first dimension is so long.
fn array<T: npyz::Deserialize>(
    zip: &mut npy::Archive,
    name: &str,
    length: usize,
) -> io::Result<(Vec<u64>, Vec<T>)> {
    let entry = zip.by_name(&format!("{name}.npy"))?;
    if !npy::plausible(&entry) {
        return Err(misshapen(name));
    }
    let size = entry.size();
    let mut content = BufReader::with_capacity(1 << 16, entry);
    let (header, begins) = npy::header(&mut content)?;
    if npy::bytes(&header, size, begins).is_none() {
        return Err(misshapen(name));
    }
    let array = npyz::NpyFile::with_header(header, content);
    let shape = array.shape().to_vec();
    // A file of this program's is never larger; another one could claim anything.
    const WIDEST: u64 = 4096;
    if shape.first() != Some(&(length as u64))
        || shape.get(1).is_some_and(|&width| width == 0 || width > WIDEST)
    {
        return Err(misshapen(name));
    }
    let values = array
        .data::<T>()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
    Ok((shape, values.collect::<io::Result<_>>()?))
}

/// What is kept of the runs on record in this folder; what does not belong to one is not looked at.
pub(crate) fn stored(runs: &Path) -> Stored {
    let mut stored = Stored::default();
    for (path, id, bytes) in files(runs) {
        let is_cloud = path.extension().is_some_and(|ending| ending == "npz");
        if is_cloud {
            stored.clouds.insert(id);
        } else {
            stored.weights.insert(id);
        }
        stored.bytes += bytes;
    }
    stored
}

/// Deletes weights and then clouds, the oldest first, until the others take so many bytes at most.
///
/// # Errors
/// If one cannot be deleted.
pub(crate) fn prune(runs: &Path, most: u64) -> Result<(), OutputError> {
    let mut files = files(runs);
    let mut bytes: u64 = files.iter().map(|file| file.2).sum();
    files.sort_by(|(a, one, _), (b, other, _)| (a.extension(), one).cmp(&(b.extension(), other)));
    for (path, _, size) in files {
        if bytes <= most {
            break;
        }
        fs::remove_file(&path).map_err(|source| OutputError::Write { path, source })?;
        bytes -= size;
    }
    Ok(())
}

/// Clouds and weights of runs on record, with the runs' names and their sizes.
fn files(runs: &Path) -> Vec<(PathBuf, String, u64)> {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let path = entry.path();
        let ours = path
            .extension()
            .is_some_and(|ending| ending == "npz" || ending == "ckpt");
        let id = path.file_stem()?.to_str()?.to_owned();
        let of_a_run = runs.join(format!("{id}.json")).is_file();
        (ours && of_a_run).then_some((path, id, entry.metadata().ok()?.len()))
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(samples: usize, latent_dim: usize) -> Cloud {
        // Bell-shaped, as latents are.
        let number = |i: usize| -> f32 {
            let uniform =
                |i: usize| (i as u32).wrapping_mul(2_654_435_761).rotate_left(11) as f32 / u32::MAX as f32;
            (0..6).map(|part| uniform(6 * i + part) - 0.5).sum::<f32>() * 1.5
        };
        Cloud {
            latent_dim,
            latents: (0..samples * latent_dim).map(number).collect(),
            classes: (0..samples).map(|i| (i * 7919 % 10) as u8).collect(),
            certainty: (0..samples).map(|i| 1.0 - number(i).abs() / 9.0).collect(),
            labels: (0..samples)
                .map(|i| (i % 600 == 0).then_some((i % 10) as u8))
                .collect(),
        }
    }

    #[test]
    fn a_cloud_is_read_as_it_was_written() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = cloud_path(folder.path(), "x");
        for (dim, error) in [(2, 0.001), (16, 0.02)] {
            let mut expected = cloud(500, dim);
            expected.latents[7] = f32::NAN;
            write(&path, &expected)?;
            let found = read(&path, 500)?;
            assert!(found.latents[7].is_nan());
            for (a, b) in found
                .latents
                .iter()
                .zip(&expected.latents)
                .filter(|pair| !pair.1.is_nan())
            {
                assert!((a - b).abs() < error, "{a} {b}");
            }
            assert_eq!(
                (&found.classes, &found.labels),
                (&expected.classes, &expected.labels)
            );
            let off = found
                .certainty
                .iter()
                .zip(&expected.certainty)
                .map(|(a, b)| (a - b).abs());
            assert!(off.fold(0.0, f32::max) <= 0.002);
            assert!(read(&path, 501).is_err(), "another data set's");
        }
        let damaged = fs::read(&path)?;
        fs::write(&path, &damaged[..damaged.len() / 2])?;
        let message = read(&path, 500).unwrap_err().to_string();
        assert!(message.contains("x.npz"), "{message}");
        Ok(())
    }

    #[test]
    fn a_cloud_of_60000_is_small() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        for dim in [2, 16] {
            let path = cloud_path(folder.path(), &dim.to_string());
            write(&path, &cloud(60_000, dim))?;
            let size = fs::metadata(&path)?.len();
            assert!(size < 1_500_000, "{dim}: {size}");
        }
        Ok(())
    }

    #[test]
    fn labels_of_any_class_come_back() {
        let dir = tempfile::tempdir().unwrap();
        for (last, kind) in [
            (2, "i1"),
            (10, "i1"),
            (61, "i1"),
            (127, "i1"),
            (128, "i2"),
            (255, "i2"),
        ] {
            let path = dir.path().join(format!("{last}.npz"));
            let mut written = cloud(3, 2);
            written.labels = vec![Some(0), None, Some(last)];
            written.classes = vec![0, last, last];
            write(&path, &written).unwrap();
            let found = read(&path, 3).unwrap();
            assert_eq!((found.labels, found.classes), (written.labels, written.classes));
            let mut zip = npy::archive(&path).unwrap();
            let (header, _) = npy::header(&mut zip.by_name("labels.npy").unwrap()).unwrap();
            assert!(
                header.dtype().descr().contains(kind),
                "{last}: {}",
                header.dtype().descr()
            );
        }
    }

    #[test]
    fn the_oldest_weights_go_first_and_nothing_of_anybody_else() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let runs = folder.path();
        for id in ["20260101T1", "20260102T1", "20260103T1"] {
            fs::write(runs.join(format!("{id}.json")), "{}")?;
            fs::write(cloud_path(runs, id), [0; 10])?;
            fs::write(weights_path(runs, id), [0; 100])?;
        }
        fs::write(runs.join("mine.ckpt"), [0; 1000])?;
        let kept = |stored: &Stored| (stored.clouds.len(), stored.weights.len(), stored.bytes);
        assert_eq!(kept(&stored(runs)), (3, 3, 330));
        prune(runs, 330)?;
        assert_eq!(kept(&stored(runs)), (3, 3, 330));
        prune(runs, 229)?;
        assert_eq!(kept(&stored(runs)), (3, 1, 130));
        assert!(stored(runs).weights.contains("20260103T1"));
        prune(runs, 15)?;
        assert_eq!(kept(&stored(runs)), (1, 0, 10));
        assert!(runs.join("mine.ckpt").exists() && runs.join("20260101T1.json").exists());
        Ok(())
    }
}
