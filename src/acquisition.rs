//! Which sample to label next.

/// Least confidence (Lewis & Gale 1994): the unlabelled sample whose predicted class is least certain, or `None`
/// where every sample is labelled. Both slices have one entry per sample.
pub fn least_confident(certainty: &[f32], labels: &[Option<u8>]) -> Option<u32> {
    certainty
        .iter()
        .zip(labels)
        .enumerate()
        .filter(|(_, (certainty, label))| label.is_none() && !certainty.is_nan())
        .min_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b))
        .map(|(serial, _)| serial as u32)
}

#[cfg(test)]
mod tests {
    use super::least_confident;

    #[test]
    fn labelled_samples_and_nan_are_passed_over() {
        let certainty = [0.9, 0.2, 0.3, f32::NAN];
        assert_eq!(least_confident(&certainty, &[None; 4]), Some(1));
        assert_eq!(least_confident(&certainty, &[None, Some(3), None, None]), Some(2));
        assert_eq!(least_confident(&certainty, &[Some(0); 4]), None);
    }
}
