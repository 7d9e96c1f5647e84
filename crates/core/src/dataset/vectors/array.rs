//! Vectors from `.npy` and `.npz` files.

use std::path::Path;

use super::values::Vectors;
use crate::dataset::error::DatasetError;
use crate::dataset::head::Head;
use crate::dataset::names;
use crate::dataset::pixels::each_finite;
use crate::dataset::source::{Progress, Source, archive};
use crate::dataset::vectors_error::VectorsError;
use crate::printable::excerpt;

/// What NumPy calls an array that was given no name.
const UNNAMED: &str = "arr_0";

/// Reads `[n, d]`, or `[n, d, 1, …]` as pooled feature maps are saved, in C or Fortran order.
///
/// # Errors
/// See [`super::read`].
pub fn read(path: &Path, samples: Option<usize>, progress: Progress) -> Result<Vectors, VectorsError> {
    let is_archive = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("npz"));
    let source = if is_archive {
        Source::Npz(path.to_owned(), entry(path)?)
    } else {
        Source::Npy(path.to_owned())
    };
    let read = source.visit(|head, body| {
        let [count, dim] = shape(head, samples)?;
        body.fits(head)?;
        let mut values = zeros(head, count.saturating_mul(dim))?;
        let (mut at, mut filled) = (0, 0_usize);
        let mut large = None;
        body.each(head, progress, |bytes| {
            each_finite(head, bytes, &mut at, |value| {
                let place = match head.fortran {
                    true => filled % count * dim + filled / count,
                    false => filled,
                };
                if let Some(slot) = values.get_mut(place) {
                    *slot = value as f32;
                    if !slot.is_finite() {
                        large.get_or_insert((filled as u64, value));
                    }
                }
                filled += 1;
            })
        })?;
        match large {
            None => Ok(Vectors::new(path, values, dim)),
            Some((at, value)) => {
                let found = format!("holds {value:e} at {:?} ({})", head.index(at), head.kind());
                Err(head.unfit(&found, "scale the vectors to what float32 can hold"))
            }
        }
    });
    Ok(read?)
}

/// Numbers of vectors, and of the numbers of each.
fn shape(head: &Head, samples: Option<usize>) -> Result<[usize; 2], DatasetError> {
    let [count, rest @ ..] = head.dims.as_slice() else {
        return Err(no_vectors(head));
    };
    let dim = match rest.iter().filter(|length| **length != 1).collect::<Vec<_>>()[..] {
        [] if rest.is_empty() => return Err(no_vectors(head)),
        [] => 1,
        [dim] => *dim,
        _ => return Err(no_vectors(head)),
    };
    if *count == 0 || dim == 0 {
        let found = format!("holds no vectors ({})", head.kind());
        return Err(head.unfit(&found, "save one for each sample"));
    }
    match samples {
        Some(samples) if samples != *count => {
            let found = format!("holds {count} vectors for {samples} samples ({})", head.kind());
            let mend = match dim == samples {
                true => "transpose the array",
                false => "save one for each sample, in their order",
            };
            Err(head.unfit(&found, mend))
        }
        _ if *count > u32::MAX as usize / 2 => {
            let found = format!("holds {count} vectors, more than have serials");
            Err(head.unfit(&found, "save a part of them"))
        }
        _ => Ok([*count, dim]),
    }
}

fn no_vectors(head: &Head) -> DatasetError {
    let found = format!("is an array of {}, not of a vector for each sample", head.kind());
    head.unfit(&found, "save [samples, numbers]")
}

/// The array of an archive: what is called so, or has no name, or is the only one.
fn entry(path: &Path) -> Result<String, VectorsError> {
    let archive = archive(path)?;
    let name = |entry: &&str| entry.strip_suffix(".npy").map(str::to_owned);
    let mut arrays: Vec<String> = archive.file_names().filter_map(|entry| name(&entry)).collect();
    arrays.sort_unstable();
    let called = arrays
        .iter()
        .filter_map(|array| Some((names::vectors(array)?, array)))
        .min();
    let unnamed = || arrays.iter().find(|array| *array == UNNAMED);
    let chosen = match (called, arrays.as_slice()) {
        (Some((_, array)), _) => Some(array),
        (None, [only]) => Some(only),
        _ => unnamed(),
    };
    match chosen {
        Some(array) => Ok(format!("{array}.npy")),
        None => {
            let held: Vec<String> = arrays.iter().take(5).map(|array| excerpt(array)).collect();
            let problem = match held.is_empty() {
                true => "holds no arrays".into(),
                false => format!("holds {}, none of which is called features", held.join(", ")),
            };
            let mend = "save by numpy.savez(\"features.npz\", features=…)";
            Err(VectorsError::new(path, problem, mend))
        }
    }
}

/// Zeros; the system gives them memory as they are written.
fn zeros(head: &Head, count: usize) -> Result<Vec<f32>, DatasetError> {
    let mut room: Vec<f32> = Vec::new();
    if room.try_reserve_exact(count).is_err() {
        let found = format!(
            "holds {count} numbers ({}), more than there is memory for",
            head.kind()
        );
        return Err(head.unfit(&found, "save fewer for each sample"));
    }
    drop(room);
    Ok(vec![0.0; count])
}
