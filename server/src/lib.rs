//! keylatch-server: issues API keys and keeps them.
//!
//! The binary serves it; tests and other programs build the same service in
//! their own process, with a clock that they move:
//!
//! ```
//! use std::sync::Arc;
//! use axum::body::Body;
//! use axum::http::Request;
//! use keylatch_server::{App, Config, Database, ManualClock};
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("keys.db");
//! let mut config = Config::new(Database::Sqlite(path));
//! config.clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z".parse()?));
//! let app = App::open(config).await?;
//! app.create_user("kim@example.com", "correct horse").await?;
//!
//! let answer = app.router().oneshot(Request::get("/ready").header("host", "localhost").body(Body::empty())?).await?;
//! assert_eq!(answer.status(), 200);
//! app.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The layers
//! A request goes down this table, and each module uses those below it only.
//!
//! | module | what it is |
//! |---|---|
//! | `http` | what stands around every request: connections, limits, headers, origins, log, refusals |
//! | `api`, `facade`, `issuer` | handlers: keylatch's own API, those of four clouds, logging in by browser |
//! | `auth` | who asks, what they may do, passwords, sessions, users |
//! | `keys`, `applications` | what happens to one's own keys, and to APIs that one protects and the keys of their customers, as functions that know no HTTP |
//! | `limits` | how much may be used: rates, quotas, guards |
//! | `jobs` | what happens beside the requests: sweeps, last use, audit |
//! | `store` | what is kept, and the two databases |
//!
//! One thing goes up: a refusal is a [`problem::Problem`] from the service that
//! refuses to the layer that writes it out.
//!
//! # To add an endpoint
//! 1. What happens: a function in `keys`, `applications` or `auth` that takes `&App`, the
//!    `auth::Caller` and what is asked. It begins with `caller.may(…)`,
//!    and ends with a line for the log and `app.audit(…)` if it changed something.
//! 2. The handler: a function in `api/v1` with `#[utoipa::path(…)]` above it,
//!    registered in `api/v1/mod.rs`. It reads the request, calls the first, and
//!    turns what comes back into JSON.
//! 3. `UPDATE_SNAPSHOT=1 cargo test -p keylatch-server --test service openapi`
//!    writes the description anew.
//! 4. Behaviours in `tests/service/`, which run on both databases.
//!
//! # To add a query
//! A constant with `sql("…")` and a method of `Store`, or of `Tx` if it belongs
//! into a transaction, in the file of its table in `store`. Both databases take the same
//! text; where they do not, `Statement` has two. Pick the lane by what it reads:
//! one row by an index is `find`, many rows are `read(Lane::List, …)`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod api;
mod app;
mod applications;
#[cfg_attr(not(feature = "facades"), allow(dead_code, reason = "the facades ask for more than our own API"))]
pub(crate) mod auth;
mod clock;
mod config;
#[cfg(feature = "facades")]
mod facade;
mod http;
mod issuer;
mod jobs;
mod keys;
mod limits;
mod metrics;
mod quota;
mod readiness;
mod start_error;
mod state;
#[cfg_attr(not(feature = "facades"), allow(dead_code, reason = "the facades ask for more than our own API"))]
pub mod store;
mod token;

pub use app::{DEMO_PASSWORD, DEMO_USER};
pub use applications::leaked::LeakedKey;
pub use auth::password::PasswordCost;
pub use auth::users::{UserChange, UserError};
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, Connections, Database, Facade, KeyEnvironment, Origin};
pub use http::problem;
pub use http::serve::{listen, serve, serve_metrics};
pub use keys::kind::KeyKind;
pub use start_error::StartError;
pub use state::App;
pub use store::users::User;
