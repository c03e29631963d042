//! What the client puts on the wire for the four clouds, and what it makes of
//! their answers: the requests of `docs/wire.md`, one by one, against a script. And what
//! it makes of services that are declared, where these answer in ways of their own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "clouds/script.rs"]
mod script;

#[path = "clouds/answers.rs"]
mod answers;
#[path = "clouds/any_answer.rs"]
mod any_answer;
#[path = "clouds/conduce.rs"]
mod conduce;
#[path = "clouds/declared.rs"]
mod declared;
#[path = "clouds/facts.rs"]
mod facts;
#[path = "clouds/lambda.rs"]
mod lambda;
#[path = "clouds/lists.rs"]
mod lists;
#[path = "clouds/luminary.rs"]
mod luminary;
#[path = "clouds/misplaced.rs"]
mod misplaced;
#[path = "clouds/modelon.rs"]
mod modelon;
#[path = "clouds/validity.rs"]
mod validity;
