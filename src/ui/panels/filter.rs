//! The filter: which points are shown and can be selected.

use egui::{Button, Checkbox, DragValue, RichText, Slider, Ui, WidgetInfo, WidgetType, vec2};

use crate::ui::intent::Intent;
use crate::ui::theme;
use crate::ui::widgets::choice::{choice, equal_width};
use crate::ui::widgets::section::{fixed_label, sized_button};
use ssvae_core::filter::Filter;
use ssvae_core::format::{grouped, plural};

/// Why a control that needs true labels is disabled.
pub const HIDDEN: &str = "True labels are hidden. Key: T shows them.";

/// The filter, and how many points it lets through.
#[derive(Clone, Copy, Debug)]
pub struct FilterView<'a> {
    pub filter: &'a Filter,
    /// Points that it lets through.
    pub shown: usize,
    /// All points.
    pub points: usize,
}

/// Draws the filter; what it lets through is counted beside it. `truth`: whether the data set's own labels may be known.
pub fn show(ui: &mut Ui, view: &FilterView, truth: bool, intents: &mut Vec<Intent>) {
    let mut filter = view.filter.clone();
    ui.horizontal(|ui| {
        let width = equal_width(ui, 3);
        for (labelled, name, help) in [
            (None, "All", "Samples with and without your label."),
            (Some(true), "Labelled", "Only samples that carry your label."),
            (Some(false), "Unlabelled", "Only samples without your label."),
        ] {
            let chosen = filter.labelled == labelled;
            let name_of = format!("Filter: {name}");
            if choice(ui, width, chosen, (name, &name_of), help) {
                filter.labelled = labelled;
            }
        }
    });
    certainty(ui, &mut filter);
    for (value, name, help, offered) in [
        (
            &mut filter.against_label,
            "Prediction ≠ your label",
            "Only samples where the model predicts another class than your label: one of you is wrong.",
            true,
        ),
        (
            &mut filter.against_truth,
            "Prediction ≠ true label",
            "Only samples where the model predicts another class than the data set's own label.",
            truth,
        ),
        (
            &mut filter.propagated_against_predicted,
            "Propagated ≠ predicted",
            "Only samples where your labels, spread to similar samples, give another class than the model predicts.",
            true,
        ),
        (
            &mut filter.propagated_against_label,
            "Propagated ≠ your label",
            "Only samples where your other labels give another class than the one that you gave.",
            true,
        ),
    ] {
        ui.add_enabled(offered, Checkbox::new(value, name))
            .on_hover_text(help)
            .on_disabled_hover_text(HIDDEN);
    }
    ui.horizontal(|ui| {
        let text = format!("{} of {} shown", grouped(view.shown), grouped(view.points));
        let open = filter.is_open();
        let color = if open {
            theme::look(ui).weak_text
        } else {
            theme::look(ui).warning
        };
        ui.label(RichText::new(text).color(color));
    });
    ui.horizontal(|ui| {
        let width = equal_width(ui, 2);
        let help = format!(
            "Select the {} {} that the filter lets through, to label them together. Key: Ctrl+A.",
            grouped(view.shown),
            plural(view.shown, "point")
        );
        let choose = sized_button(ui, view.shown > 0, vec2(width, 24.0), Button::new("Select all"));
        choose.widget_info(|| WidgetInfo::labeled(WidgetType::Button, view.shown > 0, "Select all shown"));
        if choose.on_hover_text(help).clicked() {
            intents.push(Intent::ChooseShown);
        }
        let clear = sized_button(
            ui,
            !filter.is_open(),
            vec2(width, 24.0),
            Button::new("Clear filter"),
        );
        if clear
            .on_hover_text("Show all points again, including classes hidden in the legend.")
            .on_disabled_hover_text("All points are shown.")
            .clicked()
        {
            filter = Filter::default();
        }
    });
    if filter != *view.filter {
        intents.push(Intent::SetFilter(filter));
    }
}

fn certainty(ui: &mut Ui, filter: &mut Filter) {
    let (least, greatest) = &mut filter.certainty;
    for (name, value, help) in [
        (
            "Certainty from",
            &mut *least,
            "Only samples whose predicted class is at least this probable, 0 to 1.",
        ),
        (
            "up to",
            &mut *greatest,
            "Only samples whose predicted class is at most this probable, 0 to 1.",
        ),
    ] {
        ui.horizontal(|ui| {
            let label = fixed_label(ui, 88.0, name);
            let number = 46.0;
            ui.spacing_mut().slider_width = ui.available_width() - number - ui.spacing().item_spacing.x;
            let slider = Slider::new(value, 0.0..=1.0).step_by(0.01).show_value(false);
            ui.add(slider).labelled_by(label.id).on_hover_text(help);
            let field = DragValue::new(value)
                .range(0.0..=1.0)
                .speed(0.01)
                .fixed_decimals(2);
            ui.add_sized([number, 22.0], field)
                .labelled_by(label.id)
                .on_hover_text(help);
        });
    }
    // The slider that was moved takes the other one along.
    if *least > *greatest {
        *greatest = *least;
    }
}
