//! Failures that the user has not dismissed, and jobs that are not done: cards over a corner of the cloud, which does not
//! move.

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Area, Button, Color32, Context, CornerRadius, FontSelection, Frame, Id, Label, Layout,
    Margin, Order, Rect, RichText, ScrollArea, Stroke, Ui, WidgetInfo, WidgetType, vec2,
};

use crate::ui::intent::Intent;
use crate::ui::problem::{Cause, Offer, Problem};
use crate::ui::theme;
use crate::ui::widgets::jobs::{self, JobView};
use ssvae_core::format::{grouped, plural};

/// Failures that are shown at once; the cloud must keep its room.
const SHOWN: usize = 3;
/// Lines of each; the whole text is shown on hover.
const LINES: usize = 7;
const WIDTH: f32 = 420.0;
const MARGIN: f32 = 8.0;

/// What has failed, and what goes on beside the cloud.
#[derive(Clone, Debug)]
pub struct NoticesView<'a> {
    /// Failures that the user has not dismissed, the oldest first.
    pub problems: &'a [Problem],
    pub jobs: Vec<JobView>,
}

/// Draws a card for each of the newest problems, and below them one for each job. They stay below the middle of `rect`, and
/// dialogues lie over them.
pub fn show(ctx: &Context, rect: Rect, view: &NoticesView, intents: &mut Vec<Intent>) {
    let NoticesView { problems, jobs } = view;
    if problems.is_empty() && jobs.is_empty() {
        return;
    }
    Area::new(Id::new("toasts"))
        .order(Order::Middle)
        .fixed_pos(rect.left_bottom() + vec2(MARGIN, -MARGIN))
        .pivot(Align2::LEFT_BOTTOM)
        .constrain_to(rect)
        .show(ctx, |ui| {
            ui.set_width((rect.width() - 2.0 * MARGIN).min(WIDTH));
            let height = (rect.height() / 2.0 - 4.0 * MARGIN).max(40.0);
            ScrollArea::vertical()
                .max_height(height)
                // An area has the height that it had before, in which later cards would be cut off.
                .min_scrolled_height(height)
                .stick_to_bottom(true)
                .show(ui, |ui| cards(ui, problems, jobs, intents));
        });
}

fn cards(ui: &mut Ui, problems: &[Problem], jobs: &[JobView], intents: &mut Vec<Intent>) {
    let look = theme::look(ui);
    let hidden = problems.len().saturating_sub(SHOWN);
    if hidden > 0 {
        card(ui, look.raised, |ui| {
            let text = format!("{} more {}", grouped(hidden), plural(hidden, "error"));
            ui.label(RichText::new(text).weak())
        });
    }
    for (index, problem) in problems.iter().enumerate().skip(hidden) {
        let fill = if problem.cause == Cause::Merged {
            look.raised
        } else {
            look.alarm
        };
        card(ui, fill, |ui| strip(ui, index, problem, intents));
    }
    for job in jobs {
        card(ui, look.raised, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(&job.what).truncate());
            ui.horizontal(|ui| jobs::line(ui, job, intents));
        });
    }
}

fn card<R>(ui: &mut Ui, fill: Color32, contents: impl FnOnce(&mut Ui) -> R) {
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, theme::look(ui).line))
        .corner_radius(CornerRadius::same(4))
        .inner_margin(Margin::symmetric(10, 5))
        .show(ui, contents);
}

fn strip(ui: &mut Ui, index: usize, problem: &Problem, intents: &mut Vec<Intent>) {
    let color = match problem.cause {
        Cause::Merged => ui.visuals().text_color(),
        _ => theme::look(ui).failure,
    };
    let offers = &problem.offers;
    let problem = &problem.text();
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        let dismiss = ui.add(Button::new("Dismiss").min_size(vec2(64.0, 22.0)));
        let name = format!("Dismiss: {problem}");
        dismiss.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
        if dismiss.on_hover_text("Take this message away.").clicked() {
            intents.push(Intent::DismissProblem(index));
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let mut job = LayoutJob::default();
            let text = RichText::new(problem).color(color);
            text.append_to(&mut job, ui.style(), FontSelection::Default, Align::Min);
            job.wrap.max_rows = LINES;
            ui.add(Label::new(job).wrap().selectable(true))
                .on_hover_text(problem);
            if !offers.is_empty() {
                ui.horizontal_wrapped(|ui| {
                    for &offer in offers {
                        let (name, hint) = words(offer);
                        if ui.button(name).on_hover_text(hint).clicked() {
                            intents.push(Intent::Accept(offer));
                        }
                    }
                });
            }
        });
    });
}

/// Name of a button and what it does.
fn words(offer: Offer) -> (&'static str, &'static str) {
    match offer {
        Offer::Review => ("Review", "Select these samples in the cloud."),
        Offer::TakeOut => (
            "Remove again",
            "Take the restored labels off, as the other program's save had it.",
        ),
        Offer::PutBack => (
            "Put back",
            "Give the deleted labels again; Ctrl+Z takes them back.",
        ),
        Offer::WriteBack => (
            "Write them back",
            "Write the labels into a new file under the same name.",
        ),
    }
}
