//! `cargo xtask demo`: the page, served by the real server on this computer.

use std::io::{BufRead, BufReader, ErrorKind};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::project::Project;
use crate::shell::{Context, Result, say};
use crate::{docs, package, server};

/// How to call it.
pub const USAGE: &str = "cargo xtask demo [--port P] [--no-open]";

const DEFAULT_PORT: u16 = 8787;

/// What the server writes when it is ready, before its address.
const READY: &str = "keylatch-server listening on ";

/// How long the server may take to finish its requests and go, also on a busy
/// machine.
const GRACE: Duration = Duration::from_secs(60);

struct Options {
    port: u16,
    open: bool,
}

enum Event {
    /// The server listens at this address.
    Ready(String),
    /// The server has closed its output, so it has ended or is about to.
    Ended,
    /// Ctrl-C, or a polite signal from elsewhere.
    Stop,
}

/// Builds what is needed, serves until Ctrl-C.
pub fn run(project: &Project, arguments: &[&str]) -> Result<()> {
    let options = parse(arguments)?;
    // Now, and not after minutes of building.
    check_port(options.port)?;
    let lock = project.lock()?;
    package::build(project)?;
    let binary = server::build(project)?;
    // It only serves from here on, which must not keep a build waiting.
    drop(lock);

    let directory = project.target().join("demo");
    std::fs::create_dir_all(&directory).context(format!("cannot create {}", directory.display()))?;
    let (events, received) = channel();
    // From here on Ctrl-C is an event; before, it simply ends xtask.
    let stop = events.clone();
    ctrlc::set_handler(move || drop(stop.send(Event::Stop))).context("cannot listen for Ctrl-C")?;
    let mut child = start(project, &binary, &directory, options.port)?;
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || watch(output, &events));
    }
    let result = serve(&received, &child, options.open);
    // Whatever happened, no server is left behind.
    if result.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().context("cannot wait for the server")?;
    result?;
    if status.success() { Ok(()) } else { Err(format!("the server ended with a failure ({status}).")) }
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let mut options = Options { port: DEFAULT_PORT, open: true };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--no-open" => options.open = false,
            "--port" => {
                let port = arguments.next().context(format!("--port needs a number. Usage: {USAGE}"))?;
                options.port = port
                    .parse()
                    .map_err(|_| format!("\"{port}\" is not a port, which is a number from 0 to 65535."))?;
            }
            other => return Err(format!("\"{other}\" is no option of demo. Usage: {USAGE}")),
        }
    }
    Ok(options)
}

fn check_port(port: u16) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(format!(
            "port {port} is in use by another program. Choose another, or 0 for any that is free: cargo xtask demo --port 0"
        )),
        Err(error) => Err(format!("cannot listen on port {port}: {error}")),
    }
}

fn start(project: &Project, binary: &Path, directory: &Path, port: u16) -> Result<Child> {
    let mut command = Command::new(binary);
    command.arg("--listen").arg(format!("127.0.0.1:{port}"));
    command.arg("--database").arg(directory.join("keylatch.db")).arg("--demo");
    command.arg("--www").arg(project.path("www")).arg("--pkg").arg(project.path("pkg"));
    let documents = docs::directory(project);
    if documents.is_dir() {
        command.arg("--docs").arg(documents);
    } else {
        say("no documents are shown at /docs/: `cargo xtask docs` makes them");
    }
    command.current_dir(project.root()).stdin(Stdio::null()).stdout(Stdio::piped());
    // In a process group of its own the terminal's Ctrl-C reaches xtask alone,
    // which then asks the server to stop, once.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context(format!("cannot start {}", binary.display()))
}

/// Turns the server's output into events.
fn watch(output: ChildStdout, events: &Sender<Event>) {
    for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
        match line.strip_prefix(READY) {
            Some(address) => drop(events.send(Event::Ready(address.trim().to_owned()))),
            None => eprintln!("{line}"),
        }
    }
    let _ = events.send(Event::Ended);
}

/// Until the server has ended because it was asked to.
fn serve(events: &Receiver<Event>, child: &Child, open: bool) -> Result<()> {
    loop {
        match events.recv().context("the server is not watched any more")? {
            Event::Ready(address) => {
                println!("The demo is ready at {address} (Ctrl-C stops it)");
                if open {
                    open_browser(&address);
                }
            }
            Event::Ended => return Err("the server ended by itself; its last words are above.".to_owned()),
            Event::Stop => break,
        }
    }
    say("stopping the server …");
    interrupt(child)?;
    loop {
        match events.recv_timeout(GRACE) {
            Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Ok(Event::Ready(_)) => {}
            Ok(Event::Stop) => return Err("the server was killed at the second Ctrl-C.".to_owned()),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("the server did not stop within {} s and was killed.", GRACE.as_secs()));
            }
        }
    }
}

/// What Ctrl-C does. By way of the shell, whose `kill` is there on every Unix;
/// the standard library can only kill the hard way.
#[cfg(unix)]
fn interrupt(child: &Child) -> Result<()> {
    let script = format!("kill -INT {}", child.id());
    crate::shell::capture(Command::new("sh").args(["-c", &script])).map(drop)
}

/// On Windows the console has told the server already.
#[cfg(not(unix))]
fn interrupt(_child: &Child) -> Result<()> {
    Ok(())
}

/// A convenience: where there is no browser, the printed address remains.
fn open_browser(address: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else if ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some()) {
        Command::new("xdg-open")
    } else {
        // xdg-open would start a text browser in this terminal.
        return;
    };
    let _ = command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_defaults_and_bounds() {
        let options = parse(&[]).unwrap();
        assert_eq!((options.port, options.open), (DEFAULT_PORT, true));
        let options = parse(&["--no-open", "--port", "0"]).unwrap();
        assert_eq!((options.port, options.open), (0, false));
        for (arguments, part) in [
            (&["--port"][..], "needs a number"),
            (&["--port", "65536"], "is not a port"),
            (&["--port", "-1"], "is not a port"),
            (&["--quiet"], "--quiet"),
        ] {
            let error = parse(arguments).err().unwrap();
            assert!(error.contains(part), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn a_port_in_use_is_told_with_a_way_out() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = check_port(port).unwrap_err();
        assert!(error.contains(&format!("port {port} is in use")) && error.contains("--port 0"), "{error}");
    }
}
