//! What must not be in git: built files, paths and hosts of one machine,
//! download addresses in lock files. And what must: the one command of CI.

use std::fs;
use std::process::Command;

use crate::project::Project;
use crate::shell::{Result, capture};

/// Looks at every tracked file and names all findings at once.
pub fn check(project: &Project) -> Result<()> {
    let list = capture(Command::new("git").args(["ls-files", "-z"]).current_dir(project.root()))?;
    let hosts = registry_hosts();
    let mut findings = Vec::new();
    for name in list.split_terminator('\0') {
        if is_built(name) {
            findings.push(format!("{name} is a built file; git rm --cached it"));
        }
        // A file that is deleted but not yet committed is in the list too.
        let Ok(bytes) = fs::read(project.path(name)) else { continue };
        // Not text: a picture.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for (index, line) in text.lines().enumerate() {
            if let Some(why) = fault(name, line, &hosts) {
                findings.push(format!("{name}:{}: {why}", index + 1));
            }
        }
    }
    findings.extend(ci_command(project));
    if findings.is_empty() { Ok(()) } else { Err(format!("\n  {}", findings.join("\n  "))) }
}

fn is_built(name: &str) -> bool {
    let directory = |word: &str| name.starts_with(&format!("{word}/")) || name.contains(&format!("/{word}/"));
    ["target", "node_modules"].into_iter().any(directory)
        || name.starts_with("pkg/dist/")
        || [".wasm", ".db", ".db-wal", ".db-shm", ".tgz"].into_iter().any(|end| name.ends_with(end))
}

/// What is wrong with a line of a tracked file.
fn fault(name: &str, line: &str, hosts: &[String]) -> Option<String> {
    if name.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\"") {
        return Some("a download address; install with the .npmrc of this directory".to_owned());
    }
    // Cargo's own name of the public index, the same on every machine.
    if name == "Cargo.lock" && line.starts_with("source = \"registry+https://github.com/rust-lang/") {
        return None;
    }
    if let Some(host) = hosts.iter().find(|host| line.contains(*host)) {
        return Some(format!("names the package registry {host}"));
    }
    // Written in two halves, so that this file is not a finding.
    let paths = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/t", "mp/"),
        concat!("/Us", "ers/"),
        concat!("\\Us", "ers\\"),
    ];
    let path = paths.into_iter().find(|path| line.contains(path))?;
    Some(format!("an absolute path of one machine ({path}…)"))
}

/// The public registries, and whatever this machine uses in their place.
fn registry_hosts() -> Vec<String> {
    let mut hosts: Vec<String> = [
        concat!("registry.npm", "js.org"),
        concat!("registry.yarn", "pkg.com"),
        concat!("index.crates", ".io"),
        concat!("static.crates", ".io"),
        concat!("files.python", "hosted.org"),
    ]
    .map(str::to_owned)
    .into();
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let configured = Command::new(npm).args(["config", "get", "registry"]).output();
    let configured = configured.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let variables = std::env::vars().filter(|(name, _)| {
        (name.starts_with("CARGO_") || name.starts_with("npm_config_"))
            && (name.to_lowercase().contains("registr") || name.contains("SOURCE"))
    });
    for address in configured.into_iter().chain(variables.map(|(_, value)| value)) {
        hosts.extend(
            host(&address).filter(|host| host.contains('.') && *host != "github.com").map(str::to_owned),
        );
    }
    hosts
}

/// The host of a URL, without user, port and path.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.trim().split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    host.split(':').next().filter(|host| !host.is_empty())
}

/// CI runs the command that the README tells people to run, and nothing else.
fn ci_command(project: &Project) -> Option<String> {
    // A file that is missing has none of the lines that are looked for.
    let read = |name: &str| fs::read_to_string(project.path(name)).unwrap_or_default();
    let (ci, readme) = (read(".ci/run"), read("README.md"));
    let command = ci.trim_end();
    if command != "cargo xtask test" {
        return Some(format!(".ci/run: is not the one line `cargo xtask test` but `{command}`"));
    }
    let uncommented = |line: &str| line.split('#').next().unwrap_or_default().trim() == command;
    let told = readme.lines().any(|line| uncommented(line.trim_start_matches("$ ")));
    if told { None } else { Some(format!("README.md: has no line `{command}`, which is what CI runs")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_files_are_recognised() {
        for name in ["pkg/dist/keylatch.js", "tests/node_modules/a/b.js", "target/x", "a/b.wasm", "demo.db"] {
            assert!(is_built(name), "{name}");
        }
        for name in ["pkg/index.js", "src/wasm/mod.rs", "tests/wasm/key.test.js", "src/target.rs"] {
            assert!(!is_built(name), "{name}");
        }
    }

    #[test]
    fn lines_with_a_fault_are_recognised() {
        let hosts = ["mirror.example".to_owned()];
        let home = format!("see /{}/someone/keylatch", "home");
        for (name, line) in [
            ("tests/package-lock.json", "      \"resolved\": \"../pkg\","),
            ("README.md", "get it from https://mirror.example/x"),
            ("Cargo.lock", "source = \"sparse+https://mirror.example/\""),
            ("src/lib.rs", home.as_str()),
        ] {
            assert!(fault(name, line, &hosts).is_some(), "{line}");
        }
        for (name, line) in [
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
            ("package.json", "\"resolved\": true"),
            ("src/lib.rs", "GET /users/homework/rootless"),
        ] {
            assert_eq!(fault(name, line, &hosts), None, "{line}");
        }
    }

    #[test]
    fn the_host_of_a_url_is_found() {
        for (url, expected) in [
            ("https://registry.example/npm/", Some("registry.example")),
            ("http://user:pass@mirror.example:8080\n", Some("mirror.example")),
            ("sparse+https://index.example/?x", Some("index.example")),
            ("no url", None),
            ("file:///tmp", None),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }
}
