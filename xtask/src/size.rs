//! `cargo xtask size`: what the package weighs, raw and compressed.

use std::process::Command;

use crate::package;
use crate::project::Project;
use crate::shell::{Result, run};
use crate::tools::{self, NODE, require_node};

/// Builds the package and prints the table; with `--details` the heaviest
/// functions too. The compressors are Node's: Node is here anyway, and a crate
/// with them would double what xtask compiles.
pub fn run_table(project: &Project, arguments: &[&str]) -> Result<()> {
    let details = match arguments {
        [] => false,
        ["--details"] => true,
        _ => return Err("`cargo xtask size` takes no arguments but --details.".to_owned()),
    };
    package::build(project)?;
    require_node(NODE, "the sizes")?;
    run(Command::new("node").arg("xtask/size.js").current_dir(project.root()))?;
    if !details {
        return Ok(());
    }
    let wasm = project.target().join(tools::WASM_TARGET).join("wasm/keylatch.wasm");
    if !wasm.is_file() {
        // Built into another target directory.
        return Err(format!("{} is missing. Delete pkg/dist/.stamp and try again.", wasm.display()));
    }
    run(Command::new("node").arg("xtask/functions.js").arg(wasm).current_dir(project.root()))
}
