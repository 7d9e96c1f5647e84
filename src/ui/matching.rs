//! How well a query fits a name.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How a query fits a name, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Its letters stand in the name or beside it, in this order.
    Letters,
    /// Each of its words begins a word of them.
    Words,
    /// Each begins a word of the name.
    Name,
    /// The name begins with it.
    Start,
}

/// A query and what it takes to compare names with it.
pub struct Query {
    text: String,
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Query {
    pub fn new(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        Self {
            pattern: Pattern::parse(&text, CaseMatching::Ignore, Normalization::Smart),
            text,
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// How it fits a name with further words beside it, and the score of a fuzzy match; `None` where it does not.
    pub fn fit(&mut self, name: &str, beside: &str) -> Option<(Fit, u32)> {
        let name = name.to_lowercase();
        let all = format!("{name} {}", beside.to_lowercase());
        let text = Utf32Str::new(&all, &mut self.buffer);
        let score = self.pattern.score(text, &mut self.matcher)?;
        let begins = |text: &str| {
            let mut words = self.text.split_whitespace();
            words.all(|word| text.split([' ', '(', ',']).any(|part| part.starts_with(word)))
        };
        let fit = match (name.starts_with(&self.text), begins(&name), begins(&all)) {
            (true, ..) => Fit::Start,
            (_, true, _) => Fit::Name,
            (.., true) => Fit::Words,
            _ => Fit::Letters,
        };
        Some((fit, score))
    }
}

/// Classes by how well a query fits their names; of those that it fits alike, those that were used last come first.
pub fn classes(query: &str, names: impl IntoIterator<Item = (u8, impl AsRef<str>)>, used: &[u8]) -> Vec<u8> {
    let mut query = Query::new(query);
    let age = |class| used.iter().position(|used| *used == class).unwrap_or(usize::MAX);
    let mut found: Vec<_> = names
        .into_iter()
        .filter_map(|(class, name)| {
            let (fit, score) = query.fit(name.as_ref(), "")?;
            Some(((fit, score), class))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| {
        let fit = b.0.cmp(&a.0);
        fit.then(age(*one).cmp(&age(*other)))
            .then(b.1.cmp(&a.1))
            .then(one.cmp(other))
    });
    found.into_iter().map(|(_, class)| class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["cat", "sea lion", "lion", "Caracal", "sand cat", "éland"];

    fn found(query: &str, used: &[u8]) -> Vec<&'static str> {
        let names = NAMES.iter().enumerate().map(|(i, name)| (i as u8, *name));
        let classes = classes(query, names, used);
        classes
            .into_iter()
            .map(|class| NAMES[usize::from(class)])
            .collect()
    }

    #[test]
    fn a_name_that_begins_with_the_query_comes_first_and_of_equals_what_was_used_last() {
        assert_eq!(found("ca", &[]), ["cat", "Caracal", "sand cat"]);
        assert_eq!(found("ca", &[4, 3]), ["Caracal", "cat", "sand cat"]);
        assert_eq!(found("LION", &[]), ["lion", "sea lion"]);
        assert_eq!(found("eland", &[]), ["éland"]);
        assert_eq!(found("sl", &[])[0], "sea lion");
        assert_eq!(found("zebra", &[]), [""; 0]);
    }

    #[test]
    fn without_a_query_all_are_there_and_what_was_used_last_comes_first() {
        assert_eq!(found("", &[]), NAMES);
        assert_eq!(
            found(" ", &[2, 0]),
            ["lion", "cat", "sea lion", "Caracal", "sand cat", "éland"]
        );
    }
}
