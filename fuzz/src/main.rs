//! Fuzzing without nightly: inputs by chance, and no knowledge of what they reach.
//!
//!     cargo run --release --package keylatch-fuzz -- SECONDS [TARGET …]

// A program of the tests.
#![allow(clippy::expect_used)]

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use keylatch_fuzz::{TARGETS, drive};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((seconds, names)) = arguments.split_first() else {
        eprintln!("usage: keylatch-fuzz SECONDS [TARGET …]");
        return ExitCode::FAILURE;
    };
    let seconds = Duration::from_secs(seconds.parse().expect("a number of seconds"));
    // Another one each time: the test has the same inputs in every run.
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let mut has_failed = false;
    for target in
        TARGETS.iter().filter(|target| names.is_empty() || names.iter().any(|name| name == target.name))
    {
        let start = Instant::now();
        // The clock is asked now and then.
        let goes_on = |executions: u64| !executions.is_multiple_of(64) || start.elapsed() < seconds;
        match drive::drive(target, seed, goes_on) {
            Ok(executions) => println!("{:<13} {executions:>12} executions", target.name),
            Err(fault) => {
                has_failed = true;
                println!("{fault}\n(seed {seed})");
            }
        }
    }
    if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
