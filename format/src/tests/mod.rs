//! The check as a specification: every problem, every kind of format, and what
//! must hold for all keys.

mod formats;
mod problems;
mod properties;
mod shapes;

use alloc::string::String;
use alloc::vec::Vec;

use super::{Error, KeyFormat, ProblemCode, Secret, diagnose};

/// A key with a good checksum, 44 characters long.
const KEY: &str = "kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ";

/// A key by the random source of the system.
fn generate(format: &KeyFormat, prefix: &str) -> Result<Secret, Error> {
    super::generate(format, prefix, &mut |bytes| getrandom::fill(bytes).is_ok())
}

/// Code and index of every problem.
fn found(format: Option<&KeyFormat>, text: &str) -> Vec<(ProblemCode, usize)> {
    diagnose(format, text).iter().map(|problem| (problem.code, problem.index)).collect()
}

/// The details of the first problem of a code.
fn details(format: Option<&KeyFormat>, text: &str, code: ProblemCode) -> Vec<String> {
    let problems = diagnose(format, text);
    let problem = problems.into_iter().find(|problem| problem.code == code);
    problem.unwrap().details.into_iter().map(String::from).collect()
}
