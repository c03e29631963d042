//! Answers of success: whatever they say, nothing is told that they do not state,
//! and nothing panics.

use super::problems::every_call;

/// A body, in which `{key}` stands for the client's own key; its length chooses the
/// status.
pub fn target(data: &[u8]) {
    let status = [200, 201, 204][data.len() % 3];
    every_call(status, &String::from_utf8_lossy(data));
}
