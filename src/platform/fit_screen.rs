//! A window that fits its screen, and is laid out anew when its size changes.

use bevy::prelude::*;
use bevy::window::{Monitor, PrimaryWindow, RequestRedraw, WindowResized, WindowScaleFactorChanged};

/// Frames until camera and panels know a new size: the camera gets it in one frame, the panels in the next.
const KNOWN_AFTER: u32 = 3;

pub struct FitScreenPlugin;

impl Plugin for FitScreenPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, shrink).add_systems(Last, lay_out_anew);
    }
}

/// Runs once, as soon as the screens are known. The largest one counts, because the window's own is not known at the start.
fn shrink(
    monitors: Query<&Monitor>,
    mut windows: Query<&mut Window, With<PrimaryWindow>>,
    mut done: Local<bool>,
) {
    if *done {
        return;
    }
    let largest = monitors
        .iter()
        .map(Monitor::physical_size)
        .max_by_key(|size| size.element_product());
    let (Some(screen), Ok(mut window)) = (largest, windows.single_mut()) else {
        return;
    };
    *done = true;
    let size = window.physical_size();
    let fits = size.min(screen);
    if fits != size && fits.min_element() > 0 {
        window.resolution.set_physical_resolution(fits.x, fits.y);
    }
}

fn lay_out_anew(
    mut sizes: MessageReader<WindowResized>,
    mut scales: MessageReader<WindowScaleFactorChanged>,
    mut left: Local<u32>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if sizes.read().count() + scales.read().count() > 0 {
        *left = KNOWN_AFTER;
    }
    if *left > 0 {
        *left -= 1;
        redraw.write(RequestRedraw);
    }
}
