//! The one tool of the house.

fn main() {}
