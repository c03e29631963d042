//! The modules of WebAssembly: the core with its boundary to JavaScript, `src/wasm/`, and
//! nothing else. A crate of its own, so that all of it is optimised at once: Cargo.toml says why.

#![cfg_attr(target_arch = "wasm32", no_std)]

// Linked for its exports.
extern crate keylatch as _;
