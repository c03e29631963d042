//! The command `keylatch-server`.

mod flags;

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use flags::{Command, Flags, UserCommand};
use keylatch_server::{App, StartError};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let flags = Flags::parse();
    let filter = match EnvFilter::try_new(&flags.log) {
        Ok(filter) => filter,
        Err(error) => return flags::wrong(&format!("--log: {error}")),
    };
    if let Err(wrong) = flags.check() {
        return flags::wrong(&wrong);
    }
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the system gives no threads: {error}.")),
    };
    match runtime.block_on(run(flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => failed(&message),
    }
}

async fn run(flags: Flags) -> Result<(), String> {
    match &flags.command {
        None => serve(&flags).await,
        Some(Command::User { command: UserCommand::Add { email } }) => add_user(&flags, email).await,
    }
}

async fn serve(flags: &Flags) -> Result<(), String> {
    // The address first: a second server by mistake shall not touch the database.
    let listener = keylatch_server::listen(flags.listen).await.map_err(one_line)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let app = App::open(flags.config()).await.map_err(one_line)?;
    let stop = stop_signal()?;
    announce(address);
    keylatch_server::serve(listener, app, stop).await;
    Ok(())
}

async fn add_user(flags: &Flags, email: &str) -> Result<(), String> {
    let mut password = String::new();
    std::io::stdin()
        .read_line(&mut password)
        .map_err(|error| format!("no password could be read: {error}."))?;
    let password = keylatch::Secret::new(password);
    let app = App::open(flags.config()).await.map_err(one_line)?;
    let added = app.create_user(email, first_line(password.expose())).await;
    app.close().await;
    let user = added.map_err(|error| error.to_string())?;
    say(&format!("added {} as {}", user.email, user.id));
    Ok(())
}

/// Without its end, and without the byte order mark that PowerShell puts before
/// what it pipes; everything else is the person's.
fn first_line(text: &str) -> &str {
    let line = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The one line on standard output: whoever started the server waits for it.
fn announce(address: SocketAddr) {
    say(&format!("keylatch-server listening on http://{address}"));
}

/// Nobody may be listening to standard output; that is no reason to stop.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Ctrl-C, or the polite signal of a service manager. Listens from this call on,
/// not only from the first poll: a signal may follow the ready line at once.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be listened for: {error}."));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn one_line(error: StartError) -> String {
    error.to_string()
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
        for (text, line) in [
            ("pass word\n", "pass word"),
            ("  spaced  \r\n", "  spaced  "),
            ("\u{feff}marked\r\n", "marked"),
            ("no end", "no end"),
            ("tab\t\n", "tab\t"),
            ("two ends\r\r\n", "two ends\r"),
            ("\n", ""),
        ] {
            assert_eq!(first_line(text), line, "{text:?}");
        }
    }
}
