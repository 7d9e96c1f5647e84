//! Failures, as the cards over the cloud show them.

use ssvae_core::printable;

/// Lines of a card.
const LINES: usize = 3;

/// Where a problem comes from. Its cards go when the cause is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Reading the images, or what the worker does besides.
    Worker,
    /// Reading the checkpoint.
    Checkpoint,
    /// A training run.
    Training,
    /// The similarity graph and what is propagated on it.
    Propagation,
    /// The map of the samples.
    Map,
    /// The labels file as a whole.
    LabelsFile,
    /// Rows of it.
    LabelsRows,
    /// Labels that another program's save did not have.
    Merged,
    /// The labels file, which is gone.
    LabelsGone,
    /// A label that could not be saved.
    Saving,
    /// What is kept beside the labels file: the history and the marks.
    BesideLabels,
    /// The labels of the audit.
    Audit,
    /// The accuracy by labels that is kept beside the labels file.
    Accuracy,
    /// Names and colours of the classes.
    Classes,
    /// Writing a view or samples.
    Export,
    /// Opening something else.
    Opening,
    EventLog,
}

/// What can be done about it, by a button of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Choose the samples.
    Review,
    /// Take labels out again that were put back.
    TakeOut,
    /// Give labels again that were deleted.
    PutBack,
    /// Write the labels of a file that is gone into a new one.
    WriteBack,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub cause: Cause,
    /// One line: what failed, and why.
    pub title: String,
    /// The first of what stands below the title.
    pub lines: Vec<String>,
    /// Lines that are left out.
    pub more: usize,
    /// How often it has happened.
    pub times: usize,
    /// The buttons, from left to right.
    pub offers: Vec<Offer>,
}

/// All cards, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The cards.
    pub fn cards(&self) -> &[Problem] {
        &self.0
    }

    /// Adds a problem. One that is shown already becomes the newest card, which counts how often it happened.
    pub fn report(&mut self, cause: Cause, title: String) {
        let title = readable(&title);
        let known = self
            .0
            .iter()
            .position(|card| card.cause == cause && card.title == title);
        let times = known.map_or(0, |at| self.0.remove(at).times);
        self.0.push(Problem {
            cause,
            title,
            lines: Vec::new(),
            more: 0,
            times: times + 1,
            offers: Vec::new(),
        });
    }

    /// Replaces all cards of a cause by one that shows the first lines; without any line there is no card.
    pub fn replace(&mut self, cause: Cause, title: String, lines: impl ExactSizeIterator<Item = String>) {
        self.mended(cause);
        let count = lines.len();
        if count > 0 {
            self.0.push(Problem {
                cause,
                title: readable(&title),
                lines: lines.take(LINES).map(|line| readable(&line)).collect(),
                more: count.saturating_sub(LINES),
                times: 1,
                offers: Vec::new(),
            });
        }
    }

    /// Adds a card with buttons.
    pub fn offer(&mut self, cause: Cause, title: String, offers: Vec<Offer>) {
        self.0.push(Problem {
            cause,
            title,
            lines: Vec::new(),
            more: 0,
            times: 1,
            offers,
        });
    }

    /// Whether there is a card of this cause.
    pub fn has(&self, cause: Cause) -> bool {
        self.0.iter().any(|card| card.cause == cause)
    }

    /// Takes all cards of a cause away.
    pub fn mended(&mut self, cause: Cause) {
        self.0.retain(|card| card.cause != cause);
    }

    /// Takes the card at this place away.
    pub fn dismiss(&mut self, at: usize) {
        if at < self.0.len() {
            self.0.remove(at);
        }
    }
}

/// One line, without the operating system's error numbers.
pub fn readable(text: &str) -> String {
    const NUMBER: &str = " (os error ";
    let line = printable::line(text);
    let mut readable = String::new();
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once(NUMBER) {
        readable += before;
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    readable + rest
}

impl Problem {
    /// All of it in one text.
    pub fn text(&self) -> String {
        let mut text = self.title.clone();
        if self.times > 1 {
            text += &format!(" ({} times)", self.times);
        }
        for line in &self.lines {
            text += "\n";
            text += line;
        }
        if self.more > 0 {
            text += &format!("\nand {} more", ssvae_core::format::grouped(self.more));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_problems_are_one_card_and_a_mended_cause_takes_its_cards_away() {
        let mut problems = Problems::default();
        for _ in 0..3 {
            problems.report(Cause::Export, "disk full".into());
        }
        problems.report(Cause::Training, "failed".into());
        problems.report(Cause::Export, "disk full".into());
        let titles: Vec<_> = problems
            .cards()
            .iter()
            .map(|card| (card.title.as_str(), card.times))
            .collect();
        assert_eq!(titles, [("failed", 1), ("disk full", 4)]);
        problems.replace(
            Cause::LabelsRows,
            "60,000 rows".into(),
            (0..60_000).map(|i| format!("line {i}")),
        );
        assert_eq!(problems.cards().len(), 3);
        let text = problems.cards()[2].text();
        assert_eq!(text, "60,000 rows\nline 0\nline 1\nline 2\nand 59,997 more");
        problems.replace(Cause::LabelsRows, String::new(), std::iter::empty());
        problems.mended(Cause::Export);
        problems.dismiss(7);
        assert_eq!(problems.cards().len(), 1);
        problems.dismiss(0);
        assert!(problems.cards().is_empty());
    }

    #[test]
    fn numbers_of_system_errors_are_left_out() {
        let text = "l.csv: cannot be written (Permission denied (os error 13)); check its permissions";
        assert_eq!(
            readable(text),
            "l.csv: cannot be written (Permission denied); check its permissions"
        );
        assert_eq!(readable("as it is"), "as it is");
    }
}
