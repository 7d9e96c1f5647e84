//! Names and colours of the classes: the data folder's own, the user's set of colours, the theme → palette.

use bevy::prelude::*;

use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::start::Start;
use crate::bridge::worker::messages::DatasetLoaded;
use crate::cloud::{ColorMode, PointFilter};
use crate::cloud::{Ground, Scheme};
use crate::cloud::{Palette, PointShapes};
use crate::ui::{Cause, matching, theme};
use ssvae_core::classes::{ClassCount, ClassStyles, read_classes};
use ssvae_core::filter::{Filter, Source, Visibility};
use ssvae_core::format::grouped;

/// How many classes there are, and their names and colours from the data folder.
#[derive(Resource, Default)]
pub struct Classes {
    count: ClassCount,
    styles: ClassStyles,
}

impl Classes {
    /// How many there are.
    pub fn count(&self) -> ClassCount {
        self.count
    }

    /// The name of a class.
    pub fn name(&self, class: u8) -> String {
        let own = self.styles.of(class).and_then(|style| style.name.clone());
        own.unwrap_or_else(|| class.to_string())
    }
}

pub struct ClassesPlugin;

impl Plugin for ClassesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Classes>()
            .add_systems(PreUpdate, read.after(crate::bridge::sets::WorkerEventSystems))
            .add_systems(Update, colour);
    }
}

fn read(
    mut loaded: MessageReader<DatasetLoaded>,
    start: Res<Start>,
    mut classes: ResMut<Classes>,
    mut problems: ResMut<ProblemCards>,
) {
    for DatasetLoaded(dataset) in loaded.read() {
        let (styles, faults) = read_classes(&start.options.data_dir);
        *classes = Classes {
            count: dataset.classes(),
            styles,
        };
        if let [only] = faults.as_slice() {
            problems.report(Cause::Classes, only.to_string());
            continue;
        }
        let title = format!(
            "{}: {} rows cannot be used; correct or delete them",
            start.options.data_dir.join("classes.csv").display(),
            grouped(faults.len())
        );
        let lines = faults.iter().map(ToString::to_string);
        problems.replace(Cause::Classes, title, lines);
    }
}

/// The classes that are searched for in the legend, and those that the filter shows while it hides or greys others.
fn in_front(classes: &Classes, search: &str, source: Option<Source>, filter: &Filter) -> Vec<u8> {
    let all = || classes.count.iter();
    let mut front = match search.trim() {
        "" => Vec::new(),
        search => matching::classes(search, all().map(|class| (class, classes.name(class))), &[]),
    };
    if let Some(source) = source.filter(|_| !filter.is_open()) {
        let shown = |class: &u8| filter.class(source, Some(*class)) == Visibility::Shown;
        let shown: Vec<u8> = all().filter(shown).collect();
        if shown.len() < classes.count.get() {
            let more = shown.into_iter().filter(|class| !front.contains(class));
            front = front.iter().copied().chain(more).collect();
        }
    }
    front
}

fn colour(
    panels: Res<PanelState>,
    classes: Res<Classes>,
    (mode, filter): (Res<ColorMode>, Res<PointFilter>),
    mut last: Local<Option<(Scheme, Ground, Vec<u8>)>>,
    mut palette: ResMut<Palette>,
    mut shapes: ResMut<PointShapes>,
    mut beside: ResMut<ClearColor>,
) {
    shapes.set_if_neq(PointShapes(panels.0.preferences.shapes));
    let (scheme, ground) = (panels.0.preferences.scheme, panels.0.preferences.ground);
    let front = in_front(&classes, &panels.0.legend_search, mode.source(), &filter.0);
    let wish = (scheme, ground, front);
    if last.as_ref() == Some(&wish) && !classes.is_changed() {
        return;
    }
    let mut wanted = Palette::new(scheme, ground, classes.count);
    wanted.bring_to_front(&wish.2);
    *last = Some(wish);
    for (class, color) in (0..=u8::MAX).zip(&mut wanted.classes) {
        let own = classes.styles.of(class).and_then(|style| style.color);
        *color = own.unwrap_or(*color);
    }
    palette.set_if_neq(wanted);
    let [r, g, b, _] = theme::of(ground == Ground::Dark).panel.to_array();
    beside.0 = Color::srgb_u8(r, g, b);
}
