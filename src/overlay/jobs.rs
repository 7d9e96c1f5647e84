//! Work that takes its time: how far it has come, how long it may still take, and a way to end it.

use bevy_egui::egui::{
    Align, Button, Color32, Layout, ProgressBar, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder,
    WidgetInfo, WidgetType, vec2,
};

use crate::overlay::intent::Intent;
use crate::overlay::number::{duration, percent};
use crate::overlay::state::Job;
use crate::overlay::theme;

const HEIGHT: f32 = 20.0;
const BUTTON: f32 = 64.0;

/// Draws what there is to wait for before there is a cloud in the middle of `rect`.
pub fn wait(ui: &mut Ui, rect: Rect, job: &Job, commands: &mut Vec<Intent>) {
    let width = (rect.width() - 48.0).clamp(120.0, 380.0);
    let place = Rect::from_center_size(rect.center(), vec2(width, 64.0));
    let layout = Layout::top_down(Align::Center);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    ui.label(RichText::new(&job.what).size(15.0));
    ui.add_space(4.0);
    ui.horizontal(|ui| line(ui, job, commands));
}

/// Draws the bar and the button beside it.
pub fn line(ui: &mut Ui, job: &Job, commands: &mut Vec<Intent>) {
    let button = if job.offer.is_some() { BUTTON + 8.0 } else { 0.0 };
    if let Some(share) = job.share {
        bar(ui, job, share, ui.available_width() - button);
    } else {
        ui.add_space((ui.available_width() - button) / 2.0);
    }
    let Some(offer) = &job.offer else { return };
    let (text, help) = match offer {
        Intent::Encode => ("Encode", "Show the cloud of the model in memory."),
        _ => ("Cancel", "End it. Nothing that is there already is lost."),
    };
    let pressed = ui.add(Button::new(text).min_size(vec2(BUTTON, HEIGHT)));
    let name = format!("{text}: {}", job.what);
    pressed.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
    if pressed.on_hover_text(help).clicked() {
        commands.push(offer.clone());
    }
}

fn bar(ui: &mut Ui, job: &Job, share: f32, width: f32) {
    let share = share.clamp(0.0, 1.0);
    let mut text = percent(f64::from(share), 0);
    if let Some(left) = job.left {
        text += &format!(" · {} left", duration(left));
    }
    let text = RichText::new(text).color(Color32::WHITE);
    let bar = ui.add(
        ProgressBar::new(share)
            .desired_width(width)
            .desired_height(HEIGHT)
            .corner_radius(4)
            .text(text),
    );
    // The bar's own ground is as dark as the cloud's.
    ui.painter().rect_stroke(
        bar.rect,
        4.0,
        Stroke::new(1.0, theme::look(ui).line),
        StrokeKind::Outside,
    );
}
