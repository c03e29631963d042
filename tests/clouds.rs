//! What the client puts on the wire for the four clouds, and what it makes of
//! their answers: the requests of `wire.md`, one by one, against a script. And what
//! it makes of services that are declared, where these answer in ways of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "clouds/script.rs"]
mod script;

#[path = "clouds/conduce.rs"]
mod conduce;
#[path = "clouds/declared.rs"]
mod declared;
#[path = "clouds/lambda.rs"]
mod lambda;
#[path = "clouds/luminary.rs"]
mod luminary;
#[path = "clouds/modelon.rs"]
mod modelon;
