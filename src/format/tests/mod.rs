//! The check as a specification: every problem, every kind of format, and what
//! must hold for all keys.

mod formats;
mod problems;
mod properties;

use super::{KeyFormat, ProblemCode, check};

/// A key with a good checksum, 44 characters long.
const KEY: &str = "kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ";

/// Code and index of every problem.
fn found(format: Option<&KeyFormat>, text: &str) -> Vec<(ProblemCode, usize)> {
    check(format, text).iter().map(|problem| (problem.code, problem.index)).collect()
}

/// The details of the first problem of a code.
fn details(format: Option<&KeyFormat>, text: &str, code: ProblemCode) -> Vec<String> {
    let problems = check(format, text);
    let problem = problems.into_iter().find(|problem| problem.code == code);
    problem.unwrap().details.into_iter().map(String::from).collect()
}
