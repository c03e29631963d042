//! The real client against the real server, in one process: requests go
//! through the `Transport` port straight into the server's router, so that
//! time stands still until a test moves it and any fault can be injected.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod create;
mod declared;
mod escapes;
mod leaks;
mod list;
mod lost_create;
mod lost_rotate;
mod machine;
mod nimbus;
mod repeats;
mod rotate;
mod session;
mod states;
mod support;
mod wire;
