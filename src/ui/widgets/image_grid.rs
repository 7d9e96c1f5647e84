//! Images of samples in a row or a grid, each a button.

use egui::{
    Align2, Color32, CornerRadius, Label, Rect, Response, RichText, Sense, Stroke, StrokeKind, TextStyle, Ui,
    Vec2, WidgetInfo, WidgetType, vec2,
};

use super::picture::paint;
use super::section::{rgb, text_on};
use super::thumbnail::Thumbnails;
use crate::ui::sample_view::{Class, SampleView, SamplesView, class_name};
use crate::ui::theme;
use ssvae_core::format::grouped;

/// Usual side of an image in a side panel.
pub const SIDE: f32 = 42.0;
/// Gap between two images.
pub const GAP: f32 = 4.0;
/// Height of the strip with the label.
const STRIP: f32 = 15.0;

/// How many images of about this side fit beside each other, and the side that fills the width.
pub fn columns(ui: &Ui, about: f32) -> (usize, f32) {
    let width = ui.available_width();
    let columns = ((width + GAP) / (about + GAP)).floor().max(1.0);
    (columns as usize, ((width + GAP) / columns - GAP).floor())
}

/// Draws one row, and returns the one that was clicked.
pub fn row(
    ui: &mut Ui,
    samples: &SamplesView,
    thumbnails: &mut Thumbnails,
    serials: &[u32],
    (side, act): (f32, &str),
) -> Option<u32> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for &serial in serials {
            if image(ui, samples, thumbnails, serial, (side, act)).clicked() {
                clicked = Some(serial);
            }
        }
    });
    clicked
}

/// Draws a row of images that lead to their samples, or in the same room why there are none. Returns the one that was
/// clicked.
pub fn row_or_text(
    ui: &mut Ui,
    samples: &SamplesView,
    without: &str,
    thumbnails: &mut Thumbnails,
    serials: &[u32],
) -> Option<u32> {
    let (columns, side) = columns(ui, SIDE);
    let serials = &serials[..serials.len().min(columns)];
    let size = vec2(ui.available_width(), row_height(side));
    ui.allocate_ui(size, |ui| {
        ui.set_min_size(size);
        if serials.is_empty() {
            ui.add(Label::new(RichText::new(without).weak()).wrap());
        }
        row(ui, samples, thumbnails, serials, (side, "Go to"))
    })
    .inner
}

/// Height of a row of images of this side.
pub fn row_height(side: f32) -> f32 {
    side + STRIP
}

fn image(
    ui: &mut Ui,
    samples: &SamplesView,
    thumbnails: &mut Thumbnails,
    serial: u32,
    (side, act): (f32, &str),
) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(side, row_height(side)), Sense::click());
    let Some(sample) = (samples.lookup)(serial) else {
        return response;
    };
    let name = describe(&sample, samples.classes);
    let enabled = ui.is_enabled();
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, format!("{act} {serial}: {name}")));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let picture = Rect::from_min_size(rect.min, Vec2::splat(side));
    let texture = sample
        .image
        .map(|image| thumbnails.original(ui.ctx(), serial, image));
    paint(ui, picture, texture);
    if texture.is_none() {
        // Without an image its index is all that there is to see of a sample.
        let (font, color) = (TextStyle::Small.resolve(ui.style()), theme::look(ui).weak_text);
        let painter = ui.painter().with_clip_rect(picture);
        painter.text(picture.center(), Align2::CENTER_CENTER, serial, font, color);
    }
    let strip = Rect::from_min_max(picture.left_bottom(), rect.max);
    label(ui, strip, &sample, samples.classes);
    let selected = samples
        .selected
        .as_ref()
        .is_some_and(|selected| selected.serial == serial);
    let marked = selected || response.hovered() || response.has_focus();
    if marked {
        let line = Stroke::new(2.0, theme::look(ui).strong_text);
        ui.painter()
            .rect_stroke(rect, CornerRadius::same(3), line, StrokeKind::Inside);
    }
    response.on_hover_text(format!("{name}\nClick: {}.", act.to_lowercase()))
}

/// The label of a sample, or in grey its predicted class.
fn label(ui: &Ui, strip: Rect, sample: &SampleView, classes: &[Class]) {
    let class = |index: u8| classes.get(usize::from(index));
    let font = TextStyle::Small.resolve(ui.style());
    let text = |text: &str, color: Color32| {
        let painter = ui.painter().with_clip_rect(strip);
        painter.text(strip.center(), Align2::CENTER_CENTER, text, font.clone(), color);
    };
    match (sample.user_label.and_then(class), sample.prediction) {
        (Some(user), _) => {
            ui.painter()
                .rect_filled(strip, CornerRadius::same(2), rgb(user.color));
            text(&user.name, text_on(user.color));
        }
        (None, Some(prediction)) => {
            let name = class(prediction.class).map_or("", |class| &class.name);
            text(&format!("{name}?"), theme::look(ui).weak_text);
        }
        (None, None) => {}
    }
}

/// A sample in one line.
pub fn describe(sample: &SampleView, classes: &[Class]) -> String {
    let name = |class: u8| class_name(classes, class);
    let mut text = format!("Index {}", grouped(sample.serial as usize));
    if let Some(label) = sample.user_label {
        text += &format!(", labelled {}", name(label));
    }
    if let Some(prediction) = sample.prediction {
        let certainty = ssvae_core::format::percent(f64::from(prediction.certainty), 0);
        text += &format!(", predicted {} ({certainty})", name(prediction.class));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::ui::sample_view::{ImageView, Prediction, Reconstruction};

    #[test]
    fn a_sample_is_told_in_one_line() {
        let classes = [0, 1].map(|class| Class {
            name: format!("class {class}"),
            color: [class; 3],
        });
        let bare = SampleView {
            serial: 31_337,
            user_label: None,
            prediction: None,
            propagated: None,
            true_label: Some(1),
            image: Some(ImageView {
                shape: [1, 1, 1],
                pixels: &[0],
            }),
            reconstruction: Reconstruction::Decoding,
            blind: false,
        };
        assert_eq!(describe(&bare, &classes), "Index 31,337");
        let known = SampleView {
            user_label: Some(0),
            prediction: Some(Prediction {
                class: 1,
                certainty: 0.982,
            }),
            ..bare
        };
        assert_eq!(
            describe(&known, &classes),
            "Index 31,337, labelled class 0, predicted class 1 (98 %)"
        );
    }
}
