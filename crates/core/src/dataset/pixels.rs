//! Images from arrays.

use std::mem;

use super::bytes::Bytes;
use super::error::DatasetError;
use super::head::Head;
use super::layout::Layout;
use super::options::Transpose;
use super::source::{Progress, Source};
use super::stretch::Stretch;

/// Images as they are shown, and what has been done to them for that.
pub(super) struct Images {
    /// `[n, height, width, channels]`, row-major.
    pub data: Bytes,
    pub count: usize,
    /// Height, width and channels.
    pub shape: [usize; 3],
    /// `None` where the file holds bytes.
    pub stretch: Option<Stretch>,
    /// For the user.
    pub notes: Vec<String>,
}

/// Reads the images, with the range of `like` where they are of its type. An array that is stretched is read twice, so that
/// no more of it than a chunk is in memory.
///
/// # Errors
/// A file that is not sound, an array that is not of images, or one that holds what is no number.
pub(super) fn read(
    source: &Source,
    transpose: Transpose,
    like: Option<Stretch>,
    progress: Progress,
) -> Result<Images, DatasetError> {
    let turned = transpose.applies(source.path());
    let mut passes = 1;
    let stretch = source.visit(|head, body| {
        Layout::of(head, turned)?;
        let number = head.number;
        let known = like.filter(|like| like.number == number);
        if number.is_byte() || known.is_some() {
            return Ok(known);
        }
        passes = 2;
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut at = 0;
        body.each(head, &mut |done, of| progress(done, 2 * of), |bytes| {
            each_finite(head, bytes, &mut at, |value| {
                low = low.min(value);
                high = high.max(value);
            })
        })?;
        Ok(Some(Stretch::of(number, low, high)))
    })?;
    source.visit(|head, body| {
        let layout = Layout::of(head, turned)?;
        body.fits(head)?;
        let mut data = zeros(head, layout.count.saturating_mul(layout.pixels()))?;
        let mut places = layout.places();
        let plain = layout.is_plain();
        let mut filled = 0;
        let mut at = 0;
        let mut put = |byte| {
            let place = if plain { Some(filled) } else { places.next() };
            filled += 1;
            if let Some(pixel) = place.and_then(|place| data.get_mut(place)) {
                *pixel = byte;
            }
        };
        let mut heard = |done, of| progress(done + of * (passes - 1), of * passes);
        match stretch {
            Some(stretch) => {
                let byte = stretch.byte();
                body.each(head, &mut heard, |bytes| {
                    each_finite(head, bytes, &mut at, |value| put(byte(value)))
                })?;
            }
            None if plain => {
                let mut rest = data.as_mut_slice();
                body.each(head, &mut heard, |bytes| {
                    if let Some((part, after)) = mem::take(&mut rest).split_at_mut_checked(bytes.len()) {
                        part.copy_from_slice(bytes);
                        rest = after;
                    }
                    Ok(())
                })?;
            }
            None => body.each(head, &mut heard, |bytes| {
                bytes.iter().for_each(|&byte| put(byte));
                Ok(())
            })?,
        }
        let file = file_name(source);
        let mut notes = Vec::new();
        if let Some(stretch) = stretch {
            notes.push(format!("{file}: {}", stretch.note()));
        }
        if layout.alpha {
            notes.push(format!("{file}: the alpha channel is left out"));
        }
        if turned {
            notes.push(format!("{file}: rows and columns were exchanged"));
        }
        Ok(Images {
            data: data.into(),
            count: layout.count,
            shape: layout.shape,
            stretch,
            notes,
        })
    })
}

/// Hands over the values in `bytes`, of which `at` counts all so far.
///
/// # Errors
/// One that is no finite number.
pub(super) fn each_finite(
    head: &Head,
    bytes: &[u8],
    at: &mut u64,
    mut take: impl FnMut(f64),
) -> Result<(), DatasetError> {
    let mut odd = None;
    head.number.each(bytes, |value| {
        if value.is_finite() {
            take(value);
        } else {
            odd.get_or_insert((*at, value));
        }
        *at += 1;
    });
    let Some((at, value)) = odd else { return Ok(()) };
    let what = if value.is_nan() {
        "NaN"
    } else {
        "an infinite value"
    };
    let found = format!("holds {what} at {:?} ({})", head.index(at), head.kind());
    Err(head.unfit(&found, "replace such values, for instance by numpy.nan_to_num"))
}

/// Zeroed bytes; the system gives them memory as they are written.
fn zeros(head: &Head, bytes: usize) -> Result<Vec<u8>, DatasetError> {
    let mut room: Vec<u8> = Vec::new();
    if room.try_reserve_exact(bytes).is_err() {
        let found = format!(
            "holds {bytes} values ({}), more than there is memory for",
            head.kind()
        );
        return Err(head.unfit(&found, "save a part of them"));
    }
    drop(room);
    Ok(vec![0; bytes])
}

/// As notes name it.
pub(super) fn file_name(source: &Source) -> String {
    let path = source.path();
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
