//! When keys were used, as it is written down in batches.

use jiff::Timestamp;

/// When a key was used last, and what is known of that use.
#[derive(Clone, PartialEq)]
pub(crate) struct Use<W> {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) with: W,
}
