//! `cargo xtask bench`: side by side with peers; and the server under load.

use std::process::Command;

use crate::project::Project;
use crate::shell::{Result, run};
use crate::system::{POSTGRES, PYTHON, WRK};
use crate::{package, server, tools};

/// Runs what was asked for: `server`, or else the table.
pub fn run_any(project: &Project, arguments: &[&str]) -> Result<()> {
    match arguments {
        ["server", rest @ ..] => run_server(project, rest),
        rest => run_table(project, rest),
    }
}

/// Builds the server as it is run for others, and asks it as fast as it answers.
fn run_server(project: &Project, arguments: &[&str]) -> Result<()> {
    if !matches!(arguments, [] | ["--check"] | ["--quick"]) {
        return Err("`cargo xtask bench server` takes no arguments but --check or --quick.".to_owned());
    }
    for need in [POSTGRES, PYTHON, WRK] {
        need.ensure()?;
    }
    tools::require_node(tools::NODE, "the benchmarks")?;
    let server = server::build_release(project)?;
    let mut node = Command::new("node");
    run(node
        .arg("benches/service.js")
        .args(arguments)
        .env(server::SERVER_BIN, server)
        .current_dir(project.root()))
}

/// Builds the package, the server and the peers, and prints the table; with
/// `--check` a target that is missed is an error.
fn run_table(project: &Project, arguments: &[&str]) -> Result<()> {
    if !matches!(arguments, [] | ["--check"]) {
        return Err("`cargo xtask bench` takes no arguments but --check.".to_owned());
    }
    package::build(project)?;
    let server = server::build(project)?;
    tools::require_node(tools::NODE, "the benchmarks")?;
    tools::npm_packages(project, "benches")?;
    let script = |script: &str| {
        let mut node = Command::new("node");
        run(node.arg(script).args(arguments).env(server::SERVER_BIN, &server).current_dir(project.root()))
    };
    // Both, whatever the first one says.
    script("benches/run.js").and(script("benches/memory.js"))
}
