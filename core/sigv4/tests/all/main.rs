//! Tests of the verifier from the outside, in one binary.

#![cfg(test)]

mod chunks;
mod common;
mod documented;
mod forms;
mod mutations;
mod oracle;
mod refusals;
mod vectors;
