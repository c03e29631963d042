//! What happens to the APIs that users protect, and to the keys of their
//! customers. As in `keys`, each operation is a function that takes who asks and
//! what is asked, and knows no HTTP.
//!
//! A user has applications; an application has *owners*, which are its customers
//! by the ids that it has for them, and each of their keys has one. Its programs
//! act by *management keys*, which reach that application and nothing else.

pub(crate) mod access;
pub(crate) mod addresses;
pub(crate) mod application;
pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod end;
pub(crate) mod format;
pub(crate) mod import;
pub(crate) mod leaked;
pub(crate) mod look;
pub(crate) mod management;
pub(crate) mod metadata;
pub(crate) mod owner;
pub(crate) mod remaining;
mod repeat;
pub(crate) mod rotate;
pub(crate) mod rule;
pub(crate) mod scopes;
pub(crate) mod verify;

/// What ids of applications begin with.
pub(crate) const ID_PREFIX: &str = "app_";
