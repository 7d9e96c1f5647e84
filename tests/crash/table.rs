//! CSV as an independent reader sees it (RFC 4180): nothing of the library's.

use std::collections::HashMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Refuses a text that is not whole: no header, an open quote, no line end at the end.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
        if !text.ends_with('\n') {
            return Err(format!(
                "the file of {} bytes does not end with a line end",
                text.len()
            ));
        }
        let mut records = Vec::new();
        let mut record = vec![String::new()];
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            let field = record.last_mut().ok_or("no field")?;
            match char {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    field.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(String::new()),
                '\r' if !quoted && chars.peek() == Some(&'\n') => {}
                '\n' if !quoted => records.push(std::mem::replace(&mut record, vec![String::new()])),
                char => field.push(char),
            }
        }
        if quoted {
            return Err("a quote stays open".into());
        }
        let mut records = records.into_iter();
        let header = records.next().ok_or("no header")?;
        let table = Self {
            header,
            rows: records
                .filter(|record| record.len() > 1 || !record[0].is_empty())
                .collect(),
        };
        match (table.column("Serial"), table.column("label")) {
            (Some(_), Some(_)) => Ok(table),
            _ => Err(format!("no columns Serial and label, but {:?}", table.header)),
        }
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        for record in std::iter::once(&self.header).chain(&self.rows) {
            for (i, field) in record.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                if field.contains([',', '"', '\n']) {
                    text.push_str(&format!("\"{}\"", field.replace('"', "\"\"")));
                } else {
                    text.push_str(field);
                }
            }
            text.push('\n');
        }
        text
    }

    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The column of this name, which is added if it is missing.
    pub fn or_add(&mut self, name: &str) -> usize {
        self.column(name).unwrap_or_else(|| {
            self.header.push(name.into());
            self.header.len() - 1
        })
    }

    pub fn cell(&self, row: usize, column: &str) -> &str {
        self.column(column)
            .and_then(|column| self.rows.get(row)?.get(column))
            .map_or("", String::as_str)
    }

    pub fn set(&mut self, row: usize, column: usize, text: &str) {
        if let Some(row) = self.rows.get_mut(row) {
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            row[column] = text.into();
        }
    }

    /// Where the rows of each serial stand. Rows without a number for a serial are not among them.
    pub fn places(&self) -> HashMap<u32, Vec<usize>> {
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for row in 0..self.rows.len() {
            if let Ok(serial) = self.cell(row, "Serial").trim().parse() {
                places.entry(serial).or_default().push(row);
            }
        }
        places
    }

    /// A label, also one that pandas wrote as `3.0`.
    pub fn label(&self, row: usize) -> Result<Option<u8>, String> {
        match self.cell(row, "label").trim() {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(label) if label.fract() == 0.0 && (0.0..10.0).contains(&label) => Ok(Some(label as u8)),
                _ => Err(format!("`{text}` is no label")),
            },
        }
    }
}
