//! Any bytes are refused or read; what was read is written so that it is read again, and then as the same bytes.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the reader's sources without the rest of the crate")]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/checkpoint/mod.rs"]
mod checkpoint;

#[path = "../../src/files/mod.rs"]
mod files;

#[path = "../../src/model"]
mod model {
    pub mod config;
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = checkpoint::decode(bytes) else {
        return;
    };
    if let Ok(architecture) = checkpoint::architecture(&read.params) {
        let _ = checkpoint::check(&read, &architecture);
    }
    let layout = read.layout().unwrap_or(checkpoint::OptimizerLayout {
        clip: true,
        decay: true,
    });
    let written = checkpoint::encode(&read, layout);
    let again = checkpoint::decode(&written).expect("what was written can be read");
    assert_eq!(again.step, read.step);
    assert!(again.params.0.keys().eq(read.params.0.keys()));
    assert!(checkpoint::encode(&again, layout) == written);
});
