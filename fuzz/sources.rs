// The readers' sources, which the targets include at their root: the rest of the crate would be built for half an hour.

#[path = "../src/checkpoint/mod.rs"]
mod checkpoint;
#[path = "../src/classes.rs"]
mod classes;
#[path = "../src/dataset/mod.rs"]
mod dataset;
#[path = "../src/files/mod.rs"]
mod files;
#[path = "../src/input.rs"]
mod input;
#[path = "../src/labels/mod.rs"]
mod labels;
#[path = "../src/npy.rs"]
mod npy;
#[path = "../src/printable.rs"]
mod printable;
#[path = "targets.rs"]
mod targets;

#[path = "../src/model"]
mod model {
    pub mod config;
}
