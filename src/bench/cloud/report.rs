//! Figures for people and for programs.

use crate::bench::spread::Spread;
use crate::console;
use serde::Serialize;
use std::time::Duration;

/// Frames beside those of programs that do nothing else, taken in turn with the same views.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Frames {
    /// As the window draws them.
    pub ours: Spread,
    /// All points as discs by the rasterizer, a triangle each.
    pub limit: Spread,
    /// The very passes that draw ours, over the same points.
    pub passes: Spread,
    /// Of the medians.
    ratio_to_limit: f64,
    ratio_to_passes: f64,
}

impl Frames {
    /// From the times of single frames.
    pub fn of(ours: &[Duration], limit: &[Duration], passes: &[Duration]) -> Self {
        let [ours, limit, passes] = [ours, limit, passes].map(Spread::of);
        Self {
            ratio_to_limit: ours.median / limit.median,
            ratio_to_passes: ours.median / passes.median,
            ours,
            limit,
            passes,
        }
    }
}

/// All that `ssvae bench cloud` finds out about a number of points; times in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub points: usize,
    /// Width and height of the canvas in pixels.
    pub size: [u32; 2],
    /// Name of the graphics device.
    pub device: String,
    /// From the arrays to the first picture, and to a picture with all points.
    pub first_picture: f64,
    pub all_points: f64,
    /// A view that does not move.
    pub resting: Frames,
    /// The view is dragged along a curve.
    pub panning: Frames,
    /// The wheel zooms in and out again.
    pub zooming: Frames,
    /// Frames per second while panning, drawn one behind the other as in a window.
    pub panning_rate: f64,
    /// From the last step of a moving view to a picture with all points.
    pub filled_up: f64,
    /// The picture after another colour mode.
    pub color_mode: Spread,
    /// The picture after another set of colours.
    pub palette: Spread,
    /// The picture after one sample was labelled.
    pub one_label: Spread,
    /// Finding the point under the cursor.
    pub pick: Spread,
    /// Finding the points in a lasso around a tenth of them, and the picture that shows them chosen.
    pub lasso: Spread,
    pub lasso_picture: Spread,
    pub lasso_points: usize,
    /// Another place between two states that are compared.
    pub morphing: Spread,
    /// Growth of the process but for what depends on the canvas alone, and what lies on the device, which is the same memory where a processor draws.
    pub bytes_per_point: f64,
    pub device_bytes_per_point: f64,
}

impl Report {
    /// For people.
    pub fn print(&self) {
        let [width, height] = self.size;
        console::print(format_args!(
            "{} points, {width}×{height}, {}; milliseconds: median (95 %, 99 %)",
            grouped(self.points),
            self.device
        ));
        line(
            "load, upload and first picture",
            format!("{:.0}", self.first_picture),
        );
        line("the same, with all points", format!("{:.0}", self.all_points));
        for (name, frames) in [
            ("frame at rest", &self.resting),
            ("frame while panning", &self.panning),
            ("frame while zooming", &self.zooming),
        ] {
            line(
                name,
                format!(
                    "{}; rasterized alone {}, ratio {:.2}; its passes alone {}, ratio {:.2}",
                    spread(&frames.ours),
                    spread(&frames.limit),
                    frames.ratio_to_limit,
                    spread(&frames.passes),
                    frames.ratio_to_passes
                ),
            );
        }
        line(
            "frames per second while panning",
            format!("{:.0}", self.panning_rate),
        );
        line("moving to all points at rest", format!("{:.0}", self.filled_up));
        for (name, times) in [
            ("another colour mode", &self.color_mode),
            ("another palette", &self.palette),
            ("one label", &self.one_label),
            ("a pick", &self.pick),
            ("frame while morphing", &self.morphing),
        ] {
            line(name, spread(times));
        }
        let held = format!("a lasso of {}", grouped(self.lasso_points));
        line(&held, spread(&self.lasso));
        line("  and the picture", spread(&self.lasso_picture));
        line(
            "bytes per point, without the canvas's",
            format!(
                "{:.0} of the process, {:.0} on the device",
                self.bytes_per_point, self.device_bytes_per_point
            ),
        );
    }
}

fn line(name: &str, value: String) {
    console::print(format_args!("  {name:<37} {value}"));
}

fn spread(times: &Spread) -> String {
    let digits = if times.median < 1.0 { 3 } else { 1 };
    format!(
        "{:.digits$} ({:.digits$}, {:.digits$})",
        times.median, times.p95, times.p99
    )
}

fn grouped(number: usize) -> String {
    ssvae_core::format::grouped(number)
}
