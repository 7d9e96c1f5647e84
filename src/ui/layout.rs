//! Where the panels stand, and what they leave to the cloud.

use egui::{
    Context, Frame, Id, LayerId, Margin, Order, Panel, Rect, ScrollArea, Ui, UiBuilder, accesskit_root_id,
};

use super::canvas::{choosing, hints, hover, images, toasts};
use super::dialogs::{closing, command_palette, help, image_grid_window, opening, test_images};
use super::intent::{Dimension, Intent, ProbeMode};
use super::panels::{
    audit, chosen, color, doubts, export, filter, labelling, model, neighbours, probe, sample, statistics,
    training,
};
use super::preferences::SideName;
use super::ui_state::UiState;
use super::view_model::ViewModel;
use super::widgets::jobs;
use super::widgets::section::{gap, section};
use super::{preferences, theme, toolbar};
use crate::cloud::Ground;

/// Of the window, also for those who hear it.
pub const TITLE: &str = "SSVAE Dashboard";

/// A window narrower than this, in points, has room for one panel at a side.
const NARROW: f32 = 760.0;
/// Names of the panels at the sides.
const LEFT: &str = "left panel";
const RIGHT: &str = "right panel";
const TRAINING: &str = "training panel";
/// What the line with the progress adds to the training panel where it needs one of its own.
const PROGRESS: f32 = 26.0;

/// What the panels leave to the cloud.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// In logical pixels of the window.
    pub rect: Rect,
    /// Whether the pointer is the cloud's: inside `rect`, over no popup, and not dragging one of the controls.
    pub has_pointer: bool,
}

/// Draws all panels, adds what the user asks for to `commands`, and returns the place of the cloud.
///
/// The context's look comes from [`theme::apply`].
pub fn show(ctx: &Context, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) -> Viewport {
    ctx.accesskit_node_builder(accesskit_root_id(), |node| node.set_label(TITLE));
    let dark = form.preferences.ground == Ground::Dark;
    theme::choose(ctx, dark);
    let whole = UiBuilder::new()
        .layer_id(LayerId::background())
        .max_rect(ctx.content_rect());
    let mut root = Ui::new(ctx.clone(), Id::new("overlay"), whole);
    let waiting = state.loading.is_some();
    let panel = panel_frame();
    let bar = Frame::new().inner_margin(Margin::symmetric(12, 4));
    Panel::top("bar")
        .resizable(false)
        .exact_size(toolbar::HEIGHT + 8.0)
        .frame(bar)
        .show(&mut root, |ui| toolbar::show(ui, state, form, commands));
    form.preferences.narrow = root.available_width() < NARROW;
    // The cloud keeps a third of a narrow window.
    let most = root.available_width() / 3.0;
    if form.preferences.shows(SideName::Left) {
        let (wish, range) = (form.preferences.left.width, preferences::LEFT);
        form.preferences.left.width = edge(&mut root, Panel::left(LEFT), LEFT, (wish, range, most), |ui| {
            column(ui, "left column", waiting, |ui| left(ui, state, form, commands));
        });
    }
    if form.preferences.shows(SideName::Right) {
        let (wish, range) = (form.preferences.right.width, preferences::RIGHT);
        form.preferences.right.width =
            edge(&mut root, Panel::right(RIGHT), RIGHT, (wish, range, most), |ui| {
                column(ui, "right column", waiting, |ui| right(ui, state, form, commands));
            });
    }
    let narrow = root.available_width() - panel.total_margin().sum().x < training::NARROW;
    let more = if narrow { PROGRESS } else { 0.0 };
    let ready = !waiting && state.model.architecture.is_some();
    if form.preferences.training_open {
        let (usual, least, greatest) = preferences::TRAINING;
        let (wish, range) = (
            form.preferences.training_height,
            (usual, least + more, greatest + more),
        );
        let most = root.available_height() / 2.0 + more;
        let shown = &mut *form;
        let height = edge(
            &mut root,
            Panel::bottom(TRAINING),
            TRAINING,
            (wish + more, range, most),
            |ui| {
                training::show(ui, state, ready, shown, commands);
            },
        );
        form.preferences.training_height = height - more;
    } else {
        Panel::bottom("folded training panel")
            .resizable(false)
            .exact_size(training::HEADER + 16.0 + more)
            .frame(panel)
            .show(&mut root, |ui| training::show(ui, state, ready, form, commands));
    }
    let rect = root.available_rect_before_wrap();
    if let Some(what) = state.loading {
        root.painter().rect_filled(rect, 0.0, theme::of(dark).background);
        jobs::wait(&mut root, rect, what, commands);
    }
    images::show(ctx, rect, state, &mut form.thumbnails);
    choosing::show(ctx, rect, &state.choosing);
    // Behind a dialogue the cloud stays as it is.
    let question = state.dropped.is_some() || state.closing.is_some();
    let dialogue = form.has_dialogue() || question || form.gallery.open;
    let has_pointer = has_pointer(ctx, rect) && !dialogue;
    let free = has_pointer && state.choosing.stroke.is_none();
    if state.probe.mode != ProbeMode::Off {
        probe::show(ctx, rect, &state.probe, has_pointer, &mut form.thumbnails);
    }
    // The probe's card stands where the hover card would.
    let free = free && state.probe.mode != ProbeMode::Cursor;
    if let Some(hovered) = state.hovered.as_ref().filter(|_| free) {
        hover::show(ctx, rect, hovered, state.classes, form);
    }
    toasts::show(ctx, rect, state.problems, state.jobs, commands);
    export::show(ctx, form, commands);
    opening::ask(ctx, state.dropped, state.model.unsaved, commands);
    closing::ask(ctx, state.closing, commands);
    opening::show(ctx, form, commands);
    help::show(ctx, form);
    if !waiting {
        hints::show(ctx, rect, state, form);
    }
    image_grid_window::show(ctx, state, form, commands);
    test_images::show(ctx, &state.training, state.classes, form);
    command_palette::show(ctx, state, form, commands);
    Viewport { rect, has_pointer }
}

/// Not filled: the window is cleared with the panels' colour, which costs a software rasterizer much less.
fn panel_frame() -> Frame {
    Frame::new().inner_margin(Margin::symmetric(12, 8))
}

/// Draws a panel at an edge as wide, or as high, as wished: within its least and greatest size, and no larger than `most`
/// while that is more than the least. Returns how large the user wishes it, which changes by dragging its edge alone: a window that has
/// less room takes nothing away for good.
fn edge(
    root: &mut Ui,
    panel: Panel,
    id: &str,
    (wish, (_, least, greatest), most): (f32, (f32, f32, f32), f32),
    contents: impl FnOnce(&mut Ui),
) -> f32 {
    let greatest = greatest.min(most.max(least));
    let border = root.ctx().read_response(Id::new(id).with("__resize"));
    let dragged = border
        .as_ref()
        .is_some_and(|border| border.dragged() || border.drag_stopped());
    let held = dragged || border.is_some_and(|border| border.hovered());
    let size = wish.clamp(least, greatest);
    let range = if held { least..=greatest } else { size..=size };
    let rect = panel
        .resizable(true)
        .default_size(size)
        .size_range(range)
        .frame(panel_frame())
        .show(root, contents)
        .response
        .rect;
    let shown = if id == TRAINING {
        rect.height()
    } else {
        rect.width()
    };
    if dragged { shown.round() } else { wish }
}

fn has_pointer(ctx: &Context, rect: Rect) -> bool {
    let Some(pointer) = ctx.pointer_latest_pos() else {
        return false;
    };
    let covered = ctx
        .layer_id_at(pointer)
        .is_some_and(|layer| layer.order != Order::Background);
    rect.contains(pointer) && !covered && !ctx.egui_is_using_pointer()
}

fn column(ui: &mut Ui, id: &str, waiting: bool, contents: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical()
        .id_salt(id)
        .auto_shrink(false)
        .show(ui, |ui| {
            // The scroll bar appears over the margin, and nothing has to move for it.
            ui.set_max_width(ui.available_width() - 4.0);
            if waiting {
                ui.disable();
            }
            contents(ui);
        });
}

fn left(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    let filter = state.filter.filter;
    section(ui, form, "Colour by", |ui, form| {
        color::show(ui, &state.color, filter, &mut form.preferences, commands);
        dimensions(ui, state, commands);
    });
    gap(ui);
    section(ui, form, "Filter", |ui, form| {
        filter::show(
            ui,
            &state.filter,
            state.points,
            form.preferences.show_truth,
            commands,
        );
    });
    gap(ui);
    section(ui, form, "Labels", |ui, form| {
        let statistics = (&state.statistics, &state.training);
        statistics::show(ui, statistics, state.classes, form.preferences.show_truth);
    });
    gap(ui);
    section(ui, form, "Model", |ui, form| {
        model::show(ui, &state.model, state.training.run, form, commands);
    });
}

/// The dimensions, where there is a choice.
fn dimensions(ui: &mut Ui, state: &ViewModel, commands: &mut Vec<Intent>) {
    if state.latent_dim <= 2 {
        return;
    }
    ui.horizontal(|ui| {
        let width = ((ui.available_width() - ui.spacing().item_spacing.x) / 2.0).floor();
        for (dimension, name, help) in [
            (
                Dimension::Two,
                "2-D",
                "Show the first two dimensions, or principal components, of the latent space.",
            ),
            (
                Dimension::Three,
                "3-D",
                "Show three dimensions, or principal components; drag turns the view.",
            ),
        ] {
            if filter::choice(ui, width, state.dimension == dimension, (name, name), help) {
                commands.push(Intent::SetDimension(dimension));
            }
        }
    });
}

fn right(ui: &mut Ui, state: &ViewModel, form: &mut UiState, commands: &mut Vec<Intent>) {
    if state.chosen.is_empty() {
        sample::show(ui, state.sample.as_ref(), state.classes, form);
    } else {
        chosen::show(ui, state, form, commands);
    }
    gap(ui);
    audit::bar(ui, &state.training.audit, commands);
    labelling::buttons(ui, state, commands);
    type Part = fn(&mut Ui, &ViewModel, &mut UiState, &mut Vec<Intent>);
    for (name, part) in [
        ("Find a sample", labelling::finder as Part),
        ("Doubtful labels", doubts::show),
        ("Skipped and unsure", neighbours::set_aside),
        ("Neighbours", neighbours::show),
        ("Labelled last", neighbours::recent),
    ] {
        gap(ui);
        section(ui, form, name, |ui, form| part(ui, state, form, commands));
    }
}
