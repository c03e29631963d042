//! `cargo xtask mutants`: changes the code where keys are checked and answers read,
//! one place at a time, and sees whether a test notices.

use std::fs;
use std::path::Path;

use crate::project::Project;
use crate::shell::{Context, Result, run, say};
use crate::tools;

/// A package, the files of it that are changed, and the tests of it that have to notice.
struct Part {
    package: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

/// What a key is, how it is sent and where, and what an answer says. The tests over
/// HTTP take minutes for each change, and the search for keys in texts seconds, so the
/// tests that stand by the code have to notice.
const PARTS: [Part; 2] = [
    Part { package: "keylatch-format", files: &["format/src/*.rs"], tests: &["--lib", "--test=*"] },
    Part {
        package: "keylatch",
        files: &[
            "src/scheme.rs",
            "src/http/origin.rs",
            "src/http/retry.rs",
            "src/lifecycle/answer.rs",
            "src/lifecycle/stated.rs",
            "src/lifecycle/time.rs",
            "src/lifecycle/mask.rs",
        ],
        tests: &["--lib", "--test=clouds", "--test=vectors"],
    },
];

/// Changes that change nothing that a test could see, as patterns of their names.
const EQUAL: [&str; 7] = [
    // Bits that no two numbers share are added as well by an exclusive or.
    r"format/src/class\.rs.*replace \| with \^",
    r"replace \| with \^ in (Check::pack|parse|Sum::write|base64)$",
    // What lies on the stack cannot be read in safe Rust.
    r"replace wipe_stack with \(\)",
    // No key goes beyond the text, so to look there finds none.
    r"check\.rs:\d+:40: replace - with \+ in embedded",
    // A run that is walked again ends at the same place.
    r"shape\.rs.*replace < with (==|<=) in Runs::end",
    // A colon ends the name of an alphabet, so it is in no number.
    r"shape\.rs:\d+:70: replace < with <= in number",
    // Where a shape does not fit is what is furthest, whatever its last part says.
    r"shape\.rs:\d+:(38: replace \+ with \*|87: replace \+ with [-*]) in lay",
];

/// Cases of each property: a change that breaks it breaks it in one of few.
const CASES: &str = "1000";

/// What may come of a change, in the words of the files that cargo-mutants writes. Of
/// `unviable` ones there is nothing to notice: they do not compile.
const OUTCOMES: [&str; 4] = ["caught", "missed", "timeout", "unviable"];

/// Changes the named files, or all of them. A change that no test notices is an error.
/// One by which a test does not end, such as a loop without its counter, is noticed.
pub fn run_mutants(project: &Project, arguments: &[&str]) -> Result<()> {
    let (shard, files) = read(arguments)?;
    let path = tools::with_cargo_mutants(project)?;
    let mut missed = Vec::new();
    for part in &PARTS {
        let files: Vec<&str> = part.files.iter().copied().filter(|file| asks_for(&files, file)).collect();
        if files.is_empty() {
            continue;
        }
        let output = project.target().join("mutants").join(part.package).join(shard.replace('/', "-of-"));
        fs::create_dir_all(&output).context(format!("cannot create {}", output.display()))?;
        let mut mutants = tools::cargo(project);
        mutants.args(["mutants", "--package", part.package, "--no-shuffle"]);
        mutants.args(EQUAL.iter().flat_map(|equal| ["--exclude-re", *equal]));
        // A shard has a change now and then of each file, so that one of many tells of all.
        mutants.args(["--shard", &shard, "--sharding", "round-robin"]);
        mutants.args(["--profile", "mutants", "--output"]).arg(&output);
        for file in files {
            mutants.args(["--file", file]);
        }
        // Of the build too: behind `--` they would be of the run alone, and each change
        // would compile the tests that are not run.
        mutants.args(part.tests.iter().map(|test| format!("--cargo-arg={test}")));
        mutants.env("PATH", &path).env("PROPTEST_CASES", CASES);
        // It works in a copy of the tree. What the packages depend on is compiled once.
        let result = run(mutants.env("CARGO_TARGET_DIR", project.target().join("mutants/build")));
        let outcomes = output.join("mutants.out");
        say(format!("{}, part {shard}: {}", part.package, counted(&outcomes)));
        if let Err(error) = result
            && (lines(&outcomes, "missed") > 0 || lines(&outcomes, "timeout") == 0)
        {
            missed.push(format!("{error} See {}.", outcomes.display()));
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n")) }
}

/// Which part of the changes, as `k/n`, and which files; nothing means all.
fn read<'a>(arguments: &[&'a str]) -> Result<(String, Vec<&'a str>)> {
    let (mut shard, mut files) = ("0/1", Vec::new());
    let known = || PARTS.iter().flat_map(|part| part.files);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if *argument == "--shard" {
            let given = arguments.next().filter(|given| is_shard(given));
            shard = given.context("--shard takes two whole numbers: 0/4 is the first of four parts")?;
        } else if known().any(|file| file == argument) {
            files.push(*argument);
        } else {
            let known: Vec<&str> = known().copied().collect();
            return Err(format!("{argument} is not changed here. The files are: {}.", known.join(", ")));
        }
    }
    Ok((shard.to_owned(), files))
}

fn is_shard(text: &str) -> bool {
    let numbers = text.split_once('/').map(|(part, parts)| (part.parse::<u32>(), parts.parse::<u32>()));
    matches!(numbers, Some((Ok(part), Ok(parts))) if part < parts)
}

/// Whether a file is named, or nothing is.
fn asks_for(files: &[&str], file: &str) -> bool {
    files.is_empty() || files.contains(&file)
}

/// How many changes there were of each outcome.
fn counted(outcomes: &Path) -> String {
    let count = |name: &&str| format!("{} {name}", lines(outcomes, name));
    OUTCOMES.iter().map(count).collect::<Vec<_>>().join(", ")
}

/// How many changes there were of an outcome.
fn lines(outcomes: &Path, name: &str) -> usize {
    let changes = fs::read_to_string(outcomes.join(format!("{name}.txt"))).unwrap_or_default();
    changes.lines().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_changes_and_files_are_read_in_any_order() {
        let all = || ("0/1".to_owned(), Vec::new());
        assert_eq!(read(&[]), Ok(all()));
        assert_eq!(read(&["src/scheme.rs"]), Ok(("0/1".to_owned(), vec!["src/scheme.rs"])));
        assert_eq!(read(&["--shard", "3/40", "src/scheme.rs"]), read(&["src/scheme.rs", "--shard", "3/40"]));
        for wrong in [&["--shard"][..], &["--shard", "4/4"], &["--shard", "1"], &["--shard", "a/b"]] {
            assert!(read(wrong).unwrap_err().starts_with("--shard takes"), "{wrong:?}");
        }
        assert!(read(&["src/lib.rs"]).unwrap_err().contains("src/http/origin.rs"));
    }

    #[test]
    fn each_file_is_there() {
        let project = Project::find().unwrap();
        for file in PARTS.iter().flat_map(|part| part.files) {
            let path = project.path(file.trim_end_matches("*.rs"));
            assert!(path.exists(), "{file}");
        }
    }
}
