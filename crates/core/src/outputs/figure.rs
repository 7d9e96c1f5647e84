//! The view as a picture or a drawing, with its legend.

use std::fmt::Write as _;
use std::path::Path;

use plotters::prelude::*;
use png::ColorType;

use super::OutputError;
use super::plot::register_fonts;
use crate::files::{Kind, write};
use crate::job::Job;
use crate::printable;

/// What is drawn.
pub struct Figure<'a> {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// sRGB.
    pub background: [u8; 3],
    /// Colour of legend and outlines, sRGB.
    pub text: [u8; 3],
    /// In the order in which they are drawn.
    pub discs: &'a [Disc],
    /// What each colour means, in sRGB.
    pub legend: &'a [(String, [u8; 3])],
}

/// A sample as a disc.
#[derive(Clone, Copy, Debug)]
pub struct Disc {
    /// Its middle, in pixels from the top left.
    pub at: [f32; 2],
    /// In pixels.
    pub radius: f32,
    /// sRGB.
    pub color: [u8; 3],
    /// Opacity, in 0..=1.
    pub alpha: f32,
    /// Whether it has an outline in the text's colour.
    pub outlined: bool,
}

/// Height of a row of the legend in a picture of this height; below it no smaller.
const ROW: (f32, f32) = (20.0, 800.0);

impl Figure<'_> {
    /// Pixels of so many twentieths of a row.
    fn rows(&self, twentieths: f32) -> i32 {
        let scale = (self.size[1] as f32 / ROW.1).max(1.0);
        (twentieths * ROW.0 / 20.0 * scale).round() as i32
    }
}

/// Draws the discs in order, with soft edges, and writes the picture as PNG.
///
/// # Errors
/// If the file cannot be written, or it was cancelled.
pub fn write_png(path: &Path, figure: &Figure, job: &Job) -> Result<(), OutputError> {
    let [width, height] = figure.size;
    let area = u64::from(width) * u64::from(height);
    let mut pixels: Vec<u8> = figure.background.repeat(area as usize);
    let painting: u64 = figure.discs.iter().map(|disc| disc.pixels()).sum();
    // To write a pixel takes about as long as to paint two.
    let of = painting + 2 * area;
    let mut painted = 0;
    for (i, disc) in figure.discs.iter().enumerate() {
        if i.is_multiple_of(256) {
            job.reached(painted, of)?;
        }
        painted += disc.pixels();
        paint(&mut pixels, figure, disc);
    }
    legend(&mut pixels, figure).map_err(|error| OutputError::Plot {
        path: path.to_owned(),
        problem: error.to_string(),
    })?;
    super::write_png(path, &Kind::NEW, &pixels, figure.size, ColorType::Rgb, |rows| {
        job.reached(painting + 2 * u64::from(rows) * u64::from(width), of)
    })
}

impl Disc {
    /// That are looked at to paint it.
    fn pixels(&self) -> u64 {
        (2.0 * (self.radius + 1.0)).powi(2) as u64
    }
}

fn paint(pixels: &mut [u8], figure: &Figure, disc: &Disc) {
    let [width, height] = figure.size;
    let reach = disc.radius + 1.0;
    let range = |center: f32, size: u32| {
        let low = (center - reach).floor().max(0.0) as u32;
        let high = (center + reach).ceil().clamp(0.0, size as f32) as u32;
        low.min(high)..high
    };
    for y in range(disc.at[1], height) {
        for x in range(disc.at[0], width) {
            let away = (x as f32 + 0.5 - disc.at[0]).hypot(y as f32 + 0.5 - disc.at[1]);
            let covers = (disc.radius - away + 0.5).clamp(0.0, 1.0) * disc.alpha;
            let inner = (disc.radius - 1.0 - away + 0.5).clamp(0.0, 1.0);
            let at = (y as usize * width as usize + x as usize) * 3;
            for channel in 0..3 {
                let color = if disc.outlined {
                    mix(figure.text[channel], disc.color[channel], inner)
                } else {
                    disc.color[channel]
                };
                pixels[at + channel] = mix(pixels[at + channel], color, covers);
            }
        }
    }
}

fn mix(from: u8, to: u8, share: f32) -> u8 {
    (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8
}

fn legend(pixels: &mut [u8], figure: &Figure) -> Result<(), Box<dyn std::error::Error>> {
    register_fonts();
    let [width, height] = figure.size;
    let area = BitMapBackend::with_buffer(pixels, (width, height)).into_drawing_area();
    let [r, g, b] = figure.text;
    let text = RGBColor(r, g, b);
    let at = |twentieths: f32| figure.rows(twentieths);
    let style = ("sans-serif", at(15.0)).into_font().color(&text);
    for (row, (name, [r, g, b])) in (0_u16..).zip(figure.legend) {
        let top = 12.0 + 20.0 * f32::from(row);
        let color = RGBColor(*r, *g, *b).filled();
        let corners = [(at(12.0), at(top)), (at(24.0), at(top + 12.0))];
        area.draw(&Rectangle::new(corners, color))?;
        area.draw_text(name, &style, (at(32.0), at(top - 1.0)))?;
    }
    area.present()?;
    Ok(())
}

/// Writes the figure as SVG 1.1.
///
/// # Errors
/// If the file cannot be written, or it was cancelled.
pub fn write_svg(path: &Path, figure: &Figure, job: &Job) -> Result<(), OutputError> {
    let [width, height] = figure.size;
    let hex = |[r, g, b]: [u8; 3]| format!("#{r:02x}{g:02x}{b:02x}");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(figure.background)
    );
    for (done, disc) in (0..).zip(figure.discs) {
        job.reached(done, figure.discs.len() as u64)?;
        let Disc {
            at: [x, y],
            radius,
            color,
            alpha,
            outlined,
        } = *disc;
        let _ = write!(
            svg,
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.2}\" fill=\"{}\"",
            hex(color)
        );
        if alpha < 1.0 {
            let _ = write!(svg, " fill-opacity=\"{alpha:.2}\"");
        }
        if outlined {
            let _ = write!(svg, " stroke=\"{}\"", hex(figure.text));
        }
        svg.push_str("/>\n");
    }
    let at = |twentieths: f32| figure.rows(twentieths);
    for (row, (name, color)) in (0_u16..).zip(figure.legend) {
        let top = 12.0 + 20.0 * f32::from(row);
        let _ = writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/><text x=\"{}\" y=\"{}\" fill=\"{}\" \
             font-family=\"sans-serif\" font-size=\"{}\">{}</text>",
            at(12.0),
            at(top),
            at(12.0),
            at(12.0),
            hex(*color),
            at(32.0),
            at(top + 11.0),
            hex(figure.text),
            at(14.0),
            escaped(name)
        );
    }
    svg.push_str("</svg>\n");
    Ok(write(path, &Kind::NEW, svg.as_bytes())?)
}

/// As XML 1.0 takes it, which has no place for most controls, not even as a reference
/// (<https://www.w3.org/TR/xml/#charsets>).
fn escaped(text: &str) -> String {
    printable::line(text)
        .replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ssvae_test_support::Picture;

    use super::*;

    fn figure(discs: &[Disc]) -> Figure<'_> {
        Figure {
            size: [120, 80],
            background: [10, 20, 30],
            text: [250, 250, 250],
            discs,
            legend: &[],
        }
    }

    const DISC: Disc = Disc {
        at: [60.0, 40.0],
        radius: 5.0,
        color: [200, 0, 0],
        alpha: 1.0,
        outlined: false,
    };

    #[test]
    fn a_picture_shows_discs_where_they_are_and_those_beside_it_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("exports/view.png");
        let off = Disc {
            at: [-500.0, 1e9],
            ..DISC
        };
        write_png(&path, &figure(&[off, DISC]), &Job::new(|| {})).unwrap();
        let picture = Picture::open(&path).unwrap();
        assert_eq!(picture.size, [120, 80]);
        assert_eq!(picture.pixel(60, 40)[..3], [200, 0, 0]);
        assert_eq!(picture.pixel(60, 50)[..3], [10, 20, 30]);
    }

    #[test]
    fn what_is_cancelled_leaves_no_file_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("view.png");
        let job = Job::new(|| {});
        job.cancel();
        let written = write_png(&path, &figure(&[DISC]), &job);
        assert!(matches!(written, Err(OutputError::Cancelled(_))));
        assert!(matches!(
            write_svg(&path, &figure(&[DISC]), &job),
            Err(OutputError::Cancelled(_))
        ));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_drawing_is_well_formed_and_has_every_disc() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("view.svg");
        let legend = [("T-shirt & <top>\u{1b}\0".to_owned(), [1, 2, 3])];
        let translucent = Disc { alpha: 0.5, ..DISC };
        let discs = [DISC, translucent];
        let figure = Figure {
            legend: &legend,
            ..figure(&discs)
        };
        write_svg(&path, &figure, &Job::new(|| {})).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches("<circle").count(), 2);
        assert!(text.contains("T-shirt &amp; &lt;top&gt;\\u{1b}") && text.ends_with("</svg>\n"));
    }
}
