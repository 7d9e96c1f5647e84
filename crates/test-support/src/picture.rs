//! PNG files as a test looks at them.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The pixels of a PNG file.
pub struct Picture {
    /// Width and height in pixels.
    pub size: [usize; 2],
    channels: usize,
    data: Vec<u8>,
}

impl Picture {
    /// Reads a file of 8 bits per channel.
    ///
    /// # Errors
    /// If it cannot be read or is no such file.
    pub fn open(path: &Path) -> Result<Self, png::DecodingError> {
        let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
        let mut data = vec![0; reader.output_buffer_size().unwrap_or_default()];
        let info = reader.next_frame(&mut data)?;
        Ok(Self {
            size: [info.width as usize, info.height as usize],
            channels: info.color_type.samples(),
            data,
        })
    }

    /// The channels of the pixel `x`, `y`.
    pub fn pixel(&self, x: usize, y: usize) -> &[u8] {
        let at = (y * self.size[0] + x) * self.channels;
        &self.data[at..at + self.channels]
    }
}
