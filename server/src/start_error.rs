//! Why the server does not start: one line that says what and what to do.

use std::fmt;
use std::path::Path;

/// A start that failed. `Display` is one line without secrets.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        StartError(message.into().replace(['\n', '\r'], " "))
    }

    pub(crate) fn no_directory(file: &Path, directory: &Path) -> Self {
        StartError::new(format!(
            "cannot open the database {}: the directory {} does not exist. Create it, or name another file with --database.",
            file.display(),
            directory.display()
        ))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}
