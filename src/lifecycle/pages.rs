//! The way through a list of many pages, and its end.
//!
//! A cursor that a client hands out holds hashes of the cursors that were asked for first, and
//! then the service's own cursor. So a list that leads back to one of its first thousand pages is
//! noticed without remembering anything between two pages.

use super::info::fingerprint;
use crate::secret::Secret;
use crate::text::{cut, integer};

/// Stands between the parts, and at the beginning, to tell it from a service's.
const MARK: &str = "\u{1f}";
/// Characters of the hash of a cursor: enough that no two in a list are equal by chance.
const LENGTH: usize = 12;
/// Hashes of more pages are not kept, so that the cursor of a list of any length can be passed on:
/// no argument is longer than 16,384 characters.
const MOST_ASKED: usize = 1000 * LENGTH;
/// More pages without a key, one after another, are refused: such a list may have no end.
pub(super) const MOST_EMPTY: u32 = 100;

/// A place in a list.
pub(super) struct Place<'t> {
    /// The cursor of the service; none at the beginning.
    pub(super) cursor: Option<&'t str>,
    /// Hashes of the cursors that were asked for.
    asked: &'t str,
    /// The pages without a key that came last.
    empty: u32,
}

impl<'t> Place<'t> {
    /// From a cursor that [`Place::next`] made, or a service's own.
    pub(super) fn read(cursor: Option<&'t str>) -> Self {
        let parts = cursor.and_then(|cursor| {
            let (empty, rest) = cut(cursor.strip_prefix(MARK)?, MARK)?;
            let (asked, cursor) = cut(rest, MARK)?;
            // Of another length it was not made here, and no hash in it could be found.
            asked.len().is_multiple_of(LENGTH).then_some(())?;
            Some(Place { cursor: Some(cursor), asked, empty: empty.parse().ok()? })
        });
        parts.unwrap_or(Place { cursor, asked: "", empty: 0 })
    }

    /// Whether its cursor was asked for before.
    pub(super) fn is_back(&self) -> bool {
        let Some(hash) = self.cursor.map(hash) else { return false };
        self.asked.as_bytes().chunks(LENGTH).any(|asked| asked == hash.as_bytes())
    }

    /// The place behind a page that was read here, or nothing when there were too
    /// many pages without a key.
    pub(super) fn next(&self, cursor: &str, is_empty: bool) -> Option<String> {
        let empty = if is_empty { self.empty + 1 } else { 0 };
        if empty >= MOST_EMPTY {
            return None;
        }
        let mut out = String::from(MARK);
        out.push_str(&integer(empty.into()));
        out.push_str(MARK);
        out.push_str(self.asked);
        if let Some(own) = self.cursor.filter(|_| self.asked.len() < MOST_ASKED) {
            out.push_str(&hash(own));
        }
        out.push_str(MARK);
        out.push_str(cursor);
        Some(out)
    }
}

fn hash(cursor: &str) -> String {
    fingerprint(&Secret::from(cursor)).get(..LENGTH).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_when_it_closes() {
        for circle in [&["a", "b", "a"][..], &["a", "b", "c", "b"], &["", "\u{1f}", "é|", "\u{1f}"]] {
            let mut place = None;
            for (number, cursor) in circle.iter().enumerate() {
                let next = Place::read(place.as_deref()).next(cursor, false).unwrap();
                let read = Place::read(Some(&next));
                assert_eq!(read.cursor, Some(*cursor));
                assert_eq!(read.is_back(), number + 1 == circle.len(), "{circle:?} {number}");
                place = Some(next);
            }
        }
    }

    #[test]
    fn the_cursor_of_a_long_list_stays_short_and_still_leads_out_of_a_circle() {
        let mut place: Option<String> = None;
        for number in 0..3000 {
            let before = Place::read(place.as_deref());
            assert!(!before.is_back(), "{number}");
            place = before.next(&number.to_string(), false);
            assert!(place.as_deref().is_some_and(|cursor| cursor.len() < 12_100), "{number}");
        }
        for (cursor, is_back) in [("0", true), ("999", true), ("3000", false)] {
            let next = Place::read(place.as_deref()).next(cursor, false);
            assert_eq!(Place::read(next.as_deref()).is_back(), is_back, "{cursor}");
        }
    }

    #[test]
    fn pages_without_a_key_have_an_end() {
        let mut place: Option<String> = None;
        for number in 1..MOST_EMPTY {
            place = Place::read(place.as_deref()).next(&number.to_string(), true);
            assert!(place.is_some(), "{number}");
        }
        let place = Place::read(place.as_deref());
        assert!(place.next("more", true).is_none());
        assert!(place.next("more", false).is_some());
    }

    #[test]
    fn a_cursor_of_the_service_is_taken_as_it_is() {
        for own in ["c/1", "", "\u{1f}", "\u{1f}x\u{1f}y\u{1f}z", "\u{1f}1\u{1f}", "\u{1f}1\u{1f}99\u{1f}c"] {
            let place = Place::read(Some(own));
            assert_eq!(place.cursor, Some(own), "{own:?}");
            assert!(!place.is_back());
        }
        assert!(Place::read(None).cursor.is_none());
    }
}
