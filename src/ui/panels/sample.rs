//! The selected sample: its image, the model's image of it, and what is known of its class.

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Button, FontSelection, Rect, RichText, Sense, TextStyle, TextureId, Ui, WidgetInfo,
    WidgetType, pos2, vec2,
};

use crate::ui::sample_view::{Class, NO_IMAGES, Prediction, Reconstruction, SampleView, class_name};
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::picture::paint;
use crate::ui::widgets::section::{ROW, heading, lines};
use ssvae_core::format::{grouped, percent};

/// Draws the selected sample, or how to select one.
pub fn show(ui: &mut Ui, sample: Option<&SampleView>, classes: &[Class], ui_state: &mut UiState) {
    let thumbnails = &mut ui_state.thumbnails;
    heading(ui, "Sample");
    let title = sample.map_or_else(
        || "None selected".to_owned(),
        |s| format!("Index {}", grouped(s.serial as usize)),
    );
    ui.label(title);
    let gap = 10.0;
    let room = ((ui.available_width() - gap) / 2.0).floor();
    // A whole number of points for each pixel of the image, where that fits.
    let image = sample.and_then(|sample| sample.image);
    let pixels = image.map_or(28.0, |image| image.shape[0].max(image.shape[1]) as f32);
    let side = if pixels <= room {
        (room / pixels).floor() * pixels
    } else {
        room
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        let shown = sample.zip(image);
        let original = shown.map(|(s, image)| thumbnails.original(ui.ctx(), s.serial, image));
        let (reconstruction, missing) = match (sample, shown.map(|(s, image)| (s, image, s.reconstruction))) {
            (_, Some((s, image, Reconstruction::Ready { pixels, version }))) => (
                Some(thumbnails.reconstruction(ui.ctx(), s.serial, version, image.shape, pixels)),
                "",
            ),
            (_, Some((_, _, Reconstruction::Decoding))) => (None, "decoding…"),
            (_, Some((_, _, Reconstruction::Hidden))) => (None, "hidden during\nthe audit"),
            (Some(_), None) => (None, "Vectors alone:\nno model"),
            (None, None) => (None, "The model's\nreconstruction"),
        };
        let missing_original = match sample {
            Some(_) => NO_IMAGES,
            None => "Click a point\nto see it",
        };
        picture(ui, side, "Original", original, missing_original);
        picture(ui, side, "Reconstruction", reconstruction, missing);
    });
    ui.add_space(2.0);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let shown = &mut ui_state.preferences.show_truth;
        for job in facts(ui, sample, classes, *shown) {
            lines(ui, job, 1, ROW);
        }
        truth_switch(ui, shown);
    });
}

/// Shows or hides true labels, at the end of the line before it.
fn truth_switch(ui: &mut Ui, shown: &mut bool) {
    let line = ui.min_rect();
    let size = vec2(44.0, ROW);
    let text = RichText::new(if *shown { "Hide" } else { "Show" }).small();
    let place = Rect::from_min_size(pos2(line.right() - size.x, line.bottom() - ROW), size);
    let button = ui.put(place, Button::new(text).small());
    button.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, *shown, "Show true labels"));
    let help = "Show the data set's own labels, or hide them while you label: in the sample, the hover card, the colours, the filter \
                and the statistics. Key: T.";
    if button.on_hover_text(help).clicked() {
        *shown = !*shown;
    }
}

/// The four lines on a sample's class, as `Predicted: 7 (98.2 % confidence)`, `Propagated: 7 (93.0 % certain)`,
/// `User label: none`, `True label: 7`, the last one only where `truth` may be known.
pub fn facts(ui: &Ui, sample: Option<&SampleView>, classes: &[Class], truth: bool) -> [LayoutJob; 4] {
    let name = |class: u8| class_name(classes, class).to_owned();
    let unknown = || "–".to_owned();
    let hidden = || "hidden during the audit".to_owned();
    let predicted = sample.map_or_else(unknown, |s| match s.prediction {
        _ if s.blind => hidden(),
        Some(Prediction { class, certainty }) => {
            format!(
                "{} ({} confidence)",
                name(class),
                percent(f64::from(certainty), 1)
            )
        }
        None if s.image.is_none() => "no model".to_owned(),
        None => "not yet".to_owned(),
    });
    let propagated = sample.map_or_else(unknown, |s| match s.propagated {
        _ if s.blind => hidden(),
        Some(Prediction { class, certainty }) => {
            format!("{} ({} certain)", name(class), percent(f64::from(certainty), 1))
        }
        None => "nothing yet".to_owned(),
    });
    let user = sample.map_or_else(unknown, |s| s.user_label.map_or_else(|| "none".to_owned(), name));
    let truth = match sample {
        _ if !truth => "hidden".to_owned(),
        Some(sample) if sample.blind => hidden(),
        None => unknown(),
        Some(sample) => sample.true_label.map_or_else(|| "unknown".to_owned(), name),
    };
    [
        ("Predicted: ", predicted),
        ("Propagated: ", propagated),
        ("User label: ", user),
        ("True label: ", truth),
    ]
    .map(|(key, value)| {
        let mut job = LayoutJob::default();
        RichText::new(key)
            .weak()
            .append_to(&mut job, ui.style(), FontSelection::Default, Align::Center);
        RichText::new(value).color(theme::look(ui).text).append_to(
            &mut job,
            ui.style(),
            FontSelection::Default,
            Align::Center,
        );
        job
    })
}

/// An image with its caption, or a frame of the same size that says why there is none.
fn picture(ui: &mut Ui, side: f32, caption: &str, texture: Option<TextureId>, missing: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(side, side + ROW), Sense::hover());
    let state = if texture.is_some() {
        caption.to_owned()
    } else {
        format!("{caption}: {}", missing.replace('\n', " "))
    };
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &state));
    let frame = Rect::from_min_size(rect.min, vec2(side, side));
    paint(ui, frame, texture);
    if texture.is_none() {
        let font = TextStyle::Body.resolve(ui.style());
        let galley = ui
            .painter()
            .layout(missing.to_owned(), font, theme::look(ui).weak_text, side - 8.0);
        ui.painter().galley(
            frame.center() - galley.size() / 2.0,
            galley,
            theme::look(ui).weak_text,
        );
    }
    let font = TextStyle::Small.resolve(ui.style());
    let below = pos2(rect.center().x, rect.bottom());
    ui.painter().text(
        below,
        Align2::CENTER_BOTTOM,
        caption,
        font,
        theme::look(ui).weak_text,
    );
}
