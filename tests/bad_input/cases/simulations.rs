//! Tables that a simulation goes on with.

use std::fs;
use std::path::Path;

use ssvae_test_support::idx;

use super::table::{SIMULATE, Table};
use crate::make::{TRUTH, fifo};

pub fn simulations(table: &mut Table) {
    let with = |table_text: &'static str, options: Option<&'static str>| {
        move |root: &Path| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), table_text)?;
            options.map_or(Ok(()), |options| fs::write(root.join("s.json"), options))
        }
    };
    table.add(
        "simulations: a table of somebody else",
        SIMULATE,
        2,
        "s.csv: is no file of simulations",
        4,
        with("a,b\n", None),
    );
    table.add(
        "simulations: options that are none",
        SIMULATE,
        2,
        "s.csv: |s.json is damaged",
        4,
        with("a,b\n", Some("{")),
    );
    table.add(
        "simulations: nested options",
        SIMULATE,
        2,
        "s.csv: |s.json is damaged",
        4,
        |root| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), "a,b\n")?;
            fs::write(root.join("s.json"), "[".repeat(1 << 20))
        },
    );
    table.add(
        "simulations: a FIFO beside it",
        SIMULATE,
        2,
        "s.csv: |s.json cannot be read (it is not a regular file)",
        4,
        |root| {
            fs::write(root.join(TRUTH), idx(&[12], &[3; 12]))?;
            fs::write(root.join("s.csv"), "a,b\n")?;
            fifo(&root.join("s.json"))
        },
    );
}
