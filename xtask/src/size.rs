//! `cargo xtask size`: what the package weighs, raw and compressed.

use std::process::Command;

use crate::package;
use crate::project::Project;
use crate::shell::{Result, run};
use crate::tools::{NODE, require_node};

/// Builds the package and prints the table. The compressors are Node's: Node is
/// here anyway, and a crate with them would double what xtask compiles.
pub fn run_table(project: &Project) -> Result<()> {
    package::build(project)?;
    require_node(NODE, "the sizes")?;
    run(Command::new("node").arg("xtask/size.js").current_dir(project.root()))
}
