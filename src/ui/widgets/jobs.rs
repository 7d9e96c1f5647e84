//! Jobs: their progress, the time left, and a button that cancels or resumes them.

use egui::{Align, Button, Layout, Rect, RichText, Ui, UiBuilder, WidgetInfo, WidgetType, vec2};

use super::progress_bar;
use crate::ui::intent::Intent;
use ssvae_core::format::{duration, percent};

const HEIGHT: f32 = 20.0;
const BUTTON: f32 = 64.0;

/// A job that takes a while.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    pub what: String,
    /// Share that is done, in 0..=1; `None` while the job is stopped.
    pub share: Option<f32>,
    /// Expected seconds to the end, where they are known.
    pub left: Option<f64>,
    /// What cancels or resumes it.
    pub offer: Option<Intent>,
}

/// Draws the job that the cloud waits for, in the middle of `rect`.
pub fn wait(ui: &mut Ui, rect: Rect, job: &JobView, intents: &mut Vec<Intent>) {
    let width = (rect.width() - 48.0).clamp(120.0, 380.0);
    let place = Rect::from_center_size(rect.center(), vec2(width, 64.0));
    let layout = Layout::top_down(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    ui.label(RichText::new(&job.what).size(15.0));
    ui.add_space(4.0);
    ui.horizontal(|ui| line(ui, job, intents));
}

/// Draws the progress bar and the button beside it.
pub fn line(ui: &mut Ui, job: &JobView, intents: &mut Vec<Intent>) {
    let button = if job.offer.is_some() { BUTTON + 8.0 } else { 0.0 };
    if let Some(share) = job.share {
        let size = vec2(ui.available_width() - button, HEIGHT);
        progress_bar::bar(ui, share, size, &text(job, share));
    } else {
        ui.add_space((ui.available_width() - button) / 2.0);
    }
    let Some(offer) = &job.offer else { return };
    let (word, help) = match offer {
        Intent::Encode => ("Encode", "Show the cloud of the model in memory."),
        Intent::Retry => ("Retry", "Read the files again."),
        _ => ("Cancel", "Cancel this. Nothing that exists is lost."),
    };
    let pressed = ui.add(Button::new(word).min_size(vec2(BUTTON, HEIGHT)));
    let name = format!("{word}: {}", job.what);
    pressed.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
    if pressed.on_hover_text(help).clicked() {
        intents.push(offer.clone());
    }
}

fn text(job: &JobView, share: f32) -> String {
    let share = percent(f64::from(share.clamp(0.0, 1.0)), 0);
    match job.left {
        Some(left) => format!("{share} · {} left", duration(left)),
        None => share,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_where_it_is_known() {
        let mut job = JobView {
            what: "Encoding".into(),
            share: Some(0.25),
            left: None,
            offer: None,
        };
        assert_eq!(text(&job, 0.25), "25 %");
        job.left = Some(21.0);
        assert_eq!(text(&job, 1.5), "100 % · 0:21 left");
    }
}
