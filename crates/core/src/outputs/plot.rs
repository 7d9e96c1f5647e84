//! `<stem>_loss.png`: the loss curves of a run.

use std::path::Path;
use std::sync::OnceLock;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use png::ColorType;

use crate::model::objective::{Losses, Metric};
use crate::training::history::EpochMetrics;

use super::kinds::PICTURE;
use super::{OutputError, write_png};

const SIZE: (u32, u32) = (1400, 900);
const TRAIN: RGBColor = RGBColor(31, 119, 180);
const VALIDATION: RGBColor = RGBColor(214, 96, 20);

/// Writes the loss curves as a PNG of 1400×900 pixels: a panel per metric, with both splits.
///
/// # Errors
/// If they cannot be drawn or written.
pub fn write_loss_plot(path: &Path, history: &[EpochMetrics]) -> Result<(), OutputError> {
    let mut pixels = vec![0; (SIZE.0 * SIZE.1 * 3) as usize];
    draw(&mut pixels, history).map_err(|problem| OutputError::Plot {
        path: path.to_owned(),
        problem: problem.to_string(),
    })?;
    write_png(path, &PICTURE, &pixels, [SIZE.0, SIZE.1], ColorType::Rgb, |_| {
        Ok(())
    })
}

/// The panels' font travels in the binary.
pub(super) fn register_fonts() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let _ = register_font(
            "sans-serif",
            FontStyle::Normal,
            epaint_default_fonts::UBUNTU_LIGHT,
        );
    });
}

fn draw(pixels: &mut [u8], history: &[EpochMetrics]) -> Result<(), Box<dyn std::error::Error>> {
    register_fonts();
    let root = BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let root = root.margin(10, 10, 10, 20);
    let panels = root.split_evenly((Metric::ALL.len().div_ceil(2), 2));
    for (area, metric) in panels.iter().zip(Metric::ALL) {
        draw_metric(area, metric, history)?;
    }
    root.present()?;
    Ok(())
}

fn draw_metric<B: DrawingBackend>(
    area: &DrawingArea<B, plotters::coord::Shift>,
    metric: Metric,
    history: &[EpochMetrics],
) -> Result<(), Box<dyn std::error::Error>>
where
    B::ErrorType: 'static,
{
    let points = |losses: fn(&EpochMetrics) -> &Losses| -> Vec<(f64, f64)> {
        let values = history.iter().map(|metrics| f64::from(losses(metrics)[metric]));
        values
            .enumerate()
            .map(|(i, value)| ((i + 1) as f64, value))
            .collect()
    };
    let series = [
        ("train", TRAIN, points(|m| &m.train)),
        ("validation", VALIDATION, points(|m| &m.validation)),
    ];
    let values = || {
        series
            .iter()
            .flat_map(|(_, _, points)| points.iter().map(|point| point.1))
    };
    let (low, high) = (
        values().fold(f64::MAX, f64::min),
        values().fold(f64::MIN, f64::max),
    );
    let margin = ((high - low) * 0.06).max(high.abs() * 1e-3).max(1e-6);
    let last = history.len() as f64;
    // A single epoch stands in the middle of its panel.
    let epochs = if history.len() > 1 { 1.0..last } else { 0.0..2.0 };
    // Opposite to where the curves end.
    let end = series[0].2.last().map_or(low, |point| point.1);
    let legend = if end < (low + high) / 2.0 {
        SeriesLabelPosition::UpperRight
    } else {
        SeriesLabelPosition::LowerRight
    };
    let mut chart = ChartBuilder::on(area)
        .caption(metric.title(), ("sans-serif", 24))
        .margin(14)
        .x_label_area_size(46)
        .y_label_area_size(80)
        .build_cartesian_2d(epochs, low - margin..high + margin)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(222, 222, 222))
        .x_desc("Epoch")
        .y_desc("Loss")
        .x_labels(history.len().clamp(3, 10))
        .x_label_formatter(&|epoch| {
            if epoch.fract().abs() < 1e-6 {
                format!("{epoch:.0}")
            } else {
                String::new()
            }
        })
        .y_label_formatter(&|value| significant(*value))
        .label_style(("sans-serif", 16))
        .axis_desc_style(("sans-serif", 18))
        .draw()?;
    for (name, colour, points) in series {
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(2)));
        if points.len() == 1 {
            chart.draw_series(
                points
                    .into_iter()
                    .map(|point| Circle::new(point, 4, colour.filled())),
            )?;
        }
    }
    chart
        .configure_series_labels()
        .position(legend)
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 17))
        .draw()?;
    Ok(())
}

/// Four significant digits, so that axes of 0.01 and of 1000 read alike.
fn significant(value: f64) -> String {
    let digits = if value == 0.0 {
        0
    } else {
        (3 - value.abs().log10().floor() as i32).clamp(0, 6)
    };
    format!("{value:.*}", digits as usize)
}
