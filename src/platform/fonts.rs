//! Finds system fonts for names of classes and files in other scripts, on another thread.

use std::collections::BTreeSet;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};
use bevy_egui::egui::epaint::text::FontInsert;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};

use crate::bridge::{Classes, ProblemCards, Start, Urgency, Wake};
use crate::ui::fonts::{fallbacks, missing};

pub struct FontsPlugin;

impl Plugin for FontsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Search>()
            .add_systems(EguiPrimaryContextPass, (add, look).chain());
    }
}

#[derive(Resource, Default)]
struct Search {
    task: Option<Task<Vec<FontInsert>>>,
    /// Characters that were searched for already; each is searched for once.
    looked_for: BTreeSet<char>,
    problems: usize,
}

fn look(
    mut contexts: EguiContexts,
    classes: Res<Classes>,
    cards: Res<ProblemCards>,
    start: Res<Start>,
    wake: Res<Wake>,
    mut search: ResMut<Search>,
) -> Result {
    let problems = cards.cards();
    if search.task.is_some() || !classes.is_changed() && problems.len() == search.problems {
        return Ok(());
    }
    search.problems = problems.len();
    let mut text: String = classes.count().iter().map(|class| classes.name(class)).collect();
    let options = &start.options;
    for path in [&options.data_dir, &options.weights, &options.labels_path()] {
        text += &path.to_string_lossy();
    }
    text.extend(problems.iter().map(|problem| problem.text()));
    let lacking: BTreeSet<char> = &missing(contexts.ctx_mut()?, &text) - &search.looked_for;
    if lacking.is_empty() {
        return Ok(());
    }
    search.looked_for.extend(&lacking);
    let wake = wake.0.clone();
    search.task = Some(AsyncComputeTaskPool::get().spawn(async move {
        let fonts = fallbacks(lacking);
        wake(Urgency::Answer);
        fonts
    }));
    Ok(())
}

fn add(mut contexts: EguiContexts, mut search: ResMut<Search>) -> Result {
    let Some(fonts) = search.task.as_mut().and_then(|task| block_on(poll_once(task))) else {
        return Ok(());
    };
    search.task = None;
    for font in fonts {
        contexts.ctx_mut()?.add_font(font);
    }
    contexts.ctx_mut()?.request_repaint();
    Ok(())
}
