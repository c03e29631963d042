//! The boundary to JavaScript: the only module that depends on wasm-bindgen.
//!
//! What is exported here is for the facade in `pkg/`, not for users. There are
//! four modules of wasm, each built from `wasm/` by the feature of its name, so that
//! nothing is downloaded or compiled before it is needed:
//!
//! | module | for | crosses the boundary |
//! |---|---|---|
//! | [`offline`] | formats, headers, hashes, secrets: compiled on first use, synchronously | numbers, and text in one buffer |
//! | [`find`] | keys in texts: compiled by the first search, with vector instructions where they are there | numbers, and text in one buffer |
//! | [`client`] | calls that talk to a service: loaded by the first of them | promises, answers as objects |
//! | [`node`] | the client and the credential chain, for Node in place of `client` | the same |

#[cfg(feature = "client")]
mod client;
#[cfg(feature = "find")]
mod find;
#[cfg(feature = "node")]
mod node;
#[cfg(feature = "offline")]
mod offline;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

/// See the reason in Cargo.toml.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();
