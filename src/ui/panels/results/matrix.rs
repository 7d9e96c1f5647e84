//! The confusion matrix.

use egui::{
    Align2, Color32, Rect, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};

use super::figures::Figures;
use super::sizes::EDGE;
use crate::ui::sample_view::{Class, class_name};
use crate::ui::theme;
use crate::ui::ui_state::ResultsOf;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::format::grouped;

/// What a click on a cell does, or why it does nothing.
pub fn lead(shown: &Figures, of: ResultsOf) -> Result<&'static str, &'static str> {
    match (shown.leads, of) {
        (false, _) => Err("Of a run on record the counts alone are kept, not its images."),
        (true, ResultsOf::Test) => Ok("Click: show these images."),
        (true, ResultsOf::Propagated) => Ok("Click: select these points."),
        (true, ResultsOf::Audit) => Err("The samples of an audit stay apart from the others."),
    }
}

/// Classes beyond which the cells that are scrolled away are not drawn.
const MANY: usize = 16;

/// Draws the matrix: true classes from top to bottom, predicted ones from left to right. The colour of a cell is the
/// stronger, the larger its share of the row.
/// Returns true and predicted class of the cell that was clicked; `lead`: what a click does, or why it does nothing.
pub fn show(
    ui: &mut Ui,
    evaluation: &Evaluation,
    classes: &[Class],
    cell: Vec2,
    lead: Result<&str, &str>,
) -> Option<[u8; 2]> {
    let count_of_classes = evaluation.classes();
    let size = vec2(EDGE, EDGE) + count_of_classes as f32 * cell;
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let grid = Rect::from_min_max(rect.min + vec2(EDGE, EDGE), rect.max);
    let mut font = TextStyle::Small.resolve(ui.style());
    font.size = font.size.min(cell.y).min(0.42 * cell.x);
    let look = theme::look(ui);
    let mut clicked = None;
    for truth in 0..count_of_classes {
        let middle = (truth as f32 + 0.5) * cell;
        let short = |class: usize| {
            class_name(classes, class as u8)
                .chars()
                .take(2)
                .collect::<String>()
        };
        let row = pos2(rect.left() + EDGE / 2.0, grid.top() + middle.y);
        let column = pos2(grid.left() + middle.x, rect.top() + EDGE / 2.0);
        for at in [row, column] {
            ui.painter().text(
                at,
                Align2::CENTER_CENTER,
                short(truth),
                font.clone(),
                look.weak_text,
            );
        }
        let support = evaluation.support(truth).max(1) as f32;
        for predicted in 0..count_of_classes {
            let count = evaluation.matrix[truth][predicted];
            let min = grid.min + vec2(predicted as f32 * cell.x, truth as f32 * cell.y);
            let place = Rect::from_min_size(min, cell).shrink(0.5);
            if count_of_classes > MANY && !ui.is_rect_visible(place) {
                continue;
            }
            let color = if truth == predicted {
                look.accent
            } else {
                look.warning
            };
            let fill = (count as f32 / support).sqrt();
            ui.painter().rect_filled(place, 1.0, look.inset);
            ui.painter().rect_filled(place, 1.0, color.gamma_multiply(fill));
            if count > 0 {
                ui.painter().text(
                    place.center(),
                    Align2::CENTER_CENTER,
                    count.to_string(),
                    font.clone(),
                    if fill > 0.6 { Color32::WHITE } else { look.text },
                );
            }
            let words = format!(
                "{} of {} whose true class is {} are predicted {}",
                grouped(count as usize),
                grouped(evaluation.support(truth) as usize),
                class_name(classes, truth as u8),
                class_name(classes, predicted as u8)
            );
            let button = count > 0 && lead.is_ok();
            let sense = if button { Sense::click() } else { Sense::hover() };
            let response = ui.interact(place, ui.id().with(("cell", truth, predicted)), sense);
            let kind = if button {
                WidgetType::Button
            } else {
                WidgetType::Label
            };
            response.widget_info(|| WidgetInfo::labeled(kind, true, &words));
            if button && (response.hovered() || response.has_focus()) {
                let line = Stroke::new(2.0, look.strong_text);
                ui.painter().rect_stroke(place, 1.0, line, StrokeKind::Inside);
            }
            if response.clicked() {
                clicked = Some([truth as u8, predicted as u8]);
            }
            let help = match lead {
                Ok(help) if count > 0 => help,
                Err(why) => why,
                Ok(_) => "",
            };
            response.on_hover_text(format!("{words}\n{help}").trim_end());
        }
    }
    ui.painter()
        .rect_stroke(grid, 1.0, Stroke::new(1.0, look.line), StrokeKind::Outside);
    clicked
}
