//! Failures, at the top of the view until the user has read them.

use bevy_egui::egui::text::LayoutJob;
use bevy_egui::egui::{
    Align, Button, CornerRadius, FontSelection, Frame, Label, Layout, Margin, RichText, Ui, WidgetInfo,
    WidgetType, vec2,
};

use crate::overlay::intent::Intent;
use crate::overlay::theme;

/// Problems that are shown at once; the cloud must keep its room.
const SHOWN: usize = 3;
/// Lines of each; what is cut is read on hover.
const LINES: usize = 4;

/// Draws one strip for each of the newest problems.
pub fn show(ui: &mut Ui, problems: &[String], commands: &mut Vec<Intent>) {
    let hidden = problems.len().saturating_sub(SHOWN);
    for (index, problem) in problems.iter().enumerate().skip(hidden) {
        let frame = Frame::new()
            .fill(theme::look(ui).alarm)
            .corner_radius(CornerRadius::same(4))
            .inner_margin(Margin::symmetric(10, 5));
        frame.show(ui, |ui| strip(ui, index, problem, commands));
    }
    if hidden > 0 {
        ui.label(RichText::new(format!("and {hidden} before")).weak());
    }
}

fn strip(ui: &mut Ui, index: usize, problem: &str, commands: &mut Vec<Intent>) {
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        let dismiss = ui.add(Button::new("Dismiss").min_size(vec2(64.0, 22.0)));
        let name = format!("Dismiss: {problem}");
        dismiss.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
        if dismiss.on_hover_text("Take this message away.").clicked() {
            commands.push(Intent::DismissProblem(index));
        }
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            let mut job = LayoutJob::default();
            let text = RichText::new(problem).color(theme::look(ui).failure);
            text.append_to(&mut job, ui.style(), FontSelection::Default, Align::Min);
            job.wrap.max_rows = LINES;
            ui.add(Label::new(job).wrap().selectable(true))
                .on_hover_text(problem);
        });
    });
}
