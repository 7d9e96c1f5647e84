//! By what the files are known again that may be written over.

use std::io::Read;

use crate::files::{Kind, has_keys};

use super::npz::holds_arrays;

/// Stands in each picture, under `Software`.
pub(super) const SOFTWARE: &str = "SSVAE Dashboard";

/// What matplotlib writes there, by which the Python system draws.
const MATPLOTLIB: &[u8] = b"Software\0Matplotlib";

/// Within so many bytes a picture says what has drawn it.
const START: u64 = 4096;

/// A picture that this program or the Python system has drawn.
pub const PICTURE: Kind = Kind {
    what: "a picture of this program",
    recognises: |file| {
        let mut start = Vec::new();
        file.take(START).read_to_end(&mut start)?;
        let ours = format!("Software\0{SOFTWARE}");
        let says = |what: &[u8]| start.windows(what.len()).any(|part| part == what);
        let size = start.get(16..24).unwrap_or_default();
        // Earlier versions said nothing: their plots had these sizes.
        let earlier = [[1400_u32, 900], [1200, 800]]
            .iter()
            .any(|&[width, height]| size == [width.to_be_bytes(), height.to_be_bytes()].concat());
        let is_png = start.starts_with(b"\x89PNG\r\n\x1a\n");
        Ok(is_png && (says(ours.as_bytes()) || says(MATPLOTLIB) || earlier))
    },
};

/// What `infer` writes, here and in Python.
pub const INFERRED: Kind = Kind {
    what: "a file of latents and predictions",
    recognises: |file| holds_arrays(file, &["latent", "reconstruted", "pred_classes"]),
};

pub(crate) const CLOUD: Kind = Kind {
    what: "the cloud of a run",
    recognises: |file| holds_arrays(file, &["latents", "latents_scale", "certainty"]),
};

pub(crate) const RECORD: Kind = Kind {
    what: "the record of a run",
    recognises: |file| has_keys(file, &["id", "started", "architecture", "epochs"]),
};
