//! The `kiem` program.
fn main() {}
