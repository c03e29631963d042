//! An operation under way, which JavaScript drives from promise to promise.
//!
//! All that an operation waits for are promises, one at a time. So it needs no queue,
//! no wakers and no closures, which weigh 6 KB with wasm-bindgen-futures and its glue:
//! `pkg/client/task.js` awaits the promise that a step gives, and takes the next step
//! with what it resolved to. A trap comes out of the step in which it happens, where
//! in a queue it would be a promise that never settles.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::error::Thrown;

/// What an operation and its driver hand each other.
#[derive(Clone, Default)]
pub struct Turn(Rc<Hands>);

#[derive(Default)]
struct Hands {
    awaited: Cell<Option<Promise>>,
    settled: Cell<Option<JsValue>>,
}

impl Turn {
    /// What a promise resolves to. It must not reject: what goes wrong is a value.
    pub async fn settled(&self, promise: Promise) -> JsValue {
        self.0.settled.take();
        self.0.awaited.set(Some(promise));
        poll_fn(|_| self.0.settled.take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

/// An operation under way.
#[wasm_bindgen]
pub struct Task {
    turn: Turn,
    future: Pin<Box<dyn Future<Output = Result<JsValue, Thrown>>>>,
    outcome: Result<JsValue, Thrown>,
}

impl Task {
    /// One that waits for promises by its turn and for nothing else.
    pub fn new<F: Future<Output = Result<JsValue, Thrown>> + 'static>(work: impl FnOnce(Turn) -> F) -> Task {
        let turn = Turn::default();
        Task { future: Box::pin(work(turn.clone())), turn, outcome: Ok(JsValue::UNDEFINED) }
    }
}

#[wasm_bindgen]
impl Task {
    /// Goes on with what the last promise resolved to, up to the next promise;
    /// nothing once it is done.
    pub fn step(&mut self, settled: JsValue) -> Option<Promise> {
        self.turn.0.settled.set(Some(settled));
        if let Poll::Ready(outcome) = self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.outcome = outcome;
        }
        self.turn.0.awaited.take()
    }

    /// What came of it.
    pub fn outcome(self) -> Result<JsValue, Thrown> {
        self.outcome
    }
}
