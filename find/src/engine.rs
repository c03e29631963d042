//! The shapes and the values that are looked for, and the walk along a text.

use alloc::vec::Vec;

use keylatch_format::alphabet::{Alphabets, Bytes};
use keylatch_format::shape::{Found, Place, Runs, Shape};
use zeroize::Zeroizing;

use crate::anchor::{Begins, anchors, of_value};
use crate::basic;
use crate::edge::is_edge;
use crate::finder::Finder;
use crate::meant::Meant;
use crate::merge::merge;
use crate::places::Places;

/// An anchor stands no further from the beginning of its key, so a text that goes on is held
/// back by as much.
pub const LOOKBACK: usize = 128;
/// The kind of a [`Match`] that is one of the values.
pub(crate) const VALUE: u32 = u32::MAX;
/// No random key has so many equal or ascending characters in a row.
const FILLER: usize = 8;

/// A key in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The number of its shape, in the order in which they were added; [`u32::MAX`] for a value.
    pub kind: u32,
    /// Whether an observed checksum does not fit.
    pub is_doubtful: bool,
    /// Whether characters of it are escaped, as in an address.
    pub is_escaped: bool,
    /// Where it begins and ends in what this text is the base64 of, in a header of Basic
    /// authentication.
    pub encoded: Option<(u16, u16)>,
}

/// How far a text is a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// The shape that fits the furthest.
    pub kind: u32,
    /// The first byte that does not fit it.
    pub at: usize,
}

/// What is looked for.
pub struct Engine {
    alphabets: Alphabets,
    shapes: Vec<(Shape, bool)>,
    /// The header that a key may stand in; its number is behind those of the shapes.
    basic: Option<Shape>,
    /// The characters of keys.
    characters: Bytes,
    /// How many the shortest key has.
    shortest: usize,
    finder: Option<Finder>,
    /// The shape of each anchor.
    owners: Vec<u32>,
    values: Vec<Zeroizing<Vec<u8>>>,
    value_finder: Option<Finder>,
    value_owners: Vec<u32>,
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new()
    }
}

impl Engine {
    /// Nothing is looked for yet.
    pub fn new() -> Self {
        Engine {
            alphabets: Alphabets::default(),
            shapes: Vec::new(),
            basic: None,
            characters: Bytes::NONE,
            shortest: usize::MAX,
            finder: None,
            owners: Vec::new(),
            values: Vec::new(),
            value_finder: None,
            value_owners: Vec::new(),
        }
    }

    /// Adds a shape. One that is not searched for is known to [`Engine::is`] and
    /// [`Engine::nearest`] only.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn add(&mut self, shape: &str, is_searched: bool) -> Result<(), &'static str> {
        let shape = Shape::parse(shape, &mut self.alphabets)?;
        self.shapes.push((shape, is_searched));
        Ok(())
    }

    /// Prepares the search. Tells the number of a shape that cannot be searched for.
    pub fn compile(&mut self) -> Option<usize> {
        let mut all = Vec::new();
        self.owners.clear();
        let mut without = None;
        for (number, (shape, is_searched)) in self.shapes.iter().enumerate() {
            if !is_searched {
                continue;
            }
            let found = anchors(shape, &self.alphabets);
            if found.is_empty() {
                without = without.or(Some(number));
            }
            for piece in &shape.pieces {
                self.characters = self.characters.or(&piece.all(&self.alphabets));
            }
            self.shortest = self.shortest.min(shape.lengths().0);
            self.owners.extend(found.iter().map(|_| number as u32));
            all.extend(found);
        }
        self.basic = basic::shape(&mut self.alphabets).filter(|_| !all.is_empty());
        if let Some(shape) = &self.basic {
            let found = anchors(shape, &self.alphabets);
            self.owners.extend(found.iter().map(|_| self.shapes.len() as u32));
            all.extend(found);
        }
        self.finder = Some(Finder::new(all));
        without
    }

    /// Looks for these texts too, whatever they look like.
    pub fn set_values(&mut self, values: Vec<Zeroizing<Vec<u8>>>) {
        let mut all = Vec::new();
        self.value_owners.clear();
        for (number, value) in values.iter().enumerate() {
            if let Some(anchor) = of_value(value) {
                all.push(anchor);
                self.value_owners.push(number as u32);
            }
        }
        self.value_finder = Some(Finder::new(all)).filter(|finder| !finder.is_empty());
        self.values = values;
    }

    /// Finds the keys of a text from `from` on; what stands before it is context. Tells how
    /// far the text is decided: all of it when nothing follows, else the first place where a
    /// key could begin that goes on.
    pub fn scan(&self, text: &[u8], from: usize, is_whole: bool, found: &mut Vec<Match>) -> usize {
        let before = found.len();
        let mut held = self.search(text, from, is_whole, &|at| is_edge(text, at), found);
        if let Some(meant) = Meant::of(text, from, is_whole, &self.characters, self.shortest) {
            let mut escaped = Vec::new();
            let end =
                self.search(&meant.text, 0, is_whole, &|at| is_edge(text, meant.place(at)), &mut escaped);
            if end < meant.text.len() {
                held = held.min(meant.place(end));
            }
            meant.put_back(&mut escaped);
            merge(found, before, escaped);
        }
        if self.value_finder.is_some() {
            let mut values = Vec::new();
            held = held.min(self.search_values(text, from, is_whole, &mut values));
            merge(found, before, values);
        }
        if let Some(cut) = found.iter().skip(before).position(|found| found.end > held && !is_whole) {
            // A value that begins within a key that is not yet decided, or the other way round.
            if let Some(first) = found.get(before + cut) {
                held = held.min(basic::begin(text, first.start).max(from));
            }
            found.truncate(before + cut);
        }
        held
    }

    fn search(
        &self,
        text: &[u8],
        from: usize,
        is_whole: bool,
        is_edge: &dyn Fn(usize) -> bool,
        found: &mut Vec<Match>,
    ) -> usize {
        let mut held = if is_whole { text.len() } else { tail(text, from) };
        let Some(finder) = self.finder.as_ref().filter(|finder| !finder.is_empty()) else { return held };
        let mut runs = Runs::new(&self.alphabets);
        // Keys do not overlap: the next begins where the last ends.
        let mut free = from;
        let mut places = Places::new(finder, text, from, is_whole);
        while let Some(candidate) = places.next() {
            let mut best: Option<Match> = None;
            let mut more: Option<usize> = None;
            finder.at(text, candidate, |number, anchor| {
                let kind = self.owners.get(number).copied().unwrap_or_default();
                let own = self.shapes.get(kind as usize).map(|(shape, _)| shape);
                let Some(shape) = own.or(self.basic.as_ref()) else { return };
                let Some(start) = self.begin(text, candidate, anchor.begins, free, is_edge) else { return };
                let place = &mut Place {
                    text,
                    is_whole,
                    alphabets: &self.alphabets,
                    runs: &mut runs,
                    is_exact: false,
                };
                let this = match shape.lay(place, start) {
                    Found::Key { end, .. } if own.is_none() => self.in_header(text, start, end),
                    Found::Key { end, is_doubtful }
                        if !is_filler(text.get(start..end).unwrap_or_default()) =>
                    {
                        Some(Match { start, end, kind, is_doubtful, is_escaped: false, encoded: None })
                    }
                    Found::More => {
                        more = Some(more.map_or(start, |more| more.min(start)));
                        None
                    }
                    _ => None,
                };
                // Of several the longest, then the one that is sure, then the first.
                let rank =
                    |found: &Match| (found.end - found.start, !found.is_doubtful, u32::MAX - found.kind);
                if best.as_ref().map(rank) < this.as_ref().map(rank) {
                    best = this;
                }
            });
            if let Some(start) = more {
                held = held.min(start);
                break;
            }
            if let Some(this) = best {
                if this.end > held {
                    held = held.min(basic::begin(text, this.start).max(from));
                    break;
                }
                found.push(this);
                free = this.end;
                places.skip_to(this.end);
            }
        }
        held
    }

    /// The key in the header of Basic authentication that stands here: all of its base64.
    fn in_header(&self, text: &[u8], start: usize, end: usize) -> Option<Match> {
        let start = basic::encoded(start);
        let plain = basic::decoded(text.get(start..end)?);
        let mut found = Vec::new();
        self.search(&plain, 0, true, &|at| is_edge(&plain, at), &mut found);
        let key = found.first()?;
        Some(Match { start, end, encoded: Some((key.start as u16, key.end as u16)), ..*key })
    }

    /// Where the key of an anchor begins, if it can begin there.
    fn begin(
        &self,
        text: &[u8],
        candidate: usize,
        begins: Begins,
        free: usize,
        is_edge: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let (first, last) = match begins {
            Begins::Before(distance) => {
                let start = candidate.checked_sub(distance).filter(|start| *start >= free)?;
                (start, start)
            }
            Begins::BeforeRun { distance, alphabet, min, max } => {
                let end = candidate.checked_sub(distance)?;
                let set = self.alphabets.get(alphabet);
                let before = text.get(free..end)?;
                let length = before.iter().rev().take(max).take_while(|byte| set.has(**byte)).count();
                // The digits of an escape before it look like a part of it: `\x27`, `%25`.
                (end - length, end.checked_sub(min)?)
            }
        };
        (first..=last).find(|start| is_edge(*start))
    }

    fn search_values(&self, text: &[u8], from: usize, is_whole: bool, found: &mut Vec<Match>) -> usize {
        let longest = self.values.iter().map(|value| value.len()).max().unwrap_or(0);
        // A value may have white space in it.
        let mut held = if is_whole {
            text.len()
        } else {
            text.len().saturating_sub(longest.saturating_sub(1)).max(from)
        };
        let Some(finder) = &self.value_finder else { return held };
        let mut free = from;
        let mut places = Places::new(finder, text, from, is_whole);
        while let Some(candidate) = places.next() {
            let mut best: Option<Match> = None;
            finder.at(text, candidate, |number, anchor| {
                let owner = self.value_owners.get(number).copied().unwrap_or_default();
                let Some(value) = self.values.get(owner as usize) else { return };
                let anywhere = &|_| true;
                let Some(start) = self.begin(text, candidate, anchor.begins, free, anywhere) else { return };
                if text.get(start..).is_some_and(|rest| rest.starts_with(value)) {
                    let this = Match {
                        start,
                        end: start + value.len(),
                        kind: VALUE,
                        is_doubtful: false,
                        is_escaped: false,
                        encoded: None,
                    };
                    if best.is_none_or(|best| best.end < this.end) {
                        best = Some(this);
                    }
                }
            });
            if let Some(this) = best {
                if !is_whole && this.start >= held {
                    break;
                }
                found.push(this);
                free = this.end;
                places.skip_to(this.end);
                held = held.max(free).min(text.len());
            }
        }
        held
    }

    /// The shapes that a whole text has, with whether an observed checksum does not fit.
    pub fn is(&self, text: &[u8], mut give: impl FnMut(u32, bool)) {
        for (number, (shape, _)) in self.shapes.iter().enumerate() {
            if let Found::Key { is_doubtful, .. } = self.lay_whole(shape, text) {
                give(number as u32, is_doubtful);
            }
        }
    }

    /// The shape of a range that a text which has none comes closest to.
    pub fn nearest(&self, text: &[u8], kinds: core::ops::Range<usize>) -> Option<Nearest> {
        let mut best: Option<(Nearest, bool)> = None;
        for (number, (shape, _)) in self.shapes.iter().enumerate().take(kinds.end).skip(kinds.start) {
            let Found::No(at) = self.lay_whole(shape, text) else { continue };
            let (min, max) = shape.lengths();
            let has_length = text.len() >= min && max.is_none_or(|max| text.len() <= max);
            let this = Nearest { kind: number as u32, at };
            if best.is_none_or(|(best, fits)| (best.at, fits) < (at, has_length)) {
                best = Some((this, has_length));
            }
        }
        best.map(|(nearest, _)| nearest)
    }

    /// Lays a shape over all of a text.
    fn lay_whole(&self, shape: &Shape, text: &[u8]) -> Found {
        let alphabets = &self.alphabets;
        let mut runs = Runs::new(alphabets);
        shape.lay(&mut Place { text, is_whole: true, alphabets, runs: &mut runs, is_exact: true }, 0)
    }

    /// The shape of a number.
    pub fn shape(&self, kind: u32) -> Option<&Shape> {
        self.shapes.get(kind as usize).map(|(shape, _)| shape)
    }

    /// A key of a shape, from a seed.
    pub fn example(&self, kind: u32, seed: u32) -> alloc::string::String {
        // xorshift: it is the example that has to look random, and to stay the same.
        let mut state = seed | 1;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.wrapping_mul(0x9E37_79B1) >> 8
        };
        let shape = self.shape(kind);
        shape.map(|shape| shape.example(&self.alphabets, &mut random)).unwrap_or_default()
    }
}

/// From where on a text that goes on is not decided: a key is a piece of one word, and its
/// anchor stands near its beginning.
fn tail(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let near = rest.get(rest.len().saturating_sub(LOOKBACK)..).unwrap_or_default();
    let word = near.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    basic::begin(text, text.len() - word).max(from)
}

/// Whether a text is filled up instead of random: `xxxxxxxx`, `12345678`, `EXAMPLE`.
pub(crate) fn is_filler(key: &[u8]) -> bool {
    let mut equal = 1;
    let mut ascending = 1;
    let mut before = 0_u8;
    for byte in key {
        equal = if *byte == before { equal + 1 } else { 1 };
        ascending = if before.checked_add(1) == Some(*byte) { ascending + 1 } else { 1 };
        if equal >= FILLER || ascending >= FILLER {
            return true;
        }
        before = *byte;
    }
    key.windows(7).any(|window| window.eq_ignore_ascii_case(b"EXAMPLE"))
}
