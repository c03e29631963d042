//! JSON: what is read is what serde_json reads, and is read again from what is
//! written of it.

use keylatch::json::{parse, room, write};
use keylatch::value::MAX_DEPTH;
use serde_json::Value as Json;

/// A text that may be JSON.
pub fn target(data: &[u8]) {
    let ours = parse(data);
    let theirs = serde_json::from_slice::<Json>(data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data));
    match (&ours, &theirs) {
        (Some(value), Ok(json)) => {
            let mut written = String::new();
            write(value, &mut written);
            assert!(written.len() <= room(value), "{} bytes in room for {}", written.len(), room(value));
            let again = parse(written.as_bytes()).expect("what is written is JSON");
            let plain = |value| serde_json::to_string(value).unwrap();
            if is_whole(json) {
                assert_eq!(plain(&again), plain(value));
            }
        }
        // serde_json has no number beyond f64, and no half of a surrogate pair, of
        // which JavaScript has both.
        (Some(_), Err(error)) => {
            let why = error.to_string();
            let is_known =
                ["number out of range", "hex escape", "surrogate"].iter().any(|known| why.contains(known));
            assert!(is_known, "{why}");
        }
        (None, Ok(json)) => assert!(depth(json) > usize::from(MAX_DEPTH), "{json}"),
        (None, Err(_)) => {}
    }
}

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether all of its numbers are whole: nothing else is ever written.
fn is_whole(json: &Json) -> bool {
    match json {
        Json::Number(number) => number.is_i64(),
        Json::Array(items) => items.iter().all(is_whole),
        Json::Object(members) => members.values().all(is_whole),
        _ => true,
    }
}
