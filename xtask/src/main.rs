//! The commands of the workspace: `cargo xtask <command>`. Each does all its
//! own set-up and says what it is doing.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod bench;
mod chromium;
mod demo;
mod docs;
mod fingerprint;
mod fuzz;
mod hygiene;
mod long;
mod mutants;
mod package;
mod printable;
mod project;
mod release;
mod server;
mod shell;
mod size;
mod soak;
mod steps;
mod system;
mod test;
mod tools;

use std::process::ExitCode;

use project::Project;
use shell::Result;

const HELP: &str = "\
Usage: cargo xtask <command>

  demo [--port P] [--no-open]   the demo page, served on this computer
  test [step …]                 all tests but the long ones, or the named steps
  test --all                    the long steps too
  build                         the npm package, in pkg/dist/
  docs                          the documents as a site, which the demo shows
  release --dry-run             what would be published, in target/publish/
  size [--check | --details]    what the package weighs, against its budget
  bench [--check]               how fast it is, beside its peers
  bench server [--check]        how fast the server is, over its floors
  fuzz [target …] [--seconds N] the parsers on generated inputs, to find new faults
  soak [--schedules N] [--seed S]
                                client and server, while faults are injected
  mutants [file …] [--shard K/N]
                                whether a test notices when the code is changed
  help                          this text

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
    if arguments.iter().any(|argument| ["--help", "-h"].contains(argument)) {
        help();
        return Ok(ExitCode::SUCCESS);
    }
    let project = Project::find()?;
    // What is built and installed stays as it is while these read it. The demo holds
    // the lock only as long as it builds.
    let _lock = match command {
        "build" | "test" | "size" | "bench" | "docs" | "release" => project.lock()?,
        _ => None,
    };
    match command {
        "build" => {
            shell::no_arguments("build", arguments)?;
            package::build(&project)?;
        }
        "demo" => demo::run(&project, arguments)?,
        "docs" => docs::run_site(&project, arguments)?,
        "release" => release::run(&project, arguments)?,
        "test" => return test::run(&project, arguments),
        "size" => size::run_table(&project, arguments)?,
        "bench" => bench::run_any(&project, arguments)?,
        "fuzz" => fuzz::run_targets(&project, arguments)?,
        "soak" => soak::run_schedules(&project, arguments)?,
        "mutants" => mutants::run_mutants(&project, arguments)?,
        "help" | "--help" | "-h" => help(),
        other => {
            return Err(format!("there is no command \"{other}\". `cargo xtask help` lists them."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn help() {
    println!("{HELP}\nThe steps of test:\n");
    for step in &steps::STEPS {
        println!("  {:<10} {}", step.name, step.what);
    }
    println!("\nAnd with --all:\n");
    for step in &long::STEPS {
        println!("  {:<10} {}", step.name, step.what);
    }
}
