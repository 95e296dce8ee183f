//! Tests of the verifier from the outside, in one binary.

mod common;
mod documented;
mod vectors;
