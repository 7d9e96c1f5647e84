//! Whether more labels change much, in words.

use ssvae_core::evaluation::Advice;
use ssvae_core::format::{grouped, percent};

/// One sentence without its full stop.
pub fn text(advice: Advice) -> String {
    let share = |changed: f64| percent(changed, 1);
    match advice {
        Advice::Unknown { more } => {
            format!("How much labels change is known after {} more", grouped(more))
        }
        Advice::GoOn { labels, changed } => format!(
            "Over the last {} labels {} of the classes changed: go on",
            grouped(labels),
            share(changed)
        ),
        Advice::Wait {
            labels,
            changed,
            more,
        } => format!(
            "Over the last {} labels {} of the classes changed: see after {} more",
            grouped(labels),
            share(changed),
            grouped(more)
        ),
        Advice::Enough { labels, changed } => format!(
            "Over the last {} labels hardly any class changed ({}): more labels bring little",
            grouped(labels),
            share(changed)
        ),
    }
}

/// How the advice is found.
pub const HELP: &str = "How many of the propagated classes each ten labels change. Labels bring little when the classes before and \
     after agree by a mean kappa of 0.99 three times (Bloodgood & Vijay-Shanker 2009).";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_in_words() {
        let changed = 0.0213;
        for (advice, expected) in [
            (
                Advice::Unknown { more: 7 },
                "How much labels change is known after 7 more",
            ),
            (
                Advice::GoOn { labels: 10, changed },
                "Over the last 10 labels 2.1 % of the classes changed: go on",
            ),
            (
                Advice::Wait {
                    labels: 20,
                    changed: 0.002,
                    more: 10,
                },
                "Over the last 20 labels 0.2 % of the classes changed: see after 10 more",
            ),
            (
                Advice::Enough {
                    labels: 30,
                    changed: 0.003,
                },
                "Over the last 30 labels hardly any class changed (0.3 %): more labels bring little",
            ),
        ] {
            assert_eq!(text(advice), expected);
        }
    }
}
