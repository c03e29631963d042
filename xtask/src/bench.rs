//! `cargo xtask bench`: side by side with peers.

use std::process::Command;

use crate::project::Project;
use crate::shell::{Result, run};
use crate::{package, server, tools};

/// Builds the package, the server and the peers, and prints the table; with
/// `--check` a target that is missed is an error.
pub fn run_table(project: &Project, arguments: &[&str]) -> Result<()> {
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
