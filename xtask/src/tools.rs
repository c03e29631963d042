//! The tools that the commands need, installed when they are missing.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fingerprint;
use crate::project::Project;
use crate::shell::{Context, Result, capture, run_quietly, say};

/// Compiles the wasm, and runs wasm-bindgen and wasm-opt on it.
const WASM_PACK: &str = "0.15.1";

/// Runs libFuzzer on Rust.
const CARGO_FUZZ: &str = "0.13.2";

/// Changes the code, and sees whether a test notices.
const CARGO_MUTANTS: &str = "27.1.0";

/// Looks at licences, sources and versions of the crates.
const CARGO_DENY: &str = "0.20.2";

/// What the wasm is compiled for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A version as `major.minor`.
pub type Version = (u32, u32);

/// The oldest Node that runs the package and the build tools.
pub const NODE: Version = (20, 0);

/// The cargo of this `cargo xtask`, in the work tree.
pub fn cargo(project: &Project) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(project.root()).env("CARGO_TARGET_DIR", project.target());
    command
}

/// Refuses a Node that is too old; `what` needs `least`.
pub fn require_node(least: Version, what: &str) -> Result<()> {
    let text = capture(Command::new("node").arg("--version"))?;
    let text = text.trim();
    let found = version(text).context(format!("`node --version` says \"{text}\", which is no version"))?;
    if found >= least {
        return Ok(());
    }
    let (major, minor) = least;
    Err(format!(
        "Node.js {major}.{minor} or newer is needed for {what}, and {text} is installed. Get it from https://nodejs.org"
    ))
}

/// The packages of a directory's lock file, in its `node_modules`.
pub fn npm_packages(project: &Project, directory: &str) -> Result<()> {
    let dir = project.path(directory);
    let stamp = dir.join("node_modules/.keylatch");
    let lock = fingerprint::of(&[dir.join("package-lock.json")], &[])?;
    if fingerprint::is_fresh(&stamp, &lock) {
        return Ok(());
    }
    say(format!("installing the npm packages of {directory}/ …"));
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // None of them needs its install script but one, which [`better_sqlite3`] runs.
    run_quietly(
        Command::new(npm).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&dir),
    )?;
    fs::write(&stamp, lock).context(format!("cannot write {}", stamp.display()))
}

/// The module of the package better-sqlite3, compiled from its sources: the binary
/// that its install script would download has no checksum in the lock file.
pub fn better_sqlite3(project: &Project) -> Result<()> {
    let tests = project.path("tests");
    if tests.join("node_modules/better-sqlite3/build/Debug/better_sqlite3.node").exists() {
        return Ok(());
    }
    say("compiling better-sqlite3 (a minute, once) …");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut build = Command::new(npm);
    // Unoptimised, which takes a third of the time: a test asks it a few questions.
    build.args(["explore", "better-sqlite3", "--", "node-gyp", "rebuild", "--debug"]).current_dir(&tests);
    // Node's headers are downloaded only where it came without them.
    let program = PathBuf::from(capture(Command::new("node").args(["-p", "process.execPath"]))?.trim());
    let prefix = program.parent().and_then(Path::parent);
    if let Some(prefix) = prefix.filter(|prefix| prefix.join("include/node/node.h").exists()) {
        build.arg(format!("--nodedir={}", prefix.display()));
    }
    run_quietly(&mut build)
}

/// The standard library for the wasm.
pub fn wasm_target(project: &Project) -> Result<()> {
    let rustc = |what: &str| {
        capture(
            Command::new("rustc")
                .args(["--print", what, "--target", WASM_TARGET])
                .current_dir(project.root()),
        )
    };
    let libraries = PathBuf::from(rustc("target-libdir")?.trim());
    if libraries.is_dir() {
        return Ok(());
    }
    say(format!("installing Rust's {WASM_TARGET} target …"));
    run_quietly(Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(project.root()))
}

/// wasm-pack with wasm-bindgen and wasm-opt where it looks for them.
pub fn wasm_pack(project: &Project) -> Result<Command> {
    wasm_target(project)?;
    let lock = fs::read_to_string(project.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    // The crate and the tool speak a format that changes with every version.
    let bindgen = locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    let directories = [
        cargo_tool(project, "wasm-pack", "wasm-pack", WASM_PACK, &["--locked"])?,
        // Its own lock file does not compile with a current compiler.
        cargo_tool(project, "wasm-bindgen", "wasm-bindgen-cli", bindgen, &[])?,
        Some(wasm_opt(project)?),
    ];
    let path = path_with(directories.into_iter().flatten())?;

    // Looked up here, because `Command` searches the PATH of this process.
    let program = find("wasm-pack", &path).context("wasm-pack is not where it was installed")?;
    let mut command = Command::new(program);
    command.current_dir(project.root()).env("CARGO_TARGET_DIR", project.target()).env("PATH", path);
    Ok(command)
}

/// The PATH with `cargo fuzz` on it.
pub fn with_cargo_fuzz(project: &Project) -> Result<OsString> {
    path_with(cargo_tool(project, "cargo-fuzz", "cargo-fuzz", CARGO_FUZZ, &["--locked"])?)
}

/// The PATH with `cargo mutants` on it.
pub fn with_cargo_mutants(project: &Project) -> Result<OsString> {
    path_with(cargo_tool(project, "cargo-mutants", "cargo-mutants", CARGO_MUTANTS, &["--locked"])?)
}

/// The PATH with `cargo deny` on it.
pub fn with_cargo_deny(project: &Project) -> Result<OsString> {
    path_with(cargo_tool(project, "cargo-deny", "cargo-deny", CARGO_DENY, &["--locked"])?)
}

/// The PATH, with these directories before all others.
fn path_with(directories: impl IntoIterator<Item = PathBuf>) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = directories.into_iter().chain(std::env::split_paths(&path));
    std::env::join_paths(path).context("PATH cannot be extended")
}

/// Where wasm-opt is. wasm-pack goes on without it when it is not found, so
/// its absence is an error here.
fn wasm_opt(project: &Project) -> Result<PathBuf> {
    npm_packages(project, "xtask/npm")?;
    let bin = project.path("xtask/npm/node_modules/.bin");
    if bin.join("wasm-opt").exists() {
        return Ok(bin);
    }
    Err(format!("wasm-opt is missing in {}. Delete xtask/npm/node_modules and try again.", bin.display()))
}

/// The directory of a tool that cargo installs; `None` when the right version
/// is on PATH already.
fn cargo_tool(
    project: &Project,
    program: &str,
    package: &str,
    version: &str,
    flags: &[&str],
) -> Result<Option<PathBuf>> {
    // One directory per version: an upgrade never runs the old one by mistake.
    let home = project.target().join("tools").join(format!("{package}-{version}"));
    let bin = home.join("bin");
    if find(program, bin.as_os_str()).is_some() {
        return Ok(Some(bin));
    }
    if is_version(program, version) {
        return Ok(None);
    }
    say(format!("installing {package} {version} (about a minute, once) …"));
    let mut install = cargo(project);
    install.args(["install", package, "--version", version, "--bin", program]).args(flags);
    // Unoptimised: they are compiled in a quarter of the time, and what they do
    // to a small wasm takes tenths of a second.
    install.args(["--debug", "--root"]).arg(&home);
    // Left to itself cargo installs by way of a temporary directory and tidies
    // up behind it; CARGO_TARGET_DIR would collect hundreds of megabytes.
    run_quietly(install.env_remove("CARGO_TARGET_DIR"))?;
    Ok(Some(bin))
}

/// Whether `program --version` answers with this version.
fn is_version(program: &str, version: &str) -> bool {
    let answer = Command::new(program).arg("--version").output();
    answer.is_ok_and(|answer| {
        String::from_utf8_lossy(&answer.stdout).split_whitespace().nth(1) == Some(version)
    })
}

/// The first file of this name in a PATH.
pub fn find(program: &str, path: &std::ffi::OsStr) -> Option<PathBuf> {
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(path).map(|dir| dir.join(&name)).find(|file| file.is_file())
}

/// `v20.19.3` → (20, 19).
pub fn version(text: &str) -> Option<Version> {
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

/// The version that a Cargo.lock has of a package.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        for (text, expected) in [
            ("v20.20.2\n", Some((20, 20))),
            ("22.0.0", Some((22, 0))),
            ("v26.1.0-nightly2026", Some((26, 1))),
            ("", None),
            ("twenty", None),
            ("v20", None),
        ] {
            assert_eq!(version(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_locked_version_is_of_exactly_that_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }

    #[test]
    fn a_program_is_found_only_where_it_is() {
        let path = std::env::var_os("PATH").unwrap();
        assert!(find("cargo", &path).is_some());
        assert!(find("no-such-program", &path).is_none());
    }
}
