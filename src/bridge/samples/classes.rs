//! Names and colours of the classes: the data folder's own, the user's set of colours, the theme → palette.

use bevy::prelude::*;

use crate::cloud::style::palette::{Ground, Scheme};
use crate::cloud::{Palette, PointShapes};
use crate::ui::problem::Cause;
use crate::ui::theme;
use ssvae_core::classes::{ClassStyles, read_classes};
use ssvae_core::format::grouped;
use ssvae_core::training::message::Event;

use crate::bridge::Start;
use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::FromWorker;
use crate::bridge::panels::ui_state::PanelState;

/// What the data folder says of its classes.
#[derive(Resource, Default)]
pub struct Classes(ClassStyles);

impl Classes {
    /// The name of a class.
    pub fn name(&self, class: u8) -> String {
        let own = self
            .0
            .get(usize::from(class))
            .and_then(|style| style.name.clone());
        own.unwrap_or_else(|| class.to_string())
    }
}

pub struct ClassesPlugin;

impl Plugin for ClassesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Classes>()
            .add_systems(PreUpdate, read)
            .add_systems(Update, colour);
    }
}

fn read(
    mut events: MessageReader<FromWorker>,
    start: Res<Start>,
    mut classes: ResMut<Classes>,
    mut progress: ResMut<Progress>,
) {
    for FromWorker(event) in events.read() {
        if let Event::Dataset(_) = event {
            let (styles, problems) = read_classes(&start.args.common.data_dir);
            classes.0 = styles;
            if let [only] = problems.as_slice() {
                progress.report(Cause::Classes, only.to_string());
                continue;
            }
            let title = format!(
                "{}: {} rows cannot be used; correct or delete them",
                start.args.common.data_dir.join("classes.csv").display(),
                grouped(problems.len())
            );
            let lines = problems.iter().map(ToString::to_string);
            progress.problems.replace(Cause::Classes, title, lines);
        }
    }
}

fn colour(
    form: Res<PanelState>,
    classes: Res<Classes>,
    mut last: Local<Option<(Scheme, Ground)>>,
    mut palette: ResMut<Palette>,
    mut shapes: ResMut<PointShapes>,
    mut beside: ResMut<ClearColor>,
) {
    shapes.set_if_neq(PointShapes(form.0.preferences.shapes));
    let wish = (form.0.preferences.scheme, form.0.preferences.ground);
    if *last == Some(wish) && !classes.is_changed() {
        return;
    }
    *last = Some(wish);
    let mut wanted = Palette::new(wish.0, wish.1);
    for (color, style) in wanted.classes.iter_mut().zip(&classes.0) {
        *color = style.color.unwrap_or(*color);
    }
    palette.set_if_neq(wanted);
    let [r, g, b, _] = theme::of(wish.1 == Ground::Dark).panel.to_array();
    beside.0 = Color::srgb_u8(r, g, b);
}
