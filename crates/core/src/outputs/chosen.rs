//! Chosen samples: a table of what is known of them, and their images on one sheet.

use std::path::Path;

use png::ColorType;

use super::{OutputError, write_csv, write_png};
use crate::dataset::Dataset;
use crate::files::Kind;
use crate::job::Job;

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Position in the data set.
    pub serial: u32,
    /// The user's label.
    pub user: Option<u8>,
    /// The class that the model predicts.
    pub predicted: Option<u8>,
    /// Probability of that class, in 0..=1.
    pub certainty: f32,
    /// The data set's own label.
    pub truth: Option<u8>,
    /// Posterior mean, `[latent_dim]`.
    pub latent: Vec<f32>,
}

/// Writes `Serial,label,prediction,certainty,true_label,latent_0…`; what is not known is empty.
///
/// # Errors
/// If the file cannot be written, or is not wanted any more.
pub fn write_table(path: &Path, rows: &[Row], job: &Job) -> Result<(), OutputError> {
    let dim = rows.first().map_or(0, |row| row.latent.len());
    let failed = |error: csv::Error| OutputError::Write {
        path: path.to_owned(),
        source: error.into(),
    };
    let mut table = csv::Writer::from_writer(Vec::new());
    let names = ["Serial", "label", "prediction", "certainty", "true_label"];
    let latents = (0..dim).map(|i| format!("latent_{i}"));
    table
        .write_record(names.map(str::to_owned).into_iter().chain(latents))
        .map_err(failed)?;
    for (done, row) in (0..).zip(rows) {
        job.reached(done, rows.len() as u64)?;
        let class = |class: Option<u8>| class.map_or_else(String::new, |class| class.to_string());
        let known = [
            row.serial.to_string(),
            class(row.user),
            class(row.predicted),
            row.certainty.to_string(),
            class(row.truth),
        ];
        let latents = row.latent.iter().map(f32::to_string);
        table
            .write_record(known.into_iter().chain(latents))
            .map_err(failed)?;
    }
    write_csv(path, &Kind::NEW, table)
}

/// Images that a sheet has room for.
pub const SHEET: usize = 10_000;
/// Pixels between two images.
const GAP: usize = 2;

/// Writes the images of these samples, as many as [`SHEET`], row by row on one PNG that is about square.
///
/// # Errors
/// If the file cannot be written, or is not wanted any more.
pub fn write_sheet(path: &Path, dataset: &Dataset, serials: &[u32], job: &Job) -> Result<(), OutputError> {
    let serials = &serials[..serials.len().min(SHEET)];
    let [height, width, channels] = dataset.shape();
    let columns = (serials.len() as f64).sqrt().ceil().max(1.0) as usize;
    let rows = serials.len().div_ceil(columns).max(1);
    let row = (columns * (width + GAP) + GAP) * channels;
    let mut pixels = vec![128_u8; row * (rows * (height + GAP) + GAP)];
    for (i, &serial) in serials.iter().enumerate() {
        let Some(image) = dataset.image(serial) else {
            continue;
        };
        let left = (GAP + i % columns * (width + GAP)) * channels;
        let top = GAP + i / columns * (height + GAP);
        for (y, line) in image.chunks_exact(width * channels).enumerate() {
            let at = (top + y) * row + left;
            pixels[at..at + line.len()].copy_from_slice(line);
        }
    }
    let color = if channels == 3 {
        ColorType::Rgb
    } else {
        ColorType::Grayscale
    };
    let size = [row / channels, pixels.len() / row].map(|side| side as u32);
    write_png(path, &Kind::NEW, &pixels, size, color, |rows| {
        job.reached(rows.into(), size[1].into())
    })
}

#[cfg(test)]
mod tests {
    use ssvae_test_support::Picture;

    use super::*;

    #[test]
    fn a_table_has_a_column_for_each_latent_and_gaps_for_what_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chosen.csv");
        let row = Row {
            serial: 7,
            user: None,
            predicted: Some(3),
            certainty: 0.25,
            truth: Some(8),
            latent: vec![1.5, -2.0],
        };
        write_table(&path, &[row], &Job::new(|| {})).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = "Serial,label,prediction,certainty,true_label,latent_0,latent_1\n7,,3,0.25,8,1.5,-2\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_sheet_shows_the_images_in_order() {
        let images: Vec<u8> = (0..5_u8).flat_map(|serial| [serial * 10; 6]).collect();
        let dataset = Dataset::from_images(images, [2, 3, 1], None);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sheet.png");
        write_sheet(&path, &dataset, &[4, 0, 2], &Job::new(|| {})).unwrap();
        let sheet = Picture::open(&path).unwrap();
        assert_eq!(sheet.size, [12, 10]);
        let at = |x, y| sheet.pixel(x, y)[0];
        assert_eq!([at(2, 2), at(7, 2), at(2, 6), at(7, 6)], [40, 0, 20, 128]);
    }
}
