//! [`Map`]: the layout while it is optimised.

use std::time::{Duration, Instant};

use super::curve::Curve;
use super::error::MapError;
use super::fuzzy::FuzzySet;
use super::optimiser::{Edges, Forces, Pass, Points};
use super::settings::Settings;

/// Where samples without a position are kept: too far away to push any other.
const AWAY: f32 = 1e18;

/// A layout that is optimised step by step. It holds no thread: whoever owns it calls [`Self::advance`], between calls reads
/// [`Self::positions`], and drops it when it is not wanted any more. Each epoch runs on the threads of the current rayon
/// pool; with one thread, maps of the same set, start, settings and number of axes are equal.
pub struct Map {
    layout: Layout,
    edges: Edges,
    forces: Forces,
    settings: Settings,
    /// Epochs that are done.
    epoch: u32,
}

enum Layout {
    Plane(Points<2>),
    Space(Points<3>),
}

impl Map {
    /// `start`: `[n]` positions, of which the first `axes` (2 or 3) coordinates are used, see [`scaled`](super::scaled) and
    /// [`continued`](super::continued). A sample that is joined to none stays where it is; if its position is not finite, it
    /// has none. `settings.neighbours` has been heeded by the set already.
    ///
    /// # Errors
    /// If a setting is outside its range, there are neither 2 nor 3 axes, the start is not of the set's samples, or a sample
    /// that is joined to others starts at a position that is not finite.
    pub fn new(
        set: &FuzzySet,
        start: &[[f32; 3]],
        axes: usize,
        settings: Settings,
    ) -> Result<Self, MapError> {
        settings.check()?;
        if start.len() != set.len() {
            return Err(MapError::Positions {
                found: start.len(),
                samples: set.len(),
            });
        }
        let placed = |position: &[f32; 3]| position.iter().take(axes).all(|x| x.is_finite());
        for (serial, position) in (0..).zip(start) {
            if !placed(position) && !set.of(serial).is_empty() {
                return Err(MapError::NoPosition { serial });
            }
        }
        let kept = start
            .iter()
            .map(|position| if placed(position) { *position } else { [AWAY; 3] });
        let layout = match axes {
            2 => Layout::Plane(Points::new(kept.map(|[x, y, _]| [x, y]))),
            3 => Layout::Space(Points::new(kept)),
            axes => return Err(MapError::Axes { axes }),
        };
        Ok(Self {
            layout,
            edges: Edges::new(set, settings.epochs),
            forces: Forces::new(Curve::fit(settings.min_dist, settings.spread)?, &settings),
            settings,
            epoch: 0,
        })
    }

    /// Goes on by so many epochs, or to the end where fewer are left; whether any are left then.
    pub fn advance(&mut self, epochs: u32) -> bool {
        for _ in 0..epochs.min(self.epochs_left()) {
            self.step();
        }
        self.epochs_left() > 0
    }

    /// Goes on by at least one epoch, and by more until the time is up; whether any are left then.
    pub fn advance_for(&mut self, time: Duration) -> bool {
        let begun = Instant::now();
        while self.advance(1) && begun.elapsed() < time {}
        self.epochs_left() > 0
    }

    fn step(&mut self) {
        self.epoch += 1;
        match &self.layout {
            Layout::Plane(points) => self.pass(points),
            Layout::Space(points) => self.pass(points),
        }
    }

    fn pass<const D: usize>(&self, points: &Points<D>) {
        let Settings {
            seed,
            epochs,
            learning_rate,
            ..
        } = self.settings;
        let pass = Pass {
            points,
            edges: &self.edges,
            forces: self.forces,
            seed,
            epoch: self.epoch,
            learning_rate: learning_rate * (1.0 - (self.epoch - 1) as f32 / epochs as f32),
        };
        pass.run();
    }

    /// Epochs that are done.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Epochs until the layout is finished.
    pub fn epochs_left(&self) -> u32 {
        self.settings.epochs - self.epoch
    }

    #[cfg(test)]
    pub fn axes(&self) -> usize {
        match self.layout {
            Layout::Plane(_) => 2,
            Layout::Space(_) => 3,
        }
    }

    /// `[n]` positions as they are now, in the plane with 0 as the third coordinate; NaN for samples without a position.
    pub fn positions(&self) -> Vec<[f32; 3]> {
        let shown = |position: [f32; 3]| {
            if position[0] == AWAY {
                [f32::NAN; 3]
            } else {
                position
            }
        };
        match &self.layout {
            Layout::Plane(points) => points.iter().map(|[x, y]| shown([x, y, 0.0])).collect(),
            Layout::Space(points) => points.iter().map(shown).collect(),
        }
    }
}
