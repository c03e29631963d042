//! Tests of the crate as a whole.

mod vectors;
mod ways;
