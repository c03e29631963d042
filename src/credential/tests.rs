//! The order of the sources, as tables over a computer that exists in the test only.

mod chain;
mod login;
