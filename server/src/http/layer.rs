//! A layer by a function, as axum's `from_fn` is one. That copies everything within it for each
//! request, and boxes both what it copies and what it waits for; with several around each other
//! this takes as long as to answer. Here the function is given what is within, and calls it in place.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use tower::{Layer, Service};

/// What a layer gives.
pub(crate) type Answered = Result<Response, Infallible>;

/// The layer: `around` is called with what it was `told`, the request, and the routes within.
#[derive(Clone)]
pub(crate) struct Around<T, F> {
    pub(crate) told: T,
    pub(crate) around: F,
}

/// The routes with the layer.
#[derive(Clone)]
pub(crate) struct Within<T, F> {
    layer: Around<T, F>,
    routes: Route,
}

impl<T: Clone, F: Clone> Layer<Route> for Around<T, F> {
    type Service = Within<T, F>;

    fn layer(&self, routes: Route) -> Self::Service {
        Within { layer: self.clone(), routes }
    }
}

impl<T, F, A> Service<Request> for Within<T, F>
where
    F: Fn(&T, Request, &mut Route) -> A,
    A: Future<Output = Answered>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = A;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routes always are.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> A {
        (self.layer.around)(&self.layer.told, request, &mut self.routes)
    }
}
