//! Which of some samples do not belong to the others.

use rayon::prelude::*;

use crate::classes::ClassCount;

/// Stands beside the classes for none.
const NONE: usize = ClassCount::MOST.get();

/// The samples by falling distance from the class that most of them have: the Euclidean distance in the latent space to the
/// mean of those among them that are predicted to be of that class. Equal distances stand by rising serial; a sample
/// without a finite latent comes first.
///
/// `latents` is row-major, `[n, dim]`, `classes` the predicted class of each of the `n`.
pub fn farthest_first(serials: &[u32], latents: &[f32], dim: usize, classes: &[u8]) -> Vec<u32> {
    let latent = |serial: u32| latents.get(serial as usize * dim..(serial as usize + 1) * dim);
    let class = |serial: u32| {
        classes
            .get(serial as usize)
            .map_or(NONE, |&class| usize::from(class))
    };
    let mut counts = [0_usize; NONE + 1];
    for &serial in serials {
        counts[class(serial)] += 1;
    }
    let most = (0..NONE).rev().max_by_key(|&class| counts[class]).unwrap_or(0);
    let mut mean = vec![0.0_f64; dim];
    let mut count = 0.0_f64;
    for &serial in serials.iter().filter(|&&serial| class(serial) == most) {
        let Some(latent) = latent(serial).filter(|latent| latent.iter().all(|x| x.is_finite())) else {
            continue;
        };
        count += 1.0;
        for (mean, &x) in mean.iter_mut().zip(latent) {
            *mean += (f64::from(x) - *mean) / count;
        }
    }
    let distance = |serial: u32| {
        let squares = latent(serial)?
            .iter()
            .zip(&mean)
            .map(|(&x, mean)| (f64::from(x) - mean).powi(2));
        Some(squares.sum::<f64>()).filter(|distance| distance.is_finite())
    };
    let mut order: Vec<(f64, u32)> = serials
        .par_iter()
        .map(|&serial| (distance(serial).unwrap_or(f64::INFINITY), serial))
        .collect();
    order.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    order.into_iter().map(|(_, serial)| serial).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_far_from_the_commonest_class_comes_first() {
        // Four of class 1 around (1, 0), one of class 2 close by, one far off, one nowhere.
        let latents = [
            0.9,
            0.0,
            1.1,
            0.0,
            1.0,
            0.1,
            1.0,
            -0.1,
            1.5,
            0.0,
            -3.0,
            4.0,
            f32::NAN,
            0.0,
            9.0,
            9.0,
        ];
        let classes = [1, 1, 1, 1, 2, 1, 2, 3];
        assert_eq!(
            farthest_first(&[0, 1, 2, 3, 4], &latents, 2, &classes),
            [4, 0, 1, 2, 3]
        );
        let all: Vec<u32> = (0..7).collect();
        assert_eq!(farthest_first(&all, &latents, 2, &classes)[..2], [6, 5]);
        assert_eq!(farthest_first(&[7], &latents, 2, &classes), [7]);
        assert_eq!(farthest_first(&[], &latents, 2, &classes), [0; 0]);
        assert_eq!(
            farthest_first(&[70, 3], &latents, 2, &classes),
            [70, 3],
            "beyond the data"
        );
    }
}
