//! `.npz` files as NumPy writes them: `mnist.npz` of Keras (`x_train`, `y_train`, `x_test`, `y_test`), those of MedMNIST
//! (`train_images`, `train_labels`, …), or one file per split with `images` and `labels`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use npyz::{DType, NpyHeader, Order};

use crate::classes::ClassCount;
use crate::npy;

use super::array::{ByteArray, check_images, one_each};
use super::bytes::Bytes;
use super::watched::{Progress, Watched};
use super::{DatasetError, Split};

/// A split's arrays in a folder.
pub(super) struct Npz {
    path: PathBuf,
    images: String,
    labels: Option<String>,
}

/// What the arrays are called: in a file with both splits, and in one that is the split's own.
fn names(split: Split) -> [(&'static str, &'static str); 2] {
    match split {
        Split::Train => [("x_train", "y_train"), ("train_images", "train_labels")],
        Split::Test => [("x_test", "y_test"), ("test_images", "test_labels")],
    }
}

impl Npz {
    /// The first file in the folder, by name, that holds images of the split.
    pub fn find(dir: &Path, split: Split) -> Result<Option<Self>, DatasetError> {
        let unreadable = |source| DatasetError::Read {
            path: dir.to_owned(),
            source,
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "npz") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let archive = open(&path)?;
            let has = |name: &str| archive.index_for_name(&format!("{name}.npy")).is_some();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let own = stem
                .is_some_and(|stem| stem == split.name())
                .then_some([("images", "labels"), ("x", "y")]);
            let found = names(split)
                .into_iter()
                .chain(own.into_iter().flatten())
                .find(|(images, _)| has(images));
            if let Some((images, labels)) = found {
                return Ok(Some(Self {
                    images: images.into(),
                    labels: has(labels).then(|| labels.into()),
                    path,
                }));
            }
        }
        Ok(None)
    }

    /// The images.
    pub fn images(&self, progress: Progress) -> Result<ByteArray, DatasetError> {
        let bytes = |kind, size| {
            (kind == 'u' && size == 1)
                .then_some(())
                .ok_or("unsigned bytes; convert with astype(numpy.uint8)")
        };
        let (header, data) = self.read(&self.images, bytes, check_images, progress)?;
        Ok(ByteArray {
            path: self.path.clone(),
            dims: dims(&header),
            data,
        })
    }

    /// The true labels of so many images, if there are any; whole numbers of any size.
    pub fn labels(&self, images: usize) -> Result<Option<ByteArray>, DatasetError> {
        let Some(name) = &self.labels else { return Ok(None) };
        let whole = |kind, _| matches!(kind, 'u' | 'i').then_some(()).ok_or("whole numbers");
        let (header, data) = self.read(name, whole, one_each(images), &mut |_, _| {})?;
        let (size, little) = match header.dtype() {
            DType::Plain(kind) => (kind.size_field() as usize, !kind.to_string().starts_with('>')),
            _ => (1, true),
        };
        let byte = |(serial, number): (usize, &[u8])| {
            let (low, rest) = match (little, number) {
                (true, [low, rest @ ..]) | (false, [rest @ .., low]) => (*low, rest),
                _ => (0, number),
            };
            // Whatever does not fit into a byte is no class either.
            if rest.iter().all(|&byte| byte == 0) {
                return Ok(low);
            }
            Err(DatasetError::Broken {
                path: self.path.clone(),
                problem: format!(
                    "the label of sample {serial} is not one of 0–{}",
                    ClassCount::MOST.last()
                ),
            })
        };
        let numbers = data.chunks_exact(size.max(1)).enumerate();
        let labels: Vec<u8> = numbers.map(byte).collect::<Result<_, _>>()?;
        let dims = vec![labels.len()];
        Ok(Some(ByteArray {
            path: self.path.clone(),
            dims,
            data: labels.into(),
        }))
    }

    fn read(
        &self,
        name: &str,
        fits: impl Fn(char, u64) -> Result<(), &'static str>,
        check: impl Fn(&Path, &[usize]) -> Result<(), DatasetError>,
        progress: Progress,
    ) -> Result<(NpyHeader, Bytes), DatasetError> {
        let damaged = |error: io::Error| self.broken(name, format!("is damaged ({error})"));
        let mut archive = open(&self.path)?;
        let mut entry = archive
            .by_name(&format!("{name}.npy"))
            .map_err(|error| damaged(error.into()))?;
        let length = entry.size();
        if !npy::plausible(&entry) {
            return Err(self.broken(
                name,
                format!("claims {length} bytes, which the file has no room for"),
            ));
        }
        let (header, begins) = npy::header(&mut entry).map_err(damaged)?;
        let DType::Plain(kind) = header.dtype() else {
            return Err(self.broken(name, "holds records, not numbers".into()));
        };
        let letter = kind.to_string().chars().nth(1).unwrap_or(' ');
        fits(letter, kind.size_field())
            .map_err(|wanted| self.broken(name, format!("holds {kind}, not {wanted}")))?;
        if header.order() != Order::C && header.shape().len() > 1 {
            let mend = "is in Fortran order; save numpy.ascontiguousarray of it";
            return Err(self.broken(name, mend.into()));
        }
        let Some(expected) = npy::bytes(&header, length, begins) else {
            let shape = header.shape();
            return Err(self.broken(name, format!("does not hold the bytes of an array of {shape:?}")));
        };
        check(&self.path, &dims(&header))?;
        // One byte more than is expected, so that the checksum, which comes after the last, is looked at.
        let mut bytes = Vec::new();
        Watched::new(&mut entry, expected, progress)
            .take(expected + 1)
            .read_to_end(&mut bytes)
            .map_err(damaged)?;
        let data: Bytes = bytes.into();
        if data.len() as u64 != expected {
            return Err(self.broken(name, "is cut off, or goes on after its end".into()));
        }
        Ok((header, data))
    }

    fn broken(&self, name: &str, problem: String) -> DatasetError {
        DatasetError::Broken {
            path: self.path.clone(),
            problem: format!("{name} {problem}"),
        }
    }
}

fn dims(header: &NpyHeader) -> Vec<usize> {
    header.shape().iter().map(|&length| length as usize).collect()
}

fn open(path: &Path) -> Result<npy::Archive, DatasetError> {
    npy::archive(path).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Unsupported => DatasetError::Broken {
            path: path.to_owned(),
            problem: format!("is not an .npz file, or is damaged ({source})"),
        },
        _ => DatasetError::Read {
            path: path.to_owned(),
            source,
        },
    })
}
