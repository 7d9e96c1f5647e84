//! `classes.csv` of a data folder: names and colours of its classes.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::count::ClassCount;
use crate::input::{self, Lines};
use crate::printable::{acts, excerpt};

/// What the file says of a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassStyle {
    /// What the class is called, 60 characters at most; `None`: by its number.
    pub name: Option<String>,
    /// sRGB; `None`: one of the palette.
    pub color: Option<[u8; 3]>,
}

/// What the file says of the classes, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassStyles(Vec<ClassStyle>);

impl ClassStyles {
    /// What it says of a class; nothing of one that it does not have.
    pub fn of(&self, class: u8) -> Option<&ClassStyle> {
        self.0.get(usize::from(class))
    }

    /// The number of classes up to the last one that it has; `None`: it has none.
    pub fn count(&self) -> Option<ClassCount> {
        ClassCount::of(self.0.len().checked_sub(1).map(|last| last as u8))
    }

    fn set(&mut self, class: u8, style: ClassStyle) {
        let class = usize::from(class);
        if self.0.len() <= class {
            self.0.resize(class + 1, ClassStyle::default());
        }
        if let Some(place) = self.0.get_mut(class) {
            *place = style;
        }
    }
}

/// A row of the file: `class,name,color`, the colour as `#rrggbb`.
#[derive(Deserialize)]
struct Row {
    class: usize,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    color: Option<String>,
}

/// Why the file, or a row of it, is not used.
#[derive(Debug, thiserror::Error)]
pub enum ClassesError {
    /// The file is there and cannot be read.
    #[error("{}: cannot be read ({source}); check the file", path.display())]
    Read {
        /// `classes.csv` in the data folder.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The first line has no column `class`, so that no row is used.
    #[error("{}, line {line}: {what}; correct it; until then the classes have their usual names", path.display())]
    Header {
        /// `classes.csv` in the data folder.
        path: PathBuf,
        /// 1-based.
        line: u64,
        /// The fault, without file and line.
        what: String,
    },
    /// One row is not used.
    #[error("{}, line {line}: {what}; the row is passed over", path.display())]
    Row {
        /// `classes.csv` in the data folder.
        path: PathBuf,
        /// 1-based.
        line: u64,
        /// The fault, without file and line.
        what: String,
    },
}

/// Bytes of the file: of 256 classes with the longest names.
const LARGEST: u64 = 64 << 10;

/// Characters of a name: as many as a button and the legend have room for.
const LONGEST: usize = 60;

/// Reads `classes.csv` in `dir`, with the columns `class`, `name` and `color` (`#rrggbb`). A missing file says nothing; rows
/// that cannot be used are left out and told.
pub fn read_classes(dir: &Path) -> (ClassStyles, Vec<ClassesError>) {
    let path = dir.join("classes.csv");
    let mut styles = ClassStyles::default();
    let text = match input::read(&path, LARGEST) {
        Ok(text) => text,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return (styles, Vec::new()),
        Err(source) => return (styles, vec![ClassesError::Read { path, source }]),
    };
    let mut problems = Vec::new();
    let mut lines = Lines::new(&text);
    let mut table = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_slice());
    let headers = table.headers().cloned();
    let headers = headers.map_err(|error| csv_problem(&error)).and_then(|headers| {
        if headers.is_empty() || headers.iter().any(|header| header == "class") {
            return Ok(headers);
        }
        let found: Vec<_> = headers.iter().collect();
        Err(format!(
            "the header \"{}\" has no column \"class\"",
            excerpt(&found.join(","))
        ))
    });
    let headers = match headers {
        Ok(headers) => headers,
        Err(what) => {
            let line = lines.of(0);
            return (styles, vec![ClassesError::Header { path, line, what }]);
        }
    };
    for record in table.records() {
        let position = match &record {
            Ok(record) => record.position(),
            Err(error) => error.position(),
        };
        let line = lines.of(position.map_or(0, csv::Position::byte));
        let taken = record
            .and_then(|record| record.deserialize(Some(&headers)))
            .map_err(|error| csv_problem(&error))
            .and_then(|row| take(row, &mut styles));
        if let Err(what) = taken {
            let path = path.clone();
            problems.push(ClassesError::Row { path, line, what });
        }
    }
    (styles, problems)
}

/// Without the places that the error names besides.
fn csv_problem(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "the text is not UTF-8".into(),
        csv::ErrorKind::Deserialize { err, .. } => format!("expected class,name,color ({})", err.kind()),
        _ => format!("expected class,name,color ({error})"),
    }
}

fn take(row: Row, styles: &mut ClassStyles) -> Result<(), String> {
    let last = ClassCount::MOST.last();
    let Ok(class) = u8::try_from(row.class) else {
        return Err(format!("class {} is not one of 0–{last}", row.class));
    };
    let color = row.color.filter(|color| !color.is_empty());
    let color = color.map(|color| {
        hex(&color).ok_or_else(|| format!("colour \"{}\" is not like #1f77b4", excerpt(&color)))
    });
    let color = color.transpose()?;
    let name = row.name.filter(|name| !name.is_empty());
    if let Some(name) = &name {
        let characters = name.chars().count();
        if characters > LONGEST {
            return Err(format!(
                "the name \"{}\" has {characters} characters, where {LONGEST} are the most",
                excerpt(name)
            ));
        }
        if name.chars().any(acts) {
            return Err(format!(
                "the name \"{}\" holds a character that is no text",
                excerpt(name)
            ));
        }
    }
    styles.set(class, ClassStyle { name, color });
    Ok(())
}

fn hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() != 6 || !digits.is_ascii() {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [_, rgb @ ..] = value.to_be_bytes();
    Some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (ClassStyles, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("classes.csv"), text).unwrap();
        let (styles, problems) = read_classes(dir.path());
        (styles, problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_and_colours_are_taken_and_bad_rows_told_by_their_line() {
        let (styles, problems) = read(
            "class,name,color\n0, T-shirt ,#1f77b4\n3,\"Dress, long\",\n256,Boat,#000000\n4,Coat,red\nx,Shirt,\n9,,00ff00\n",
        );
        let style = |class| styles.of(class).unwrap();
        assert_eq!(style(0).name.as_deref(), Some("T-shirt"));
        assert_eq!(style(0).color, Some([0x1f, 0x77, 0xb4]));
        assert_eq!(style(3).name.as_deref(), Some("Dress, long"));
        assert_eq!((style(3).color, style(9).color), (None, Some([0, 255, 0])));
        assert_eq!(style(1), &ClassStyle::default());
        assert_eq!(
            (styles.of(10), styles.count()),
            (None, Some(ClassCount::default()))
        );
        assert_eq!(problems.len(), 3);
        for (problem, part) in
            problems
                .iter()
                .zip(["line 4: class 256", "line 5: colour \"red\"", "line 6: "])
        {
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn without_a_file_there_is_nothing_to_say() {
        let dir = tempfile::tempdir().unwrap();
        let (styles, problems) = read_classes(dir.path());
        assert!(styles == ClassStyles::default() && problems.is_empty());
        let (styles, problems) = read("");
        assert!(styles == ClassStyles::default() && problems.is_empty());
        let (styles, _) = read("class,name\n2,two\n");
        assert_eq!(styles.of(2).unwrap().name.as_deref(), Some("two"));
        assert_eq!(styles.count().map(ClassCount::get), Some(3));
    }

    #[test]
    fn any_number_of_classes_has_names() {
        for count in [3, 11, 62, 256] {
            let rows: String = (0..count)
                .map(|class| format!("{class},name {class}\n"))
                .collect();
            let (styles, problems) = read(&format!("class,name\n{rows}"));
            assert!(problems.is_empty(), "{problems:?}");
            let classes = ClassCount::new(count).unwrap();
            assert_eq!(styles.count(), Some(classes));
            let name = format!("name {}", count - 1);
            assert_eq!(styles.of(classes.last()).unwrap().name.as_ref(), Some(&name));
        }
    }
}
