//! What the documents say of the tree is so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

/// The path and the names of tests behind it, of each test that a row names.
fn named(row: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut rest = row;
    while let Some(at) = rest.find(['`', '"']) {
        let mark = &rest[at..=at];
        let (text, after) = rest[at + 1..].split_once(mark).expect("the mark is closed");
        rest = after;
        match found.last_mut() {
            // The names of tests in JavaScript are sentences.
            _ if mark == "`" && text.contains('/') => found.push((text.into(), Vec::new())),
            Some((_, names)) => names.push(text.into()),
            None => panic!("{text} has no file"),
        }
    }
    found
}

#[test]
fn each_promise_has_its_test() {
    let names = tests_named_in("SECURITY.md", "| promise | test |");
    assert!(names > 30, "only {names} tests were looked for");
}

#[test]
fn each_case_of_the_field_has_its_test() {
    let names = tests_named_in("tests/field.md", "| case | test |");
    assert!(names > 80, "only {names} tests were looked for");
}

/// How many tests the rows of a table name, each of which must be there.
fn tests_named_in(document: &str, head: &str) -> usize {
    let text = fs::read_to_string(document).unwrap();
    let (_, rows) = text.split_once(head).unwrap();
    let rows = rows.split_once("\n\n").map_or(rows, |(rows, _)| rows);
    let mut names = 0;
    for row in rows.lines().filter(|row| !row.starts_with("|---") && !row.is_empty()) {
        let tests = named(row.trim_end_matches('|').rsplit('|').next().unwrap());
        assert!(!tests.is_empty(), "{row}");
        for (path, tests) in tests {
            let source = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path} is not there"));
            for test in tests {
                let is_there = source.contains(&format!("fn {test}("))
                    || source.contains(&format!("'{test}"))
                    || source.contains(&format!("`{test}"));
                assert!(is_there, "{path} has no test {test}");
                names += 1;
            }
        }
    }
    names
}

#[test]
fn comments_cite_the_wire_where_it_is() {
    fn look(directory: &Path, cited: &mut usize) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, cited);
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "js") {
                let source = fs::read_to_string(&path).unwrap();
                for line in source.lines().filter(|line| line.contains("wire.md") && line.contains("//")) {
                    assert!(line.contains("docs/wire.md"), "{}: {line}", path.display());
                    *cited += 1;
                }
            }
        }
    }
    let mut cited = 0;
    for directory in ["src", "server/src", "server/tests", "tests/clouds", "tests/browser"] {
        look(Path::new(directory), &mut cited);
    }
    assert!(cited > 20 && Path::new("docs/wire.md").exists(), "{cited}");
}
