//! Running programs, and saying so.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, IsTerminal, Write};
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

thread_local! {
    /// The file that takes all output of this thread; none is the terminal.
    static LOG: RefCell<Option<File>> = const { RefCell::new(None) };
}

/// Does the work with all of its output, that of the programs which it runs
/// included, in a file: steps of the tests run side by side, and their lines
/// must not mix.
pub fn logged<T>(log: File, work: impl FnOnce() -> T) -> T {
    LOG.set(Some(log));
    let result = work();
    LOG.set(None);
    result
}

/// A second handle of this thread's log.
fn log() -> Result<Option<File>> {
    LOG.with_borrow(|log| log.as_ref().map(File::try_clone).transpose())
        .context("the log of the step cannot be written")
}

/// One line about what happens now. On standard error, because standard output
/// belongs to results.
pub fn say(what: impl Display) {
    show(&format!("[xtask] {what}\n"));
}

/// Text for the person who watches.
fn show(text: &str) {
    LOG.with_borrow_mut(|log| match log {
        // A full disk is no reason to stop.
        Some(log) => drop(log.write_all(text.as_bytes())),
        None => eprint!("{text}"),
    });
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
    if let Some(log) = log()? {
        let errors = log.try_clone().context("the log of the step cannot be written")?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
    }
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", shown(command))) }
}

/// Runs it, its output being ours, and reads the lines that it writes. They are there
/// when it fails, too.
pub fn run_and_read(command: &mut Command, lines: &mut Vec<String>) -> Result<()> {
    let (reader, writer) = std::io::pipe().context("the system gives no pipe")?;
    let errors = writer.try_clone().context("the system gives no pipe")?;
    command.stdin(Stdio::null()).stdout(writer).stderr(errors);
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    // The command keeps the ends of the pipe that it has handed to the child.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line.context("the output cannot be read")?).into_owned();
        show(&format!("{line}\n"));
        lines.push(line);
    }
    let status = child.wait().context(format!("cannot wait for `{}`", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status}).", shown(command))) }
}

/// Runs it; its output is shown only to a person who watches, or when it fails.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let watched = log()?.is_none() && std::io::stderr().is_terminal();
    if watched { run(command) } else { capture(command).map(drop) }
}

/// Runs it and gives what it wrote to standard output.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return String::from_utf8(output.stdout)
            .context(format!("`{}` wrote something that is not text", shown(command)));
    }
    show(&String::from_utf8_lossy(&output.stdout));
    show(&String::from_utf8_lossy(&output.stderr));
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

    #[test]
    fn a_log_takes_what_is_said_and_what_programs_write() {
        let path = std::env::temp_dir().join(format!("keylatch-log-{}", std::process::id()));
        let mut lines = Vec::new();
        logged(File::create(&path).unwrap(), || {
            say("first");
            run(Command::new("cargo").arg("--no-such-flag")).unwrap_err();
            capture(Command::new("cargo").arg("--no-such-flag")).unwrap_err();
            run_and_read(Command::new("cargo").arg("--version"), &mut lines).unwrap();
        });
        say("after it");
        let log = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        assert!(log.starts_with("[xtask] first\n"), "{log}");
        assert_eq!(log.matches("error: ").count(), 2, "of `run` and of `capture`: {log}");
        assert!(lines.iter().any(|line| line.starts_with("cargo ")), "{lines:?}");
        assert!(log.ends_with(&format!("{}\n", lines.join("\n"))), "{log}");
        assert!(!log.contains("after it"), "{log}");
    }

    #[test]
    fn the_output_of_a_program_that_fails_is_read_and_shown() {
        let mut lines = Vec::new();
        let error = run_and_read(Command::new("cargo").arg("--no-such-flag"), &mut lines).unwrap_err();
        assert!(lines.iter().any(|line| line.contains("--no-such-flag")), "{lines:?}");
        assert!(error.starts_with("`cargo --no-such-flag` failed"), "{error}");
    }
}
