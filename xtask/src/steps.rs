//! The steps of `cargo xtask test`. Each does its own set-up, so that each can
//! be run alone; what is already there costs no time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;

use crate::project::Project;
use crate::shell::{Context, Result, run};
use crate::tools::{self, cargo};
use crate::{chromium, hygiene, package, server};

/// One proof.
pub struct Step {
    /// What it is chosen by.
    pub name: &'static str,
    /// What it proves.
    pub what: &'static str,
    /// Sets up what it needs, and proves it.
    pub run: fn(&Project) -> Result<()>,
}

/// In the order of what they cost.
pub const STEPS: [Step; 16] = [
    Step { name: "hygiene", what: "nothing in git that does not belong there", run: hygiene::check },
    Step { name: "fmt", what: "cargo fmt --check", run: fmt },
    Step { name: "clippy", what: "no warnings, natively and for the wasm", run: clippy },
    Step { name: "docs", what: "rustdoc without warnings", run: docs },
    Step { name: "native", what: "cargo test of the whole workspace", run: native },
    Step { name: "build", what: "the npm package", run: package::build },
    Step { name: "types", what: "the facade and the declarations, by tsc", run: types },
    Step { name: "packaging", what: "the tarball, and what bundlers make of it", run: packaging },
    Step { name: "demo", what: "the demo starts, serves and stops", run: demo },
    Step { name: "wasm", what: "the wasm in Node and in headless Chromium", run: wasm },
    Step { name: "command", what: "keylatch/node and the command: files, prompts, logins", run: command },
    Step { name: "examples", what: "the examples, run", run: examples },
    Step { name: "manual", what: "the README and the declarations, run; DESIGN.md's paths", run: manual },
    Step { name: "benches", what: "the benchmarks run, and their peers agree", run: benches },
    Step { name: "interop", what: "the clouds' own Python clients against the server", run: interop },
    Step { name: "browser", what: "the page in headless Chromium", run: browser },
];

/// Runs from here on; the tests' Vite asks for it.
const NODE: tools::Version = (20, 19);

fn fmt(project: &Project) -> Result<()> {
    run(cargo(project).args(["fmt", "--all", "--check"]))
}

fn clippy(project: &Project) -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    let everything = ["clippy", "--locked", "--workspace", "--all-targets", "--features", "xtask/messages"];
    run(cargo(project).args(everything).args(deny))?;
    tools::wasm_target(project)?;
    let core = ["clippy", "--locked", "--package", "keylatch", "--target", tools::WASM_TARGET];
    run(cargo(project).args(core).args(deny))?;
    run(cargo(project).args(core).args(["--features", "node"]).args(deny))
}

fn docs(project: &Project) -> Result<()> {
    let mut doc = cargo(project);
    run(doc.args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn native(project: &Project) -> Result<()> {
    run(cargo(project).args(["test", "--locked", "--workspace", "--features", "xtask/messages"]))
}

fn types(project: &Project) -> Result<()> {
    package::build(project)?;
    npm_tests(project)?;
    for config in ["tests/tsconfig.facade.json", "tests/tsconfig.types.json"] {
        let tsc = project.path("tests/node_modules/typescript/bin/tsc");
        run(Command::new("node").arg(tsc).args(["--project", config]).current_dir(project.root()))?;
    }
    Ok(())
}

fn packaging(project: &Project) -> Result<()> {
    package::build(project)?;
    node_tests(project, "tests/packaging", &[])
}

fn demo(project: &Project) -> Result<()> {
    with_server(project, "tests/demo", &[])
}

fn wasm(project: &Project) -> Result<()> {
    let chromium = chromium::ensure()?;
    with_server(project, "tests/wasm", &[(chromium::CHROMIUM, chromium)])
}

fn examples(project: &Project) -> Result<()> {
    with_server(project, "tests/examples", &[])
}

fn manual(project: &Project) -> Result<()> {
    with_server(project, "tests/docs", &[])
}

fn benches(project: &Project) -> Result<()> {
    {
        let _lock = project.lock()?;
        tools::npm_packages(project, "benches")?;
    }
    with_server(project, "benches", &[])
}

fn command(project: &Project) -> Result<()> {
    // A person logs in there.
    let chromium = chromium::ensure()?;
    with_server(project, "tests/node", &[(chromium::CHROMIUM, chromium)])
}

fn interop(project: &Project) -> Result<()> {
    let target = ("CARGO_TARGET_DIR", project.target().to_path_buf());
    tools::require_node(NODE, "the tests")?;
    {
        let _lock = project.lock()?;
        let mut install = Command::new("node");
        install.arg(project.path("tests/interop/install.js")).current_dir(project.root());
        run(install.env(target.0, &target.1))?;
    }
    with_server(project, "tests/interop", &[target])
}

fn browser(project: &Project) -> Result<()> {
    let chromium = chromium::ensure()?;
    with_server(project, "tests/browser", &[(chromium::CHROMIUM, chromium)])
}

/// The tests of a directory, with the server's binary and more in their
/// environment.
fn with_server(project: &Project, directory: &str, variables: &[(&str, PathBuf)]) -> Result<()> {
    package::build(project)?;
    let server = server::build(project)?;
    node_tests(project, directory, &[variables, &[(server::SERVER_BIN, server)]].concat())
}

fn npm_tests(project: &Project) -> Result<()> {
    tools::require_node(NODE, "the tests")?;
    let _lock = project.lock()?;
    tools::npm_packages(project, "tests")
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
fn node_tests(project: &Project, directory: &str, variables: &[(&str, PathBuf)]) -> Result<()> {
    let files = test_files(&project.path(directory))?;
    npm_tests(project)?;
    let mut node = Command::new("node");
    node.current_dir(project.root());
    // The timeout, in milliseconds, is for one test and far from what it takes.
    node.args(["--test", "--test-timeout=180000", "--test-reporter=spec"]);
    node.arg(format!("--test-concurrency={}", files_at_a_time(directory)));
    run(node.args(files).envs(variables.iter().map(|(name, value)| (name, value))))
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
}
