//! Grows with the next changes.

fn main() {}
