//! Accuracy against the number of labels: of what is propagated from them, and of the models that were trained on them.

use std::sync::Arc;

use egui::{
    Align2, Color32, Label, Rangef, Rect, RichText, Sense, TextStyle, Ui, Vec2, WidgetInfo, WidgetType, pos2,
    vec2,
};
use egui_plot::{
    AxisHints, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoints, PlotUi, Points, VLine,
};

use super::curves;
use super::runs;
use crate::ui::theme;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::format::percent;
use ssvae_core::outputs::results::{latest, run_ends};
use ssvae_core::training::record::RunRecord;

/// Names of the lines.
const PROPAGATED: &str = "propagated";
const TEST: &str = "test images";

fn point(&(labels, accuracy): &(usize, f64)) -> [f64; 2] {
    [labels as f64, 100.0 * accuracy]
}

/// Draws both lines: `accuracy` of what is propagated by the number of labels, and of the `runs` on record; the compared runs are marked where they stand, the second one with dashes.
pub fn show(
    ui: &mut Ui,
    (accuracy, runs): (&[(usize, f64)], &[Arc<RunRecord>]),
    compared: &[&RunRecord],
    size: Vec2,
) {
    let ends = run_ends(runs.iter().map(|run| &**run));
    if accuracy.is_empty() && ends.is_empty() {
        let text =
            RichText::new("Accuracy against the number of labels: the curve starts with the first label.");
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.painter().rect_filled(rect, 3.0, theme::look(ui).inset);
        ui.put(rect.shrink(8.0), Label::new(text.weak()).wrap());
        return;
    }
    let look = theme::look(ui);
    let lines = [(PROPAGATED, look.train, accuracy), (TEST, look.validation, &ends)];
    let shown = curves::fixed(Plot::new("accuracy over labels"))
        .width(size.x)
        .height(size.y)
        .custom_x_axes(vec![
            AxisHints::new_x()
                .label(RichText::new("Labels").small())
                .formatter(|mark, _| format!("{:.0}", mark.value))
                .label_spacing(Rangef::new(24.0, 40.0)),
        ])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .label(RichText::new("Accuracy, %").small())
                .label_spacing(Rangef::new(10.0, 16.0)),
        ])
        .y_grid_spacer(move |input| curves::round_values(input, size.y))
        .grid_color(look.line)
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint {
                plot_name, position, ..
            } if !plot_name.is_empty() => Some(format!(
                "{plot_name}\n{:.0} labels, {:.2} %",
                position.x, position.y
            )),
            _ => None,
        })
        .include_x(0.0)
        .set_margin_fraction(vec2(0.03, 0.08))
        .show(ui, |plot| {
            for (number, run) in compared.iter().enumerate() {
                mark(
                    plot,
                    run,
                    number > 0,
                    [look.train, look.validation, look.weak_text],
                );
            }
            for (name, color, points) in lines {
                let line: Vec<[f64; 2]> = latest(points).iter().map(point).collect();
                let dots: Vec<[f64; 2]> = points.iter().map(point).collect();
                if dots.len() < 200 {
                    plot.points(Points::new(name, dots).color(color).radius(2.0));
                }
                plot.line(Line::new(name, PlotPoints::from(line)).color(color).width(1.6));
            }
        });
    let said = words(accuracy, &ends);
    shown
        .response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &said));
    let drawn = lines.iter().filter(|(_, _, points)| !points.is_empty());
    key(
        ui,
        shown.response.rect,
        drawn.map(|(name, color, _)| (*name, *color)),
    );
}

/// Where a run began, and how right its labels and its model were.
fn mark(plot: &mut PlotUi, run: &RunRecord, dashed: bool, [propagated, tested, line]: [Color32; 3]) {
    let labels = run.labels.count;
    let name = format!("run of {}", runs::started(run));
    let style = if dashed {
        LineStyle::dashed_dense()
    } else {
        LineStyle::Solid
    };
    plot.vline(
        VLine::new("", labels as f64)
            .color(line)
            .width(1.0)
            .style(style)
            .allow_hover(false),
    );
    let shape = if dashed {
        MarkerShape::Diamond
    } else {
        MarkerShape::Circle
    };
    let figures = [
        (propagated, run.propagated.as_ref().and_then(Evaluation::accuracy)),
        (tested, run.tested.last().and_then(|last| last.accuracy)),
    ];
    for (color, accuracy) in figures {
        if let Some(accuracy) = accuracy.filter(|accuracy| accuracy.is_finite()) {
            let at = vec![point(&(labels, accuracy))];
            plot.points(
                Points::new(name.clone(), at)
                    .color(color)
                    .radius(5.0)
                    .shape(shape),
            );
        }
    }
}

/// What assistive technology reads.
fn words(accuracy: &[(usize, f64)], ends: &[(usize, f64)]) -> String {
    let mut text = "Accuracy against number of labels".to_owned();
    for (name, points) in [(PROPAGATED, accuracy), (TEST, ends)] {
        if let Some((labels, share)) = points.last() {
            text += &format!(", {name} {} with {labels} labels", percent(*share, 1));
        }
    }
    text
}

/// In the lower right corner, where a curve that rises leaves room.
fn key<'a>(ui: &Ui, plot: Rect, entries: impl Iterator<Item = (&'a str, Color32)>) {
    let font = TextStyle::Small.resolve(ui.style());
    let look = theme::look(ui);
    let mut bottom = plot.bottom() - 8.0;
    for (name, color) in entries {
        let text = ui.painter().text(
            pos2(plot.right() - 8.0, bottom),
            Align2::RIGHT_CENTER,
            name,
            font.clone(),
            look.text,
        );
        let line = Rect::from_min_max(
            pos2(text.left() - 18.0, text.top()),
            pos2(text.left() - 4.0, text.bottom()),
        );
        curves::sample(ui.painter(), line, color, false);
        bottom -= text.height();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_both_lines_are_said() {
        let said = words(&[(10, 0.8), (20, 0.9)], &[(442, 0.959)]);
        assert_eq!(
            said,
            "Accuracy against number of labels, propagated 90.0 % with 20 labels, test images 95.9 % with 442 labels"
        );
    }
}
