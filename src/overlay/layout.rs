//! Where the panels stand, and what they leave to the cloud.

use bevy_egui::egui::{
    Button, Context, Frame, Id, LayerId, Margin, Order, Panel, Rect, ScrollArea, Ui, UiBuilder, WidgetInfo,
    WidgetType, vec2,
};

use crate::overlay::form::OverlayForm;
use crate::overlay::intent::{Dimension, Intent};
use crate::overlay::section::gap;
use crate::overlay::state::OverlayState;
use crate::overlay::{
    choosing, color, hover, keys, labelling, loading, model, problems, sample, statistics, theme, training,
};

const LEFT: f32 = 250.0;
/// Two images of 28 pixels at five times their size, and the margins.
const RIGHT: f32 = 314.0;
const BOTTOM: f32 = 226.0;
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
pub fn show(
    ctx: &Context,
    state: &OverlayState,
    form: &mut OverlayForm,
    commands: &mut Vec<Intent>,
) -> Viewport {
    begin_typing(ctx);
    let whole = UiBuilder::new()
        .layer_id(LayerId::background())
        .max_rect(ctx.content_rect());
    let mut root = Ui::new(ctx.clone(), Id::new("overlay"), whole);
    let waiting = state.loading.is_some();
    // Not filled: the window is cleared with the panels' colour, which costs a software rasterizer much less.
    let panel = Frame::new().inner_margin(Margin::symmetric(12, 8));
    Panel::left("left panel")
        .resizable(false)
        .exact_size(LEFT)
        .frame(panel)
        .show(&mut root, |ui| {
            column(ui, "left column", waiting, |ui| left(ui, state, form, commands));
        });
    Panel::right("right panel")
        .resizable(false)
        .exact_size(RIGHT)
        .frame(panel)
        .show(&mut root, |ui| {
            column(ui, "right column", waiting, |ui| right(ui, state, form, commands));
        });
    if !state.problems.is_empty() {
        let strip = Frame::new().fill(theme::BACKGROUND).inner_margin(Margin::same(6));
        Panel::top("problems")
            .resizable(false)
            .frame(strip)
            .show(&mut root, |ui| {
                problems::show(ui, state.problems, commands);
            });
    }
    let narrow = root.available_width() - panel.total_margin().sum().x < training::NARROW;
    let height = if form.training_open {
        BOTTOM
    } else {
        training::HEADER + 16.0
    };
    let height = height + if narrow { PROGRESS } else { 0.0 };
    Panel::bottom("training panel")
        .resizable(false)
        .exact_size(height)
        .frame(panel)
        .show(&mut root, |ui| {
            training::show(
                ui,
                &state.training,
                !waiting && state.model.architecture.is_some(),
                form,
                commands,
            );
        });
    let rect = root.available_rect_before_wrap();
    if let Some(what) = &state.loading {
        root.painter().rect_filled(rect, 0.0, theme::BACKGROUND);
        loading::show(&mut root, rect, what);
    }
    choosing::show(ctx, rect, &state.choosing);
    let has_pointer = has_pointer(ctx, rect);
    let free = has_pointer && state.choosing.stroke.is_none();
    if let Some(hovered) = state.hovered.as_ref().filter(|_| free) {
        hover::show(ctx, rect, hovered, state.classes, &mut form.thumbnails);
    }
    end_typing(ctx);
    Viewport { rect, has_pointer }
}

/// Whether typing goes to a field of the overlay, so that a digit is no label.
///
/// True from the frame in which the field gets the focus to the one in which it loses it, both included: the digit
/// and the Enter that ends the field may come in one frame.
pub fn wants_keyboard(ctx: &Context) -> bool {
    ctx.text_edit_focused() || ctx.data(|data| data.get_temp(typing()).unwrap_or(false))
}

fn typing() -> Id {
    Id::new("overlay typing")
}

/// Notes whether a field had the focus when the pass began.
fn begin_typing(ctx: &Context) {
    let focused = ctx.text_edit_focused();
    ctx.data_mut(|data| data.insert_temp(typing(), focused));
}

/// Asks for one more pass where a field has lost the focus, since only the next one clears the note.
fn end_typing(ctx: &Context) {
    if wants_keyboard(ctx) && !ctx.text_edit_focused() {
        ctx.request_repaint();
    }
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
            if waiting {
                ui.disable();
            }
            contents(ui);
        });
}

fn left(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    color::show(ui, &state.color, commands);
    ui.add_space(4.0);
    view(ui, state, commands);
    gap(ui);
    ui.scope(|ui| statistics::show(ui, &state.statistics, state.classes));
    gap(ui);
    ui.scope(|ui| model::show(ui, &state.model, state.training.run, form, commands));
    ui.add_space(4.0);
    keys::show(ui);
}

/// The dimensions where there is a choice, and the way back to the whole cloud.
fn view(ui: &mut Ui, state: &OverlayState, commands: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        if state.latent_dim > 2 {
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
                let selected = state.dimension == dimension;
                let button = Button::selectable(selected, name).frame_when_inactive(true);
                let response = ui.add_sized([48.0, 24.0], button);
                response.widget_info(|| WidgetInfo::selected(WidgetType::RadioButton, true, selected, name));
                if response.on_hover_text(help).clicked() && !selected {
                    commands.push(Intent::SetDimension(dimension));
                }
            }
        }
        let fit = Button::new("Fit view").min_size(vec2(ui.available_width(), 24.0));
        if ui
            .add(fit)
            .on_hover_text("Bring the whole cloud into view. Key: F, or double click.")
            .clicked()
        {
            commands.push(Intent::FitView);
        }
    });
}

fn right(ui: &mut Ui, state: &OverlayState, form: &mut OverlayForm, commands: &mut Vec<Intent>) {
    let selected = state.sample.as_ref();
    sample::show(ui, selected, state.classes, &mut form.thumbnails);
    gap(ui);
    labelling::buttons(ui, selected, state.classes, state.feedback, commands);
    gap(ui);
    labelling::finder(
        ui,
        state.points,
        selected.map(|sample| sample.serial),
        form,
        commands,
    );
}
