//! What single cases took and failed by, for the lists at the end of a run.

use std::fs;
use std::path::Path;

use crate::shell::{Context, Result};

/// A case of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its file and its name.
    pub name: String,
    /// How long it ran.
    pub seconds: f64,
    /// What it failed by, if it did.
    pub failure: Option<String>,
}

/// What `tests/run.js` wrote: a line for each case, with its seconds, its name and
/// what it failed by.
pub fn of_node(file: &Path) -> Result<Vec<Case>> {
    let text = fs::read_to_string(file).context(format!("cannot read {}", file.display()))?;
    text.lines()
        .map(|line| {
            let mut columns = line.splitn(3, '\t');
            let (seconds, name) = (columns.next()?.parse().ok()?, columns.next()?.to_owned());
            Some(Case { name, seconds, failure: columns.next().map(str::to_owned) })
        })
        .collect::<Option<_>>()
        .context(format!("{} is not a list of cases", file.display()))
}

/// How many lines are listed of what a case of `cargo test` failed by.
const SHOWN: usize = 4;

/// The test programs in the output of `cargo test`, and the cases that failed. Its
/// stable version measures no single case, so a program stands for its cases.
pub fn of_cargo(lines: &[String]) -> Vec<Case> {
    let mut program = String::new();
    let mut cases = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim_start();
        if let Some(running) = line.strip_prefix("Running ") {
            let path = running.split(" (").next().unwrap_or_default().trim_start_matches("unittests ");
            let package = running.rsplit(['/', '\\']).next().and_then(|name| name.rsplit_once('-'));
            program = format!("{} of {}", path, package.map_or("?", |(package, _)| package));
        } else if let Some(package) = line.strip_prefix("Doc-tests ") {
            program = format!("doc tests of {package}");
        } else if line.starts_with("test result: ") {
            let seconds =
                line.rsplit("finished in ").next().and_then(|time| time.strip_suffix('s')?.parse().ok());
            let name = format!("{program}, all cases together");
            cases.extend(seconds.map(|seconds| Case { name, seconds, failure: None }));
        } else if let Some(case) =
            line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----"))
        {
            let said = lines.iter().skip(at + 1).map(|line| line.trim()).filter(|line| !line.is_empty());
            let failure = said.take(SHOWN).collect::<Vec<_>>().join(" ");
            cases.push(Case { name: format!("{program}: {case}"), seconds: 0.0, failure: Some(failure) });
        }
    }
    cases
}

/// How many cases `cargo test` did not run, because they are marked so.
pub fn ignored(lines: &[String]) -> u32 {
    let results = lines.iter().filter(|line| line.trim_start().starts_with("test result: "));
    let counts = results.filter_map(|line| line.split("; ").find_map(|part| part.strip_suffix(" ignored")));
    counts.filter_map(|count| count.parse::<u32>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case((name, seconds, failure): (&str, f64, Option<&str>)) -> Case {
        Case { name: name.to_owned(), seconds, failure: failure.map(str::to_owned) }
    }

    #[test]
    fn cases_of_node_have_their_seconds_their_name_and_what_they_failed_by() {
        let file = std::env::temp_dir().join(format!("keylatch-cases-{}", std::process::id()));
        fs::write(&file, "1.5\ta.test.js: one\tit threw\n0.25\tb.test.js: two\n").unwrap();
        let cases = of_node(&file).unwrap();
        let expected = [("a.test.js: one", 1.5, Some("it threw")), ("b.test.js: two", 0.25, None)];
        assert_eq!(cases, expected.map(case));
        for text in ["1.5 no tab\n", "soon\tname\n"] {
            fs::write(&file, text).unwrap();
            assert!(of_node(&file).unwrap_err().contains("not a list of cases"), "{text}");
        }
        fs::remove_file(&file).unwrap();
        assert!(of_node(&file).is_err());
    }

    #[test]
    fn programs_of_cargo_have_the_time_of_their_result_and_failed_cases_what_they_say() {
        let lines = "
     Running unittests src/lib.rs (target/debug/deps/keylatch-0a1b)
test a::b ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s
     Running tests/service/main.rs (target/debug/deps/service-9f)
---- keys::one stdout ----

thread 'keys::one' panicked at server/tests/service/keys.rs:7:5:
no

failures:
test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 31.00s
   Doc-tests keylatch
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.10s
";
        let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        let expected = [
            ("src/lib.rs of keylatch, all cases together", 0.52, None),
            (
                "tests/service/main.rs of service: keys::one",
                0.0,
                Some(
                    "thread 'keys::one' panicked at server/tests/service/keys.rs:7:5: no failures: \
                     test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; \
                     finished in 31.00s",
                ),
            ),
            ("tests/service/main.rs of service, all cases together", 31.0, None),
            ("doc tests of keylatch, all cases together", 2.1, None),
        ];
        assert_eq!(of_cargo(&lines), expected.map(case));
        assert_eq!(ignored(&lines), 3);
    }
}
