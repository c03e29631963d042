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
//! let answer = app.router().oneshot(Request::get("/health").body(Body::empty())?).await?;
//! assert_eq!(answer.status(), 200);
//! app.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | `app` | the service put together: the router and its layers |
//! | `state` | what handlers share |
//! | `session`, `account`, `keys` | the resources, one file per story |
//! | `auth`, `carrier`, `csrf`, `cookie` | who asks, and from where |
//! | `password`, `throttle`, `token` | what secrets are made of and kept as |
//! | `facade` | the APIs of four clouds, over the same users and keys |
//! | `issuer` | logging in by browser, for programs on a person's computer |
//! | `kind` | which API a key was made through, and what it looks like |
//! | `lifetime` | when a key ends |
//! | `problem`, `body` | refusals, and reading what is sent |
//! | `store` | the database |
//! | `static_files`, `security_headers`, `cors`, `host`, `trace`, `request_id` | around every request |
//! | `openapi` | the routes and their description |

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod account;
mod app;
pub mod auth;
mod body;
mod carrier;
mod clock;
mod config;
mod cookie;
mod cors;
mod csrf;
mod facade;
mod host;
mod issuer;
pub mod keys;
mod kind;
mod lifetime;
mod openapi;
mod password;
pub mod problem;
mod request_id;
mod secret_text;
mod security_headers;
mod serve;
mod session;
mod start_error;
mod state;
mod static_files;
pub mod store;
mod throttle;
pub mod token;
mod trace;

pub use account::UserError;
pub use app::{DEMO_PASSWORD, DEMO_USER};
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, Database, Facade, KeyEnvironment, Origin};
pub use kind::KeyKind;
pub use password::PasswordCost;
pub use serve::{listen, serve};
pub use start_error::StartError;
pub use state::App;
pub use store::users::User;
