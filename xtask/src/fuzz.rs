//! `cargo xtask fuzz`: the parsers on generated inputs, for minutes or
//! hours. The tests run the same targets for a moment (`fuzz/tests/corpus.rs`).

use std::fs;
use std::process::Command;

use crate::project::Project;
use crate::shell::{Context, Result, capture, run, run_and_read, say};
use crate::tools;

/// For each target, unless told otherwise.
const SECONDS: u32 = 60;

/// Fuzzes the named targets, or all of them.
pub fn run_targets(project: &Project, arguments: &[&str]) -> Result<()> {
    let known = targets(project)?;
    let (seconds, names) = read(arguments, &known)?;
    if has_nightly() { guided(project, seconds, &names) } else { by_chance(project, seconds, &names) }
}

/// The targets: each has a corpus of its name.
fn targets(project: &Project) -> Result<Vec<String>> {
    let missing = || "fuzz/corpus cannot be read";
    let mut names = Vec::new();
    for entry in fs::read_dir(project.path("fuzz/corpus")).context(missing())? {
        names.push(entry.context(missing())?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// How long, and which.
fn read(arguments: &[&str], known: &[String]) -> Result<(u32, Vec<String>)> {
    let (mut seconds, mut names) = (SECONDS, Vec::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if *argument == "--seconds" {
            let given = arguments.next().and_then(|text| text.parse().ok()).filter(|given| *given > 0);
            seconds = given.context("--seconds takes a whole number of seconds")?;
        } else if known.iter().any(|name| name == argument) {
            names.push((*argument).to_owned());
        } else {
            return Err(format!("there is no target \"{argument}\". The targets are: {}.", known.join(", ")));
        }
    }
    if names.is_empty() {
        names = known.to_vec();
    }
    Ok((seconds, names))
}

fn has_nightly() -> bool {
    capture(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_ok()
}

/// By libFuzzer, which learns from the code that an input reaches.
fn guided(project: &Project, seconds: u32, names: &[String]) -> Result<()> {
    let path = tools::with_cargo_fuzz(project)?;
    let mut counts = String::new();
    for name in names {
        say(format!("fuzzing {name} for {seconds} s …"));
        // What it finds is kept here, and never mixed with the corpus in git.
        let found = project.target().join("fuzz").join(name);
        let [corpus, faults] = ["corpus", "faults"].map(|kind| found.join(kind));
        for directory in [&corpus, &faults] {
            fs::create_dir_all(directory).context(format!("cannot create {}", directory.display()))?;
        }
        let mut fuzz = Command::new("rustup");
        fuzz.args(["run", "nightly", "cargo", "fuzz", "run", "--features", "libfuzzer", name]).arg(&corpus);
        fuzz.arg(project.path("fuzz/corpus").join(name)).arg("--");
        fuzz.args([
            &format!("-max_total_time={seconds}"),
            "-timeout=10",
            "-print_final_stats=1",
            "-verbosity=0",
        ]);
        fuzz.arg(format!("-artifact_prefix={}/", faults.display()));
        fuzz.current_dir(project.root())
            .env("PATH", &path)
            .env("CARGO_TARGET_DIR", project.target().join("fuzz/build"));
        let mut lines = Vec::new();
        run_and_read(&mut fuzz, &mut lines).map_err(|error| {
            format!(
                "{error} The input is in {}; put it into fuzz/corpus/{name}/ to keep it.",
                faults.display()
            )
        })?;
        let count = executions(&lines).context("libFuzzer did not say how many executions there were")?;
        counts += &format!("{name:<13} {count:>12} executions\n");
    }
    print!("{counts}");
    Ok(())
}

/// How many there were, as libFuzzer says it at its end.
fn executions(lines: &[String]) -> Option<u64> {
    lines.iter().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

/// Without nightly, libFuzzer cannot be had.
fn by_chance(project: &Project, seconds: u32, names: &[String]) -> Result<()> {
    say("Rust's nightly toolchain is missing, and libFuzzer needs it: rustup toolchain install nightly");
    say("until then, inputs are made by chance, without knowing what they reach:");
    let mut drive = tools::cargo(project);
    drive.args(["run", "--quiet", "--locked", "--release", "--package", "keylatch-fuzz", "--"]);
    run(drive.arg(seconds.to_string()).args(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_seconds_are_read_in_any_order() {
        let known = ["json".to_owned(), "yaml".to_owned()];
        let all = known.to_vec();
        for (arguments, expected) in [
            (&[][..], Ok((SECONDS, all.clone()))),
            (&["--seconds", "5"], Ok((5, all))),
            (&["yaml", "--seconds", "5"], Ok((5, vec!["yaml".to_owned()]))),
            (&["--seconds", "5", "yaml"], Ok((5, vec!["yaml".to_owned()]))),
            (&["--seconds"], Err("--seconds takes a whole number of seconds".to_owned())),
            (&["--seconds", "0"], Err("--seconds takes a whole number of seconds".to_owned())),
            (&["toml"], Err("there is no target \"toml\". The targets are: json, yaml.".to_owned())),
        ] {
            assert_eq!(read(arguments, &known), expected, "{arguments:?}");
        }
    }

    #[test]
    fn the_targets_are_the_programs_of_cargo_fuzz() {
        let project = Project::find().unwrap();
        let mut programs: Vec<String> = fs::read_dir(project.path("fuzz/fuzz_targets"))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        programs.sort();
        assert_eq!(targets(&project).unwrap(), programs);
    }

    #[test]
    fn executions_are_counted_by_what_libfuzzer_says() {
        let lines = [
            "stat::average_exec_per_sec:     4000".to_owned(),
            "stat::number_of_executed_units: 120001".into(),
        ];
        assert_eq!(executions(&lines), Some(120_001));
        assert_eq!(executions(&lines[..1]), None);
    }
}
