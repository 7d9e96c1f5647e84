//! The curves of simulations: accuracy against number of labels.

use std::collections::BTreeMap;
use std::path::Path;

use plotters::prelude::*;
use png::ColorType;

use super::kinds::PICTURE;
use super::plot::register_fonts;
use super::{OutputError, write_png};
use crate::acquisition::Strategy;
use crate::choice::Choice;
use crate::simulation::Measured;

const SIZE: (u32, u32) = (1200, 800);

/// Apart to normal sight and to dichromats on white: after Okabe & Ito 2008, and three greys.
const COLORS: [RGBColor; 10] = [
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(120, 94, 20),
    RGBColor(150, 150, 150),
    RGBColor(90, 60, 160),
    RGBColor(40, 40, 40),
];

/// Labels, mean, smallest and largest accuracy over the seeds.
type Point = (f64, f64, f64, f64);

/// Draws the mean of each strategy as a line, and smallest to largest of its seeds as a band.
///
/// # Errors
/// If the picture cannot be drawn or written.
pub fn write_simulation_plot(path: &Path, rows: &[Measured]) -> Result<(), OutputError> {
    let mut pixels = vec![0; (SIZE.0 * SIZE.1 * 3) as usize];
    draw(&mut pixels, rows).map_err(|problem| OutputError::Plot {
        path: path.to_owned(),
        problem: problem.to_string(),
    })?;
    write_png(path, &PICTURE, &pixels, [SIZE.0, SIZE.1], ColorType::Rgb, |_| {
        Ok(())
    })
}

fn curve(rows: &[Measured], strategy: Strategy) -> Vec<Point> {
    let mut by_labels: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.strategy == strategy) {
        by_labels
            .entry(row.labels)
            .or_default()
            .push(row.unlabelled_accuracy);
    }
    let points = by_labels.into_iter().map(|(labels, values)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let low = values.iter().copied().fold(1.0, f64::min);
        (labels as f64, mean, low, values.into_iter().fold(0.0, f64::max))
    });
    points.collect()
}

fn draw(pixels: &mut [u8], rows: &[Measured]) -> Result<(), Box<dyn std::error::Error>> {
    register_fonts();
    let root = BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let curves: Vec<(usize, Strategy, Vec<Point>)> = Strategy::ALL
        .iter()
        .copied()
        .enumerate()
        .map(|(i, strategy)| (i, strategy, curve(rows, strategy)))
        .filter(|(_, _, points)| !points.is_empty())
        .collect();
    let last = rows.iter().map(|row| row.labels).max().unwrap_or(1) as f64;
    let best = rows.iter().map(|row| row.unlabelled_accuracy).fold(0.0, f64::max);
    let low = if best > 0.9 { 0.5 } else { 0.0 };
    let mut chart = ChartBuilder::on(&root)
        .caption(
            "Accuracy on the unlabelled images: mean and spread over the seeds",
            ("sans-serif", 24),
        )
        .margin(16)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..last, low..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(222, 222, 222))
        .x_desc("Labels")
        .y_label_formatter(&|share| format!("{:.0} %", 100.0 * share))
        .x_label_formatter(&|labels| format!("{labels:.0}"))
        .label_style(("sans-serif", 17))
        .axis_desc_style(("sans-serif", 19))
        .draw()?;
    // The first one, which is the default, on top of the others.
    for (i, _, points) in curves.iter().rev() {
        let there = points.iter().map(|point| (point.0, point.3.max(low)));
        let back = points.iter().rev().map(|point| (point.0, point.2.max(low)));
        let band = Polygon::new(there.chain(back).collect::<Vec<_>>(), COLORS[*i].mix(0.08));
        chart.draw_series(std::iter::once(band))?;
    }
    for (i, strategy, points) in curves.iter().rev() {
        let (color, width) = (COLORS[*i], if *i == 0 { 4 } else { 2 });
        let line = points.iter().map(|point| (point.0, point.1.max(low)));
        chart
            .draw_series(LineSeries::new(line, color.stroke_width(width)))?
            .label(strategy.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 26, y)], color.stroke_width(width)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 18))
        .draw()?;
    root.present()?;
    Ok(())
}
