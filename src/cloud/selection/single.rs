//! Which point the mouse is over, and which one is selected.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::CloudSystems;
use crate::cloud::camera::orbit::{CameraGate, CloudDimension};
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::labelled::{Labelled, are_plain};
use crate::cloud::data::points::Points;
use crate::cloud::data::samples::Samples;
use crate::cloud::data::visibility::PointVisibility;
use crate::cloud::input::index::SpatialIndex;
use crate::cloud::input::picking::{Displayed, PickQuery, pick};
use crate::cloud::input::pointer::Pointer;
use crate::cloud::style::palette::PointShapes;

/// Keeps [`Hovered`] and [`Selected`] up to date.
pub struct SelectionPlugin;

impl Plugin for SelectionPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Select>()
            .add_message::<HoverChanged>()
            .add_message::<SelectionChanged>()
            .init_resource::<Hovered>()
            .init_resource::<Selected>()
            .add_systems(
                PostUpdate,
                (
                    select
                        .after(crate::cloud::data::ingest::place)
                        .in_set(CloudSystems::Ingest),
                    (hover, click).in_set(CloudSystems::Selection),
                ),
            );
    }
}

/// Serial of the point under the cursor.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hovered(pub Option<u32>);

/// Serial of the selected point.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selected(pub Option<u32>);

/// Asks for a selection, or for none.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Select(pub Option<u32>);

/// [`Hovered`] has changed to this.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoverChanged(pub Option<u32>);

/// [`Selected`] has changed to this.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionChanged(pub Option<u32>);

/// Everything picking reads.
#[derive(SystemParam)]
pub struct Picker<'w, 's> {
    index: ResMut<'w, SpatialIndex>,
    points: Points<'w, 's>,
    looks: PointVisibility<'w, 's>,
    view: Res<'w, CloudView>,
    labelled: Res<'w, Labelled>,
    samples: Res<'w, Samples>,
    shapes: Res<'w, PointShapes>,
    dimension: Res<'w, CloudDimension>,
}

impl Picker<'_, '_> {
    /// The point at a place in the window.
    pub fn at(&mut self, cursor: Vec2) -> Option<u32> {
        let by_depth = *self.dimension == CloudDimension::Three;
        let query = PickQuery::new(&self.view, cursor, self.points.progress(), by_depth);
        let plain = are_plain(&self.labelled, &self.samples, &self.shapes);
        pick(self.index.tree()?, &query, |serial| {
            let position = self.points.displayed(serial).filter(|_| self.looks.at(serial))?;
            let slot = self.labelled.slot(serial).filter(|_| !plain);
            Some(Displayed { position, slot })
        })
    }
}

fn hover(
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
    let on_canvas = |cursor: &Vec2| !gate.pointer_over_ui && picker.view.viewport.contains(*cursor);
    let cursor = pointer.cursor.filter(on_canvas);
    let stands = *last == cursor;
    let same = !picker.view.is_changed()
        && !picker.points.have_moved()
        && !picker.labelled.is_changed()
        && !picker.looks.have_changed();
    if stands && (same || cursor.is_none()) {
        return;
    }
    *last = cursor;
    if hovered.set_if_neq(Hovered(cursor.and_then(|cursor| picker.at(cursor)))) {
        changed.write(HoverChanged(hovered.0));
        redraw.write(RequestRedraw);
    }
}

fn select(
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

fn click(
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
