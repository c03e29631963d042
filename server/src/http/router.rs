//! All routes with their layers.

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::layer::Around;
use super::problem::{self, Dialect, Problem};
use super::{around, cors, static_files};
use crate::api::openapi;
use crate::issuer;
use crate::state::App;

impl App {
    /// All routes, ready to be served or called.
    pub fn router(&self) -> Router {
        let (api, description) = openapi::routes().split_for_parts();
        let own = static_files::serve(api, self.config()).merge(openapi::document(description));
        let mut router = self.facades();
        if self.config().issuer {
            router = router.merge(issuer::worded(self.bounded(issuer::routes())));
        }
        // Our own last: its fallback is the one that stays.
        router
            .merge(self.guarded(own, problem::rfc9457))
            .layer(Around { told: self.clone(), around: around::request })
    }

    #[cfg(feature = "facades")]
    fn facades(&self) -> Router {
        use crate::facade;
        let asked = crate::Facade::ALL.iter().filter(|facade| self.config().facades.contains(facade));
        asked.fold(Router::new(), |router, facade| {
            router.merge(self.guarded(facade::routes(*facade), facade::dialect(*facade)))
        })
    }

    #[cfg(not(feature = "facades"))]
    fn facades(&self) -> Router {
        Router::new()
    }

    /// An API whose every refusal is in its own words. The request meets these
    /// layers from the last to the first.
    fn guarded(&self, routes: Router<App>, dialect: Dialect) -> Router {
        let render = Around { told: dialect, around: problem::render };
        cors::allow(self.bounded(routes), self.config()).layer(render)
    }

    /// Routes that always answer, and in time. The request meets these layers from the first to
    /// the last.
    fn bounded(&self, routes: Router<App>) -> Router {
        let panic = CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked; the message above says where");
            Problem::internal().into_response()
        });
        let timeout = self.config().request_timeout;
        let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout);
        let handler = Around { told: self.clone(), around: around::handler };
        routes.with_state(self.clone()).layer((panic, timeout, handler))
    }
}
