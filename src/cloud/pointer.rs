//! What the mouse does on the canvas. Reads the window's events in their order, so that a press, a move and a release
//! that fall into one slow frame are still what the hand did.

use std::time::Duration;

use bevy::input::ButtonState;
use bevy::input::mouse::MouseScrollUnit;
use bevy::prelude::*;
use bevy::window::WindowEvent;

use super::CloudSystems;
use super::camera::{CameraGate, Canvas};
use super::clock::Clock;

/// A press that moves farther than this is a drag.
const CLICK_REACH: f32 = 4.0;
/// Two clicks within this time and distance are a double click.
const DOUBLE_CLICK: (Duration, f32) = (Duration::from_millis(400), 5.0);
/// Pixels a touch pad scrolls for one notch of a wheel.
const PIXELS_PER_NOTCH: f32 = 50.0;

/// Keeps [`Pointer`] up to date.
pub struct PointerPlugin;

impl Plugin for PointerPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<WindowEvent>()
            .init_resource::<Pointer>()
            .add_systems(PostUpdate, follow.in_set(CloudSystems::Pointer));
    }
}

/// A button that went down on the canvas and is still down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grab {
    pub button: MouseButton,
    pub origin: Vec2,
    /// Whether the pointer has gone farther than a click may.
    pub dragged: bool,
}

/// The mouse, as far as it concerns the cloud; logical pixels of the window. All but `cursor` and `grab` is about
/// this frame alone.
#[derive(Resource, Debug, Default)]
pub struct Pointer {
    /// Where the cursor is, if it is in the window.
    pub cursor: Option<Vec2>,
    /// The button that drags.
    pub grab: Option<Grab>,
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
    fn moved(&mut self, position: Vec2) {
        if let (Some(grab), Some(cursor)) = (&mut self.grab, self.cursor) {
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

    fn pressed(&mut self, button: MouseButton, on_canvas: impl Fn(Vec2) -> bool) {
        if let (None, Some(cursor)) = (self.grab, self.cursor)
            && on_canvas(cursor)
        {
            self.grab = Some(Grab {
                button,
                origin: cursor,
                dragged: false,
            });
        }
    }

    fn released(&mut self, button: MouseButton, now: Duration) {
        let Some(grab) = self.grab.take_if(|grab| grab.button == button) else {
            return;
        };
        if grab.dragged || button != MouseButton::Left {
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

fn follow(
    mut events: MessageReader<WindowEvent>,
    mut pointer: ResMut<Pointer>,
    gate: Res<CameraGate>,
    canvas: Res<Canvas>,
    clock: Res<Clock>,
) {
    let pointer = &mut *pointer;
    pointer.dragged = Vec2::ZERO;
    pointer.dragged_by = None;
    pointer.wheel.clear();
    pointer.clicks.clear();
    pointer.double_clicked = false;
    let on_canvas =
        |position| !gate.pointer_over_ui && canvas.0.is_some_and(|canvas| canvas.contains(position));
    for event in events.read() {
        match event {
            WindowEvent::CursorMoved(moved) => pointer.moved(moved.position),
            WindowEvent::CursorLeft(_) => pointer.cursor = None,
            WindowEvent::WindowFocused(focus) if !focus.focused => pointer.grab = None,
            WindowEvent::MouseButtonInput(input) => match input.state {
                ButtonState::Pressed => pointer.pressed(input.button, on_canvas),
                ButtonState::Released => pointer.released(input.button, clock.now()),
            },
            WindowEvent::MouseWheel(wheel) => {
                let notches = match wheel.unit {
                    MouseScrollUnit::Line => wheel.y,
                    MouseScrollUnit::Pixel => wheel.y / PIXELS_PER_NOTCH,
                };
                if let Some(cursor) = pointer.cursor.filter(|&cursor| on_canvas(cursor)) {
                    pointer.wheel.push((cursor, notches));
                }
            }
            _ => {}
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
            pointer.pressed(LEFT, |_| true);
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
        pointer.pressed(LEFT, |_| true);
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
        pointer.pressed(LEFT, |_| false);
        pointer.released(LEFT, Duration::ZERO);
        assert!(pointer.grab.is_none() && pointer.clicks.is_empty());
    }
}
