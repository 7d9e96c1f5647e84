//! How large a point is drawn: one law for the shader and for picking.

/// Width of the outline of a labelled point, in logical pixels.
pub const OUTLINE: f32 = 1.0;

/// Bounds of the factor by which perspective changes a disc's size.
pub const NEAR_FAR: (f32, f32) = (3.0, 0.35);

/// Radii of the discs in logical pixels, before perspective.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Discs {
    pub plain: f32,
    pub labelled: f32,
    pub hovered: f32,
    pub selected: f32,
}

impl Discs {
    /// Radii for a cloud of `count` points that is drawn `magnification` times as large as when it just fits.
    pub fn new(count: usize, magnification: f32) -> Self {
        let by_count = (3.0 * (20_000.0 / count.max(1) as f32).powf(0.2)).clamp(1.0, 5.0);
        let plain = by_count * magnification.max(0.0).powf(0.3).clamp(0.8, 2.5);
        let labelled = plain * 1.25 + 1.0;
        Self {
            plain,
            labelled,
            hovered: labelled * 1.3 + 1.5,
            selected: labelled * 1.3 + 4.0,
        }
    }

    /// Radius of a disc by whether its point is labelled, not counting hover and selection.
    pub fn radius(&self, labelled: bool) -> f32 {
        if labelled { self.labelled } else { self.plain }
    }
}

/// Factor on the radius of a point at clip-space `w`, where `reference` is the `w` of the camera's focus. An
/// orthographic camera has 1 for both.
pub fn perspective(reference: f32, w: f32) -> f32 {
    (reference / w).clamp(NEAR_FAR.1, NEAR_FAR.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discs_shrink_with_the_number_and_grow_with_the_zoom() {
        let at = |count, zoom| Discs::new(count, zoom).plain;
        assert!(at(100, 1.0) > at(60_000, 1.0) && at(60_000, 1.0) > at(1_000_000, 1.0));
        assert!(at(60_000, 10.0) > at(60_000, 1.0));
        assert!(at(60_000, 1.0e6) <= 2.5 * at(60_000, 1.0));
        assert!(at(0, f32::NAN).is_finite());
    }
}
