//! What was found in several ways, as one list.

use alloc::vec::Vec;

use crate::engine::{Match, VALUE};

/// Puts others among what was found, in the order of their places. Where they overlap, one match
/// covers both: what is told of it is that of the longer.
pub(crate) fn merge(found: &mut Vec<Match>, from: usize, others: Vec<Match>) {
    if others.is_empty() {
        return;
    }
    let mut all = found.split_off(from.min(found.len()));
    all.extend(others);
    all.sort_by_key(|found| found.start);
    for this in all {
        match found.last_mut().filter(|last| this.start < last.end) {
            Some(last) => {
                let end = last.end.max(this.end);
                let is_same = (last.start, last.end) == (this.start, this.end);
                let is_longer = this.end - this.start > last.end - last.start;
                let about = if is_longer || is_same && last.kind == VALUE { this } else { *last };
                // A value that is a key by its shape too is told as such.
                let has_value = last.kind == VALUE || this.kind == VALUE;
                let kind = if has_value && !is_same { VALUE } else { about.kind };
                // What stands for more than the header has no place in it.
                let is_all = (about.start, about.end) == (last.start, end);
                let encoded = about.encoded.filter(|_| is_all);
                *last = Match { start: last.start, end, kind, encoded, ..about };
            }
            None => found.push(this),
        }
    }
}
