//! Where things are.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::shell::{Context, Result};

/// Set for the tests, which may start an xtask themselves.
pub const WITHIN_A_RUN: &str = "KEYLATCH_XTASK_RUN";

/// The work tree and its build directory.
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// The project of this `cargo xtask`.
    pub fn find() -> Result<Project> {
        // The value at run time is right even when the tree was moved since
        // xtask was compiled.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask has no parent directory")?.to_path_buf();
        // Handed on to every cargo that is started, so that it does not matter
        // whether a configuration file says otherwise.
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if !dir.is_empty() => {
                std::path::absolute(dir).context("CARGO_TARGET_DIR cannot be used")?
            }
            _ => root.join("target"),
        };
        Ok(Project { root, target })
    }

    /// The work tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the work tree.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where cargo builds; `CARGO_TARGET_DIR` is honoured.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Lets one xtask at a time build, install or test; the next one waits, and then
    /// finds the work done. Held until the file is dropped. An xtask that a test
    /// starts has the lock by way of its run, and takes none.
    pub fn lock(&self) -> Result<Option<File>> {
        if std::env::var_os(WITHIN_A_RUN).is_some() {
            return Ok(None);
        }
        let dir = self.path("pkg/dist");
        fs::create_dir_all(&dir).context(format!("cannot create {}", dir.display()))?;
        let path = dir.join(".lock");
        let lock = File::create(&path).context(format!("cannot write {}", path.display()))?;
        if lock.try_lock().is_err() {
            crate::shell::say("waiting for another xtask to finish its build or tests …");
            lock.lock().context(format!("cannot lock {}", path.display()))?;
        }
        Ok(Some(lock))
    }
}
