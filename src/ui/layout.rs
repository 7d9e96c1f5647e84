//! The layout of the panels, and the rectangle that is left for the cloud.

use egui::{
    Context, Frame, Id, LayerId, Margin, Order, Panel, Rect, ScrollArea, Ui, UiBuilder, accesskit_root_id,
};

use super::canvas::{choosing, hints, hover, probe, sample_images, toasts};
use super::dialogs::{
    class_search, closing, command_palette, export, help, image_grid_window, opening, test_images,
};
use super::intent::{Intent, ProbeMode};
use super::panels::{left_column, right_column, training};
use super::preferences::SideName;
use super::ui_state::UiState;
use super::view_model::ViewModel;
use super::widgets::jobs;
use super::{preferences, theme, toolbar};
use crate::cloud::Ground;

/// Title of the window, which assistive technology reads.
pub const TITLE: &str = "SSVAE Dashboard";

/// A window narrower than this, in points, has room for one panel at a side.
const NARROW: f32 = 760.0;
/// What a separate line for the progress adds to the height of a narrow training panel.
const PROGRESS: f32 = 26.0;

/// What the panels leave to the cloud.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// In logical pixels of the window.
    pub rect: Rect,
    /// Whether the pointer is the cloud's: inside `rect`, over no popup, and not dragging one of the controls.
    pub has_pointer: bool,
}

/// Draws all panels, adds what the user asks for to `intents`, and returns the place of the cloud.
///
/// The context's look comes from [`theme::apply`].
pub fn show(ctx: &Context, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) -> Viewport {
    ctx.accesskit_node_builder(accesskit_root_id(), |node| node.set_label(view.title.as_str()));
    let dark = ui_state.preferences.ground == Ground::Dark;
    theme::choose(ctx, dark);
    let whole = UiBuilder::new()
        .layer_id(LayerId::background())
        .max_rect(ctx.content_rect());
    let mut root = Ui::new(ctx.clone(), Id::new("ui"), whole);
    Panel::top("toolbar")
        .resizable(false)
        .exact_size(toolbar::HEIGHT + 8.0)
        .frame(Frame::new().inner_margin(Margin::symmetric(12, 4)))
        .show(&mut root, |ui| toolbar::show(ui, view, ui_state, intents));
    sides(&mut root, view, ui_state, intents);
    training_panel(&mut root, view, ui_state, intents);
    let rect = root.available_rect_before_wrap();
    if let Some(job) = &view.loading {
        root.painter().rect_filled(rect, 0.0, theme::of(dark).background);
        jobs::wait(&mut root, rect, job, intents);
    }
    let has_pointer = canvas(ctx, rect, view, ui_state);
    toasts::show(ctx, rect, &view.notices, intents);
    dialogs(ctx, rect, view, ui_state, intents);
    Viewport { rect, has_pointer }
}

/// The panels at both sides.
fn sides(root: &mut Ui, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    ui_state.preferences.narrow = root.available_width() < NARROW;
    // The cloud keeps a third of a narrow window.
    let most = root.available_width() / 3.0;
    let waiting = view.loading.is_some();
    for side in [SideName::Left, SideName::Right] {
        if !ui_state.preferences.shows(side) {
            continue;
        }
        let wish = ui_state.preferences.side(side).width;
        let (panel, column, range) = match side {
            SideName::Left => (
                Edge::Side(Panel::left("left panel"), "left panel"),
                "left column",
                preferences::LEFT,
            ),
            SideName::Right => (
                Edge::Side(Panel::right("right panel"), "right panel"),
                "right column",
                preferences::RIGHT,
            ),
        };
        let width = edge(root, panel, (wish, range, most), |ui| {
            scrolled(ui, column, waiting, |ui| match side {
                SideName::Left => left_column::show(ui, &view.left, &view.samples, ui_state, intents),
                SideName::Right => right_column::show(ui, &view.right, &view.samples, ui_state, intents),
            });
        });
        ui_state.preferences.side(side).width = width;
    }
}

/// The panel at the lower edge.
fn training_panel(root: &mut Ui, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let frame = panel_frame();
    let narrow = root.available_width() - frame.total_margin().sum().x < training::NARROW;
    let more = if narrow { PROGRESS } else { 0.0 };
    let ready = view.loading.is_none() && view.left.model.architecture.is_some();
    let open = ui_state.preferences.training_open;
    let wish = ui_state.preferences.training_height + more;
    let contents = |ui: &mut Ui| training::show(ui, &view.training, &view.samples, ready, ui_state, intents);
    if open {
        let (usual, least, greatest) = preferences::TRAINING;
        let range = (usual, least + more, greatest + more);
        let most = root.available_height() / 2.0 + more;
        let panel = Edge::Bottom(Panel::bottom("training panel"), "training panel");
        let height = edge(root, panel, (wish, range, most), contents);
        ui_state.preferences.training_height = height - more;
    } else {
        Panel::bottom("folded training panel")
            .resizable(false)
            .exact_size(training::HEADER + 16.0 + more)
            .frame(frame)
            .show(root, contents);
    }
}

/// What is drawn over the cloud; returns whether the pointer is the cloud's.
fn canvas(ctx: &Context, rect: Rect, view: &ViewModel, ui_state: &mut UiState) -> bool {
    let canvas = &view.canvas;
    sample_images::show(ctx, rect, &canvas.images, &view.samples, &mut ui_state.thumbnails);
    choosing::show(ctx, rect, &canvas.choosing);
    // Behind a dialogue the cloud stays as it is.
    let question = view.questions.opening.is_some() || view.questions.closing.is_some();
    let dialogue = ui_state.has_dialogue() || question || ui_state.image_grid.open;
    let has_pointer = has_pointer(ctx, rect) && !dialogue;
    if canvas.probe.mode != ProbeMode::Off {
        probe::show(ctx, rect, &canvas.probe, has_pointer, &mut ui_state.thumbnails);
    }
    // The probe's card stands where the hover card would.
    let free = has_pointer && canvas.choosing.stroke.is_none() && canvas.probe.mode != ProbeMode::Cursor;
    if let Some(hovered) = canvas.hovered.as_ref().filter(|_| free) {
        hover::show(ctx, rect, hovered, view.samples.classes, ui_state);
    }
    has_pointer
}

fn dialogs(ctx: &Context, rect: Rect, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let (samples, questions) = (&view.samples, &view.questions);
    export::show(ctx, ui_state, intents);
    opening::ask(ctx, questions.opening.as_deref(), questions.loses, intents);
    closing::ask(ctx, questions.closing, intents);
    opening::show(ctx, &view.opening, ui_state, intents);
    help::show(ctx, ui_state);
    if view.loading.is_none() {
        hints::show(ctx, rect, view.left.statistics.labelled, ui_state);
    }
    image_grid_window::show(ctx, &view.right.chosen, samples, ui_state, intents);
    test_images::show(ctx, &view.training.results, samples.classes, ui_state);
    let used = &view.right.labelling.used;
    class_search::show(ctx, samples.classes, used, ui_state, intents);
    command_palette::show(ctx, view, ui_state, intents);
}

/// Not filled: the window is cleared with the panels' colour, which costs a software rasterizer much less.
fn panel_frame() -> Frame {
    Frame::new().inner_margin(Margin::symmetric(12, 8))
}

/// A panel at an edge of the window, with its name.
enum Edge {
    Side(Panel, &'static str),
    Bottom(Panel, &'static str),
}

/// Draws a panel as wide, or as high, as wished: within its least and greatest size, and no larger than `most` while that
/// is more than the least. Returns how large the user wishes it. Only dragging its edge changes the wish, so that a window
/// that was small for a while has its panels back afterwards.
fn edge(
    root: &mut Ui,
    edge: Edge,
    (wish, (_, least, greatest), most): (f32, (f32, f32, f32), f32),
    contents: impl FnOnce(&mut Ui),
) -> f32 {
    type Extent = fn(&Rect) -> f32;
    let (panel, name, extent) = match edge {
        Edge::Side(panel, name) => (panel, name, Rect::width as Extent),
        Edge::Bottom(panel, name) => (panel, name, Rect::height as Extent),
    };
    let greatest = greatest.min(most.max(least));
    let border = root.ctx().read_response(Id::new(name).with("__resize"));
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
    if dragged { extent(&rect).round() } else { wish }
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

/// A column that is scrolled where it is longer than its panel; disabled while there is no cloud.
fn scrolled(ui: &mut Ui, id: &str, waiting: bool, contents: impl FnOnce(&mut Ui)) {
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
