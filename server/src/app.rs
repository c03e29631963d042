//! The service put together: its database opened, its routes with their layers.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use keylatch::Secret;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::account::{self, UserError};
use crate::config::{Config, Facade};
use crate::issuer::memory::Issuer;
use crate::password::Passwords;
use crate::problem::{self, Dialect, Problem};
use crate::start_error::StartError;
use crate::state::{App, Shared};
use crate::store::Store;
use crate::store::users::{self, User};
use crate::throttle::Throttle;
use crate::{cors, facade, host, issuer, openapi, request_id, security_headers, static_files, trace};

/// The account that [`Config::demo`] makes, with [`DEMO_PASSWORD`].
pub const DEMO_USER: &str = "demo@example.com";
/// The password of [`DEMO_USER`], known to everyone: for one's own computer only.
pub const DEMO_PASSWORD: &str = "reveal-once";

impl App {
    /// Opens the database, brings its tables up to date, and makes the demo
    /// account if it is wanted and not there.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn open(config: Config) -> Result<Self, StartError> {
        for directory in config.www.iter().chain(&config.pkg) {
            if !directory.is_dir() {
                let text =
                    format!("there is no directory {} to serve. Check --www and --pkg.", directory.display());
                return Err(StartError::new(text));
            }
        }
        let passwords = Passwords::new(config.password_cost).ok_or_else(|| {
            StartError::new("argon2 does not take this cost of a password: at least 8 KiB and 1 pass.")
        })?;
        let store = Store::open(&config.database).await?;
        let issuer = match config.issuer {
            true => Some(Issuer::new().ok_or_else(|| {
                StartError::new("the system's random source failed, so no signing key could be made.")
            })?),
            false => None,
        };
        let throttle = Throttle::default();
        let app = App::from(Shared { config, store, passwords, throttle, issuer });
        if app.config().demo {
            app.create_demo_user().await?;
        }
        Ok(app)
    }

    /// All routes, ready to be served or called.
    pub fn router(&self) -> Router {
        let (api, description) = openapi::routes().split_for_parts();
        let own = static_files::serve(api, self.config()).merge(openapi::document(description));
        let facades = Facade::ALL.iter().filter(|facade| self.config().facades.contains(facade));
        let facades = facades.fold(Router::new(), |router, facade| {
            router.merge(self.guarded(facade::routes(*facade), facade::dialect(*facade)))
        });
        let facades = match self.issuer() {
            Some(_) => facades.merge(self.bounded(issuer::routes())),
            None => facades,
        };
        // Our own last: its fallback is the one that stays.
        facades
            .merge(self.guarded(own, problem::rfc9457))
            .layer(from_fn_with_state(self.clone(), security_headers::add))
            .layer(from_fn(trace::request))
            .layer(from_fn(request_id::assign))
    }

    /// An API whose every refusal is in its own words. The request meets these
    /// layers from the last to the first.
    fn guarded(&self, routes: Router<App>, dialect: Dialect) -> Router {
        cors::allow(self.bounded(routes), self.config()).layer(from_fn_with_state(dialect, problem::render))
    }

    /// Routes that always answer, and in time.
    fn bounded(&self, routes: Router<App>) -> Router {
        let timeout = self.config().request_timeout;
        routes
            .with_state(self.clone())
            .layer(from_fn_with_state(self.clone(), host::check))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
            .layer(CatchPanicLayer::custom(|_| {
                tracing::error!("a handler panicked; the message above says where");
                Problem::internal().into_response()
            }))
    }

    /// Adds a user.
    ///
    /// # Errors
    /// When the e-mail address is none or taken, or the password too short.
    pub async fn create_user(&self, email: &str, password: impl Into<Secret>) -> Result<User, UserError> {
        account::create(self, email, password.into()).await
    }

    /// Closes the database. Requests that come later get 503.
    pub async fn close(&self) {
        self.store().close().await;
    }

    async fn create_demo_user(&self) -> Result<(), StartError> {
        let failed = || StartError::new("the demo account could not be made. The log above says why.");
        match users::by_email(self.store().pool(), DEMO_USER).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "the demo account could not be looked up");
                return Err(failed());
            }
        }
        match self.create_user(DEMO_USER, DEMO_PASSWORD).await {
            Ok(_) | Err(UserError::Taken) => Ok(()),
            Err(_) => Err(failed()),
        }
    }
}
