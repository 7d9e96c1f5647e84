//! Reliability, and accuracy over the epochs.

use egui::{RichText, Ui, Vec2};
use egui_plot::{Bar, BarChart, Line, LineStyle, Plot, PlotPoints, Points};

use crate::ui::panels::curves;
use crate::ui::panels::runs::started;
use crate::ui::theme;
use ssvae_core::evaluation::{BINS, Evaluation};
use ssvae_core::outputs::results::over_epochs as over_epochs_of;
use ssvae_core::training::record::RunRecord;

/// Accuracy by certainty; of a well calibrated model the bars end on the diagonal.
pub fn reliability(ui: &mut Ui, evaluation: &Evaluation, size: Vec2) {
    let look = theme::look(ui);
    let width = 1.0 / BINS as f64;
    let bars = evaluation.bins.iter().enumerate().filter_map(|(place, bin)| {
        let middle = (place as f64 + 0.5) * width;
        Some(
            Bar::new(middle, bin.accuracy()?)
                .width(0.9 * width)
                .fill(look.train),
        )
    });
    let chart = BarChart::new("accuracy", bars.collect()).allow_hover(false);
    let ideal = Line::new("", PlotPoints::from(vec![[0.0, 0.0], [1.0, 1.0]]));
    curves::fixed(Plot::new("reliability"))
        .x_axis_label(RichText::new("Certainty").small())
        .y_axis_label(RichText::new("Accuracy").small())
        .width(size.x)
        .height(size.y)
        .include_x(0.0)
        .include_x(1.0)
        .include_y(0.0)
        .include_y(1.0)
        .grid_color(look.line)
        .show(ui, |plot| {
            plot.bar_chart(chart);
            plot.line(ideal.color(look.weak_text).allow_hover(false));
        });
}

/// Test accuracy of one run or two over their epochs, the second with dashes.
pub fn over_epochs(ui: &mut Ui, drawn: &[&RunRecord], size: Vec2) {
    let look = theme::look(ui);
    curves::fixed(Plot::new("test accuracy"))
        .custom_x_axes(vec![curves::epochs()])
        .y_axis_label(RichText::new("Test accuracy, %").small())
        .x_grid_spacer(move |input| curves::whole_epochs(input, size.x))
        .y_grid_spacer(move |input| curves::round_values(input, size.y))
        .width(size.x)
        .height(size.y)
        .grid_color(look.line)
        .show(ui, |plot| {
            for (number, run) in drawn.iter().enumerate() {
                let points: Vec<[f64; 2]> = over_epochs_of(run)
                    .map(|(epoch, accuracy)| [epoch as f64, 100.0 * accuracy])
                    .collect();
                let name = started(run);
                let (dots, line) = (points.clone(), PlotPoints::from(points));
                plot.points(Points::new(name.clone(), dots).color(look.validation).radius(2.5));
                let style = if number > 0 {
                    LineStyle::dashed_loose()
                } else {
                    LineStyle::Solid
                };
                plot.line(
                    Line::new(name, line)
                        .color(look.validation)
                        .width(1.8)
                        .style(style),
                );
            }
        });
}
