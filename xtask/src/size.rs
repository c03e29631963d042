//! `cargo xtask size`: what the package weighs, against its budget.

use std::process::Command;

use crate::package;
use crate::project::Project;
use crate::shell::{Result, run};

/// Builds the package and prints the table; with `--check` a part that is over its
/// budget is an error; with `--details` what each module is made of too.
/// The compressor is Node's: Node is here anyway, and a crate with one would double
/// what xtask compiles.
pub fn run_table(project: &Project, arguments: &[&str]) -> Result<()> {
    match arguments {
        [] => table(project, &[]),
        ["--check"] => check(project),
        ["--details"] => {
            table(project, &[])?;
            for module in package::MODULES {
                println!("\n{module}:");
                let wasm = package::named(project, module);
                run(Command::new("node").arg("xtask/functions.js").arg(wasm).current_dir(project.root()))?;
            }
            Ok(())
        }
        _ => Err("`cargo xtask size` takes no arguments but --check and --details.".to_owned()),
    }
}

/// Refuses what is over its budget.
pub fn check(project: &Project) -> Result<()> {
    table(project, &["--check"])
}

fn table(project: &Project, arguments: &[&str]) -> Result<()> {
    package::build(project)?;
    let mut node = Command::new("node");
    node.arg("xtask/size.js").arg(package::staging(project)).args(arguments).current_dir(project.root());
    run(&mut node)
}
