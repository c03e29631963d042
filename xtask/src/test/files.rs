//! Runs the test files of a directory by Node's own runner, as most steps do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;

use super::cases::{self, Case};
use crate::project::{Project, WITHIN_A_RUN};
use crate::server;
use crate::shell::{Context, Result, run};

/// Tests that use the environment of Python, which is in the target directory.
pub fn python_tests(project: &Project, directory: &str, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, directory, &[("CARGO_TARGET_DIR", project.target().to_path_buf())], cases)
}

/// The tests of a directory, with the server's binary and more in their
/// environment.
pub fn with_server(
    project: &Project,
    directory: &str,
    variables: &[(&str, PathBuf)],
    cases: &mut Vec<Case>,
) -> Result<()> {
    let server = (server::SERVER_BIN, server::binary(project));
    node_tests(project, directory, &[variables, &[server]].concat(), cases)
}

/// How many of a directory's test files run at a time. These keep out of each
/// other's way, with servers, browsers and homes of their own, and wait more than
/// they work.
fn files_at_a_time(directory: &str) -> usize {
    match directory {
        "tests/browser" | "tests/node" | "tests/wasm" => {
            available_parallelism().map_or(1, |processors| processors.get().saturating_sub(1).clamp(1, 3))
        }
        _ => 1,
    }
}

/// Every `*.test.js` of a directory by Node's own runner.
pub fn node_tests(
    project: &Project,
    directory: &str,
    variables: &[(&str, PathBuf)],
    cases: &mut Vec<Case>,
) -> Result<()> {
    let files = test_files(&project.path(directory))?;
    let list = project.target().join("xtask/test").join(format!("{}.cases", directory.replace('/', "-")));
    // So that a runner that does not start leaves none of an earlier one.
    std::fs::write(&list, "").context(format!("cannot write {}", list.display()))?;
    let mut node = Command::new("node");
    node.arg(project.path("tests/run.js")).arg(&list).arg(files_at_a_time(directory).to_string()).args(files);
    node.current_dir(project.root())
        .env(WITHIN_A_RUN, "1")
        .envs(variables.iter().map(|(name, value)| (name, value)));
    let result = run(&mut node);
    cases.extend(cases::of_node(&list)?);
    result
}

/// The test files of a directory; none is an error, not a success.
fn test_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let missing =
        || format!("{} holds no *.test.js, so there is nothing to prove it by", directory.display());
    let mut files = Vec::new();
    for entry in directory.read_dir().context(missing())? {
        let path = entry.context(missing())?.path();
        if path.to_string_lossy().ends_with(".test.js") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(missing()) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_tests_fails() {
        let empty = std::env::temp_dir().join(format!("keylatch-steps-{}", std::process::id()));
        std::fs::create_dir_all(&empty).unwrap();
        std::fs::write(empty.join("helper.js"), "").unwrap();
        assert!(test_files(&empty).unwrap_err().contains("nothing to prove"));
        std::fs::write(empty.join("a.test.js"), "").unwrap();
        assert_eq!(test_files(&empty).unwrap(), [empty.join("a.test.js")]);
        std::fs::remove_dir_all(&empty).unwrap();
        assert!(test_files(&empty).is_err());
    }

    /// Runs one file of tests, and gives whether it passed, and its cases.
    fn result_of(name: &str, tests: &str) -> (bool, Vec<Case>) {
        let project = Project::find().unwrap();
        let directory = std::env::temp_dir().join(format!("keylatch-run-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (file, list) = (directory.join("some.test.mjs"), directory.join("cases"));
        std::fs::write(&file, format!("import {{ describe, test }} from 'node:test';\n{tests}")).unwrap();
        let mut node = Command::new("node");
        let output = node.arg(project.path("tests/run.js")).arg(&list).arg("1").arg(&file).output().unwrap();
        let cases = cases::of_node(&list).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
        (output.status.success(), cases)
    }

    #[test]
    fn a_case_that_fails_or_does_not_run_fails_its_step() {
        for (name, tests, passes) in [
            ("passes", "test('one', () => {});", true),
            ("fails", "test('one', () => { throw new Error('no'); });", false),
            ("skips", "test('one', { skip: 'something is missing' }, () => {});", false),
            ("skips-within", "test('one', (t) => t.skip());", false),
            ("is-to-do", "test('one', { todo: true }, () => {});", false),
            ("does-not-load", "import 'no such module';", false),
        ] {
            assert_eq!(result_of(name, tests).0, passes, "{name}");
        }
    }

    #[test]
    fn a_failed_case_is_listed_with_what_it_failed_by() {
        let tests = "test('a\\tb', () => { throw new Error('no\\nand no'); }); test('c', () => {});";
        let cases = result_of("failed", tests).1;
        let failures: Vec<_> =
            cases.iter().map(|case| (case.name.as_str(), case.failure.as_deref())).collect();
        assert_eq!(failures, [("some.test.mjs: a b", Some("no and no")), ("some.test.mjs: c", None)]);
    }

    #[test]
    fn the_list_has_the_cases_and_not_what_they_stand_in() {
        let tests = "describe('suite', () => { test('a', () => {}); });
            test('b', async (t) => { await t.test('c', () => {}); await t.test('d', () => {}); });
            test('e', () => {});";
        let names = ["suite › a", "b › c", "b › d", "e"].map(|case| format!("some.test.mjs: {case}"));
        let cases = result_of("lists", tests).1;
        assert_eq!(cases.into_iter().map(|case| case.name).collect::<Vec<_>>(), names);
    }
}
