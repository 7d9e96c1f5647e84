//! The ten label buttons, what became of the last label, and ways to the next sample.

use bevy_egui::egui::text::LayoutJob;
use bevy_egui::egui::{
    Align, Button, Color32, FontSelection, Key, Layout, RichText, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, WidgetType, vec2,
};

use crate::overlay::form::OverlayForm;
use crate::overlay::intent::Intent;
use crate::overlay::number::grouped;
use crate::overlay::section::{fixed_label, heading, lines, rgb, sized_button, text_on, wide_button};
use crate::overlay::state::{Class, Feedback, FeedbackKind, SampleView};
use crate::overlay::theme;

const COLUMNS: usize = 5;
const NO_SELECTION: &str = "Select a point first: click one in the cloud.";

/// Draws the label buttons for the selected sample.
pub fn buttons(
    ui: &mut Ui,
    sample: Option<&SampleView>,
    classes: &[Class],
    feedback: Option<Feedback>,
    commands: &mut Vec<Intent>,
) {
    heading(ui, "Label it");
    let current = sample.and_then(|sample| sample.user_label);
    let gap = 6.0;
    let width = ((ui.available_width() - gap * (COLUMNS - 1) as f32) / COLUMNS as f32).floor();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(gap, gap);
        for (row, classes) in classes.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                for (column, class) in classes.iter().enumerate() {
                    let label = (row * COLUMNS + column) as u8;
                    button(
                        ui,
                        width,
                        label,
                        class,
                        sample.is_some(),
                        current == Some(label),
                        commands,
                    );
                }
            });
        }
    });
    ui.add_space(2.0);
    let why = if sample.is_none() {
        NO_SELECTION
    } else {
        "This sample has no label."
    };
    let delete = wide_button(ui, current.is_some(), "Delete label", 26.0)
        .on_hover_text("Take your label off this sample, in labels.csv too. Keys: D or Delete.")
        .on_disabled_hover_text(why);
    if delete.clicked() {
        commands.push(Intent::Label(None));
    }
    feedback_line(ui, feedback);
}

fn button(
    ui: &mut Ui,
    width: f32,
    label: u8,
    class: &Class,
    enabled: bool,
    current: bool,
    commands: &mut Vec<Intent>,
) {
    let text = RichText::new(&class.name)
        .size(16.0)
        .strong()
        .color(text_on(class.color));
    let stroke = if current {
        Stroke::new(2.0, Color32::WHITE)
    } else {
        Stroke::NONE
    };
    let button = Button::new(text).fill(rgb(class.color)).stroke(stroke).truncate();
    let response = sized_button(ui, enabled, vec2(width, 36.0), button);
    response.widget_info(|| {
        WidgetInfo::selected(
            WidgetType::Button,
            enabled,
            current,
            format!("Label {}", class.name),
        )
    });
    if current {
        let outside = response.rect.expand(2.0);
        ui.painter()
            .rect_stroke(outside, 5.0, Stroke::new(1.0, Color32::BLACK), StrokeKind::Inside);
    }
    let response = response
        .on_hover_text(format!(
            "Tell the model that this sample is a {}. Key: {label}.",
            class.name
        ))
        .on_disabled_hover_text(NO_SELECTION);
    if response.clicked() {
        commands.push(Intent::Label(Some(label)));
    }
}

/// Two lines, whatever they say.
fn feedback_line(ui: &mut Ui, feedback: Option<Feedback>) {
    let mut job = LayoutJob::default();
    if let Some(Feedback { text, kind }) = feedback {
        let color = match kind {
            FeedbackKind::Saving => theme::WARNING,
            FeedbackKind::Saved => theme::SUCCESS,
            FeedbackKind::Failed => theme::FAILURE,
            FeedbackKind::Info => theme::WEAK_TEXT,
        };
        let text = RichText::new(text).color(color);
        text.append_to(&mut job, ui.style(), FontSelection::Default, Align::Center);
    }
    lines(ui, job, 2, 36.0);
}

/// Draws the ways to another sample.
pub fn finder(
    ui: &mut Ui,
    points: usize,
    selected: Option<u32>,
    form: &mut OverlayForm,
    commands: &mut Vec<Intent>,
) {
    heading(ui, "Find a sample");
    let help =
        "Select the unlabelled sample that the model is least certain about: its label teaches the most.";
    if wide_button(ui, points > 0, "Next to label", 28.0)
        .on_hover_text(help)
        .clicked()
    {
        commands.push(Intent::SelectNextUncertain);
    }
    ui.horizontal(|ui| {
        let name = fixed_label(ui, 76.0, "Go to index");
        let button = 44.0;
        let width = ui.available_width() - button - ui.spacing().item_spacing.x;
        let field = ui
            .add(
                TextEdit::singleline(&mut form.go_to)
                    .desired_width(width)
                    .char_limit(12),
            )
            .labelled_by(name.id)
            .on_hover_text(format!(
                "Position of a sample in the data set, 0 to {}.",
                points.saturating_sub(1)
            ));
        let target = serial(&form.go_to, points);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let go = Button::new("Go").min_size(vec2(button, 22.0));
        let clicked = ui
            .add_enabled(target.is_some(), go)
            .on_hover_text("Select this sample and bring it into view.")
            .on_disabled_hover_text("Type the position of a sample first.")
            .clicked();
        if let Some(serial) = target.filter(|_| entered || clicked) {
            commands.push(Intent::GoTo(serial));
            form.go_to.clear();
        }
    });
    let hint = if !form.go_to.trim().is_empty() && serial(&form.go_to, points).is_none() {
        RichText::new(format!("0 to {}, please.", grouped(points.saturating_sub(1)))).color(theme::WARNING)
    } else {
        RichText::new(" ")
    };
    ui.horizontal(|ui| {
        ui.label(hint);
        let clear = Button::new(RichText::new("Clear selection").small()).frame(false);
        let layout = Layout::right_to_left(Align::Center);
        ui.with_layout(layout, |ui| {
            if ui
                .add_enabled(selected.is_some(), clear)
                .on_hover_text("Select nothing.")
                .clicked()
            {
                commands.push(Intent::Select(None));
            }
        });
    });
}

/// The sample that the text names, if the data set has it; `31,337` is as good as `31337`.
fn serial(text: &str, points: usize) -> Option<u32> {
    let serial = text.trim().replace([',', ' ', '_'], "").parse().ok()?;
    usize::try_from(serial)
        .is_ok_and(|serial| serial < points)
        .then_some(serial)
}
