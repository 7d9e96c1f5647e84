//! Three hints at the first start, in a strip along the upper edge of the cloud. Escape, a click beside it, or the first
//! label closes it.

use egui::{Align, Align2, Area, Context, Frame, Id, Label, Layout, Order, Rect, RichText, vec2};

use crate::ui::ui_state::UiState;

const HINTS: [&str; 3] = [
    "Each point is an image, placed where the model sees it. Point at one to look at it; click to select it.",
    "Press N for the first image to label, and then one digit for each: it is saved at once, and the next one comes.",
    "Press Ctrl+Enter to train with your labels, and watch the cloud move. F1 shows all keys.",
];
const MARGIN: f32 = 8.0;

/// Draws the strip until it is closed; `labelled` is the number of labelled samples.
pub fn show(ctx: &Context, rect: Rect, labelled: usize, ui_state: &mut UiState) {
    if ui_state.preferences.hints_read {
        return;
    }
    let strip = Area::new(Id::new("hints"))
        .order(Order::Middle)
        .fixed_pos(rect.center_top() + vec2(0.0, MARGIN))
        .pivot(Align2::CENTER_TOP)
        .constrain_to(rect)
        .show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width((rect.width() - 4.0 * MARGIN).clamp(160.0, 560.0));
                let done = ui
                    .horizontal(|ui| {
                        ui.strong("Three things to know");
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.button("Got it").clicked()
                        })
                        .inner
                    })
                    .inner;
                for (number, hint) in (1..).zip(HINTS) {
                    ui.horizontal_top(|ui| {
                        ui.label(RichText::new(number.to_string()).strong());
                        ui.add(Label::new(hint).wrap());
                    });
                }
                done
            })
        });
    let first_label = labelled > *ui_state.labelled_at_start.get_or_insert(labelled);
    ui_state.preferences.hints_read = strip.inner.inner || strip.response.clicked_elsewhere() || first_label;
}
