//! What no path has.

use axum::http::Uri;

use super::problem::{Problem, ProblemCode};

/// A path with a NUL names nothing. PostgreSQL takes no text with one, so to
/// look it up would be an error and not a key that is not there.
///
/// # Errors
/// 404.
pub(crate) fn check(uri: &Uri) -> Result<(), Problem> {
    if uri.path().contains("%00") {
        let detail = "There is nothing at this address: it has a NUL character (%00).";
        return Err(Problem::new(ProblemCode::NotFound, detail));
    }
    Ok(())
}
