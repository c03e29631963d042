//! Lists of many pages: whatever cursors a service gives, a list comes to an end.

use std::cell::Cell;
use std::rc::Rc;

use keylatch::http::Request;
use keylatch::lifecycle::Filter;
use keylatch::provider;

use crate::line::Line;

/// The cursors that the service gives, one a line, again and again. Where the first
/// byte is odd, no page has a key.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let is_empty = data.first().is_some_and(|byte| byte % 2 == 1);
    let cursors: Vec<String> = text.lines().map(String::from).collect();
    let count = cursors.len();
    let asked = Rc::new(Cell::new(0_usize));
    let counted = asked.clone();
    let line = Line::new(move |_: &Request| {
        let number = counted.get();
        counted.set(number + 1);
        let cursor = cursors.get(number % cursors.len().max(1));
        let items = if is_empty {
            serde_json::json!([])
        } else {
            serde_json::json!([{ "id": format!("k{number}") }])
        };
        (200, serde_json::json!({ "items": items, "next_cursor": cursor }).to_string())
    });
    let client = line.client(provider::builtin("keylatch").unwrap()).unwrap();
    // From the beginning, and from a cursor that was made up.
    for mut place in [None, text.lines().next().map(String::from)] {
        asked.set(0);
        while let Ok(page) = pollster::block_on(client.list(&line, &Filter::default(), place.as_deref())) {
            // Each cursor once, and the one that it began with.
            assert!(asked.get() <= count + 2, "{} pages of {count} cursors", asked.get());
            assert!(page.cursor.as_deref() != Some(""));
            place = page.cursor;
            if place.is_none() {
                break;
            }
        }
    }
}
