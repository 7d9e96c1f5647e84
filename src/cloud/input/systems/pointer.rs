//! Reads the window's events in their order: a press, a move and a release that fall into one slow frame remain a drag.

use bevy::input::ButtonState;
use bevy::input::mouse::MouseScrollUnit;
use bevy::prelude::*;
use bevy::window::WindowEvent;

use crate::cloud::camera::settings::{CameraGate, Canvas};
use crate::cloud::clock::Clock;
use crate::cloud::input::pointer::{CancelStroke, Drawing, NextStroke, Pointer};

/// Pixels a touch pad scrolls for one notch of a wheel.
const PIXELS_PER_NOTCH: f32 = 50.0;

pub fn follow(
    keys: Option<Res<ButtonInput<KeyCode>>>,
    mut events: MessageReader<WindowEvent>,
    mut cancelled: MessageReader<CancelStroke>,
    mut next: ResMut<NextStroke>,
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
    pointer.finished_stroke = None;
    let mut drawing = keys.as_deref().map(Drawing::of).unwrap_or_default();
    drawing.kind = drawing.kind.or(next.0);
    if cancelled.read().count() > 0 && pointer.stroke.take().is_some() {
        pointer.grab = None;
    }
    let on_canvas =
        |position| !gate.pointer_over_ui && canvas.0.is_some_and(|canvas| canvas.contains(position));
    for event in events.read() {
        match event {
            WindowEvent::CursorMoved(moved) => pointer.moved(moved.position),
            WindowEvent::CursorLeft(_) => pointer.cursor = None,
            WindowEvent::WindowFocused(focus) if !focus.focused => {
                pointer.grab = None;
                pointer.stroke = None;
            }
            WindowEvent::MouseButtonInput(input) => match input.state {
                ButtonState::Pressed => {
                    pointer.pressed(input.button, drawing, on_canvas);
                    if pointer.stroke.is_some() {
                        next.set_if_neq(NextStroke(None));
                    }
                }
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
