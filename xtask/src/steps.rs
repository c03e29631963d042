//! The steps of `cargo xtask test`: what each proves, what it needs, and what it
//! holds while it runs.

use std::process::Command;

use crate::project::Project;
use crate::shell::{Result, run, run_and_read};
use crate::system::{self, Need};
use crate::test::cases::{self, Case};
use crate::test::files::{node_tests, python_tests, with_server};
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

/// In the order in which they start as soon as they can: first what others need, then the steps
/// of cargo, which run one after the other, then the longest. So no long one is left over at the end.
pub const STEPS: [Step; 30] = [
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
        what: "PostgreSQL, PgBouncer, Redis and OpenSSL are here",
        needs: &[],
        holds: &[Packages],
        run: |_, _| {
            let databases = [system::POSTGRES, system::PGBOUNCER, system::REDIS, system::OPENSSL];
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
        name: "keychain",
        what: "a keychain is here, with its bus",
        needs: &[],
        holds: &[Packages],
        run: |_, _| system::KEYCHAIN.iter().map(Need::ensure).try_for_each(|path| path.map(drop)),
    },
    Step {
        name: "native",
        what: "cargo test of the whole workspace",
        needs: &["postgresql"],
        holds: &[Cargo],
        run: native,
    },
    Step {
        name: "clippy",
        what: "no warnings, natively and for the wasm",
        needs: &[],
        holds: &[Cargo],
        run: clippy,
    },
    Step {
        name: "docs",
        what: "rustdoc without warnings",
        needs: &[],
        holds: &[Cargo],
        run: |project, _| docs::rustdoc(project),
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
        what: "keylatch/node and the command: files, prompts, logins, a keychain",
        // A person logs in there.
        needs: &["build", "server", "packages", "chromium", "python", "shells", "keychain"],
        holds: &[LoginPorts],
        run: command,
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
    let mut lines = Vec::new();
    let result = run_and_read(cargo(project).args(everything), &mut lines);
    cases.extend(cases::of_cargo(&lines));
    result?;
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
