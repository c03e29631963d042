//! The command line: its settings, and one file for each thing that it does.

mod doctor;
mod flags;
mod keys;
mod limits;
mod log;
mod serve;
mod settings;
mod users;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use flags::{Command, Flags};
use keylatch_format::Secret;
use keylatch_server::{App, StartError};

/// How long what still runs may take when everything else has ended.
const LAST: Duration = Duration::from_secs(3);

/// Reads the settings and does what they say.
pub(crate) fn run() -> ExitCode {
    let flags = match settings::read(std::env::args_os().collect()) {
        Ok(flags) => flags,
        Err(settings::Unread::Clap(error)) => error.exit(),
        Err(settings::Unread::Settings(message)) => return wrong(&message),
    };
    if let Err(message) = flags.check() {
        return wrong(&message);
    }
    let _log = match log::start(&flags) {
        Ok(log) => log,
        Err(message) => return wrong(&message),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the system gives no threads: {error}.")),
    };
    let outcome = runtime.block_on(act(&flags));
    // Nothing that hangs keeps the process from ending.
    runtime.shutdown_timeout(LAST);
    match outcome {
        Ok(code) => code,
        Err(message) => failed(&message),
    }
}

async fn act(flags: &Flags) -> Result<ExitCode, String> {
    let done = |()| ExitCode::SUCCESS;
    match &flags.command {
        None => serve::serve(flags).await.map(done),
        Some(Command::User { command }) => users::act(flags, command).await.map(done),
        Some(Command::Key { command }) => keys::act(flags, command).await.map(done),
        Some(Command::Doctor) => doctor::examine(flags).await,
    }
}

/// Opens the app, does something with it, and closes it.
async fn with_app<T, F>(flags: &Flags, work: impl FnOnce(App) -> F) -> Result<T, String>
where
    F: Future<Output = Result<T, String>>,
{
    let app = App::open_without_jobs(flags.config()?).await.map_err(|error: StartError| error.to_string())?;
    let outcome = work(app.clone()).await;
    app.close().await;
    outcome
}

/// A line on standard output. Nobody may be listening; that is no reason to stop.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// The first line of standard input, for secrets.
fn first_line(what: &str) -> Result<Secret, String> {
    let mut text = String::new();
    std::io::stdin().read_line(&mut text).map_err(|error| format!("no {what} could be read: {error}."))?;
    let text = Secret::new(text);
    Ok(Secret::from(line(text.expose())))
}

/// Without its end, and without the byte order mark that PowerShell puts before
/// what it pipes; everything else is the person's.
fn line(text: &str) -> &str {
    let line = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// Says what is wrong with the settings.
fn wrong(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "keylatch-server: {message}");
    ExitCode::from(2)
}

fn failed(message: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "keylatch-server: {message}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_password_only_the_end_of_its_line_is_left_out() {
        for (text, expected) in [
            ("pass word\n", "pass word"),
            ("  spaced  \r\n", "  spaced  "),
            ("\u{feff}marked\r\n", "marked"),
            ("no end", "no end"),
            ("tab\t\n", "tab\t"),
            ("two ends\r\r\n", "two ends\r"),
            ("\n", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }
}
