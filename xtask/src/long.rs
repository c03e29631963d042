//! The steps that `cargo xtask test --all` runs besides the others: what takes
//! minutes, and what a change rarely touches.

use crate::steps::{Step, python_tests};

/// Behind all others, whose needs they may have.
pub const STEPS: [Step; 1] = [Step {
    name: "api-long",
    what: "what OpenAPI promises, asked by Schemathesis for minutes",
    needs: &["build", "server", "packages", "python"],
    holds: &[],
    run: |project, cases| python_tests(project, "tests/api/long", cases),
}];
