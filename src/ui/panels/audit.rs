//! The audit: a strip above the label buttons while one is on, and its results.

use egui::{Button, Frame, Label, Margin, RichText, Ui, vec2};

use super::{advice, share};
use crate::ui::intent::Intent;
use crate::ui::theme;
use crate::ui::widgets::section::sized_button;
use ssvae_core::evaluation::{Advice, DRAWN, Evaluation};

/// What an audit is for.
const HELP: &str = "Label 50 samples that are drawn at random from those without a label, seeing the image alone. Their labels are \
     kept out of training for good, in labels.audit.csv, and tell how accurate the predictions are.";

/// The audit, and whether more labels change much.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditView<'a> {
    /// How many samples of the audit that is on are labelled, and of how many.
    pub on: Option<(usize, usize)>,
    /// What the model predicts for the audited samples; `None` while an audit is on.
    pub model: Option<&'a Evaluation>,
    /// What is propagated to the audited samples; `None` while an audit is on.
    pub propagated: Option<&'a Evaluation>,
    /// What the last labels say of the next ones, where anything is propagated.
    pub advice: Option<Advice>,
}

/// Draws the strip while an audit is on.
pub fn strip(ui: &mut Ui, audit: &AuditView, intents: &mut Vec<Intent>) {
    let Some((done, of)) = audit.on else { return };
    let frame = Frame::new()
        .fill(theme::look(ui).inset)
        .inner_margin(Margin::symmetric(8, 4))
        .corner_radius(3);
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            let (button, height) = (78.0, 24.0);
            let room = ui.available_width() - button - ui.spacing().item_spacing.x;
            let text = format!("Audit: {done} of {of} · labels stay out of training");
            ui.allocate_ui(vec2(room, height), |ui| {
                ui.set_width(room);
                let text = RichText::new(text).color(theme::look(ui).warning);
                ui.add(Label::new(text).wrap()).on_hover_text(
                    "N goes to the sample that is asked for, Ctrl+Z takes the last label back.",
                );
            });
            end(ui, vec2(button, height), intents);
        });
    });
    ui.add_space(4.0);
}

fn end(ui: &mut Ui, size: egui::Vec2, intents: &mut Vec<Intent>) {
    let button = sized_button(ui, true, size, Button::new("End audit"));
    let help = "Stop here: the labels that were given count, and what is drawn besides is dropped.";
    if button.on_hover_text(help).clicked() {
        intents.push(Intent::EndAudit);
    }
}

/// Draws the button that begins an audit, or ends it.
pub fn button(ui: &mut Ui, audit: &AuditView, intents: &mut Vec<Intent>) {
    let size = vec2(78.0, 22.0);
    if audit.on.is_some() {
        return end(ui, size, intents);
    }
    let begin = sized_button(ui, true, size, Button::new(format!("Audit {DRAWN}")));
    if begin.on_hover_text(HELP).clicked() {
        intents.push(Intent::Audit);
    }
}

/// Draws the results of the audit, and what the last labels say of the next ones.
pub fn lines(ui: &mut Ui, audit: &AuditView) {
    let mut line = |text: String, help: &str| {
        ui.add(Label::new(RichText::new(text).weak()).wrap())
            .on_hover_text(help);
    };
    match (audit.on, audit.model, audit.propagated) {
        (Some((done, of)), ..) => line(
            format!("Audit: {done} of {of}, its result comes at the end"),
            HELP,
        ),
        (None, None, None) => line(format!("Audit: none yet (Results, Audit {DRAWN})"), HELP),
        (None, model, propagated) => {
            let help = "Of randomly drawn samples that nothing learns from; the truth lies between the bounds in 95 of 100 audits.";
            for (name, found) in [("Audit", model), ("Audit, propagated", propagated)] {
                if let Some(found) = found {
                    line(format!("{name}: {}", share::right(found)), help);
                }
            }
        }
    }
    if let Some(text) = audit.advice.map(advice::text) {
        line(text, advice::HELP);
    }
}

/// What the headline of other results says of it besides.
pub fn besides(audit: &AuditView, propagated: bool) -> Option<String> {
    let found = if propagated { audit.propagated } else { audit.model }?;
    Some(format!("audit {} of {}", share::accuracy(found), found.samples()))
}

/// Why there are no figures of it.
pub fn without(audit: &AuditView) -> &'static str {
    match audit.on {
        Some(_) => "The audit is on: its figures come at the end.",
        None => "No audit yet: it estimates the accuracy where the data set has no labels of its own.",
    }
}
