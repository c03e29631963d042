//! The driver on stable: a target's corpus, and what chance makes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Target;
use crate::mutate::Mutator;

/// Runs a target over its corpus and then over new inputs as long as it is told to,
/// and gives the number of executions.
///
/// # Errors
/// The input that the target panicked at.
pub fn drive(target: &Target, seed: u64, mut goes_on: impl FnMut(u64) -> bool) -> Result<u64, String> {
    let corpus = target.corpus().map_err(|error| format!("{}: {error}", target.directory().display()))?;
    let mut executions = 0;
    for input in &corpus {
        execute(target, input)?;
        executions += 1;
    }
    let mut mutator = Mutator::new(corpus, seed);
    while goes_on(executions) {
        execute(target, &mutator.input())?;
        executions += 1;
    }
    Ok(executions)
}

fn execute(target: &Target, input: &[u8]) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| (target.run)(input))).map_err(|_| {
        format!(
            "{} panics at this input. Put it into a file in fuzz/corpus/{}/ to keep it:\n{}",
            target.name,
            target.name,
            input.escape_ascii()
        )
    })
}
