//! Losses over the epochs: of all runs of the session, or of runs on record laid over each other.

use std::ops::RangeInclusive;

use egui::{
    Align2, Color32, Painter, Rangef, Rect, RichText, Sense, Shape, Stroke, TextStyle, Ui, Vec2, WidgetInfo,
    WidgetType, vec2,
};
use egui_plot::{
    AxisHints, GridInput, GridMark, HoverPosition, Line, LineStyle, Plot, PlotPoints, PlotUi, Points, VLine,
};

use crate::ui::theme::{self, Look};
use ssvae_core::model::objective::Losses;
use ssvae_core::model::objective::Metric;
use ssvae_core::training::history::EpochMetrics;

/// One history to be drawn.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// When the run began; `None` for the session's runs, which stand one after the other.
    pub run: Option<String>,
    /// The epochs in their order.
    pub history: &'a [EpochMetrics],
    /// Dashes tell the second of two runs from the first.
    pub dashed: bool,
}

/// Draws what the colours and the dashes mean.
pub fn key(ui: &mut Ui, curves: &[Curve]) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let look = theme::look(ui);
        let mut entry = |name: &str, color, dashed| {
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 12.0), Sense::hover());
            sample(ui.painter(), rect, color, dashed);
            ui.label(RichText::new(name).small().weak());
        };
        for curve in curves {
            if let Some(run) = &curve.run {
                entry(run, look.text, curve.dashed);
            }
        }
        entry("train", look.train, false);
        entry("validation", look.validation, false);
    });
}

/// A piece of a curve across the middle of `rect`.
pub fn sample(painter: &Painter, rect: Rect, color: Color32, dashed: bool) {
    let stroke = Stroke::new(2.0, color);
    let ends = [rect.left_center(), rect.right_center()];
    if dashed {
        painter.extend(Shape::dashed_line(&ends, stroke, 4.0, 2.0));
    } else {
        painter.line_segment(ends, stroke);
    }
}

/// Draws one metric of the training and the validation split over the epochs.
pub fn show(ui: &mut Ui, metric: Metric, curves: &[Curve], size: Vec2) {
    let last = curves.iter().map(|curve| curve.history.len()).max();
    let Some(last) = last.filter(|&epochs| epochs > 0) else {
        empty(ui, metric, "The curve starts after the first epoch", size);
        return;
    };
    let known = |row: &EpochMetrics| metric.is_known(&row.train) || metric.is_known(&row.validation);
    if !curves.iter().any(|curve| curve.history.iter().any(known)) {
        empty(ui, metric, "n/a: no image was taught a class", size);
        return;
    }
    let look = theme::look(ui);
    fixed(Plot::new(("curve", metric.label())))
        .width(size.x)
        .height(size.y)
        .custom_x_axes(vec![epochs()])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .label(RichText::new(metric.label()).small())
                .formatter(|mark, range| axis_number(mark.value, range))
                .min_thickness(38.0)
                .label_spacing(Rangef::new(10.0, 16.0)),
        ])
        .x_grid_spacer(move |input| whole_epochs(input, size.x))
        .y_grid_spacer(move |input| round_values(input, size.y))
        .grid_color(look.line)
        .label_formatter(|position| match position {
            HoverPosition::NearDataPoint {
                plot_name, position, ..
            } if !plot_name.is_empty() => {
                Some(format!("{plot_name}, epoch {:.0}\n{:.4}", position.x, position.y))
            }
            _ => None,
        })
        // One epoch alone would span no width.
        .include_x(0.5)
        .include_x(last as f64 + 0.5)
        .set_margin_fraction(vec2(0.0, 0.08))
        .show(ui, |plot| {
            for curve in curves {
                draw(plot, metric, curve, look);
            }
        });
}

/// The axis of whole epochs.
pub fn epochs<'a>() -> AxisHints<'a> {
    AxisHints::new_x()
        .label(RichText::new("Epoch").small())
        .formatter(|mark, _| format!("{:.0}", mark.value))
        .label_spacing(Rangef::new(10.0, 20.0))
}

/// A plot that the mouse does not move.
pub fn fixed(plot: Plot<'_>) -> Plot<'_> {
    plot.show_crosshair(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
}

fn draw(plot: &mut PlotUi, metric: Metric, curve: &Curve, look: &Look) {
    let history = curve.history;
    let starts = (1..history.len()).filter(|&i| history[i].epoch == 1);
    for start in starts {
        let line = VLine::new("", start as f64 + 0.5).color(look.line);
        plot.vline(line.allow_hover(false));
    }
    let losses: [(_, _, fn(&EpochMetrics) -> &Losses); 2] = [
        ("train", look.train, |row| &row.train),
        ("validation", look.validation, |row| &row.validation),
    ];
    for (split, color, losses) in losses {
        let name = match &curve.run {
            None => split.to_owned(),
            Some(run) => format!("{split}, {run}"),
        };
        let points: Vec<[f64; 2]> = history
            .iter()
            .enumerate()
            .filter(|(_, row)| metric.is_known(losses(row)))
            .map(|(i, row)| [(i + 1) as f64, f64::from(losses(row)[metric])])
            .filter(|[_, y]| y.is_finite())
            .collect();
        if points.len() < 40 {
            let points = Points::new(name.clone(), points.clone());
            plot.points(points.color(color).radius(2.5).allow_hover(false));
        }
        let style = if curve.dashed {
            LineStyle::dashed_loose()
        } else {
            LineStyle::Solid
        };
        let line = Line::new(name, PlotPoints::from(points));
        plot.line(line.color(color).width(1.8).style(style));
    }
}

fn empty(ui: &mut Ui, metric: Metric, text: &str, size: Vec2) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, format!("{}: {text}", metric.label())));
    ui.painter().rect_filled(rect, 3.0, theme::look(ui).inset);
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout(
        text.to_owned(),
        font,
        theme::look(ui).weak_text,
        rect.width() - 16.0,
    );
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    ui.painter().galley(at.min, galley, theme::look(ui).weak_text);
}

/// Grid lines at whole epochs, one in 32 pixels at most.
pub fn whole_epochs(input: GridInput, width: f32) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = nice_step((high - low) * 32.0 / f64::from(width)).max(1.0);
    marks(low.max(1.0), high, step)
}

/// Grid lines at round losses, one in 24 pixels at most.
pub fn round_values(input: GridInput, height: f32) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    marks(low, high, nice_step((high - low) * 24.0 / f64::from(height)))
}

fn marks(low: f64, high: f64, step: f64) -> Vec<GridMark> {
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last)
        .map(|i| GridMark {
            value: i as f64 * step,
            step_size: step,
        })
        .collect()
}

/// The smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not under `least`.
fn nice_step(least: f64) -> f64 {
    let least = if least.is_finite() { least.max(1e-9) } else { 1.0 };
    let decade = 10_f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| decade * factor >= least * (1.0 - 1e-9));
    decade * factor.unwrap_or(10.0)
}

/// As many decimals as the range needs.
fn axis_number(value: f64, range: &RangeInclusive<f64>) -> String {
    let span = range.end() - range.start();
    let decimals = if span >= 5.0 {
        0
    } else {
        (1.0 - span.max(1e-6).log10()).ceil().clamp(1.0, 5.0) as usize
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(
            [1.0, 1.1, 4.0, 33.0, 70.0].map(nice_step),
            [1.0, 2.0, 5.0, 50.0, 100.0]
        );
        assert!((nice_step(0.012) - 0.02).abs() < 1e-9);
    }

    #[test]
    fn axis_numbers_have_the_decimals_they_need() {
        assert_eq!(axis_number(50.0, &(0.0..=100.0)), "50");
        assert_eq!(axis_number(0.25, &(0.0..=0.5)), "0.25");
    }
}
