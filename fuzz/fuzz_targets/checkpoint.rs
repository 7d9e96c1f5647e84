#![no_main]
#![allow(dead_code, unused_imports, reason = "the readers' sources without the rest of the crate")]

include!("../sources.rs");

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::checkpoint(bytes));
