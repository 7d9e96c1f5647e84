//! The card beside the cursor, on the point below it.

use egui::text::LayoutJob;
use egui::{
    Align, Area, Context, FontSelection, Frame, Id, Order, Pos2, Rect, RichText, Sense, Ui, Vec2, vec2,
};

use crate::ui::panels::sample::facts;
use crate::ui::sample_view::{Class, SampleView};
use crate::ui::ui_state::UiState;
use crate::ui::widgets::picture::paint;
use crate::ui::widgets::section::lines;
use ssvae_core::format::grouped;

const IMAGE: f32 = 56.0;
/// Size of the card, its frame included.
const CARD: Vec2 = vec2(280.0, 106.0);
/// Height of a line of its text.
const LINE: f32 = 18.0;
/// From the cursor to the nearest corner of the card.
const DISTANCE: f32 = 16.0;

/// The sample under the cursor.
#[derive(Clone, Copy, Debug)]
pub struct HoveredView<'a> {
    pub sample: SampleView<'a>,
    /// Where the cursor is, in logical pixels of the window.
    pub cursor: Pos2,
}

/// Draws the card within `bounds`; it takes no pointer input.
pub fn show(ctx: &Context, bounds: Rect, hovered: &HoveredView, classes: &[Class], ui_state: &mut UiState) {
    let area = Area::new(Id::new("hover card"))
        .order(Order::Tooltip)
        .interactable(false)
        .sense(Sense::empty())
        .fade_in(false)
        .constrain(false)
        .fixed_pos(corner(hovered.cursor, bounds, CARD));
    area.show(ctx, |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            let margin = Frame::popup(ui.style()).total_margin().sum();
            ui.set_min_size(CARD - margin);
            ui.set_max_size(CARD - margin);
            card(ui, hovered, classes, ui_state);
        });
    });
}

fn card(ui: &mut Ui, hovered: &HoveredView, classes: &[Class], ui_state: &mut UiState) {
    let sample = &hovered.sample;
    ui.horizontal_centered(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(IMAGE), Sense::hover());
        let thumbnails = &mut ui_state.thumbnails;
        let texture = sample
            .image
            .map(|image| thumbnails.original(ui.ctx(), sample.serial, image));
        paint(ui, rect, texture);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut index = LayoutJob::default();
            RichText::new(format!("Index {}", grouped(sample.serial as usize)))
                .strong()
                .append_to(&mut index, ui.style(), FontSelection::Default, Align::Center);
            let free = (ui.available_height() - 5.0 * LINE).max(0.0);
            ui.add_space(free / 2.0);
            lines(ui, index, 1, LINE);
            for job in facts(ui, Some(sample), classes, ui_state.preferences.show_truth) {
                lines(ui, job, 1, LINE);
            }
        });
    });
}

/// Upper left corner of a card: right of and below the cursor, or on its other side where there is no room.
pub fn corner(cursor: Pos2, bounds: Rect, card: Vec2) -> Pos2 {
    let place = |cursor: f32, size: f32, low: f32, high: f32| {
        let after = cursor + DISTANCE;
        let before = cursor - DISTANCE - size;
        let free = if after + size <= high || before < low {
            after
        } else {
            before
        };
        free.min(high - size).max(low)
    };
    Pos2::new(
        place(cursor.x, card.x, bounds.left(), bounds.right()),
        place(cursor.y, card.y, bounds.top(), bounds.bottom()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_stays_inside_and_off_the_cursor() {
        let bounds = Rect::from_min_size(Pos2::new(250.0, 0.0), vec2(740.0, 560.0));
        for x in (250..990).step_by(7) {
            for y in (0..560).step_by(7) {
                let cursor = Pos2::new(x as f32, y as f32);
                let card = Rect::from_min_size(corner(cursor, bounds, CARD), CARD);
                assert!(bounds.contains_rect(card), "{cursor:?}: {card:?}");
                assert!(!card.contains(cursor), "{cursor:?}: {card:?}");
            }
        }
    }
}
