//! Other programs that rewrite labels.csv from what they read up to five seconds before.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::labeller::OURS;
use super::table::Table;

/// First serial of the rows that only the other program touches.
const FIRST: u32 = 50_000;
/// A row that another program wrote into a file that was just replaced may come back so late.
const GRACE: Duration = Duration::from_secs(10);
/// Before a rewrite, after the reading.
const STALE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Writes beside and renames over it.
    Rename,
    /// LibreOffice: a lock file meanwhile, then as above.
    Office,
    /// Vim: renames the file to a backup, writes a new one, deletes the backup.
    Vim,
    /// pandas: opens with truncation, writes all at once. Labels become `3.0`.
    InPlace,
    /// Truncates, and writes for up to a second.
    Slow,
    Append,
    /// Holds the file's lock from the reading to the end of a rewrite in place.
    Flock,
}

pub const WAYS: [Way; 7] = [
    Way::Rename,
    Way::Office,
    Way::Vim,
    Way::InPlace,
    Way::Slow,
    Way::Append,
    Way::Flock,
];

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Office => "LibreOffice: lock file, rename",
            Self::Vim => "vim: backup, new file",
            Self::InPlace => "pandas: in place",
            Self::Slow => "truncation, slow writing",
            Self::Append => "append",
            Self::Flock => "in place under flock",
        }
    }
}

/// What the program means its row to be.
#[derive(Clone, Debug)]
pub struct Row {
    /// `None`: it deleted the row.
    pub label: Option<u8>,
    pub note: String,
    written: Instant,
    /// The file was replaced while it wrote.
    pub into_replaced: bool,
    /// It found its row missing or otherwise long after it had written it.
    pub missed: bool,
}

pub struct Other {
    ways: Vec<Way>,
    path: PathBuf,
    dice: ChaCha8Rng,
    pub rows: BTreeMap<u32, Row>,
    /// What it wrote beside our labels, in a column of its own.
    pub cells: BTreeMap<u32, String>,
    next: u32,
    pub rewrites: usize,
    /// The file was not whole, or not there, when it was read.
    pub broken: Vec<String>,
}

impl Other {
    pub fn new(ways: &[Way], path: &Path, seed: u64) -> Self {
        Self {
            ways: ways.to_vec(),
            path: path.into(),
            dice: ChaCha8Rng::seed_from_u64(seed),
            rows: BTreeMap::new(),
            cells: BTreeMap::new(),
            next: FIRST,
            rewrites: 0,
            broken: Vec::new(),
        }
    }

    /// Rewrites the file at once, with a row of its own, from the text that it is given.
    pub fn save_stale(&mut self, text: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
        Ok(self.rewrite(Way::Rename, Table::parse(text)?, None)?)
    }

    /// Reads, waits and rewrites until it is told to stop. `writing` is set while the file need not be whole.
    pub fn run(&mut self, stop: &AtomicBool, writing: &AtomicBool) -> io::Result<()> {
        let mut turn = 0;
        while !stop.load(Ordering::Acquire) && !self.ways.is_empty() {
            let way = self.ways[turn % self.ways.len()];
            turn += 1;
            self.once(way, stop, writing)?;
            let pause = Duration::from_millis(self.dice.random_range(0..300));
            std::thread::sleep(pause);
        }
        Ok(())
    }

    fn once(&mut self, way: Way, stop: &AtomicBool, writing: &AtomicBool) -> io::Result<()> {
        let lock = match way {
            Way::Flock => Some(self.locked()?),
            _ => None,
        };
        let lock_file = self.path.with_file_name(".~lock.labels.csv#");
        if way == Way::Office {
            fs::write(&lock_file, ",user,host,27.11.2026 14:00,file:///labels.csv;")?;
        }
        let mut bytes = Vec::new();
        File::open(&self.path)?.read_to_end(&mut bytes)?;
        match Table::parse(&bytes) {
            Ok(table) => {
                self.look_for_own(&table);
                if self.wait(STALE, stop) {
                    writing.store(true, Ordering::Release);
                    let done = self.rewrite(way, table, lock);
                    writing.store(false, Ordering::Release);
                    done?;
                }
            }
            Err(error) => self.broken.push(error),
        }
        if way == Way::Office {
            fs::remove_file(&lock_file)?;
        }
        Ok(())
    }

    /// Whether to go on.
    fn wait(&mut self, longest: Duration, stop: &AtomicBool) -> bool {
        let end = Instant::now() + longest.mul_f64(self.dice.random_range(0.0..1.0));
        while Instant::now() < end {
            if stop.load(Ordering::Acquire) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20).min(end - Instant::now()));
        }
        true
    }

    fn locked(&self) -> io::Result<File> {
        loop {
            let file = OpenOptions::new().read(true).write(true).open(&self.path)?;
            file.lock()?;
            let stands = fs::metadata(&self.path)?;
            if file.metadata()?.ino() == stands.ino() {
                return Ok(file);
            }
        }
    }

    fn look_for_own(&mut self, table: &Table) {
        let places = table.places();
        for (serial, row) in &mut self.rows {
            if row.written.elapsed() > GRACE {
                row.missed |= !stands(table, places.get(serial), row);
            }
        }
    }

    fn rewrite(&mut self, way: Way, mut table: Table, lock: Option<File>) -> io::Result<()> {
        let written = Instant::now();
        let before = self.next;
        self.next += self.dice.random_range(1..6);
        let mut meant: BTreeMap<u32, (Option<u8>, String)> = BTreeMap::new();
        let mut cells = BTreeMap::new();
        for serial in before..self.next {
            meant.insert(
                serial,
                (
                    Some(self.dice.random_range(0..10)),
                    format!("{way:?} {}", self.rewrites),
                ),
            );
        }
        if way != Way::Append {
            for serial in FIRST..before {
                let (label, changed) = (self.dice.random_range(0..10), "changed, \"so\"".to_owned());
                let row = match self.dice.random_range(0..30) {
                    0 => (None, String::new()),
                    1..4 => (Some(label), changed),
                    // An editor writes what it has on its screen.
                    _ => match self.rows.get(&serial) {
                        Some(row) => (row.label, row.note.clone()),
                        None => continue,
                    },
                };
                meant.insert(serial, row);
            }
            // A remark in a column of its own, beside a label of ours.
            let ours: Vec<u32> = table
                .places()
                .into_keys()
                .filter(|&serial| serial < OURS)
                .collect();
            if !ours.is_empty() {
                for _ in 0..self.dice.random_range(0..3) {
                    let serial = ours[self.dice.random_range(0..ours.len())];
                    cells.insert(serial, format!("seen {}", self.rewrites));
                }
            }
            self.edit(&mut table, &meant, &cells);
        }
        let into_replaced = match way {
            Way::Append => {
                let mut file = OpenOptions::new().append(true).open(&self.path)?;
                let note = table.column("comment").unwrap_or(2);
                let mut text = String::new();
                for (serial, (label, what)) in &meant {
                    let mut added = Table {
                        header: vec!["Serial".into(), "label".into()],
                        rows: vec![vec![serial.to_string(), label.unwrap_or(0).to_string()]],
                    };
                    added.set(0, note, what);
                    text.extend(added.text().split_inclusive('\n').skip(1));
                }
                file.write_all(text.as_bytes())?;
                self.close(file)?
            }
            Way::Rename | Way::Office => {
                let beside = self.path.with_file_name("labels.csv.new");
                let mut file = File::create(&beside)?;
                file.write_all(table.text().as_bytes())?;
                self.close(file)?;
                fs::rename(beside, &self.path)?;
                false
            }
            Way::Vim => {
                let backup = self.path.with_file_name("labels.csv~");
                fs::rename(&self.path, &backup)?;
                let mut file = File::create(&self.path)?;
                file.write_all(table.text().as_bytes())?;
                let replaced = self.close(file)?;
                fs::remove_file(backup)?;
                replaced
            }
            Way::InPlace => {
                let label = table.or_add("label");
                let last = table.header.len() - 1;
                for row in 0..table.rows.len() {
                    if let Ok(Some(number)) = table.label(row) {
                        table.set(row, label, &format!("{number}.0"));
                    }
                    // All rows become as long as the header.
                    let text = table.rows[row].get(last).cloned().unwrap_or_default();
                    table.set(row, last, &text);
                }
                let mut file = File::create(&self.path)?;
                file.write_all(table.text().as_bytes())?;
                self.close(file)?
            }
            Way::Slow => {
                let mut file = File::create(&self.path)?;
                let text = table.text().into_bytes();
                let pieces = self.dice.random_range(2..12);
                for piece in text.chunks(text.len().div_ceil(pieces)) {
                    std::thread::sleep(Duration::from_millis(self.dice.random_range(0..160)));
                    file.write_all(piece)?;
                }
                self.close(file)?
            }
            Way::Flock => {
                let mut file = lock.ok_or_else(|| io::Error::other("no lock"))?;
                file.set_len(0)?;
                io::Seek::rewind(&mut file)?;
                file.write_all(table.text().as_bytes())?;
                self.close(file)?
            }
        };
        self.rewrites += 1;
        for (serial, (label, note)) in meant {
            let missed = self.rows.get(&serial).is_some_and(|row| row.missed);
            self.rows.insert(
                serial,
                Row {
                    label,
                    note,
                    written,
                    into_replaced,
                    missed,
                },
            );
        }
        self.cells.extend(cells);
        Ok(())
    }

    fn edit(
        &self,
        table: &mut Table,
        meant: &BTreeMap<u32, (Option<u8>, String)>,
        cells: &BTreeMap<u32, String>,
    ) {
        let (column_label, column_note) = (table.or_add("label"), table.or_add("note"));
        let serial_column = table.or_add("Serial");
        let places = table.places();
        let mut gone = Vec::new();
        for (serial, (label, note)) in meant {
            match (label, places.get(serial)) {
                (None, found) => gone.extend(found.into_iter().flatten().copied()),
                (Some(label), found) => {
                    let row = found.and_then(|rows| rows.last().copied()).unwrap_or_else(|| {
                        table.rows.push(Vec::new());
                        table.rows.len() - 1
                    });
                    table.set(row, serial_column, &serial.to_string());
                    table.set(row, column_label, &label.to_string());
                    table.set(row, column_note, note);
                }
            }
        }
        for (serial, text) in self.cells.iter().chain(cells) {
            if let Some(&row) = places.get(serial).and_then(|rows| rows.last()) {
                table.set(row, column_note, text);
            }
        }
        let mut row = 0;
        table.rows.retain(|_| {
            row += 1;
            !gone.contains(&(row - 1))
        });
    }

    /// Closes a file that was written, with a time that another clock has set. Returns whether its name has gone.
    fn close(&mut self, file: File) -> io::Result<bool> {
        match self.dice.random_range(0..4) {
            0 => file.set_modified(SystemTime::now() - Duration::from_secs(10))?,
            1 => file.set_modified(SystemTime::now() + Duration::from_secs(10))?,
            _ => {}
        }
        Ok(file.metadata()?.nlink() == 0)
    }
}

/// Whether the table has the row as it was meant.
pub fn stands(table: &Table, places: Option<&Vec<usize>>, row: &Row) -> bool {
    match (row.label, places.map(Vec::as_slice)) {
        (None, None | Some([])) => true,
        (Some(label), Some(&[place])) => {
            let noted = table.cell(place, "note") == row.note || table.cell(place, "comment") == row.note;
            table.label(place) == Ok(Some(label)) && noted
        }
        _ => false,
    }
}
