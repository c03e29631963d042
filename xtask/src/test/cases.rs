//! How long single cases took, for the list of the slowest.

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
}

/// What `tests/run.js` wrote: a line for each case, the seconds before its name.
pub fn of_node(file: &Path) -> Result<Vec<Case>> {
    let text = fs::read_to_string(file).context(format!("cannot read {}", file.display()))?;
    text.lines()
        .map(|line| {
            let (seconds, name) = line.split_once('\t')?;
            Some(Case { name: name.to_owned(), seconds: seconds.parse().ok()? })
        })
        .collect::<Option<_>>()
        .context(format!("{} is not a list of cases", file.display()))
}

/// The test programs in the output of `cargo test`. Its stable version measures
/// no single case, so a program stands for its cases.
pub fn of_cargo(lines: &[String]) -> Vec<Case> {
    let mut program = String::new();
    let mut cases = Vec::new();
    for line in lines {
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
            cases.extend(seconds.map(|seconds| Case { name, seconds }));
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

    #[test]
    fn cases_of_node_have_their_seconds_before_their_name() {
        let file = std::env::temp_dir().join(format!("keylatch-cases-{}", std::process::id()));
        fs::write(&file, "1.5\ta.test.js: one\tmore\n0.25\tb.test.js: two\n").unwrap();
        let cases = of_node(&file).unwrap();
        let expected = [("a.test.js: one\tmore", 1.5), ("b.test.js: two", 0.25)];
        assert_eq!(cases, expected.map(|(name, seconds)| Case { name: name.to_owned(), seconds }));
        for text in ["1.5 no tab\n", "soon\tname\n"] {
            fs::write(&file, text).unwrap();
            assert!(of_node(&file).unwrap_err().contains("not a list of cases"), "{text}");
        }
        fs::remove_file(&file).unwrap();
        assert!(of_node(&file).is_err());
    }

    #[test]
    fn programs_of_cargo_have_the_time_of_their_result() {
        let lines = "
     Running unittests src/lib.rs (target/debug/deps/keylatch-0a1b)
test a::b ... ok
test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s
     Running tests/service/main.rs (target/debug/deps/service-9f)
test result: FAILED. 1 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 31.00s
   Doc-tests keylatch
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 2.10s
";
        let lines: Vec<String> = lines.lines().map(str::to_owned).collect();
        let expected = [
            ("src/lib.rs of keylatch, all cases together", 0.52),
            ("tests/service/main.rs of service, all cases together", 31.0),
            ("doc tests of keylatch, all cases together", 2.1),
        ];
        assert_eq!(of_cargo(&lines), expected.map(|(name, seconds)| Case { name: name.to_owned(), seconds }));
        assert_eq!(ignored(&lines), 3);
    }
}
