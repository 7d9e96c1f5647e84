//! How the values of an array become images `[n, height, width, channels]`.

use super::error::DatasetError;
use super::head::Head;

/// The largest side of an image.
const LARGEST: usize = 256;

/// Channels of a colour; what follows them is alpha.
const COLOURS: usize = 3;

/// What an index of an array counts.
#[derive(Clone, Copy)]
enum Counts {
    Images,
    Rows,
    Columns,
    Channels,
    /// Pixels of an image row by row, of square images of this side.
    Pixels(usize),
}

/// Where each value of an array in a file belongs.
pub(super) struct Layout {
    pub count: usize,
    /// Height, width and channels of the images as they are shown: 1 for grey, 3 for RGB.
    pub shape: [usize; 3],
    /// Whether the file holds an alpha channel, which is left out.
    pub alpha: bool,
    /// In the file's order, the slowest first.
    axes: Vec<Axis>,
}

#[derive(Clone, Copy)]
struct Axis {
    length: usize,
    /// Indices below this are kept.
    kept: usize,
    /// Values between two neighbours among the images.
    stride: usize,
}

impl Layout {
    /// `[n, height, width]`, `[n, height, width, channels]`, `[n, channels, height, width]`, or `[n, pixels]` of square
    /// images; `turned`: rows are columns.
    ///
    /// # Errors
    /// An array that is not of images, or of images that cannot be shown.
    pub fn of(head: &Head, turned: bool) -> Result<Self, DatasetError> {
        use Counts::{Channels, Columns, Images, Pixels, Rows};
        let side = |pixels: usize| Some(pixels.isqrt()).filter(|side| *side > 0 && side * side == pixels);
        let (counts, [height, width, channels]): (&[Counts], _) = match *head.dims {
            [_, height, width] => (&[Images, Rows, Columns], [height, width, 1]),
            [_, height, width, channels @ (1 | 3)] => {
                (&[Images, Rows, Columns, Channels], [height, width, channels])
            }
            [_, channels @ (1 | 3), height, width] => {
                (&[Images, Channels, Rows, Columns], [height, width, channels])
            }
            [_, height, width, 4] => (&[Images, Rows, Columns, Channels], [height, width, 4]),
            [_, 4, height, width] => (&[Images, Channels, Rows, Columns], [height, width, 4]),
            [_, pixels] => match side(pixels) {
                Some(side) => (&[Images, Pixels(side)], [side, side, 1]),
                None => return Err(no_images(head)),
            },
            _ => return Err(no_images(head)),
        };
        let count = head.dims.first().copied().unwrap_or_default();
        if count == 0 {
            let found = format!("holds no images ({})", head.kind());
            return Err(head.unfit(&found, "save some"));
        }
        if height == 0 || width == 0 || height > LARGEST || width > LARGEST {
            let found = format!(
                "holds images of {height}×{width} pixels ({}), where 1×1 to {LARGEST}×{LARGEST} can be shown",
                head.kind()
            );
            return Err(head.unfit(&found, "scale them"));
        }
        if count > u32::MAX as usize / 2 {
            let found = format!("holds {count} images, more than have serials");
            return Err(head.unfit(&found, "save a part of them"));
        }
        let colours = channels.min(COLOURS);
        let shape @ [shown_height, shown_width, _] = match turned {
            true => [width, height, colours],
            false => [height, width, colours],
        };
        let [row, column] = match turned {
            true => [colours, shown_width * colours],
            false => [shown_width * colours, colours],
        };
        let axis = |length, stride| Axis {
            length,
            kept: length,
            stride,
        };
        let mut axes = Vec::new();
        for counts in in_order(counts, head.fortran) {
            match counts {
                Images => axes.push(axis(count, shown_height * shown_width * colours)),
                Rows => axes.push(axis(height, row)),
                Columns => axes.push(axis(width, column)),
                Pixels(side) => axes.extend([axis(side, row), axis(side, column)]),
                Channels => axes.push(Axis {
                    length: channels,
                    kept: colours,
                    stride: 1,
                }),
            }
        }
        Ok(Self {
            count,
            shape,
            alpha: channels > COLOURS,
            axes,
        })
    }

    /// Values of an image.
    pub fn pixels(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the values stand in the file as they stand in memory.
    pub fn is_plain(&self) -> bool {
        let mut stride = 1;
        self.axes.iter().rev().all(|axis| {
            let plain = axis.kept == axis.length && (axis.length == 1 || axis.stride == stride);
            stride *= axis.length;
            plain
        })
    }

    /// The places of the values in the file's order.
    pub fn places(&self) -> Places {
        Places {
            axes: self.axes.iter().map(|&axis| (axis, 0)).collect(),
            place: 0,
        }
    }
}

fn in_order(counts: &[Counts], fortran: bool) -> Vec<Counts> {
    let mut counts = counts.to_vec();
    if fortran {
        counts.reverse();
    }
    counts
}

fn no_images(head: &Head) -> DatasetError {
    let found = format!("is an array of {}, not of images", head.kind());
    head.unfit(
        &found,
        "save [n, height, width], or [n, height, width, 3] in colour",
    )
}

/// Goes through the values of an array as they stand in its file.
pub(super) struct Places {
    /// Each with the index on it.
    axes: Vec<(Axis, usize)>,
    place: usize,
}

impl Places {
    /// Where the next value belongs; `None`: nowhere.
    pub fn next(&mut self) -> Option<usize> {
        let kept = self.axes.iter().all(|(axis, index)| *index < axis.kept);
        let place = self.place;
        for (axis, index) in self.axes.iter_mut().rev() {
            *index += 1;
            if *index < axis.length {
                self.place += axis.stride;
                break;
            }
            self.place -= (*index - 1) * axis.stride;
            *index = 0;
        }
        kept.then_some(place)
    }
}
