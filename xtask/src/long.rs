//! The steps that `cargo xtask test --all` runs besides the others: what takes
//! minutes, and what a change rarely touches.

use crate::project::Project;
use crate::shell::Result;
use crate::steps::{Resource::Cargo, Step};
use crate::system::FIREFOX;
use crate::test::cases::Case;
use crate::test::files::{python_tests, with_server};
use crate::{chromium, server, tools};

/// Behind all others, whose needs they may have.
pub const STEPS: [Step; 4] = [
    Step {
        name: "runtimes",
        what: "more runtimes, browsers, bundlers and test runners, by the conformance script",
        needs: &["build", "server", "packages", "chromium"],
        holds: &[],
        run: runtimes,
    },
    Step {
        name: "release",
        what: "what would be published is made, and holds what it should",
        needs: &["build", "server", "packages"],
        // It is started by `cargo xtask`.
        holds: &[Cargo],
        run: release,
    },
    Step {
        name: "api-long",
        what: "what OpenAPI promises, asked by Schemathesis for minutes",
        needs: &["build", "server", "packages", "python"],
        holds: &[],
        run: |project, cases| python_tests(project, "tests/api/long", cases),
    },
    Step {
        name: "guard-long",
        what: "guards and three servers answer random requests as a model does",
        needs: &["build", "server", "packages", "postgresql"],
        holds: &[],
        run: |project, cases| with_server(project, "tests/guard/long", &[], cases),
    },
];

fn runtimes(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    tools::npm_packages(project, "tests/runtimes/long")?;
    let browsers = [(chromium::CHROMIUM, chromium::path()?), ("KEYLATCH_FIREFOX", FIREFOX.ensure()?)];
    with_server(project, "tests/runtimes/long", &browsers, cases)
}

fn release(project: &Project, cases: &mut Vec<Case>) -> Result<()> {
    // How long compiling takes depends on the machine, and a file of tests has a limit.
    server::build_release(project)?;
    with_server(project, "tests/release", &[], cases)
}
