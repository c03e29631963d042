//! `cargo xtask docs`: guides, explanations and reference as one site.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fingerprint;
use crate::project::Project;
use crate::shell::{self, Context, Result, run, run_quietly, say};
use crate::{package, server, tools};

/// What makes the pages, with a lock file of its own.
pub const GENERATOR: &str = "xtask/docs";

/// Where the site is, once it is made; the demo shows it at `/docs/`.
pub fn directory(project: &Project) -> PathBuf {
    project.target().join("site")
}

/// Makes it.
pub fn run_site(project: &Project, arguments: &[&str]) -> Result<()> {
    shell::no_arguments("docs", arguments)?;
    package::build(project)?;
    let server = server::build(project)?;
    tools::npm_packages(project, GENERATOR)?;
    // Made elsewhere and put in its place when it is whole.
    let staging = project.target().join("xtask/site");
    empty(&staging)?;
    say("writing the pages …");
    let mut node = Command::new("node");
    node.arg(project.path(GENERATOR).join("build.mjs")).arg(&staging).env(server::SERVER_BIN, server);
    run(node.current_dir(project.root()))?;
    say("documenting the crates …");
    rustdoc(project)?;
    copy(&project.target().join("doc"), &staging.join("rust"))?;

    let out = directory(project);
    empty(&out)?;
    fs::rename(&staging, &out).context(format!("cannot write {}", out.display()))?;
    println!("The documents are in {}; `cargo xtask demo` shows them at /docs/", out.display());
    Ok(())
}

/// The documents of the crates, in which a link that leads nowhere is an error.
pub fn rustdoc(project: &Project) -> Result<()> {
    let mut doc = tools::cargo(project);
    run_quietly(
        doc.args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"),
    )
}

fn empty(directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory).context(format!("cannot empty {}", directory.display()))?;
    }
    fs::create_dir_all(directory).context(format!("cannot create {}", directory.display()))
}

/// Copies every file but those whose names begin with a dot.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in fingerprint::files(from)? {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        let parent = target.parent().unwrap_or(to);
        fs::create_dir_all(parent).context(format!("cannot create {}", parent.display()))?;
        fs::copy(&file, &target).context(format!("cannot write {}", target.display()))?;
    }
    Ok(())
}
