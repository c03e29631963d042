//! `cargo xtask soak`: many more of the schedules that the tests run of
//! `tests/native/machine.rs`, and other ones.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::project::Project;
use crate::shell::{Context, Result, run, say};
use crate::tools;

const SCHEDULES: u64 = 1_000_000;

/// Runs as many schedules as are asked for, or a million.
pub fn run_schedules(project: &Project, arguments: &[&str]) -> Result<()> {
    let (schedules, seed) = read(arguments)?;
    let seed =
        seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()));
    say(format!(
        "running {schedules} schedules; again by: cargo xtask soak --schedules {schedules} --seed {seed}"
    ));
    let mut test = tools::cargo(project);
    test.args(["test", "--locked", "--release", "--package", "keylatch", "--test", "native", "machine::"]);
    run(test.env("KEYLATCH_SCHEDULES", schedules.to_string()).env("KEYLATCH_SEED", seed.to_string()))
}

/// How many, and from which seed.
fn read(arguments: &[&str]) -> Result<(u64, Option<u64>)> {
    let (mut schedules, mut seed) = (SCHEDULES, None);
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        let number = arguments.next().and_then(|text| text.parse().ok());
        let number = || number.context(format!("{name} takes a whole number"));
        match *name {
            "--schedules" => schedules = number()?,
            "--seed" => seed = Some(number()?),
            _ => {
                return Err(
                    "`cargo xtask soak` takes no arguments but --schedules N and --seed S.".to_owned()
                );
            }
        }
    }
    Ok((schedules, seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_anything_else_is_refused() {
        assert_eq!(read(&[]), Ok((SCHEDULES, None)));
        assert_eq!(read(&["--seed", "7", "--schedules", "20"]), Ok((20, Some(7))));
        assert_eq!(read(&["--schedules", "many"]).unwrap_err(), "--schedules takes a whole number");
        assert_eq!(read(&["--seed"]).unwrap_err(), "--seed takes a whole number");
        assert!(read(&["20"]).unwrap_err().contains("no arguments but"));
    }
}
