//! Which samples are hovered, selected and chosen.

pub mod chosen;
pub mod finder;
pub mod picker;
pub mod single;
mod systems;

use bevy::prelude::*;

use super::schedule::{CloudSystems, IngestSystems};
use chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
use single::{HoverChanged, Hovered, Select, Selected, SelectionChanged};
use systems::chosen::{alter, choose, draw_around, leave_out};
use systems::single::{click, hover, select};

/// Keeps [`Hovered`], [`Selected`], [`Chosen`] and [`Choosing`] up to date.
pub struct SelectionPlugin;

impl Plugin for SelectionPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Select>()
            .add_message::<HoverChanged>()
            .add_message::<SelectionChanged>()
            .add_message::<Choose>()
            .add_message::<AlterChoice>()
            .add_message::<ChosenChanged>()
            .init_resource::<Hovered>()
            .init_resource::<Selected>()
            .init_resource::<Chosen>()
            .init_resource::<Choosing>()
            .add_systems(
                PostUpdate,
                (
                    (select, (choose, alter, leave_out).chain()).in_set(IngestSystems::Selection),
                    (hover, click, draw_around).in_set(CloudSystems::Selection),
                ),
            );
    }
}
