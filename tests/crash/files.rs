//! Whether the files below a folder are whole, by readers that are not the dashboard's.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use ssvae_test_support::idx;

/// A small data set that the window opens at once: grey images of 8×8 pixels in ten classes.
pub fn write_images(data: &Path, count: u32) -> io::Result<()> {
    std::fs::create_dir_all(data)?;
    for (prefix, count) in [("train", count), ("t10k", 200)] {
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for image in 0..count {
            let class = image % 10;
            labels.push(class as u8);
            images.extend((0..64_u32).map(|pixel| {
                let noise = image.wrapping_mul(2_654_435_761).rotate_left(pixel % 32) % 60;
                let light = if (pixel * 7 + class * 13) % 10 < 4 { 190 } else { 5 };
                (light + noise) as u8
            }));
        }
        std::fs::write(
            data.join(format!("{prefix}-images-idx3-ubyte")),
            idx(&[count, 8, 8], &images),
        )?;
        std::fs::write(
            data.join(format!("{prefix}-labels-idx1-ubyte")),
            idx(&[count], &labels),
        )?;
    }
    Ok(())
}

/// Names of the files that are not whole, and why. Temporary files, which have no name of their own yet, are not looked at.
pub fn broken_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut broken = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            broken.extend(broken_files(&path)?);
        } else if let Err(error) = whole(&path) {
            broken.push(format!("{}: {error}", path.display()));
        }
    }
    Ok(broken)
}

fn whole(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".bak").unwrap_or(&name);
    if name.starts_with('.') {
        return Ok(());
    }
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "ckpt" => {
            let bytes = std::fs::read(path)?;
            let mut rest = bytes.as_slice();
            rmpv::decode::read_value(&mut rest)?;
            if !rest.is_empty() {
                return Err(format!("{} bytes after the end", rest.len()).into());
            }
        }
        "json" => {
            serde_json::from_slice::<serde_json::Value>(&std::fs::read(path)?)?;
        }
        // Its last line may be torn where the process was killed; the next start goes on behind it.
        "jsonl" => {
            let text = std::fs::read_to_string(path)?;
            for line in text.lines().rev().skip(1) {
                serde_json::from_str::<serde_json::Value>(line)?;
            }
        }
        "npz" => {
            let mut archive = zip::ZipArchive::new(File::open(path)?)?;
            for i in 0..archive.len() {
                archive.by_index(i)?.read_to_end(&mut Vec::new())?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Files below a folder that a killed process was writing.
pub fn temporaries(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(temporaries(&path)?);
        } else if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            found.push(path.display().to_string());
        }
    }
    Ok(found)
}
