//! The commands of the workspace: `cargo xtask <command>`. Each does all its
//! own set-up and says what it is doing.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod fingerprint;
mod package;
mod project;
mod shell;
mod tools;

use std::process::ExitCode;

use project::Project;
use shell::Result;

const HELP: &str = "\
Usage: cargo xtask <command>

  build                     the npm package, in pkg/
  help                      this text

Each command sets up what it needs (into the target directory and the
node_modules directories) and is quick the second time.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut arguments = arguments.iter().map(String::as_str);
    let command = arguments.next().unwrap_or("help");
    let rest: Vec<&str> = arguments.collect();
    match dispatch(command, &rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("[xtask] error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, arguments: &[&str]) -> Result<ExitCode> {
    let project = Project::find()?;
    match command {
        "build" => {
            shell::no_arguments("build", arguments)?;
            package::build(&project)?;
        }
        "help" | "--help" | "-h" => print!("{HELP}"),
        other => {
            return Err(format!("there is no command \"{other}\". `cargo xtask help` lists them."));
        }
    }
    Ok(ExitCode::SUCCESS)
}
