//! The steps that `cargo xtask test --all` runs besides the others: what takes
//! minutes, and what a change rarely touches.

use crate::project::Project;
use crate::shell::{Result, run};
use crate::steps::{Resource::Cargo, Step, python_tests};
use crate::test::cases::Case;
use crate::tools::{self, cargo};

/// Behind all others, whose needs they may have.
pub const STEPS: [Step; 2] = [
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
