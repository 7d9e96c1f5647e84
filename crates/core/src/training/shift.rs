//! Images moved by whole pixels: the classifier learns that a shifted image is of the same class.

/// Moves each of the images `[n, height, width, channels]`, row-major, by its own rows and columns, in place. Pixels that come
/// in repeat the edge.
///
/// # Panics
/// If there is not one shift for each image.
pub fn shift(images: &mut [f32], shape: [usize; 3], shifts: &[[i8; 2]]) {
    let [height, width, channels] = shape;
    let row = width * channels;
    assert_eq!(
        images.len(),
        shifts.len() * height * row,
        "a shift for each image"
    );
    let mut before = Vec::new();
    for (image, &[down, right]) in images.chunks_exact_mut(height * row).zip(shifts) {
        if down == 0 && right == 0 {
            continue;
        }
        before.clear();
        before.extend_from_slice(image);
        for (y, out) in image.chunks_exact_mut(row).enumerate() {
            let from = &before[place(y, down, height) * row..][..row];
            for (x, out) in out.chunks_exact_mut(channels).enumerate() {
                out.copy_from_slice(&from[place(x, right, width) * channels..][..channels]);
            }
        }
    }
}

/// Where what stands at `at` after the shift stood before it.
fn place(at: usize, shift: i8, size: usize) -> usize {
    at.saturating_add_signed(-isize::from(shift)).min(size - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_move_and_the_edge_is_repeated() {
        let image = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut images = [image, image, image].concat();
        shift(&mut images, [2, 3, 1], &[[1, 0], [0, 0], [0, -1]]);
        let expected = [
            [1.0, 2.0, 3.0, 1.0, 2.0, 3.0],
            image,
            [2.0, 3.0, 3.0, 5.0, 6.0, 6.0],
        ];
        assert_eq!(images, expected.concat());
    }

    #[test]
    fn channels_stay_together() {
        let mut image = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        shift(&mut image, [1, 2, 3], &[[5, 1]]);
        assert_eq!(image, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        shift(&mut image, [1, 2, 3], &[[0, -128]]);
        assert_eq!(image, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    }
}
