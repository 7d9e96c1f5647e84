//! How much is labelled, class by class.

use std::iter::repeat;
use std::sync::Arc;

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Color32, CornerRadius, FontSelection, Galley, Layout, Rect, RichText, ScrollArea, Sense,
    TextStyle, TextWrapMode, Ui, WidgetText, pos2, vec2,
};

use super::audit::{self, AuditView};
use crate::ui::sample_view::Class;
use crate::ui::theme;
use crate::ui::widgets::section::{ROW, SWATCH, lines, painted_row, rgb, swatch};
use ssvae_core::format::{grouped, percent};

/// Classes in sight; the others are scrolled to.
const ROWS: usize = 10;
/// Room for the count at the end of a row.
const COUNT: f32 = 48.0;
/// Widest that the swatch and the name at the start of a row may be.
const NAME: f32 = 108.0;

/// How many samples the user has labelled, and how often the model agrees.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatisticsView<'a> {
    /// Samples with a label.
    pub labelled: usize,
    /// Samples of the data set.
    pub total: usize,
    /// Labelled samples per class.
    pub counts: &'a [usize],
    /// Share of the labelled samples, and of those with a true label, whose prediction is that label.
    pub agreement: (Option<f64>, Option<f64>),
    pub audit: AuditView<'a>,
}

/// Draws the number of labelled samples, in all and for each class; `truth`: whether the data set's own labels may be known.
pub fn show(ui: &mut Ui, view: &StatisticsView, classes: &[Class], truth: bool) {
    let share = view.labelled as f64 / view.total.max(1) as f64;
    ui.horizontal(|ui| {
        ui.label(format!(
            "{} of {} labelled",
            grouped(view.labelled),
            grouped(view.total)
        ));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.strong(percent(share, 2))
        });
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    bar(ui, rect, share as f32, theme::look(ui).accent);
    accuracy(ui, view.agreement, truth);
    audit::lines(ui, &view.audit);
    ui.add_space(2.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let most = view.counts.iter().copied().max().unwrap_or(0).max(1);
    let names: Vec<Arc<Galley>> = classes.iter().map(|class| name(ui, &class.name)).collect();
    let widest = names.iter().map(|name| name.size().x).fold(0.0, f32::max);
    let rows = |ui: &mut Ui| {
        // Before the labels are read there are no counts.
        let counts = view.counts.iter().copied().chain(repeat(0));
        for ((class, name), count) in classes.iter().zip(names).zip(counts) {
            row(ui, class, name, widest, count, count as f32 / most as f32);
        }
    };
    if classes.len() <= ROWS {
        rows(ui);
    } else {
        let room = ScrollArea::vertical().id_salt("statistics");
        room.max_height(ROWS as f32 * ROW).show(ui, rows);
    }
}

/// How often the prediction is the label.
fn accuracy(ui: &mut Ui, (user, all): (Option<f64>, Option<f64>), truth: bool) {
    for (name, share, help, known) in [
        (
            "Accuracy on your labels",
            user,
            "Share of your labelled samples whose predicted class is your label.",
            true,
        ),
        (
            "Accuracy on all",
            all,
            "Share of all samples whose predicted class is the data set's own label.",
            truth,
        ),
    ] {
        let share = match share {
            _ if !known => "hidden".to_owned(),
            None => "n/a".to_owned(),
            Some(share) => percent(share, 1),
        };
        let mut job = LayoutJob::default();
        let text = RichText::new(format!("{name}: {share}")).weak();
        text.append_to(&mut job, ui.style(), FontSelection::Default, Align::Center);
        lines(ui, job, 1, ROW).on_hover_text(help);
    }
}

fn name(ui: &Ui, name: &str) -> Arc<Galley> {
    let room = NAME - SWATCH - 8.0;
    WidgetText::from(name).into_galley(ui, Some(TextWrapMode::Truncate), room, TextStyle::Body)
}

fn row(ui: &mut Ui, class: &Class, name: Arc<Galley>, widest: f32, count: usize, share: f32) {
    let (rect, response) = painted_row(
        ui,
        ui.available_width(),
        &format!("{}: {count} labelled", class.name),
    );
    let left = swatch(ui, rect, class.color, None);
    let font = TextStyle::Body.resolve(ui.style());
    let start = left + widest + 10.0;
    let at = pos2(left, rect.center().y - name.size().y / 2.0);
    ui.painter().galley(at, name, theme::look(ui).text);
    ui.painter().text(
        rect.right_center(),
        Align2::RIGHT_CENTER,
        grouped(count),
        font,
        theme::look(ui).text,
    );
    let room = Rect::from_min_max(
        pos2(start, rect.center().y - 4.0),
        pos2(rect.right() - COUNT, rect.center().y + 4.0),
    );
    bar(ui, room, share, rgb(class.color));
    response.on_hover_text(format!("{} samples are labelled {}", grouped(count), class.name));
}

fn bar(ui: &Ui, room: Rect, share: f32, color: Color32) {
    ui.painter()
        .rect_filled(room, CornerRadius::same(2), theme::look(ui).inset);
    if share > 0.0 {
        // A single label must still be seen.
        let filled = Rect::from_min_size(room.min, vec2((room.width() * share).max(2.0), room.height()));
        ui.painter().rect_filled(filled, CornerRadius::same(2), color);
    }
}
