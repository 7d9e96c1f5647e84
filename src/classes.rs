//! `classes.csv` of a data folder: names and colours of its classes.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::config::CLASSES;

/// What is said of a class; the rest is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassStyle {
    pub name: Option<String>,
    /// sRGB.
    pub color: Option<[u8; 3]>,
}

/// One of each class.
pub type ClassStyles = [ClassStyle; CLASSES];

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
    #[error("{}: cannot be read ({source}); check the file", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}, line {line}: {what}; the row is passed over", path.display())]
    Row { path: PathBuf, line: u64, what: String },
}

/// Reads `classes.csv` in `dir`. Without one there is nothing to say; rows that cannot be used are told.
pub fn read_classes(dir: &Path) -> (ClassStyles, Vec<ClassesError>) {
    let path = dir.join("classes.csv");
    let mut styles = ClassStyles::default();
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return (styles, Vec::new()),
        Err(source) => return (styles, vec![ClassesError::Read { path, source }]),
    };
    let mut problems = Vec::new();
    let mut table = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_slice());
    let headers = table.headers().cloned().unwrap_or_default();
    for record in table.records() {
        let line = match &record {
            Ok(record) => record.position().map_or(0, csv::Position::line),
            Err(error) => error.position().map_or(0, csv::Position::line),
        };
        let taken = record
            .and_then(|record| record.deserialize(Some(&headers)))
            .map_err(|error| format!("expected class,name,color ({error})"))
            .and_then(|row| take(row, &mut styles));
        if let Err(what) = taken {
            let path = path.clone();
            problems.push(ClassesError::Row { path, line, what });
        }
    }
    (styles, problems)
}

fn take(row: Row, styles: &mut ClassStyles) -> Result<(), String> {
    let Some(style) = styles.get_mut(row.class) else {
        return Err(format!("class {} is not one of 0–9", row.class));
    };
    let color = row.color.filter(|color| !color.is_empty());
    let color = color.map(|color| hex(&color).ok_or(format!("colour {color} is not like #1f77b4")));
    style.color = color.transpose()?;
    style.name = row.name.filter(|name| !name.is_empty());
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
            "class,name,color\n0, T-shirt ,#1f77b4\n3,\"Dress, long\",\n12,Boat,#000000\n4,Coat,red\nx,Shirt,\n9,,00ff00\n",
        );
        assert_eq!(styles[0].name.as_deref(), Some("T-shirt"));
        assert_eq!(styles[0].color, Some([0x1f, 0x77, 0xb4]));
        assert_eq!(styles[3].name.as_deref(), Some("Dress, long"));
        assert_eq!((styles[3].color, styles[9].color), (None, Some([0, 255, 0])));
        assert_eq!(styles[1], ClassStyle::default());
        assert_eq!(problems.len(), 3);
        for (problem, part) in problems
            .iter()
            .zip(["line 4: class 12", "line 5: colour red", "line 6: "])
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
        assert_eq!(read("class,name\n2,two\n").0[2].name.as_deref(), Some("two"));
    }
}
