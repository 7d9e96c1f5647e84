//! Precision, recall and F1 of each class.

use egui::{Align, Align2, Layout, Sense, TextStyle, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2};

use super::figures::figure;
use super::sizes::NAME;
use crate::ui::sample_view::{Class, class_name};
use crate::ui::theme;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::format::grouped;

/// Draws precision, recall and F1 of each class.
pub fn show(ui: &mut Ui, evaluation: &Evaluation, classes: &[Class], size: Vec2) {
    let (width, line) = (size.x, size.y / (evaluation.classes() + 1) as f32);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let row = |ui: &mut Ui, cells: [String; 5], weak: bool| {
            let (rect, response) = ui.allocate_exact_size(vec2(width, line), Sense::hover());
            let said = cells.join(", ");
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &said));
            let mut font = TextStyle::Small.resolve(ui.style());
            font.size = font.size.min(line);
            let look = theme::look(ui);
            let color = if weak { look.weak_text } else { look.text };
            for (place, cell) in cells.into_iter().enumerate() {
                let (x, align) = match place {
                    0 => (rect.left(), Align2::LEFT_CENTER),
                    place => (
                        rect.left() + NAME + place as f32 * (width - NAME) / 4.0,
                        Align2::RIGHT_CENTER,
                    ),
                };
                let at = pos2(x, rect.center().y);
                ui.painter().text(at, align, cell, font.clone(), color);
            }
        };
        row(
            ui,
            ["Class", "Precision", "Recall", "F1", "Images"].map(str::to_owned),
            true,
        );
        for class in 0..evaluation.classes() {
            let cells = [
                class_name(classes, class as u8).chars().take(8).collect(),
                figure(evaluation.precision(class)),
                figure(evaluation.recall(class)),
                figure(evaluation.f1(class)),
                grouped(evaluation.support(class) as usize),
            ];
            row(ui, cells, false);
        }
    });
}
