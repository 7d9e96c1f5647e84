//! All cases, by what is read.

mod archives;
mod beside;
mod images;
mod labels;
mod models;
mod simulations;
mod table;

pub use table::{By, Case};

use table::Table;

pub fn cases() -> Vec<Case> {
    let mut table = Table::default();
    images::idx_files(&mut table);
    images::packed_files(&mut table);
    images::true_labels(&mut table);
    archives::archives(&mut table);
    labels::labels(&mut table);
    models::checkpoints(&mut table);
    beside::beside(&mut table);
    simulations::simulations(&mut table);
    table.0
}
