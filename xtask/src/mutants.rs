//! `cargo xtask mutants`: changes the code where keys are checked and answers read,
//! one place at a time, and sees whether a test notices.

use std::fs;

use crate::project::Project;
use crate::shell::{Context, Result, run, say};
use crate::tools;

/// A package, the files of it that are changed, and the tests that have to notice.
struct Part {
    package: &'static str,
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

/// What a key is, how it is sent and where, and what an answer says. The tests over
/// HTTP take minutes for each change, so those that need no server have to notice.
const PARTS: [Part; 2] = [
    Part { package: "keylatch-format", files: &["format/src/*.rs"], tests: &[] },
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
        tests: &["--lib", "--test", "clouds", "--test", "vectors"],
    },
];

/// Whether a file is named, or nothing is.
fn asks_for(arguments: &[&str], file: &str) -> bool {
    arguments.is_empty() || arguments.contains(&file)
}

/// Changes the named files, or all of them. A change that no test notices is an
/// error, as is one that makes the tests hang.
pub fn run_mutants(project: &Project, arguments: &[&str]) -> Result<()> {
    let path = tools::with_cargo_mutants(project)?;
    let parts: Vec<(&Part, Vec<&str>)> = PARTS
        .iter()
        .map(|part| (part, part.files.iter().copied().filter(|file| asks_for(arguments, file)).collect()))
        .filter(|(_, files): &(_, Vec<_>)| !files.is_empty())
        .collect();
    if parts.is_empty() {
        let known: Vec<&str> = PARTS.iter().flat_map(|part| part.files).copied().collect();
        return Err(format!("none of these is changed here. The files are: {}.", known.join(", ")));
    }
    let mut missed = Vec::new();
    for (part, files) in parts {
        let output = project.target().join("mutants").join(part.package);
        fs::create_dir_all(&output).context(format!("cannot create {}", output.display()))?;
        let mut mutants = tools::cargo(project);
        mutants.args(["mutants", "--package", part.package, "--test-package", part.package, "--no-shuffle"]);
        mutants.args(["--profile", "mutants", "--output"]).arg(&output);
        for file in files {
            mutants.args(["--file", file]);
        }
        // The lines behind `--` are of `cargo test`.
        if !part.tests.is_empty() {
            mutants.arg("--").args(part.tests);
        }
        // Its builds have a directory of their own, in a copy of the tree.
        if let Err(error) = run(mutants.env("PATH", &path).env_remove("CARGO_TARGET_DIR")) {
            missed.push(format!("{error} See {}/mutants.out/missed.txt.", output.display()));
        }
    }
    say("looked at every change");
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n")) }
}
