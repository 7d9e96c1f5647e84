//! Hovers and selects single points.

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::camera::settings::CameraGate;
use crate::cloud::data::samples::Samples;
use crate::cloud::input::pointer::Pointer;
use crate::cloud::selection::picker::Picker;
use crate::cloud::selection::single::{HoverChanged, Hovered, Select, Selected, SelectionChanged};

pub fn hover(
    mut picker: Picker,
    pointer: Res<Pointer>,
    gate: Res<CameraGate>,
    mut last: Local<Option<Vec2>>,
    mut hovered: ResMut<Hovered>,
    mut changed: MessageWriter<HoverChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if pointer.grab.is_some_and(|grab| grab.dragged) {
        return;
    }
    let on_canvas = |cursor: &Vec2| !gate.pointer_over_ui && picker.on_canvas(*cursor);
    let cursor = pointer.cursor.filter(on_canvas);
    let stands = *last == cursor;
    if stands && (!picker.has_changed() || cursor.is_none()) {
        return;
    }
    *last = cursor;
    if hovered.set_if_neq(Hovered(cursor.and_then(|cursor| picker.at(cursor)))) {
        changed.write(HoverChanged(hovered.0));
        redraw.write(RequestRedraw);
    }
}

pub fn select(
    mut requests: MessageReader<Select>,
    samples: Res<Samples>,
    selected: ResMut<Selected>,
    changed: MessageWriter<SelectionChanged>,
    redraw: MessageWriter<RequestRedraw>,
) {
    let request = requests.read().last();
    let choice = request.map_or(selected.0, |&Select(request)| request);
    // A serial that the cloud does not have (any more) cannot be selected.
    let choice = choice.filter(|&serial| (serial as usize) < samples.len());
    become_selected(choice, selected, changed, redraw);
}

pub fn click(
    mut picker: Picker,
    pointer: Res<Pointer>,
    selected: ResMut<Selected>,
    changed: MessageWriter<SelectionChanged>,
    redraw: MessageWriter<RequestRedraw>,
) {
    if let Some(&click) = pointer.clicks.last() {
        become_selected(picker.at(click), selected, changed, redraw);
    }
}

fn become_selected(
    choice: Option<u32>,
    mut selected: ResMut<Selected>,
    mut changed: MessageWriter<SelectionChanged>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if selected.set_if_neq(Selected(choice)) {
        changed.write(SelectionChanged(choice));
        redraw.write(RequestRedraw);
    }
}
