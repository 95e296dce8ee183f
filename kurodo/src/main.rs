//! Kurodo: an AWS-compatible data cloud whose locks are real.

fn main() {}
