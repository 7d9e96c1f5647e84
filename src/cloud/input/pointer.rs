//! What the mouse does on the canvas.

use std::time::Duration;

use bevy::prelude::*;

use super::region::RegionKind;

/// A press that moves farther than this is a drag.
const CLICK_REACH: f32 = 4.0;
/// Two clicks within this time and distance are a double click.
const DOUBLE_CLICK: (Duration, f32) = (Duration::from_millis(400), 5.0);
/// A stroke has a corner about every so many pixels.
const STROKE_STEP: f32 = 2.0;

/// Asks for what is being drawn around points to be given up.
#[derive(Message, Clone, Copy, Debug)]
pub struct CancelStroke;

/// What the next drag with the left button draws, without a key held down.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextStroke(pub Option<RegionKind>);

/// A button that went down on the canvas and is still down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grab {
    pub button: MouseButton,
    pub origin: Vec2,
    /// Whether the pointer has gone farther than a click may.
    pub dragged: bool,
}

/// What is drawn around points: a box with Alt held down, a lasso with Shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    pub kind: RegionKind,
    /// Whether the points come to those that are chosen already: Ctrl.
    pub adds: bool,
    /// From where the button went down to where the cursor is.
    pub path: Vec<Vec2>,
}

impl Stroke {
    /// Whether it is more than a click.
    pub fn is_drawn(&self) -> bool {
        self.path.len() > 1
    }

    fn follow(&mut self, position: Vec2) {
        let Some(&last) = self.path.last() else { return };
        let step = if self.is_drawn() { STROKE_STEP } else { CLICK_REACH };
        if position.distance(last) < step {
            return;
        }
        if self.kind == RegionKind::Box {
            self.path.truncate(1);
        }
        self.path.push(position);
    }
}

/// The mouse, as far as it concerns the cloud; logical pixels of the window. All but `cursor` and `grab` is about
/// this frame alone.
#[derive(Resource, Debug, Default)]
pub struct Pointer {
    /// Where the cursor is, if it is in the window.
    pub cursor: Option<Vec2>,
    /// The button that drags.
    pub grab: Option<Grab>,
    /// What is being drawn; such a drag moves nothing.
    pub stroke: Option<Stroke>,
    /// What the button's release has finished.
    pub finished_stroke: Option<Stroke>,
    /// How far a drag moved.
    pub dragged: Vec2,
    /// The button that dragged, which may be up again by now.
    pub dragged_by: Option<MouseButton>,
    /// Wheel notches away from the user, and where.
    pub wheel: Vec<(Vec2, f32)>,
    /// Clicks with the left button.
    pub clicks: Vec<Vec2>,
    /// Whether there was a double click.
    pub double_clicked: bool,
    last_click: Option<(Duration, Vec2)>,
}

impl Pointer {
    pub(super) fn moved(&mut self, position: Vec2) {
        if let Some(stroke) = &mut self.stroke {
            stroke.follow(position);
        } else if let (Some(grab), Some(cursor)) = (&mut self.grab, self.cursor) {
            if grab.dragged {
                self.dragged += position - cursor;
            } else if position.distance(grab.origin) > CLICK_REACH {
                grab.dragged = true;
                self.dragged += position - grab.origin;
            }
        }
        self.dragged_by = self
            .grab
            .filter(|grab| grab.dragged)
            .map(|grab| grab.button)
            .or(self.dragged_by);
        self.cursor = Some(position);
    }

    pub(super) fn pressed(
        &mut self,
        button: MouseButton,
        drawing: Drawing,
        on_canvas: impl Fn(Vec2) -> bool,
    ) {
        if let (None, Some(cursor)) = (self.grab, self.cursor)
            && on_canvas(cursor)
        {
            self.grab = Some(Grab {
                button,
                origin: cursor,
                dragged: false,
            });
            if let (MouseButton::Left, Some(kind)) = (button, drawing.kind) {
                self.stroke = Some(Stroke {
                    kind,
                    adds: drawing.adds,
                    path: vec![cursor],
                });
            }
        }
    }

    pub(super) fn released(&mut self, button: MouseButton, now: Duration) {
        let Some(grab) = self.grab.take_if(|grab| grab.button == button) else {
            return;
        };
        self.finished_stroke = self.stroke.take().filter(Stroke::is_drawn);
        if self.finished_stroke.is_some() || grab.dragged || button != MouseButton::Left {
            return;
        }
        self.clicks.push(grab.origin);
        let second = self.last_click.is_some_and(|(time, place)| {
            now.saturating_sub(time) <= DOUBLE_CLICK.0 && place.distance(grab.origin) <= DOUBLE_CLICK.1
        });
        self.double_clicked |= second;
        self.last_click = (!second).then_some((now, grab.origin));
    }
}

/// What the keys that are held down make of a drag.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drawing {
    pub(super) kind: Option<RegionKind>,
    pub(super) adds: bool,
}

impl Drawing {
    pub(super) fn of(keys: &ButtonInput<KeyCode>) -> Self {
        let held = |pair: [KeyCode; 2]| keys.any_pressed(pair);
        let kind = if held([KeyCode::ShiftLeft, KeyCode::ShiftRight]) {
            Some(RegionKind::Lasso)
        } else {
            held([KeyCode::AltLeft, KeyCode::AltRight]).then_some(RegionKind::Box)
        };
        Self {
            kind,
            adds: held([KeyCode::ControlLeft, KeyCode::ControlRight]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: MouseButton = MouseButton::Left;

    fn at(x: f32, y: f32) -> Pointer {
        Pointer {
            cursor: Some(Vec2::new(x, y)),
            ..default()
        }
    }

    #[test]
    fn a_click_within_reach_is_no_drag_and_two_are_a_double_click() {
        let mut pointer = at(10.0, 10.0);
        for (millis, double) in [(0, false), (300, true), (600, false)] {
            pointer.double_clicked = false;
            pointer.pressed(LEFT, Drawing::default(), |_| true);
            pointer.moved(Vec2::new(12.0, 10.0));
            pointer.released(LEFT, Duration::from_millis(millis));
            pointer.moved(Vec2::new(10.0, 10.0));
            assert_eq!(pointer.double_clicked, double, "at {millis} ms");
        }
        assert_eq!(pointer.clicks.len(), 3);
        assert_eq!(pointer.dragged, Vec2::ZERO);
    }

    #[test]
    fn a_drag_carries_the_whole_way_and_is_no_click() {
        let mut pointer = at(10.0, 10.0);
        pointer.pressed(LEFT, Drawing::default(), |_| true);
        pointer.moved(Vec2::new(13.0, 10.0));
        pointer.moved(Vec2::new(20.0, 12.0));
        pointer.moved(Vec2::new(10.0, 10.0));
        pointer.moved(Vec2::new(30.0, 10.0));
        assert_eq!(pointer.dragged, Vec2::new(20.0, 0.0));
        pointer.released(LEFT, Duration::ZERO);
        assert!(pointer.clicks.is_empty() && pointer.grab.is_none());
    }

    #[test]
    fn a_press_off_the_canvas_is_somebody_elses() {
        let mut pointer = at(10.0, 10.0);
        pointer.pressed(LEFT, Drawing::default(), |_| false);
        pointer.released(LEFT, Duration::ZERO);
        assert!(pointer.grab.is_none() && pointer.clicks.is_empty());
    }

    #[test]
    fn a_stroke_moves_nothing_and_is_no_click() {
        let lasso = Drawing {
            kind: Some(RegionKind::Lasso),
            adds: true,
        };
        let mut pointer = at(10.0, 10.0);
        pointer.pressed(LEFT, lasso, |_| true);
        for (x, y) in [(30.0, 10.0), (30.5, 10.0), (30.0, 40.0)] {
            pointer.moved(Vec2::new(x, y));
        }
        assert_eq!(pointer.dragged, Vec2::ZERO);
        pointer.released(LEFT, Duration::ZERO);
        let stroke = pointer.finished_stroke.take().unwrap();
        assert!(stroke.adds && pointer.clicks.is_empty() && pointer.stroke.is_none());
        let corners = [(10.0, 10.0), (30.0, 10.0), (30.0, 40.0)].map(Vec2::from);
        assert_eq!(stroke.path, corners);
    }

    #[test]
    fn a_box_has_two_corners_and_one_that_is_not_drawn_is_a_click() {
        let drawing = Drawing {
            kind: Some(RegionKind::Box),
            adds: false,
        };
        let mut pointer = at(10.0, 10.0);
        pointer.pressed(LEFT, drawing, |_| true);
        pointer.moved(Vec2::new(50.0, 60.0));
        pointer.moved(Vec2::new(20.0, 30.0));
        pointer.released(LEFT, Duration::ZERO);
        let path = pointer.finished_stroke.take().unwrap().path;
        assert_eq!(path, [Vec2::new(10.0, 10.0), Vec2::new(20.0, 30.0)]);
        pointer.pressed(LEFT, drawing, |_| true);
        pointer.released(LEFT, Duration::ZERO);
        assert!(pointer.finished_stroke.is_none() && pointer.clicks.len() == 1);
    }
}
