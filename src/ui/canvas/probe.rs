//! The images that the model decodes for places in the latent space: at the cursor, along a line, or on a grid.

use egui::{
    Area, Color32, Context, Frame, Id, LayerId, Order, Pos2, Rect, RichText, Sense, Stroke, TextureId, Theme,
    Ui, Vec2, pos2, vec2,
};

use super::hover::corner;
use crate::ui::intent::ProbeMode;
use crate::ui::theme;
use crate::ui::widgets::picture::paint;
use crate::ui::widgets::thumbnail::Thumbnails;

/// Side of the image at the cursor, and size of its card.
const IMAGE: f32 = 112.0;
const CARD: Vec2 = vec2(132.0, 148.0);
/// Side of an image of a line.
const STEP: f32 = 52.0;

/// The images that the model decodes for places in the latent space.
#[derive(Clone, Debug, Default)]
pub struct ProbeView<'a> {
    pub mode: ProbeMode,
    /// Why there are none.
    pub unable: Option<&'a str>,
    /// Where the places are seen, in points of the window.
    pub places: Vec<Pos2>,
    /// The images, row-major in 0..=1, one behind the other.
    pub pixels: &'a [f32],
    /// Number of the answer that they came with.
    pub version: u64,
    /// Height, width and channels of an image.
    pub shape: [usize; 3],
}

/// Draws the decoded images within `bounds`; they take no pointer input.
pub fn show(ctx: &Context, bounds: Rect, probe: &ProbeView, has_pointer: bool, thumbnails: &mut Thumbnails) {
    if let Some(why) = probe.unable {
        return card(ctx, bounds.left_top() + vec2(10.0, 40.0), |ui| {
            ui.label(why);
        });
    }
    let size: usize = probe.shape.iter().product();
    let mut images = Vec::new();
    for ((&at, pixels), index) in probe
        .places
        .iter()
        .zip(probe.pixels.chunks_exact(size.max(1)))
        .zip(0..)
    {
        let texture = thumbnails.probe(ctx, (index, probe.version), probe.shape, pixels);
        images.push((at, texture));
    }
    match probe.mode {
        ProbeMode::Off => {}
        ProbeMode::Grid => grid(ctx, bounds, &images),
        ProbeMode::Cursor if has_pointer => {
            if let Some(&(at, texture)) = images.first() {
                card(ctx, corner(at, bounds, CARD), |ui| {
                    image(ui, texture, IMAGE);
                    ui.label(RichText::new("decoded here").weak());
                });
            }
        }
        ProbeMode::Line if has_pointer => line(ctx, bounds, &images),
        ProbeMode::Cursor | ProbeMode::Line => {}
    }
}

fn image(ui: &mut Ui, texture: TextureId, side: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint(ui, rect, Some(texture));
}

fn line(ctx: &Context, bounds: Rect, images: &[(Pos2, TextureId)]) {
    let (Some(first), Some(last)) = (images.first(), images.last()) else {
        return;
    };
    let look = theme::of(ctx.theme() == Theme::Dark);
    ctx.layer_painter(LayerId::background())
        .with_clip_rect(bounds)
        .line_segment([first.0, last.0], Stroke::new(1.5, look.strong_text));
    let width = images.len() as f32 * (STEP + 4.0) + 20.0;
    let at = pos2(bounds.center().x - width / 2.0, bounds.bottom() - STEP - 40.0);
    card(ctx, at, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for &(_, texture) in images {
                image(ui, texture, STEP);
            }
        });
    });
}

/// As large as the distance between two of them.
fn grid(ctx: &Context, bounds: Rect, images: &[(Pos2, TextureId)]) {
    let [(first, _), (second, _), ..] = images else {
        return;
    };
    let side = first.distance(*second) * 0.92;
    let painter = ctx.layer_painter(LayerId::background()).with_clip_rect(bounds);
    for &(at, texture) in images {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let tint = Color32::from_white_alpha(225);
        painter.image(texture, Rect::from_center_size(at, Vec2::splat(side)), uv, tint);
    }
}

fn card(ctx: &Context, at: Pos2, contents: impl FnOnce(&mut Ui)) {
    Area::new(Id::new("probe"))
        .order(Order::Tooltip)
        .interactable(false)
        .sense(Sense::empty())
        .fade_in(false)
        .constrain(false)
        .fixed_pos(at)
        .show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, contents);
        });
}
