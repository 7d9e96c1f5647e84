//! Text that is shown may come from files: whatever they hold, it becomes one line of bounded length in which nothing
//! moves the cursor, changes colours or turns the direction of what follows.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

/// Characters of a line that is shown.
const LINE: usize = 2000;

/// Characters of a file's text within a message.
const EXCERPT: usize = 60;

/// A message as one line of 2,000 characters at most. Characters that [act](acts) are escaped, and names of temporary files
/// left out.
pub fn line(message: &str) -> String {
    bounded(&without_temporary_names(message), LINE)
}

/// A cell, a name or a header as messages quote it.
pub(crate) fn excerpt(text: &str) -> String {
    bounded(text, EXCERPT)
}

fn bounded(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * most));
    let mut left = most;
    for (at, character) in text.char_indices() {
        let Some(less) = left.checked_sub(1) else {
            let more = text.get(at..).unwrap_or_default().len();
            shown += &format!("… ({more} more bytes)");
            break;
        };
        left = less;
        if acts(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character does something else than to appear: controls, line and paragraph separators, and those that turn
/// the direction of other text (Unicode Standard Annex 9).
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Errors of temporary files name them; their names are drawn at random and tell nobody anything.
fn without_temporary_names(text: &str) -> String {
    const NAME: &str = " at path \"";
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(NAME) {
        kept += before;
        let Some((path, behind)) = after.split_once('"') else {
            return kept + NAME + after;
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        if !name.starts_with('.') {
            kept += NAME;
            kept += path;
            kept.push('"');
        }
        rest = behind;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_holds_cannot_act_on_a_terminal() {
        assert_eq!(
            line("a\u{1b}[31m\r\nb\u{202e}\u{9b}"),
            "a\\u{1b}[31m\\r\\nb\\u{202e}\\u{9b}"
        );
        assert_eq!(line("5 × ä – 日本"), "5 × ä – 日本");
    }

    #[test]
    fn long_text_is_cut_and_the_rest_counted() {
        assert_eq!(excerpt(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(excerpt(&"é".repeat(62)), "é".repeat(60) + "… (4 more bytes)");
        assert!(line(&"\u{1b}".repeat(1_000_000)).len() < 6 * LINE + 50);
    }

    #[test]
    fn the_same_failure_reads_the_same_twice() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none");
        let failure = || tempfile::NamedTempFile::new_in(&missing).unwrap_err().to_string();
        assert_ne!(failure(), failure());
        assert_eq!(line(&failure()), line(&failure()));
        assert_eq!(
            line("x at path \"/a/b\" y at path \"z"),
            "x at path \"/a/b\" y at path \"z"
        );
    }
}
