//! Running programs, and saying so.

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal};
use std::path::Path;
use std::process::{Command, Stdio};

/// What failed, as a sentence for the person at the terminal.
pub type Result<T> = std::result::Result<T, String>;

/// Puts what was being done in front of what went wrong.
pub trait Context<T> {
    /// `what` says what could not be done.
    fn context(self, what: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl Display) -> Result<T> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, what: impl Display) -> Result<T> {
        self.ok_or_else(|| what.to_string())
    }
}

/// One line about what happens now. On standard error, because standard output
/// belongs to results.
pub fn say(what: impl Display) {
    eprintln!("[xtask] {what}");
}

/// Refuses arguments of a command that takes none.
pub fn no_arguments(command: &str, arguments: &[&str]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(first) => Err(format!("`cargo xtask {command}` takes no arguments, and \"{first}\" is one.")),
    }
}

/// Runs it, its output being ours.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", shown(command))) }
}

/// Runs it; its output is shown only to a person who watches, or when it fails.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    if std::io::stderr().is_terminal() { run(command) } else { capture(command).map(drop) }
}

/// Runs it and gives what it wrote to standard output.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return String::from_utf8(output.stdout)
            .context(format!("`{}` wrote something that is not text", shown(command)));
    }
    eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("`{}` failed ({}).", shown(command), output.status))
}

/// The command as it would be typed.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        return format!("{program} was not found. {}", where_from(&program));
    }
    format!("{program} could not be started: {error}")
}

fn where_from(program: &str) -> &'static str {
    match program.trim_end_matches(".cmd") {
        "node" | "npm" => "It comes with Node.js 20 or newer: https://nodejs.org",
        "cargo" | "rustc" | "rustup" => "It comes with rustup: https://rustup.rs",
        "git" => "Install git: https://git-scm.com",
        _ => "Is it installed, and on PATH?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_origin() {
        let missing = std::io::Error::from(ErrorKind::NotFound);
        let error = not_started(&Command::new("node"), &missing);
        assert_eq!(error, "node was not found. It comes with Node.js 20 or newer: https://nodejs.org");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = capture(Command::new("cargo").arg("--no-such-flag")).unwrap_err();
        assert!(error.starts_with("`cargo --no-such-flag` failed"), "{error}");
    }
}
