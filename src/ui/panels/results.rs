//! How good the predictions are: figures, confusion matrix, precision and recall, reliability, accuracy over the epochs.

use std::fmt::Write as _;
use std::sync::Arc;

use egui::{
    Align, Align2, Color32, Label, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, TextStyle,
    Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2,
};
use egui_plot::{Bar, BarChart, Line, LineStyle, Plot, PlotPoints, Points};

use super::filter::choice;
use super::{accuracy, advice, audit, curves, runs, share};
use crate::ui::intent::{Intent, ResultsFile};
use crate::ui::theme;
use crate::ui::ui_state::{ResultsOf, UiState};
use crate::ui::view_model::{Class, TrainingView};
use ssvae_core::evaluation::{BINS, Evaluation};
use ssvae_core::format::{grouped, percent};
use ssvae_core::model::config::CLASSES;
use ssvae_core::outputs::results::{Report, curves as curves_text, over_epochs as over_epochs_of};
use ssvae_core::training::record::RunRecord;

/// Room for the names at the edges of the matrix.
const EDGE: f32 = 18.0;
/// Least and greatest size of a cell.
const CELL: (Vec2, Vec2) = (vec2(25.0, 10.5), vec2(29.0, 24.0));
/// Width of the table, where there is little room and where there is more.
const TABLE: (f32, f32) = (204.0, 236.0);
/// Of it what the names of the classes have.
const NAME: f32 = 44.0;
/// Least width of a plot.
const PLOT: f32 = 180.0;
const GAP: f32 = 12.0;
/// With less width the headline has a line of its own.
const NARROW: f32 = 640.0;

/// How large the parts are that stand side by side.
struct Sizes {
    cell: Vec2,
    table: f32,
    /// Of the accuracy against the number of labels, and of each of the other two plots.
    labels: f32,
    plot: f32,
    height: f32,
}

impl Sizes {
    /// Matrix, table and one plot are in sight, and the other plots as well where they have room.
    fn of(room: Vec2) -> Self {
        let y = (room.y - EDGE) / CLASSES as f32;
        let width = |cell: f32, table: f32| EDGE + CLASSES as f32 * cell + table + 2.0 * GAP;
        let wide = room.x >= width(CELL.1.x, TABLE.1) + 3.0 * PLOT + 2.0 * GAP;
        let (x, table) = if wide {
            (CELL.1.x, TABLE.1)
        } else {
            (CELL.0.x, TABLE.0)
        };
        let cell = vec2(x, y.clamp(CELL.0.y, CELL.1.y));
        let rest = room.x - width(x, table);
        let (labels, plot) = if wide {
            let each = ((rest - 2.0 * GAP) / 3.0).floor();
            (each, each)
        } else {
            (rest.floor().max(PLOT), PLOT)
        };
        Self {
            cell,
            table,
            labels,
            plot,
            height: EDGE + CLASSES as f32 * cell.y,
        }
    }
}

/// What is shown: of the model in memory, or of the first of the compared runs.
struct Results<'a> {
    evaluation: Option<&'a Evaluation>,
    reconstruction: Option<f32>,
    /// Of which model.
    of: String,
    /// Why there is nothing.
    without: &'a str,
    /// What is said besides, in parts.
    besides: Vec<String>,
    /// Whether the cells of the matrix lead to their samples: of a run on record the counts alone are kept.
    leads: bool,
}

fn results<'a>(view: &TrainingView<'a>, form: &UiState) -> Results<'a> {
    let run = runs::compared(view, &form.compared).next();
    let of = run.map_or_else(
        || "now".to_owned(),
        |run| format!("run of {}", runs::started(run)),
    );
    let (evaluation, reconstruction, without) = match (form.results, run, view.tested) {
        (ResultsOf::Test, Some(run), _) => {
            let last = run.tested.last().map(|last| last.reconstruction);
            (run.test.as_ref(), last, "This run was not tested.")
        }
        (ResultsOf::Test, None, Some(Ok(tested))) => {
            (Some(&tested.evaluation), Some(tested.reconstruction), "")
        }
        (ResultsOf::Test, None, Some(Err(why))) => (None, None, why.as_str()),
        (ResultsOf::Test, None, None) => (None, None, "The test images are not looked at yet."),
        (ResultsOf::Propagated, Some(run), _) => (
            run.propagated.as_ref(),
            None,
            "This run was taught the labels alone.",
        ),
        (ResultsOf::Propagated, None, _) => (view.propagated, None, "Nothing is propagated yet."),
        (ResultsOf::Audit, ..) => (view.audit.model, None, audit::without(&view.audit)),
    };
    let mut besides = Vec::new();
    match form.results {
        ResultsOf::Audit => {
            let propagated = view.audit.propagated;
            besides.extend(propagated.map(|found| format!("propagated {}", share::accuracy(found))));
        }
        of => besides.extend(audit::besides(&view.audit, of == ResultsOf::Propagated)),
    }
    if form.results != ResultsOf::Test {
        besides.extend(view.advice.map(advice::text));
    }
    Results {
        evaluation: evaluation.filter(|evaluation| evaluation.samples() > 0),
        reconstruction,
        of: if form.results == ResultsOf::Audit {
            "audit".to_owned()
        } else {
            of
        },
        besides,
        leads: run.is_none(),
        without: match evaluation {
            Some(evaluation) if evaluation.samples() == 0 => {
                "The data set has no labels of its own to compare with: “Audit” estimates the accuracy."
            }
            _ => without,
        },
    }
}

/// Draws all of it.
pub fn show(
    ui: &mut Ui,
    view: &TrainingView,
    classes: &[Class],
    form: &mut UiState,
    commands: &mut Vec<Intent>,
) {
    let mut shown = results(view, form);
    let narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        for (of, name, help) in [
            (
                ResultsOf::Test,
                "Test images",
                "What the model predicts for the data set's test images, which it is never trained on.",
            ),
            (
                ResultsOf::Propagated,
                "Propagated",
                "What your labels say of the training images without one.",
            ),
            (
                ResultsOf::Audit,
                "Audit",
                "What the model predicts for images that you labelled blind, at random, and that nothing learns from.",
            ),
        ] {
            let name_of = format!("Results of: {name}");
            if choice(ui, 92.0, form.results == of, (name, &name_of), help) {
                form.results = of;
                shown = results(view, form);
            }
        }
        keep(ui, view, &shown, classes, (form, commands));
        if !narrow {
            told(ui, view, form.results, &shown, commands);
        }
    });
    if narrow {
        ui.horizontal(|ui| told(ui, view, form.results, &shown, commands));
    }
    let room = ScrollArea::both().id_salt("results").auto_shrink(false);
    room.show(ui, |ui| {
        let sizes = Sizes::of(ui.available_size());
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            if let Some(evaluation) = shown.evaluation {
                let cell = matrix(ui, evaluation, classes, sizes.cell, lead(&shown, form.results));
                match (cell, form.results) {
                    (Some(cell), ResultsOf::Test) => form.test_cell = Some(cell),
                    (Some([truth, propagated]), ResultsOf::Propagated) => {
                        commands.push(Intent::ChooseCell { truth, propagated });
                    }
                    (Some(_), ResultsOf::Audit) | (None, _) => {}
                }
                table(ui, evaluation, classes, vec2(sizes.table, sizes.height));
            }
            let compared: Vec<&RunRecord> = runs::compared(view, &form.compared).collect();
            let plot = |width| vec2(width, sizes.height);
            accuracy::show(ui, view, &compared, plot(sizes.labels));
            if let Some(evaluation) = shown.evaluation {
                reliability(ui, evaluation, plot(sizes.plot));
            }
            over_epochs(ui, &drawn(view, form), plot(sizes.plot));
        });
    });
}

/// Draws the headline, or why there is none; of an audit with the button that begins or ends one.
fn told(ui: &mut Ui, view: &TrainingView, of: ResultsOf, shown: &Results, commands: &mut Vec<Intent>) {
    if of == ResultsOf::Audit {
        audit::button(ui, &view.audit, commands);
    }
    let text = match shown.evaluation {
        Some(evaluation) => RichText::new(headline(evaluation, shown)),
        None => {
            let mut without = shown.without.to_owned();
            if let Some(error) = shown.reconstruction {
                let _ = write!(without, " Reconstruction error {error:.4}.");
            }
            for said in &shown.besides {
                let _ = write!(without, " {said}.");
            }
            RichText::new(without).weak()
        }
    };
    ui.add(Label::new(text).truncate());
}

/// The runs whose epochs are drawn: the compared ones, or the last.
fn drawn<'a>(view: &TrainingView<'a>, form: &UiState) -> Vec<&'a RunRecord> {
    let mut drawn: Vec<&RunRecord> = runs::compared(view, &form.compared).collect();
    if drawn.is_empty() {
        drawn.extend(view.runs.last().map(|run| &**run));
    }
    drawn
}

/// What a click on a cell does, or why it does nothing.
fn lead(shown: &Results, of: ResultsOf) -> Result<&'static str, &'static str> {
    match (shown.leads, of) {
        (false, _) => Err("Of a run on record the counts alone are kept, not its images."),
        (true, ResultsOf::Test) => Ok("Click: show these images."),
        (true, ResultsOf::Propagated) => Ok("Click: select these points."),
        (true, ResultsOf::Audit) => Err("The samples of an audit stay apart from the others."),
    }
}

/// The buttons that copy and save.
fn keep(
    ui: &mut Ui,
    view: &TrainingView,
    shown: &Results,
    classes: &[Class],
    (form, commands): (&mut UiState, &mut Vec<Intent>),
) {
    let copy = ui
        .button("Copy")
        .on_hover_text("Copy all figures and curves as text.");
    if copy.clicked() {
        let mut all = shown
            .evaluation
            .map_or_else(String::new, |evaluation| text(evaluation, shown, classes));
        all += &curves_text(&report(view, shown, classes, form));
        ui.ctx().copy_text(all);
    }
    for (name, file, help) in [
        (
            "Save CSV",
            ResultsFile::Csv,
            "Write all figures and curves as one table to artifacts/exports.",
        ),
        (
            "Save PNG",
            ResultsFile::Png,
            "Write all of it as one picture to artifacts/exports.",
        ),
    ] {
        if ui.button(name).on_hover_text(help).clicked() {
            form.save_results = Some(file);
        }
    }
    if let Some(file) = form.save_results.take() {
        let report = report(view, shown, classes, form);
        commands.push(Intent::SaveResults(Arc::new(report), file));
    }
}

/// All that is shown, for a file.
fn report(view: &TrainingView, shown: &Results, classes: &[Class], form: &UiState) -> Report {
    let drawn = drawn(view, form).into_iter().filter_map(|run| {
        let record = view.runs.iter().find(|record| record.id == run.id)?;
        Some((runs::started(run), record.clone()))
    });
    let of = match form.results {
        ResultsOf::Test => "Test images",
        ResultsOf::Propagated => "Propagated",
        ResultsOf::Audit => "Audit",
    };
    let line = |found| format!("{of}, {}", headline(found, shown));
    Report {
        headline: shown.evaluation.map_or_else(|| shown.without.to_owned(), line),
        of: format!("{of}, {}", shown.of),
        classes: classes.iter().map(|class| class.name.clone()).collect(),
        evaluation: shown.evaluation.cloned(),
        reconstruction: shown.reconstruction,
        accuracy: view.accuracy.to_vec(),
        runs: view.runs.to_vec(),
        drawn: drawn.collect(),
        compared: runs::compared(view, &form.compared).next().is_some(),
    }
}

fn headline(evaluation: &Evaluation, shown: &Results) -> String {
    let mut line = format!(
        "{}: {} of {} right",
        shown.of,
        share::accuracy(evaluation),
        grouped(evaluation.samples() as usize),
    );
    for said in &shown.besides {
        let _ = write!(line, " · {said}");
    }
    let error = evaluation.calibration_error();
    let error = error.map_or_else(|| "n/a".to_owned(), |error| percent(error, 2));
    let _ = write!(line, " · calibration error {error}");
    if let Some(error) = shown.reconstruction {
        let _ = write!(line, " · reconstruction error {error:.4}");
    }
    line
}

fn name(classes: &[Class], class: usize) -> &str {
    classes.get(class).map_or("", |class| &class.name)
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.3}"))
}

/// All figures, tab-separated.
fn text(evaluation: &Evaluation, shown: &Results, classes: &[Class]) -> String {
    let mut text = format!("{}\n\ntrue class \\ predicted", headline(evaluation, shown));
    for class in 0..CLASSES {
        let _ = write!(text, "\t{}", name(classes, class));
    }
    text += "\tnone\tprecision\trecall\tF1\n";
    for class in 0..CLASSES {
        text += name(classes, class);
        for count in evaluation.matrix[class] {
            let _ = write!(text, "\t{count}");
        }
        let _ = writeln!(
            text,
            "\t{}\t{}\t{}\t{}",
            evaluation.without[class],
            figure(evaluation.precision(class)),
            figure(evaluation.recall(class)),
            figure(evaluation.f1(class))
        );
    }
    text
}

/// True classes from top to bottom, predicted ones from left to right; the more samples of its row, the fuller a cell.
/// Returns true and predicted class of the cell that was clicked; `lead`: what a click does, or why it does nothing.
fn matrix(
    ui: &mut Ui,
    evaluation: &Evaluation,
    classes: &[Class],
    cell: Vec2,
    lead: Result<&str, &str>,
) -> Option<[u8; 2]> {
    let size = vec2(EDGE, EDGE) + CLASSES as f32 * cell;
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let grid = Rect::from_min_max(rect.min + vec2(EDGE, EDGE), rect.max);
    let mut font = TextStyle::Small.resolve(ui.style());
    font.size = font.size.min(cell.y).min(0.42 * cell.x);
    let look = theme::look(ui);
    let mut clicked = None;
    for truth in 0..CLASSES {
        let middle = (truth as f32 + 0.5) * cell;
        let short = |class: usize| name(classes, class).chars().take(2).collect::<String>();
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
        for predicted in 0..CLASSES {
            let count = evaluation.matrix[truth][predicted];
            let min = grid.min + vec2(predicted as f32 * cell.x, truth as f32 * cell.y);
            let place = Rect::from_min_size(min, cell).shrink(0.5);
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
                name(classes, truth),
                name(classes, predicted)
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

fn table(ui: &mut Ui, evaluation: &Evaluation, classes: &[Class], size: Vec2) {
    let (width, line) = (size.x, size.y / (CLASSES + 1) as f32);
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
        for class in 0..CLASSES {
            let cells = [
                name(classes, class).chars().take(8).collect(),
                figure(evaluation.precision(class)),
                figure(evaluation.recall(class)),
                figure(evaluation.f1(class)),
                grouped(evaluation.support(class) as usize),
            ];
            row(ui, cells, false);
        }
    });
}

/// Accuracy by certainty; of a well calibrated model the bars end on the diagonal.
fn reliability(ui: &mut Ui, evaluation: &Evaluation, size: Vec2) {
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
    curves::still(Plot::new("reliability"))
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
fn over_epochs(ui: &mut Ui, drawn: &[&RunRecord], size: Vec2) {
    let look = theme::look(ui);
    curves::still(Plot::new("test accuracy"))
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
                let name = runs::started(run);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_copied_as_a_table() {
        let evaluation = Evaluation::of([(0, Some(0), 0.9), (0, Some(1), 0.8), (1, None, 0.0)].into_iter());
        let shown = Results {
            evaluation: None,
            reconstruction: Some(0.0374),
            of: "now".into(),
            without: "",
            besides: vec!["audit 94 % (83 to 98) of 50".into()],
            leads: true,
        };
        let name = |i: usize| ["zero", "one"].get(i).copied().unwrap_or("more").to_owned();
        let color = [0; 3];
        let classes: Vec<Class> = (0..CLASSES).map(|i| Class { name: name(i), color }).collect();
        let text = text(&evaluation, &shown, &classes);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "now: 33 % (6 to 79) of 3 right · audit 94 % (83 to 98) of 50 · calibration error 30.00 % · reconstruction error \
             0.0374"
        );
        assert!(
            lines[2].starts_with("true class \\ predicted\tzero\tone\t"),
            "{}",
            lines[2]
        );
        assert!(lines[2].ends_with("\tnone\tprecision\trecall\tF1"));
        assert!(lines[3].starts_with("zero\t1\t1\t0\t") && lines[3].ends_with("\t0\t1.000\t0.500\t0.667"));
        assert!(lines[4].ends_with("\t1\t0.000\t0.000\t0.000"), "{}", lines[4]);
        assert!(lines[5].ends_with("\t0\tn/a\tn/a\tn/a"), "{}", lines[5]);
    }
}
