//! The targets, one file each.

pub mod answers;
pub mod cursors;
pub mod dates;
pub mod declarations;
pub mod dotenv;
pub mod formats;
pub mod json;
pub mod problems;
pub mod profiles;
pub mod yaml;

/// A key of keylatch's format.
pub(crate) const KEY: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
