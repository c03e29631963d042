//! The server's binary, for the demo and for the tests.

use std::path::PathBuf;

use crate::project::Project;
use crate::shell::{Result, run_quietly, say};
use crate::tools;

/// The environment variable by which the tests find the binary.
pub const SERVER_BIN: &str = "KEYLATCH_SERVER_BIN";

/// Where the binary is, once it is built. Of the dev profile, because it is
/// compiled in a fraction of the time and fast enough for one person.
pub fn binary(project: &Project) -> PathBuf {
    project.target().join("debug").join(format!("keylatch-server{}", std::env::consts::EXE_SUFFIX))
}

/// Builds `keylatch-server` and says where it is.
pub fn build(project: &Project) -> Result<PathBuf> {
    let binary = binary(project);
    say(if binary.is_file() {
        "bringing the server up to date …"
    } else {
        "building the server (a few minutes, once) …"
    });
    run_quietly(tools::cargo(project).args(["build", "--locked", "--package", "keylatch-server"]))?;
    Ok(binary)
}

/// Builds it for production, without the clouds' APIs.
pub fn build_release(project: &Project) -> Result<PathBuf> {
    say("building the server with all optimisation (minutes) …");
    let words = ["build", "--release", "--locked", "--package", "keylatch-server", "--no-default-features"];
    run_quietly(tools::cargo(project).args(words))?;
    Ok(project.target().join("release").join(format!("keylatch-server{}", std::env::consts::EXE_SUFFIX)))
}
