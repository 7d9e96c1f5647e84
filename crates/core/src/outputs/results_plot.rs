//! The results as one picture: confusion matrix, figures of each class, reliability, accuracy over labels and over epochs.

use std::path::Path;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use png::ColorType;

use super::plot::register_fonts;
use super::results::{Report, latest, over_epochs, run_ends};
use super::{OutputError, write_png};
use crate::evaluation::{BINS, Evaluation};
use crate::files::Kind;
use crate::job::Job;
use crate::training::record::RunRecord;

const SIZE: (u32, u32) = (1600, 1000);
/// Height of the upper row.
const UPPER: u32 = 530;
const TITLE: u32 = 22;
/// Least pixels from one name of a class to the next, and least width of a cell with a number in it.
const NAME_HEIGHT: i32 = 16;
const NUMBER_WIDTH: i32 = 30;

/// As in the curves of simulations; for the first of two runs and the second.
const RIGHT: RGBColor = RGBColor(0, 114, 178);
const WRONG: RGBColor = RGBColor(213, 94, 0);
const GREY: RGBColor = RGBColor(110, 110, 110);
const GRID: RGBColor = RGBColor(222, 222, 222);

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws the report as a PNG of 1600×1000 pixels on white.
///
/// # Errors
/// If the picture cannot be drawn or written, or it was cancelled.
pub fn write_results_plot(path: &Path, report: &Report, job: &Job) -> Result<(), OutputError> {
    let mut pixels = vec![0; (SIZE.0 * SIZE.1 * 3) as usize];
    draw(&mut pixels, report).map_err(|problem| OutputError::Plot {
        path: path.to_owned(),
        problem: problem.to_string(),
    })?;
    write_png(
        path,
        &Kind::NEW,
        &pixels,
        [SIZE.0, SIZE.1],
        ColorType::Rgb,
        |rows| job.reached(rows.into(), SIZE.1.into()),
    )
}

fn draw(pixels: &mut [u8], report: &Report) -> Drawn {
    register_fonts();
    let root = BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (head, rest) = root.split_vertically(46);
    write_at(&head, &report.headline, (24, 26), 21, (HPos::Left, BLACK))?;
    let (upper, lower) = rest.split_vertically(UPPER);
    if let Some(evaluation) = &report.evaluation {
        let (left, right) = upper.split_horizontally(640);
        let (middle, right) = right.split_horizontally(430);
        matrix(&left, report, evaluation)?;
        table(&middle, report, evaluation)?;
        reliability(&right, evaluation)?;
    }
    let (left, right) = lower.split_horizontally(SIZE.0 / 2);
    over_labels(&left, report)?;
    by_epoch(&right, report)?;
    root.present()?;
    Ok(())
}

fn write_at(area: &Area, text: &str, at: (i32, i32), size: u32, (align, color): (HPos, RGBColor)) -> Drawn {
    let style = ("sans-serif", size).into_font().color(&color);
    // Digits reach above the middle of the font's height.
    let at = (at.0, at.1 + size as i32 / 8);
    area.draw_text(text, &style.pos(Pos::new(align, VPos::Center)), at)?;
    Ok(())
}

/// As much of a name as has room in so many pixels.
fn short(report: &Report, class: usize, pixels: usize) -> String {
    let name = report.classes.get(class).map_or("", String::as_str);
    name.chars().take(pixels / 9).collect()
}

fn mix(color: RGBColor, share: f64) -> RGBColor {
    let channel = |value: u8| (255.0 + (f64::from(value) - 255.0) * share).round() as u8;
    RGBColor(channel(color.0), channel(color.1), channel(color.2))
}

/// True classes from top to bottom, predicted ones from left to right; the more samples of its row, the fuller a cell.
fn matrix(area: &Area, report: &Report, evaluation: &Evaluation) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    write_at(
        area,
        "Confusion matrix: true class (rows), predicted class (columns)",
        (24, 18),
        TITLE,
        (HPos::Left, BLACK),
    )?;
    let (left, top) = (84, 62);
    let classes = evaluation.classes();
    let (cell_width, cell_height) = (
        (width as i32 - left - 20) / classes as i32,
        (height as i32 - top - 12) / classes as i32,
    );
    // Of many classes only some have room for their names, and no cell for its number.
    let named = (NAME_HEIGHT / cell_width.min(cell_height)) as usize + 1;
    let numbers = cell_width >= NUMBER_WIDTH && named == 1;
    let gap = if numbers { 2 } else { 0 };
    for class in 0..classes {
        let (x, y) = (
            left + cell_width * class as i32 + cell_width / 2,
            top + cell_height * class as i32 + cell_height / 2,
        );
        if class.is_multiple_of(named) {
            let column = short(report, class, cell_width as usize * named);
            write_at(area, &column, (x, top - 12), 16, (HPos::Center, GREY))?;
            write_at(
                area,
                &short(report, class, 62),
                (left - 8, y),
                16,
                (HPos::Right, GREY),
            )?;
        }
        let support = f64::from(evaluation.support(class).max(1));
        for predicted in 0..classes {
            let count = evaluation.matrix[class][predicted];
            let fill = (f64::from(count) / support).sqrt();
            let color = if class == predicted { RIGHT } else { WRONG };
            let corner = (
                left + cell_width * predicted as i32,
                top + cell_height * class as i32,
            );
            let far = (corner.0 + cell_width - gap, corner.1 + cell_height - gap);
            area.draw(&Rectangle::new([corner, far], mix(color, fill).filled()))?;
            if numbers {
                area.draw(&Rectangle::new([corner, far], GRID))?;
            }
            if count > 0 && numbers {
                let middle = ((corner.0 + far.0) / 2, (corner.1 + far.1) / 2);
                let ink = if fill > 0.6 { WHITE } else { BLACK };
                write_at(area, &count.to_string(), middle, 16, (HPos::Center, ink))?;
            }
        }
    }
    Ok(())
}

fn table(area: &Area, report: &Report, evaluation: &Evaluation) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let top = 62;
    let room = height as i32 - top - 12;
    let row = (room / evaluation.classes() as i32).max(NAME_HEIGHT);
    // What has no room is in the table of the results.
    let shown = evaluation.classes().min((room / row) as usize);
    let left = 30;
    let step = (width as i32 - left - 100) / 4;
    let right = |column: i32| left + 70 + step * (column + 1);
    write_at(area, "Each class", (left, 18), TITLE, (HPos::Left, BLACK))?;
    for (column, name) in (0..).zip(["Precision", "Recall", "F1", "Images"]) {
        write_at(area, name, (right(column), top - 12), 16, (HPos::Right, GREY))?;
    }
    for class in 0..shown {
        let y = top + row * class as i32 + row / 2;
        write_at(
            area,
            &short(report, class, 90),
            (left, y),
            17,
            (HPos::Left, BLACK),
        )?;
        let share =
            |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.3}"));
        let cells = [
            share(evaluation.precision(class)),
            share(evaluation.recall(class)),
            share(evaluation.f1(class)),
            evaluation.support(class).to_string(),
        ];
        for (column, cell) in (0..).zip(&cells) {
            write_at(area, cell, (right(column), y), 17, (HPos::Right, BLACK))?;
        }
    }
    Ok(())
}

/// The bars end on the diagonal where certainty is accuracy.
fn reliability(area: &Area, evaluation: &Evaluation) -> Drawn {
    let mut chart = ChartBuilder::on(area)
        .caption("Reliability", ("sans-serif", TITLE))
        .margin(14)
        .margin_right(30)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(GRID)
        .x_desc("Certainty")
        .y_desc("Accuracy")
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|share| format!("{:.0} %", 100.0 * share))
        .y_label_formatter(&|share| format!("{:.0} %", 100.0 * share))
        .label_style(("sans-serif", 16))
        .axis_desc_style(("sans-serif", 18))
        .draw()?;
    let bars = evaluation.bins.iter().enumerate().filter_map(|(place, bin)| {
        let (from, to) = (place as f64 / BINS as f64, (place + 1) as f64 / BINS as f64);
        let corners = [(from + 0.003, 0.0), (to - 0.003, bin.accuracy()?)];
        Some(Rectangle::new(corners, mix(RIGHT, 0.75).filled()))
    });
    chart.draw_series(bars)?;
    let ideal = PathElement::new([(0.0, 0.0), (1.0, 1.0)], GREY.stroke_width(2));
    chart.draw_series(std::iter::once(ideal))?;
    Ok(())
}

/// From what to what an axis of shares goes; up to 1 where it comes near.
fn shares(values: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
    let (low, high) = values.fold((1.0_f64, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low > high {
        return 0.0..1.0;
    }
    let margin = ((high - low) * 0.1).max(0.01);
    let to = (high + margin).min(1.0);
    (low - margin).max(0.0)..to
}

/// Decimals that tell the lines of an axis apart.
fn label(share: f64, range: &std::ops::Range<f64>) -> String {
    let decimals = usize::from(range.end - range.start < 0.1);
    format!("{:.decimals$} %", 100.0 * share)
}

fn over_labels(area: &Area, report: &Report) -> Drawn {
    let ends = run_ends(report.runs.iter().map(|run| &**run));
    let marked = report.drawn.iter().filter(|_| report.compared);
    let last = report.accuracy.iter().chain(&ends).map(|point| point.0).max();
    let range = shares(report.accuracy.iter().chain(&ends).map(|point| point.1));
    let mut chart = ChartBuilder::on(area)
        .caption("Accuracy against number of labels", ("sans-serif", TITLE))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..last.unwrap_or(1).max(1) as f64 * 1.02, range.clone())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(GRID)
        .x_desc("Labels")
        .x_label_formatter(&|labels| format!("{labels:.0}"))
        .y_label_formatter(&|share| label(*share, &range))
        .y_labels(7)
        .label_style(("sans-serif", 16))
        .axis_desc_style(("sans-serif", 18))
        .draw()?;
    let at = |point: &(usize, f64)| (point.0 as f64, point.1);
    // Where one run was begun, and where the other.
    for (number, (name, run)) in marked.enumerate() {
        let x = run.labels.count as f64;
        let line = PathElement::new([(x, range.start), (x, range.end)], GREY.stroke_width(1));
        let dashes = DashedLineSeries::new([(x, range.start), (x, range.end)], 6, 5, GREY.stroke_width(1));
        let series = if number == 0 {
            chart.draw_series(std::iter::once(line))?
        } else {
            chart.draw_series(dashes)?
        };
        series
            .label(format!("run of {name}"))
            .legend(move |at| sample(at, GREY, number));
    }
    for (name, color, points) in [
        ("propagated to the unlabelled", RIGHT, &report.accuracy),
        ("test images, at the end of a run", WRONG, &ends),
    ] {
        if points.is_empty() {
            continue;
        }
        let line: Vec<(f64, f64)> = latest(points).iter().map(at).collect();
        chart
            .draw_series(LineSeries::new(line, color.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], color.stroke_width(3)));
        let dots = points
            .iter()
            .map(|point| Circle::new(at(point), 4, color.filled()));
        chart.draw_series(dots)?;
    }
    key(&mut chart)
}

fn by_epoch(area: &Area, report: &Report) -> Drawn {
    let curve = |run: &RunRecord| -> Vec<(f64, f64)> {
        over_epochs(run)
            .map(|(epoch, share)| (epoch as f64, share))
            .collect()
    };
    let curves: Vec<(&str, Vec<(f64, f64)>)> = report
        .drawn
        .iter()
        .map(|(name, run)| (name.as_str(), curve(run)))
        .collect();
    let points = || curves.iter().flat_map(|(_, points)| points);
    let last = points().map(|point| point.0).fold(1.0, f64::max);
    let range = shares(points().map(|point| point.1));
    let mut chart = ChartBuilder::on(area)
        .caption(
            "Accuracy on the test images over the epochs",
            ("sans-serif", TITLE),
        )
        .margin(14)
        .margin_right(30)
        .x_label_area_size(44)
        .y_label_area_size(70)
        .build_cartesian_2d(0.5..last + 0.5, range.clone())?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(GRID)
        .x_desc("Epoch")
        .x_labels((last as usize).clamp(1, 10))
        .x_label_formatter(&|epoch| {
            if epoch.fract().abs() < 1e-6 {
                format!("{epoch:.0}")
            } else {
                String::new()
            }
        })
        .y_label_formatter(&|share| label(*share, &range))
        .y_labels(7)
        .label_style(("sans-serif", 16))
        .axis_desc_style(("sans-serif", 18))
        .draw()?;
    for (number, (name, points)) in curves.into_iter().enumerate() {
        let line = WRONG.stroke_width(2);
        let series = if number == 0 {
            chart.draw_series(LineSeries::new(points.clone(), line))?
        } else {
            chart.draw_series(DashedLineSeries::new(points.clone(), 8, 6, line))?
        };
        series
            .label(format!("run of {name}"))
            .legend(move |at| sample(at, WRONG, number));
        let dots = points
            .into_iter()
            .map(|point| Circle::new(point, 4, WRONG.filled()));
        chart.draw_series(dots)?;
    }
    key(&mut chart)
}

/// A piece of the line of a run, with dashes that of the second.
fn sample(
    (x, y): (i32, i32),
    color: RGBColor,
    number: usize,
) -> DashedPathElement<std::array::IntoIter<(i32, i32), 2>, u32> {
    let dash = if number == 0 { 24 } else { 7 };
    DashedPathElement::new([(x, y), (x + 24, y)], dash, 4, color.stroke_width(2))
}

type Chart<'a, 'b> = ChartContext<
    'a,
    BitMapBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn key<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>) -> Drawn {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE.mix(0.85))
        .border_style(RGBColor(200, 200, 200))
        .label_font(("sans-serif", 17))
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ssvae_test_support::Picture;

    use super::*;
    use crate::classes::ClassCount;
    use crate::examples::report;

    #[test]
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn a_picture_is_drawn_of_all_and_of_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let nothing = Report {
            evaluation: None,
            accuracy: Vec::new(),
            runs: Vec::new(),
            drawn: Vec::new(),
            ..report()
        };
        let of = |count: usize| {
            let classes = ClassCount::new(count).unwrap();
            let samples = classes.iter().map(|class| (class, Some(class), 0.9));
            Report {
                classes: classes.iter().map(|class| format!("class {class}")).collect(),
                evaluation: Some(Evaluation::of(classes, samples)),
                ..report()
            }
        };
        for (name, report) in [
            ("all.png", report()),
            ("nothing.png", nothing),
            ("3.png", of(3)),
            ("11.png", of(11)),
            ("62.png", of(62)),
            ("256.png", of(256)),
        ] {
            let path = dir.path().join(name);
            write_results_plot(&path, &report, &Job::new(|| {})).unwrap();
            let picture = Picture::open(&path).unwrap();
            assert_eq!(picture.size, [SIZE.0 as usize, SIZE.1 as usize]);
            assert_eq!(picture.pixel(2, 2)[..3], [255; 3]);
        }
        let cancelled = Job::new(|| {});
        cancelled.cancel();
        let path = dir.path().join("cancelled.png");
        let written = write_results_plot(&path, &report(), &cancelled);
        assert!(matches!(written, Err(OutputError::Cancelled(_))));
        assert!(!path.exists());
    }

    #[test]
    fn an_axis_of_shares_has_some_height() {
        assert_eq!(shares(std::iter::empty()), 0.0..1.0);
        let one = shares([1.0].into_iter());
        assert!(one.end == 1.0 && one.start < 1.0, "{one:?}");
        let zero = shares([0.0].into_iter());
        assert!(zero.start == 0.0 && zero.end > 0.0, "{zero:?}");
    }
}
