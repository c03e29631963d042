//! Each parser of keylatch as a function of bytes that panics when something is
//! wrong. Three drivers call it: libFuzzer (`fuzz_targets/`, by `cargo xtask fuzz`
//! on nightly), the test of this crate (`tests/corpus.rs`), and the program of this
//! crate, which `cargo xtask fuzz` falls back to without nightly.
//!
//! A target's corpus is the directory of its name in `corpus/`: inputs to begin
//! with, and each input that ever showed a fault. The tests in JavaScript
//! (`tests/unit/parsers.test.js`) begin with the same ones.

// It is a test: a panic is how it tells what is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod drive;
mod line;
mod mutate;
pub mod targets;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A parser to be fuzzed.
pub struct Target {
    /// Its name, that of its corpus and of its program for libFuzzer.
    pub name: &'static str,
    /// Reads these bytes, and panics when something is wrong.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 10] = [
    Target { name: "formats", run: targets::formats::target },
    Target { name: "dotenv", run: targets::dotenv::target },
    Target { name: "yaml", run: targets::yaml::target },
    Target { name: "profiles", run: targets::profiles::target },
    Target { name: "problems", run: targets::problems::target },
    Target { name: "answers", run: targets::answers::target },
    Target { name: "cursors", run: targets::cursors::target },
    Target { name: "dates", run: targets::dates::target },
    Target { name: "declarations", run: targets::declarations::target },
    Target { name: "json", run: targets::json::target },
];

impl Target {
    /// Where its corpus is.
    pub fn directory(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(self.name)
    }

    /// Its corpus, in the order of the names.
    ///
    /// # Errors
    /// When it cannot be read, or there is none.
    pub fn corpus(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut paths: Vec<_> = fs::read_dir(self.directory())?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        let corpus: Vec<_> = paths.iter().map(fs::read).collect::<Result<_, _>>()?;
        match corpus.is_empty() {
            true => Err(io::Error::other("it has no corpus")),
            false => Ok(corpus),
        }
    }
}
