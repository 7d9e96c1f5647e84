//! The choice of the colour mode, and its legend.

use egui::{
    Align2, Color32, Margin, Mesh, Rect, ScrollArea, Sense, Shape, TextEdit, TextStyle, TextWrapMode, Ui,
    WidgetInfo, WidgetText, WidgetType, pos2, vec2,
};

use super::filter::HIDDEN;
use crate::cloud::{ColorMode, Scheme};
use crate::ui::intent::Intent;
use crate::ui::matching;
use crate::ui::preferences::Preferences;
use crate::ui::theme;
use crate::ui::ui_state::UiState;
use crate::ui::widgets::choice::{choice, equal_width, switch};
use crate::ui::widgets::section::{ROW, rgb, swatch};
use ssvae_core::classes::ClassCount;
use ssvae_core::filter::{Filter, Visibility};
use ssvae_core::format::grouped;

const MODES: [(ColorMode, &str, &str); 7] = [
    (
        ColorMode::UserLabels,
        "User labels",
        "Colour each point by your label; unlabelled points are grey.",
    ),
    (
        ColorMode::Predicted,
        "Predicted class",
        "Colour each point by the class that the model finds most probable.",
    ),
    (
        ColorMode::TrueLabel,
        "True label",
        "Colour each point by the data set's own label. Training never sees it.",
    ),
    (
        ColorMode::Certainty,
        "Certainty",
        "Colour each point by the probability of its predicted class, from a guess to 1.0.",
    ),
    (
        ColorMode::Propagated,
        "Propagated",
        "Colour each point by the class that your labels give it: they spread to similar samples, without training.",
    ),
    (
        ColorMode::Helpful,
        "What helps most",
        "Colour each point by how much its label would help: the brightest come first in the queue.",
    ),
    (
        ColorMode::Changed,
        "Changed",
        "Colour the points whose predicted class has changed by the new one: since the last run, or between the states that \
         “Changes” compares. Key: C.",
    ),
];

const SCHEMES: [(Scheme, &str, &str); 3] = [
    (
        Scheme::Distinct,
        "Distinct",
        "Ten colours that stay apart for protanopia, deuteranopia and tritanopia, too.",
    ),
    (Scheme::Tableau, "Tableau", "Tableau 10."),
    (Scheme::Tab10, "tab10", "The ten colours of matplotlib."),
];

/// Rows of the legend, the same in every mode, so that nothing below it moves.
const LEGEND_ROWS: f32 = 6.0;
/// Certainties with a tick under the ramp, besides that of a guess.
const TICKS: [f32; 4] = [0.25, 0.5, 0.75, 1.0];

/// The colour mode and what its colours mean.
#[derive(Clone, Debug)]
pub struct ColorView<'a> {
    pub mode: ColorMode,
    /// One entry per class, and one for what has none; empty where the mode is continuous.
    pub legend: &'a [LegendEntry],
    /// How many classes there are.
    pub classes: ClassCount,
    /// Colours of certainty, evenly spaced from that of a guess among the classes to 1.0. The legend blends between two of them in sRGB: thirty make a
    /// smooth scale.
    pub ramp: Vec<[u8; 3]>,
}

/// A colour of the cloud, what it stands for, and how many points have it.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// `None` stands for points without a class.
    pub class: Option<u8>,
    pub name: String,
    pub color: [u8; 3],
    /// Points of this colour, within the filter.
    pub count: usize,
}

/// Draws the choice of the colour mode and its legend.
pub fn show(
    ui: &mut Ui,
    view: &ColorView,
    filter: &Filter,
    ui_state: &mut UiState,
    intents: &mut Vec<Intent>,
) {
    let preferences = &mut ui_state.preferences;
    let width = equal_width(ui, 2);
    for row in MODES.chunks(2) {
        ui.horizontal(|ui| {
            for &(mode, name, help) in row {
                let offered = preferences.show_truth || mode != ColorMode::TrueLabel;
                let help = if offered { help } else { HIDDEN };
                ui.add_enabled_ui(offered, |ui| {
                    if choice(ui, width, view.mode == mode, (name, name), help) {
                        intents.push(Intent::SetColorMode(mode));
                    }
                });
            }
        });
    }
    scheme(ui, preferences);
    ui.add_space(4.0);
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), LEGEND_ROWS * ROW), Sense::hover());
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(area));
    inner.spacing_mut().item_spacing.y = 0.0;
    inner.spacing_mut().interact_size.y = ROW;
    if view.mode == ColorMode::Certainty {
        certainty(&mut inner, &view.ramp, view.classes);
    } else if view.mode == ColorMode::Helpful {
        helpful(&mut inner, &view.ramp);
    } else if view.legend.is_empty() {
        inner.weak("Nothing to colour yet.");
    } else {
        let shown = Shown {
            filter,
            shapes: preferences.shapes,
            classes: view.classes,
        };
        classes(&mut inner, view, shown, &mut ui_state.legend_search, intents);
    }
}

/// The choice of the set of colours.
fn scheme(ui: &mut Ui, preferences: &mut Preferences) {
    ui.horizontal(|ui| {
        // In proportion to their names.
        let widths = [56.0, 58.0, 42.0, 48.0];
        let free = ui.available_width() - 3.0 * ui.spacing().item_spacing.x;
        let [first @ .., shapes] = widths.map(|width| (width * free / 204.0).floor());
        for ((scheme, name, help), width) in SCHEMES.into_iter().zip(first) {
            let name_of = format!("Colours: {name}");
            if choice(ui, width, preferences.scheme == scheme, (name, &name_of), help) {
                preferences.scheme = scheme;
            }
        }
        let (on, help) = (
            preferences.shapes,
            "Give labelled points the shape of their label, too.",
        );
        if switch(ui, shapes, on, ("Shapes", "Shapes for labels"), help) {
            preferences.shapes = !on;
        }
    });
}

/// What all entries of the legend depend on.
#[derive(Clone, Copy)]
struct Shown<'a> {
    filter: &'a Filter,
    /// Whether labelled points have shapes.
    shapes: bool,
    classes: ClassCount,
}

/// Two columns of five, and what is left below them; more classes than that are searched and scrolled.
fn classes(ui: &mut Ui, view: &ColorView, look: Shown, search: &mut String, intents: &mut Vec<Intent>) {
    let fixed = LEGEND_ROWS as usize - 1;
    // The classes stand in front of what has none.
    let classes = view.legend.iter().filter(|entry| entry.class.is_some()).count();
    let (legend, rest) = view.legend.split_at(classes);
    let entries = Vec::from_iter(legend);
    if look.classes.get() <= 2 * fixed {
        return columns(ui, view.mode, (&entries, rest), fixed, look, intents);
    }
    let field = TextEdit::singleline(search)
        .hint_text("Find a class")
        .margin(Margin::symmetric(4, 0))
        .desired_width(ui.available_width());
    let field = ui.add_sized(vec2(ui.available_width(), ROW - 2.0), field);
    field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Find a class in the legend"));
    ui.add_space(2.0);
    let names = legend
        .iter()
        .filter_map(|entry| Some((entry.class?, &entry.name)));
    let entries = if search.trim().is_empty() {
        entries
    } else {
        let found = matching::classes(search, names, &[]);
        let at = |class: u8| legend.iter().find(|entry| entry.class == Some(class));
        found.into_iter().filter_map(at).collect()
    };
    let rows = entries.len().div_ceil(2);
    let room = ScrollArea::vertical().id_salt("legend").auto_shrink(false);
    room.show(ui, |ui| {
        if entries.is_empty() {
            ui.weak("No class has such a name.");
        }
        columns(ui, view.mode, (&entries, rest), rows, look, intents);
    });
}

fn columns(
    ui: &mut Ui,
    mode: ColorMode,
    (legend, rest): (&[&LegendEntry], &[LegendEntry]),
    rows: usize,
    look: Shown,
    intents: &mut Vec<Intent>,
) {
    let gap = 14.0;
    let width = ((ui.available_width() - gap) / 2.0).floor();
    for row in 0..rows {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for entry in [legend.get(row), legend.get(row + rows)].into_iter().flatten() {
                self::entry(ui, width, mode, entry, look, intents);
            }
        });
    }
    for entry in rest {
        self::entry(ui, ui.available_width(), mode, entry, look, intents);
    }
}

/// How a class is shown after a click: a second click of the same kind shows it again.
fn turned(now: Visibility, other: Visibility) -> Visibility {
    if now == other { Visibility::Shown } else { other }
}

fn entry(
    ui: &mut Ui,
    width: f32,
    mode: ColorMode,
    entry: &LegendEntry,
    Shown {
        filter,
        shapes,
        classes,
    }: Shown,
    intents: &mut Vec<Intent>,
) {
    let Some(source) = mode.source() else { return };
    let now = filter.class(source, entry.class);
    let count = grouped(entry.count);
    let state = match now {
        Visibility::Shown => "",
        Visibility::Context => ", greyed",
        Visibility::Hidden => ", hidden",
    };
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
    let (enabled, name) = (ui.is_enabled(), format!("{}: {count} points{state}", entry.name));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, enabled, &name));
    if response.hovered() || response.has_focus() {
        let fill = ui.visuals().widgets.hovered.bg_fill;
        ui.painter().rect_filled(rect.expand2(vec2(3.0, 0.0)), 3.0, fill);
    }
    let color = if now == Visibility::Shown {
        entry.color
    } else {
        let [r, g, b, _] = theme::look(ui).line.to_array();
        [r, g, b]
    };
    let shape = entry.class.filter(|_| shapes);
    let left = swatch(ui, rect, color, shape);
    let font = TextStyle::Body.resolve(ui.style());
    let weak = theme::look(ui).weak_text;
    let count = ui
        .painter()
        .text(rect.right_center(), Align2::RIGHT_CENTER, count, font, weak);
    let room = (count.left() - left - 6.0).max(0.0);
    let text = WidgetText::from(entry.name.as_str());
    let text = if now == Visibility::Hidden {
        text.strikethrough()
    } else {
        text
    };
    let name = text.into_galley(ui, Some(TextWrapMode::Truncate), room, TextStyle::Body);
    let at = pos2(left, rect.center().y - name.size().y / 2.0);
    let color = if now == Visibility::Shown {
        theme::look(ui).text
    } else {
        weak
    };
    ui.painter().galley(at, name, color);
    let mut change = |visibility: Option<Visibility>| {
        let mut filter = filter.clone();
        match visibility {
            Some(visibility) => filter.set_class(source, entry.class, turned(now, visibility)),
            None => filter.only(source, entry.class, classes),
        }
        intents.push(Intent::SetFilter(filter));
    };
    if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        change(match (modifiers.command, modifiers.shift) {
            (true, _) => Some(Visibility::Context),
            (_, true) => Some(Visibility::Hidden),
            _ => None,
        });
    }
    let grey = if now == Visibility::Context {
        "Show again"
    } else {
        "Grey out"
    };
    let hide = if now == Visibility::Hidden {
        "Show again"
    } else {
        "Hide"
    };
    response.context_menu(|ui| {
        for (text, visibility) in [
            ("Show this class alone, or all again", None),
            (grey, Some(Visibility::Context)),
            (hide, Some(Visibility::Hidden)),
        ] {
            if ui.button(text).clicked() {
                change(visibility);
                ui.close();
            }
        }
    });
    response.on_hover_text(format!(
        "{}\nClick: show this class alone. Ctrl+click: grey it out. Shift+click: hide it. Again: show it again.",
        entry.name
    ));
}

fn certainty(ui: &mut Ui, ramp: &[[u8; 3]], classes: ClassCount) {
    let guess = 1.0 / classes.get() as f32;
    let told = guess_text(guess);
    let width = ui.available_width();
    ui.add_space(4.0);
    let (bar, response) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(
            WidgetType::Label,
            true,
            format!("Certainty from {told} at the left to 1.0 at the right"),
        )
    });
    ui.painter().add(Shape::mesh(gradient(bar, ramp)));
    let font = TextStyle::Small.resolve(ui.style());
    let (ticks, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    // A tick right beside that of a guess would be written over it.
    let others = TICKS.into_iter().filter(|value| *value > guess + 0.1);
    for value in std::iter::once(guess).chain(others) {
        let x = bar.left() + bar.width() * (value - guess) / (1.0 - guess);
        let x = x.clamp(bar.left() + 0.5, bar.right() - 0.5);
        ui.painter().vline(
            x,
            bar.bottom()..=bar.bottom() + 4.0,
            (1.0, theme::look(ui).weak_text),
        );
        let align = match value {
            v if v == guess => Align2::LEFT_TOP,
            1.0 => Align2::RIGHT_TOP,
            _ => Align2::CENTER_TOP,
        };
        ui.painter().text(
            pos2(x, ticks.top() + 5.0),
            align,
            if value == guess {
                told.clone()
            } else {
                value.to_string()
            },
            font.clone(),
            theme::look(ui).text,
        );
    }
    ui.add_space(4.0);
    let among = match classes.get() {
        10 => "ten".to_owned(),
        count => count.to_string(),
    };
    ui.weak(format!(
        "Probability of the predicted class: {told} is a guess among {among}, 1.0 is certain."
    ));
}

/// With as many decimals as tell it from 0.
fn guess_text(guess: f32) -> String {
    let text = format!("{guess:.3}");
    text.trim_end_matches('0').to_owned()
}

fn helpful(ui: &mut Ui, ramp: &[[u8; 3]]) {
    ui.add_space(4.0);
    let (bar, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(
            WidgetType::Label,
            true,
            "A label helps little at the left, the most at the right",
        )
    });
    ui.painter().add(Shape::mesh(gradient(bar, ramp)));
    let font = TextStyle::Small.resolve(ui.style());
    let (ends, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    for (x, align, text) in [
        (bar.left(), Align2::LEFT_TOP, "helps little"),
        (bar.right(), Align2::RIGHT_TOP, "helps most"),
    ] {
        let at = pos2(x, ends.top() + 3.0);
        ui.painter()
            .text(at, align, text, font.clone(), theme::look(ui).text);
    }
    ui.add_space(4.0);
    ui.weak(
        "By rank: half of all points are brighter than the middle. The brightest come first in the queue.",
    );
}

fn gradient(rect: Rect, ramp: &[[u8; 3]]) -> Mesh {
    let mut mesh = Mesh::default();
    let last = ramp.len().saturating_sub(1).max(1);
    for (i, &color) in ramp.iter().enumerate() {
        let x = rect.left() + rect.width() * i as f32 / last as f32;
        let color: Color32 = rgb(color);
        mesh.colored_vertex(pos2(x, rect.top()), color);
        mesh.colored_vertex(pos2(x, rect.bottom()), color);
        if i > 0 {
            let i = 2 * i as u32;
            mesh.add_triangle(i - 2, i - 1, i);
            mesh.add_triangle(i - 1, i, i + 1);
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_of_the_same_kind_shows_a_class_again() {
        use Visibility::{Context, Hidden, Shown};
        for (now, clicked, then) in [
            (Shown, Hidden, Hidden),
            (Hidden, Hidden, Shown),
            (Hidden, Context, Context),
            (Context, Context, Shown),
        ] {
            assert_eq!(turned(now, clicked), then, "{now:?}, {clicked:?}");
        }
    }

    #[test]
    fn a_guess_is_told_by_the_number_of_classes() {
        for (count, told) in [
            (2, "0.5"),
            (3, "0.333"),
            (10, "0.1"),
            (62, "0.016"),
            (256, "0.004"),
        ] {
            assert_eq!(guess_text(1.0 / count as f32), told);
        }
    }

    #[test]
    fn the_ramp_fills_its_width() {
        let rect = Rect::from_min_size(pos2(10.0, 5.0), vec2(90.0, 20.0));
        let mesh = gradient(rect, &[[0; 3], [9; 3], [99; 3], [255; 3]]);
        assert_eq!((mesh.vertices.len(), mesh.indices.len()), (8, 18));
        assert_eq!(mesh.calc_bounds(), rect);
    }
}
