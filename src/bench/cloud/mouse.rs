//! Events of a mouse, where there is no window.

use bevy::input::ButtonState;
use bevy::input::mouse::{MouseButtonInput, MouseScrollUnit, MouseWheel};
use bevy::input::touch::TouchPhase;
use bevy::prelude::*;
use bevy::window::{CursorMoved, WindowEvent};

const WINDOW: Entity = Entity::PLACEHOLDER;

/// The cursor goes there.
pub fn moved(position: Vec2) -> WindowEvent {
    WindowEvent::CursorMoved(CursorMoved {
        window: WINDOW,
        position,
        delta: None,
    })
}

/// The left button goes down, or up.
pub fn left(down: bool) -> WindowEvent {
    WindowEvent::MouseButtonInput(MouseButtonInput {
        button: MouseButton::Left,
        state: if down {
            ButtonState::Pressed
        } else {
            ButtonState::Released
        },
        window: WINDOW,
    })
}

/// The wheel turns by so many notches.
pub fn wheel(notches: f32) -> WindowEvent {
    WindowEvent::MouseWheel(MouseWheel {
        unit: MouseScrollUnit::Line,
        x: 0.0,
        y: notches,
        window: WINDOW,
        phase: TouchPhase::Moved,
    })
}
