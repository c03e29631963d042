//! The steps that `cargo xtask test --all` runs besides the others: what takes
//! minutes, and what a change rarely touches.

use crate::chromium;
use crate::project::Project;
use crate::shell::{Result, run};
use crate::steps::{Resource::Cargo, Step, python_tests, with_server};
use crate::test::cases::Case;
use crate::tools::{self, cargo};

/// Behind all others, whose needs they may have.
pub const STEPS: [Step; 4] = [
    Step {
        name: "runtimes",
        what: "more runtimes, bundlers and test runners, by the conformance script",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: runtimes,
    },
    Step {
        name: "release",
        what: "what would be published is made, and is what it says",
        needs: &["build", "server", "packages"],
        // It is started by `cargo xtask`.
        holds: &[Cargo],
        run: |project, cases| with_server(project, "tests/release", &[], cases),
    },
    Step {
        name: "api-long",
        what: "what OpenAPI promises, asked by Schemathesis for minutes",
        needs: &["build", "server", "packages", "python"],
        holds: &[],
        run: |project, cases| python_tests(project, "tests/api/long", cases),
    },
    Step {
        name: "crates",
        what: "licences, sources and versions of the crates, by cargo-deny",
        needs: &[],
        holds: &[Cargo],
        run: crates,
    },
];

fn runtimes(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::npm_packages(project, "tests/runtimes/long")?;
    with_server(project, "tests/runtimes/long", &[(chromium::CHROMIUM, chromium::path()?)], cases)
}

/// By deny.toml. Advisories are not asked for: their database is not here, and the
/// tests fetch nothing that changes by itself. Among the long steps, because where
/// cargo-deny is not installed, it is compiled for minutes.
fn crates(project: &Project, _: &mut Vec<Case>) -> Result<()> {
    let path = tools::with_cargo_deny(project)?;
    let mut deny = cargo(project);
    run(deny
        .args(["deny", "--locked", "--offline", "check", "bans", "licenses", "sources"])
        .env("PATH", path))
}
