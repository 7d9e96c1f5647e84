//! What is being drawn around points, with their number beside the cursor, and how many are chosen.

use egui::{
    Align2, Context, CornerRadius, FontId, Id, LayerId, Order, Painter, Pos2, Rect, Shape, Stroke,
    StrokeKind, Theme, pos2, vec2,
};

use crate::ui::theme::{self, Look};
use ssvae_core::format::{grouped, plural};

/// Points that are chosen by drawing a box or a lasso around them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChoosingView {
    /// Chosen points.
    pub count: usize,
    /// Chosen points that the filter leaves out.
    pub left_out: usize,
    /// Whether the next drag draws around points.
    pub draws_next: bool,
    /// What is being drawn.
    pub stroke: Option<StrokeView>,
}

/// A box or a lasso that is being drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct StrokeView {
    /// In logical pixels of the window; of a box the first and the last corner count.
    pub path: Vec<[f32; 2]>,
    pub is_box: bool,
    /// Points within.
    pub count: usize,
}

/// Draws the outline and the numbers within `bounds`.
pub fn show(ctx: &Context, bounds: Rect, choosing: &ChoosingView) {
    let layer = LayerId::new(Order::Middle, Id::new("choosing"));
    let painter = Painter::new(ctx.clone(), layer, bounds);
    let look = theme::of(ctx.theme() == Theme::Dark);
    if let Some(stroke) = &choosing.stroke {
        outline(&painter, &stroke.path, stroke.is_box, look);
        if let Some(&[x, y]) = stroke.path.last() {
            let text = points(stroke.count);
            let at = Rect::from_min_size(pos2(x + 14.0, y + 10.0), vec2(110.0, 24.0));
            // It stays within the canvas at its right and lower edges.
            let at = at.translate((bounds.max - at.max).min(vec2(0.0, 0.0)));
            chip(&painter, at.left_top(), &text, look);
        }
    } else if choosing.count > 0 || choosing.left_out > 0 {
        let left_out = match choosing.left_out {
            0 => String::new(),
            count => format!(" · {} left out by the filter", grouped(count)),
        };
        let keys = match choosing.count {
            0 => "",
            _ => " · a digit labels all of them · Escape clears the selection",
        };
        let text = format!("{} selected{left_out}{keys}", points(choosing.count));
        chip(&painter, bounds.left_top() + vec2(10.0, 10.0), &text, look);
    } else if choosing.draws_next {
        let text = "Drag around points to select them · Escape cancels";
        chip(&painter, bounds.left_top() + vec2(10.0, 10.0), text, look);
    }
}

fn points(count: usize) -> String {
    format!("{} {}", grouped(count), plural(count, "point"))
}

fn outline(painter: &Painter, path: &[[f32; 2]], is_box: bool, look: &Look) {
    let line = Stroke::new(1.5, look.strong_text);
    let corner = |&[x, y]: &[f32; 2]| pos2(x, y);
    match path {
        [first, .., last] if is_box => {
            let rect = Rect::from_two_pos(corner(first), corner(last));
            painter.rect(
                rect,
                CornerRadius::ZERO,
                look.accent.gamma_multiply(0.18),
                line,
                StrokeKind::Middle,
            );
        }
        _ => {
            let corners: Vec<Pos2> = path.iter().map(corner).collect();
            painter.add(Shape::closed_line(corners, line));
        }
    }
}

fn chip(painter: &Painter, at: Pos2, text: &str, look: &Look) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(13.0), look.text);
    let rect = Rect::from_min_size(at, galley.size() + vec2(16.0, 8.0));
    painter.rect_filled(rect, 4.0, look.panel);
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    painter.galley(at.min, galley, look.text);
}
