//! The steps of `cargo xtask test`: what each proves, what it needs, and what it
//! holds while it runs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;

use crate::project::{Project, WITHIN_A_RUN};
use crate::shell::{Context, Result, run, run_and_read};
use crate::system::{self, Need};
use crate::test::cases::{self, Case};
use crate::tools::{self, cargo};
use crate::{chromium, docs, hygiene, package, server};

/// One proof, or the preparation of several.
pub struct Step {
    /// What it is chosen by.
    pub name: &'static str,
    /// What it proves.
    pub what: &'static str,
    /// The steps that must have passed before it can run.
    pub needs: &'static [&'static str],
    /// What no two steps hold at the same time.
    pub holds: &'static [Resource],
    /// Proves it, and notes how long its cases took.
    pub run: fn(&Project, &mut Vec<Case>) -> Result<()>,
}

/// What there is one of.
#[derive(PartialEq)]
pub enum Resource {
    /// The build directory: a second cargo would wait for the first one.
    Cargo,
    /// The system's package manager.
    Packages,
    /// The ports at which a login in the browser comes back: the service names
    /// them, so they are the same for everybody.
    LoginPorts,
}
use Resource::{Cargo, LoginPorts, Packages};

/// In the order in which they start as soon as they can: first what others need,
/// then the longest, so that no long one is left over at the end.
pub const STEPS: [Step; 29] = [
    Step {
        name: "build",
        what: "the npm package",
        needs: &[],
        holds: &[Cargo],
        run: |project, _| package::build(project),
    },
    Step {
        name: "server",
        what: "the server's binary",
        needs: &[],
        holds: &[Cargo],
        run: |project, _| server::build(project).map(drop),
    },
    Step { name: "packages", what: "the npm packages of the tests", needs: &[], holds: &[], run: packages },
    Step {
        name: "chromium",
        what: "Chromium is here",
        needs: &[],
        holds: &[Packages],
        run: |_, _| chromium::ensure(),
    },
    Step {
        name: "python",
        what: "Python is here, with the clouds' own clients",
        needs: &[],
        holds: &[Packages],
        run: python,
    },
    Step {
        name: "postgresql",
        what: "PostgreSQL, PgBouncer and Redis are here",
        needs: &[],
        holds: &[Packages],
        run: |_, _| {
            let databases = [system::POSTGRES, system::PGBOUNCER, system::REDIS];
            databases.iter().try_for_each(|need| need.ensure().map(drop))
        },
    },
    Step {
        name: "shells",
        what: "bash, zsh and fish are here",
        needs: &[],
        holds: &[Packages],
        run: |_, _| system::SHELLS.iter().map(Need::ensure).try_for_each(|path| path.map(drop)),
    },
    Step {
        name: "browser",
        what: "the page in headless Chromium",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: browser,
    },
    Step {
        name: "wasm",
        what: "the wasm in Node and in headless Chromium",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: wasm,
    },
    Step {
        name: "command",
        what: "keylatch/node and the command: files, prompts, logins",
        // A person logs in there.
        needs: &["build", "server", "packages", "chromium", "python", "shells"],
        holds: &[LoginPorts],
        run: command,
    },
    Step {
        name: "native",
        what: "cargo test of the whole workspace",
        needs: &["postgresql"],
        holds: &[Cargo],
        run: native,
    },
    Step {
        name: "guard",
        what: "keylatch/guard: every answer, the frameworks, the databases, the server",
        // Python and a C++ compiler build a database's module.
        needs: &["build", "server", "packages", "python", "postgresql"],
        holds: &[],
        run: guard,
    },
    Step {
        name: "interop",
        what: "the clouds' own Python clients against the server",
        needs: &["build", "server", "packages", "python"],
        holds: &[LoginPorts],
        run: interop,
    },
    Step {
        name: "api",
        what: "what OpenAPI promises, asked by Schemathesis as two users",
        needs: &["build", "server", "packages", "python"],
        holds: &[],
        run: |project, cases| python_tests(project, "tests/api", cases),
    },
    Step {
        name: "clippy",
        what: "no warnings, natively and for the wasm",
        needs: &[],
        holds: &[Cargo],
        run: clippy,
    },
    Step {
        name: "manual",
        what: "the README and the declarations, run; DESIGN.md's paths",
        needs: &["build", "server", "packages", "python"],
        holds: &[],
        run: |project, cases| with_server(project, "tests/docs", &[], cases),
    },
    Step {
        name: "site",
        what: "the documents as a site: links, search, what the browser says",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: site,
    },
    Step {
        name: "conforms",
        what: "the conformance script in this Node, Bun, workerd, Chromium and bundles",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: conforms,
    },
    Step {
        name: "packaging",
        what: "the tarball, and what bundlers make of it",
        needs: &["build", "packages"],
        holds: &[],
        run: packaging,
    },
    Step {
        name: "docs",
        what: "rustdoc without warnings",
        needs: &[],
        holds: &[Cargo],
        run: |project, _| docs::rustdoc(project),
    },
    Step {
        name: "demo",
        what: "the demo starts, serves and stops",
        needs: &["build", "server", "packages"],
        // It is started by `cargo xtask`.
        holds: &[Cargo],
        run: |project, cases| node_tests(project, "tests/demo", &[], cases),
    },
    Step {
        name: "benches",
        what: "the benchmarks run, and their peers agree",
        needs: &["build", "server", "packages"],
        holds: &[],
        run: benches,
    },
    Step {
        name: "examples",
        what: "the examples, run",
        needs: &["build", "server", "packages"],
        holds: &[],
        run: |project, cases| with_server(project, "tests/examples", &[], cases),
    },
    Step {
        name: "types",
        what: "the facade and the declarations, by tsc",
        needs: &["build", "packages"],
        holds: &[],
        run: types,
    },
    Step {
        name: "unit",
        what: "sources of the package by themselves",
        needs: &["build", "packages"],
        holds: &[],
        run: |project, cases| node_tests(project, "tests/unit", &[], cases),
    },
    Step {
        name: "size",
        what: "no part of the package weighs more than its budget",
        needs: &["build", "packages"],
        holds: &[],
        run: |project, _| crate::size::check(project),
    },
    Step {
        name: "crates",
        what: "licences, sources and versions of the crates, by cargo-deny",
        needs: &[],
        holds: &[Cargo],
        run: crates,
    },
    Step { name: "fmt", what: "cargo fmt --check", needs: &[], holds: &[], run: fmt },
    Step {
        name: "hygiene",
        what: "nothing in git that does not belong there",
        needs: &[],
        holds: &[],
        run: |project, _| hygiene::check(project),
    },
];

/// The oldest Node that runs the tests: their Vite asks for it.
const NODE: tools::Version = (20, 19);

fn fmt(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    run(cargo(project).args(["fmt", "--all", "--check"]))
}

fn clippy(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    let deny = ["--", "--deny", "warnings"];
    let everything = ["clippy", "--locked", "--workspace", "--all-targets", "--features", "xtask/messages"];
    run(cargo(project).args(everything).args(deny))?;
    tools::wasm_target(project)?;
    let core = ["clippy", "--locked", "--package", "keylatch", "--target", tools::WASM_TARGET];
    for module in package::MODULES {
        run(cargo(project).args(core).args(["--features", module]).args(deny))?;
    }
    Ok(())
}

fn site(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::npm_packages(project, docs::GENERATOR)?;
    with_server(project, "tests/site", &[(chromium::CHROMIUM, chromium::path()?)], cases)
}

fn native(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    // `--no-fail-fast`: one test program that fails keeps no other from running.
    let everything = ["test", "--locked", "--workspace", "--features", "xtask/messages", "--no-fail-fast"];
    let lines = run_and_read(cargo(project).args(everything))?;
    cases.extend(cases::of_cargo(&lines));
    match cases::ignored(&lines) {
        0 => Ok(()),
        count => {
            Err(format!("{count} tests are marked to be ignored, and a test that is not run proves nothing."))
        }
    }
}

fn packages(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    tools::require_node(NODE, "the tests")?;
    tools::npm_packages(project, "tests")
}

fn python(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    system::PYTHON.ensure()?;
    tools::require_node(NODE, "the tests")?;
    let mut install = Command::new("node");
    install.arg(project.path("tests/interop/install.js")).current_dir(project.root());
    run(install.env("CARGO_TARGET_DIR", project.target()))
}

fn types(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    for config in
        ["tests/tsconfig.facade.json", "tests/tsconfig.types.json", "tests/tsconfig.frameworks.json"]
    {
        let tsc = project.path("tests/node_modules/typescript/bin/tsc");
        run(Command::new("node").arg(tsc).args(["--project", config]).current_dir(project.root()))?;
    }
    Ok(())
}

fn wasm(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, "tests/wasm", &[(chromium::CHROMIUM, chromium::path()?)], cases)
}

fn conforms(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, "tests/runtimes", &[(chromium::CHROMIUM, chromium::path()?)], cases)
}

fn packaging(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::npm_packages(project, "tests/packaging")?;
    node_tests(project, "tests/packaging", &[], cases)
}

fn benches(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::npm_packages(project, "benches")?;
    with_server(project, "benches", &[], cases)
}

fn command(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, "tests/node", &[(chromium::CHROMIUM, chromium::path()?)], cases)
}

fn guard(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::better_sqlite3(project)?;
    with_server(project, "tests/guard", &[], cases)
}

fn interop(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    python_tests(project, "tests/interop", cases)
}

/// Tests that use the environment of Python, which is in the target directory.
pub fn python_tests(project: &Project, directory: &str, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, directory, &[("CARGO_TARGET_DIR", project.target().to_path_buf())], cases)
}

/// By deny.toml. Advisories are not asked for: their database is not here, and the
/// tests fetch nothing that changes by itself. Where cargo-deny is not installed, a
/// minute and a half goes into compiling it.
fn crates(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    let path = tools::with_cargo_deny(project)?;
    let mut deny = cargo(project);
    run(deny.args(["deny", "--locked", "check", "bans", "licenses", "sources"]).env("PATH", path))
}

fn browser(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    with_server(project, "tests/browser", &[(chromium::CHROMIUM, chromium::path()?)], cases)
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
    fn result_of(name: &str, tests: &str) -> (bool, Vec<String>) {
        let project = Project::find().unwrap();
        let directory = std::env::temp_dir().join(format!("keylatch-run-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (file, list) = (directory.join("some.test.mjs"), directory.join("cases"));
        std::fs::write(&file, format!("import {{ describe, test }} from 'node:test';\n{tests}")).unwrap();
        let mut node = Command::new("node");
        let output = node.arg(project.path("tests/run.js")).arg(&list).arg("1").arg(&file).output().unwrap();
        let cases = cases::of_node(&list).unwrap().into_iter().map(|case| case.name).collect();
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
    fn the_list_has_the_cases_and_not_what_they_stand_in() {
        let tests = "describe('suite', () => { test('a', () => {}); });
            test('b', async (t) => { await t.test('c', () => {}); await t.test('d', () => {}); });
            test('e', () => {});";
        let names = ["suite › a", "b › c", "b › d", "e"].map(|case| format!("some.test.mjs: {case}"));
        assert_eq!(result_of("lists", tests).1, names);
    }
}
