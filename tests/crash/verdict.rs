//! Who lost what: the file at the end, held against what everybody was told or has written.

use std::fmt::Write as _;
use std::path::Path;

use super::actions::Claims;
use super::files::broken_files;
use super::labeller::{OURS, labels};
use super::others::{Other, stands};
use super::table::Table;

/// Rows that nobody touches: two columns more than we write, quotes, serials of another data set, no serial at all.
pub fn first_text() -> String {
    let mut text = String::from("Serial,label,comment\n");
    for row in 0..200 {
        let _ = writeln!(text, "{},{},\"older, \"\"{row}\"\"\"", 45_000 + row, row % 10);
    }
    for row in 0..100 {
        let _ = writeln!(text, "{row},,ask {row}");
    }
    for row in 0..20 {
        let _ = writeln!(text, "{},{},", 700_000 + row, row % 10);
    }
    text.push_str("see below,4,no serial\n");
    text
}

#[derive(Default)]
pub struct Verdict {
    pub kills: usize,
    pub confirmed: usize,
    pub failed: usize,
    pub rewrites: usize,
    pub theirs: usize,
    /// Serials whose confirmed label, or confirmed deletion, does not stand.
    pub lost: Vec<u32>,
    /// What the file and the history say of them.
    pub history_of_lost: Vec<String>,
    /// Others' rows and cells that are not as they were left.
    pub lost_rows: Vec<String>,
    /// Of these, written into a file that was replaced meanwhile.
    pub into_replaced: usize,
    /// Rows and labels that nobody wrote.
    pub invented: Vec<String>,
    /// Files that were not whole.
    pub broken: Vec<String>,
    /// Files that were left behind.
    pub strays: Vec<String>,
    pub messages: Vec<String>,
    /// Epochs and saved models that windows have told of.
    pub epochs: usize,
    pub models: usize,
}

impl Verdict {
    /// Of a folder whose labels were opened and closed once more.
    pub fn of(
        folder: &Path,
        kills: usize,
        claims: &Claims,
        other: &Other,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut verdict = Self {
            kills,
            confirmed: claims.confirmed,
            failed: claims.failed,
            rewrites: other.rewrites,
            theirs: other.rows.len() + other.cells.len(),
            broken: other.broken.clone(),
            messages: claims.messages.iter().cloned().collect(),
            ..Self::default()
        };
        verdict.look_for_strays(folder)?;
        verdict.broken.extend(broken_files(folder)?);
        match Table::parse(&std::fs::read(labels(folder))?) {
            Ok(table) => verdict.compare(&table, claims, other)?,
            Err(error) => verdict.broken.push(format!("at the end: {error}")),
        }
        let history = std::fs::read_to_string(labels(folder).with_file_name("labels.history.jsonl"));
        let history = history.unwrap_or_default();
        for serial in &verdict.lost {
            let of = |line: &&str| {
                line.contains(&format!("\"serial\":{serial},")) || line.contains(&format!("[{serial},"))
            };
            let lines = (1..).zip(history.lines()).filter(|(_, line)| of(line));
            let lines = lines.map(|(number, line)| format!("{number}: {line}"));
            verdict.history_of_lost.extend(lines);
        }
        Ok(verdict)
    }

    fn compare(
        &mut self,
        table: &Table,
        claims: &Claims,
        other: &Other,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let places = table.places();
        let first = Table::parse(first_text().as_bytes())?;
        let first_places = first.places();
        let mut loose = claims.loose.clone();
        let mut taken = |label: Option<u8>| {
            let place = loose.iter().position(|&loose| Some(loose) == label);
            place.map(|place| loose.swap_remove(place)).is_some()
        };
        // Ours.
        for (serial, claim) in claims.serials() {
            let value = match places.get(&serial).map(Vec::as_slice) {
                None => None,
                Some(&[row]) => table.label(row)?,
                Some(rows) => {
                    self.invented
                        .push(format!("{serial} stands {} times", rows.len()));
                    continue;
                }
            };
            // Where it may have no label, a key that nobody answered may have given it one.
            let allowed = claim.allows(value) || claim.allows(None) && taken(value);
            if !allowed {
                match claim.confirmed {
                    Some(_) => {
                        self.lost.push(serial);
                        self.history_of_lost
                            .push(format!("{serial}: the file says {value:?}, {claim:?}"));
                    }
                    None => self.invented.push(format!("{serial},{value:?}")),
                }
            }
        }
        // Everybody's.
        for (&serial, rows) in &places {
            let known = first_places.contains_key(&serial)
                || claims.get(serial).is_some()
                || other.rows.contains_key(&serial);
            let label = rows.first().map_or(Ok(None), |&row| table.label(row))?;
            if !known && !taken(label) {
                self.invented.push(format!("{serial},{label:?}"));
            }
            if rows.len() > 1 && serial >= OURS {
                self.invented
                    .push(format!("{serial} stands {} times", rows.len()));
            }
        }
        // Those that were there from the first.
        for row in 0..first.rows.len() {
            let serial = first.cell(row, "Serial");
            let found = (0..table.rows.len()).find(|&other| table.cell(other, "Serial") == serial);
            let same = found.is_some_and(|found| {
                let ours = serial.parse().is_ok_and(|serial: u32| serial < OURS);
                table.cell(found, "comment") == first.cell(row, "comment")
                    && (ours || table.label(found) == first.label(row))
            });
            if !same {
                self.lost_rows.push(format!("{serial} from the first"));
            }
        }
        // The other program's.
        for (serial, row) in &other.rows {
            if row.missed || !stands(table, places.get(serial), row) {
                self.into_replaced += usize::from(row.into_replaced);
                let when = if row.missed { "on the way" } else { "at the end" };
                match (row.label, places.get(serial)) {
                    (None, Some(_)) => self.invented.push(format!("{serial} came back")),
                    _ => self.lost_rows.push(format!("{serial} {when}")),
                }
            }
        }
        for (serial, text) in &other.cells {
            let found = places.get(serial).and_then(|rows| rows.last());
            if found.is_none_or(|&row| table.cell(row, "note") != text) {
                self.lost_rows.push(format!("the remark on {serial}"));
            }
        }
        Ok(())
    }

    fn look_for_strays(&mut self, folder: &Path) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder.join("data"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let known = [
                "labels.csv",
                "labels.history.jsonl",
                "labels.accuracy.csv",
                "labels.unsure.csv",
                "labels.audit.csv",
            ];
            if !known.contains(&name.as_str()) && !name.ends_with("-ubyte") {
                self.strays.push(name);
            }
        }
        Ok(())
    }

    pub fn faultless(&self) -> bool {
        self.lost.is_empty()
            && self.lost_rows.is_empty()
            && self.invented.is_empty()
            && self.broken.is_empty()
            && self.strays.is_empty()
    }

    pub fn add(&mut self, other: &Self) {
        self.kills += other.kills;
        self.confirmed += other.confirmed;
        self.failed += other.failed;
        self.rewrites += other.rewrites;
        self.theirs += other.theirs;
        self.epochs += other.epochs;
        self.models += other.models;
        self.into_replaced += other.into_replaced;
        self.lost.extend(&other.lost);
        self.history_of_lost.extend_from_slice(&other.history_of_lost);
        for (all, more) in [
            (&mut self.lost_rows, &other.lost_rows),
            (&mut self.invented, &other.invented),
            (&mut self.broken, &other.broken),
            (&mut self.strays, &other.strays),
            (&mut self.messages, &other.messages),
        ] {
            all.extend_from_slice(more);
        }
    }

    pub fn heading() -> &'static str {
        "| beside it | kills | labels confirmed | lost | not saved, and told | rewrites | others' rows and cells | lost | \
         invented | files not whole | left behind |\n|---|---|---|---|---|---|---|---|---|---|---|"
    }

    pub fn line(&self, name: &str) -> String {
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {}{} | {} | {} | {} |",
            self.kills,
            self.confirmed,
            self.lost.len(),
            self.failed,
            self.rewrites,
            self.theirs,
            self.lost_rows.len(),
            match self.into_replaced {
                0 => String::new(),
                some => format!(" ({some} written into a file that had been replaced)"),
            },
            self.invented.len(),
            self.broken.len(),
            self.strays.len()
        )
    }

    /// Some of what is wrong, to look into.
    pub fn details(&self) -> String {
        fn some<T: std::fmt::Debug>(all: &[T]) -> &[T] {
            &all[..all.len().min(5)]
        }
        format!(
            "lost {:?} (history: {:#?}), others' {:?}, invented {:?}, not whole {:?}, left behind {:?}, told {:?}",
            some(&self.lost),
            self.history_of_lost,
            some(&self.lost_rows),
            some(&self.invented),
            some(&self.broken),
            some(&self.strays),
            some(&self.messages)
        )
    }
}
