//! Images of samples where their points are, framed in the points' colours.

use egui::{Color32, Context, CornerRadius, LayerId, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2};

use crate::ui::sample_view::SamplesView;
use crate::ui::widgets::section::rgb;
use crate::ui::widgets::thumbnail::Thumbnails;

/// A sample, the middle of its image in logical pixels, and the colour of its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageOnPoint {
    pub serial: u32,
    pub at: Pos2,
    /// sRGB.
    pub color: [u8; 3],
}

/// Side of an image, its frame included.
pub const SIDE: f32 = 30.0;

/// Draws them within `bounds`.
pub fn show(
    ctx: &Context,
    bounds: Rect,
    images: &[ImageOnPoint],
    samples: &SamplesView,
    thumbnails: &mut Thumbnails,
) {
    let painter = ctx.layer_painter(LayerId::background()).with_clip_rect(bounds);
    for image in images {
        let Some(original) = (samples.lookup)(image.serial).and_then(|sample| sample.image) else {
            continue;
        };
        let rect = Rect::from_center_size(image.at, Vec2::splat(SIDE));
        let texture = thumbnails.original(ctx, image.serial, original);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, rect, uv, Color32::WHITE);
        let frame = Stroke::new(2.0, rgb(image.color));
        painter.rect_stroke(rect, CornerRadius::same(2), frame, StrokeKind::Inside);
    }
}
