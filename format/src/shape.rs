//! The shape of a kind of key: `ghp_<b62:30><crc32-b62:6@4>`, parsed once, then laid over
//! bytes at any place of a text. `services.txt` tells how shapes are written.
//!
//! Unlike a [`KeyFormat`](super::KeyFormat), which says what is wrong with one text, a shape
//! may vary in several places and has checksums of any kind, and it is asked at many places
//! of a long text. Its cost does not depend on the text: a run without end is measured once
//! for all places in it ([`Runs`]).

use alloc::string::String;
use alloc::vec::Vec;

use super::alphabet::{Alphabets, Bytes};
use super::sums::Sum;

/// Open runs that something follows are no longer than this.
const LONGEST_INNER: usize = 8_192;
const UUID: &str = "<hexl:8>-<hexl:4>-<hexl:4>-<hexl:4>-<hexl:12>";

/// A part of a shape.
#[derive(Clone, Debug)]
pub enum Piece {
    /// One of these texts.
    Text(Vec<String>),
    /// Characters of an alphabet; without a greatest length where the run ends the key.
    Run {
        /// The number of the alphabet in [`Alphabets`].
        alphabet: usize,
        /// The least length.
        min: usize,
        /// The greatest length.
        max: usize,
    },
    /// A checksum.
    Sum {
        /// How it is computed and written.
        sum: Sum,
        /// Its length.
        length: usize,
        /// The first character that it covers.
        from: usize,
        /// The character after the last, if it is not all before the checksum.
        to: Option<usize>,
        /// Whether the algorithm is only observed.
        is_observed: bool,
    },
}

/// What a key of a kind looks like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its parts, from the left.
    pub pieces: Vec<Piece>,
}

/// What became of laying a shape over a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A key.
    Key {
        /// Where it ends.
        end: usize,
        /// Whether an observed checksum does not fit.
        is_doubtful: bool,
    },
    /// No key. The first character that does not fit, as far as the shape fits best.
    No(usize),
    /// The text ends before that can be told.
    More,
}

/// Where runs of characters end, one for each alphabet: that of the last question, so that a
/// text is walked once however many places in one run are asked.
pub struct Runs(Vec<(usize, usize)>);

impl Runs {
    /// Nothing is known.
    pub fn new(alphabets: &Alphabets) -> Self {
        Runs(core::iter::repeat_n((0, 0), alphabets.count()).collect())
    }

    fn end(&mut self, number: usize, alphabets: &Alphabets, text: &[u8], at: usize, most: usize) -> usize {
        let limit = at.saturating_add(most).min(text.len());
        let Some((start, end)) = self.0.get_mut(number) else { return at };
        if *start <= at && at < *end {
            if *end >= limit {
                return limit;
            }
            // It ended there, or was not walked further.
        } else {
            (*start, *end) = (at, at);
        }
        let set = alphabets.get(number);
        let rest = text.get(*end..limit).unwrap_or_default();
        *end += rest.iter().take_while(|byte| set.has(**byte)).count();
        *end
    }
}

/// A text that a shape is laid over.
pub struct Place<'a> {
    /// The text.
    pub text: &'a [u8],
    /// Whether nothing follows it.
    pub is_whole: bool,
    /// The alphabets of the shape.
    pub alphabets: &'a Alphabets,
    /// What is known of runs in this text.
    pub runs: &'a mut Runs,
    /// Whether the key has to end with the text.
    pub is_exact: bool,
}

impl Shape {
    /// Reads a shape, and why it cannot be used.
    ///
    /// # Errors
    /// A sentence about the first part that is not understood, or that would take trying.
    pub fn parse(text: &str, alphabets: &mut Alphabets) -> Result<Shape, &'static str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            let (close, is_text) = match first {
                b'<' => ('>', false),
                b'(' => (')', true),
                _ => {
                    let end = rest.find(['<', '(']).unwrap_or(rest.len());
                    let (fixed, after) = rest.split_at_checked(end).unwrap_or_default();
                    pieces.push(Piece::Text(Vec::from([String::from(fixed)])));
                    rest = after;
                    continue;
                }
            };
            let inner = rest.get(1..).unwrap_or_default();
            let (inner, after) = inner.split_once(close).ok_or("a bracket is not closed")?;
            rest = after;
            if is_text {
                pieces.push(Piece::Text(inner.split('|').map(String::from).collect()));
            } else if inner == "uuid" {
                pieces.extend(Shape::parse(UUID, alphabets)?.pieces);
            } else {
                pieces.push(Piece::parse(inner, alphabets)?);
            }
        }
        let shape = Shape { pieces };
        shape.validate(alphabets)?;
        Ok(shape)
    }

    fn validate(&self, alphabets: &Alphabets) -> Result<(), &'static str> {
        let mut rest = self.pieces.as_slice();
        if rest.is_empty() {
            return Err("it is empty");
        }
        while let [piece, after @ ..] = rest {
            if let (Piece::Run { alphabet, max, .. }, [next, ..]) = (piece, after)
                && *max == LONGEST_INNER
                && next.first(alphabets).meets(&alphabets.get(*alphabet))
            {
                return Err("what follows an open run could be a part of it");
            }
            rest = after;
        }
        Ok(())
    }

    /// Lays the shape over a text from a place on.
    pub fn lay(&self, place: &mut Place<'_>, start: usize) -> Found {
        let mut furthest = start;
        match lay(&self.pieces, place, start, start, false, &mut furthest) {
            Found::No(_) => Found::No(furthest),
            found => found,
        }
    }

    /// The least and the greatest length of a key; without a greatest where it is open.
    pub fn lengths(&self) -> (usize, Option<usize>) {
        self.pieces.iter().fold((0, Some(0)), |(min, max), piece| {
            let (least, most) = piece.lengths();
            (min + least, max.zip(most).map(|(max, most)| max + most))
        })
    }

    /// A key of this shape, from random numbers: as short as it may be.
    pub fn example(&self, alphabets: &Alphabets, random: &mut dyn FnMut() -> u32) -> String {
        let mut key = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(choices) => key.push_str(choices.first().map_or("", |choice| choice)),
                Piece::Run { alphabet, min, .. } => {
                    let characters: Vec<u8> = alphabets.get(*alphabet).iter().collect();
                    for _ in 0..*min {
                        let number = random() as usize % characters.len().max(1);
                        key.extend(characters.get(number).copied().map(char::from));
                    }
                }
                Piece::Sum { sum, length, from, to, .. } => {
                    let covered = key.as_bytes().get(*from..to.unwrap_or(key.len())).unwrap_or_default();
                    sum.add(&Vec::from(covered), *length, &mut key);
                }
            }
        }
        key
    }
}

impl Piece {
    /// `b62:30`, `b64u:27-300`, `[MNO]:1`, `~crc32-b62:6@4`, `crc32-hexle:8@0-37`
    fn parse(text: &str, alphabets: &mut Alphabets) -> Result<Piece, &'static str> {
        let (name, numbers) = text.rsplit_once(':').ok_or("a run needs a length")?;
        let is_observed = name.starts_with('~');
        if let Some((sum, most)) = Sum::named(name.strip_prefix('~').unwrap_or(name)) {
            let (length, covers) = numbers.split_once('@').unwrap_or((numbers, "0"));
            let (from, to) = covers.split_once('-').unwrap_or((covers, ""));
            let length = number(length)?;
            if length > most {
                return Err("the checksum has not so many characters");
            }
            let to = if to.is_empty() { None } else { Some(number(to)?) };
            return Ok(Piece::Sum { sum, length, from: number(from)?, to, is_observed });
        }
        let set = Bytes::named(name).ok_or("there is no such alphabet")?;
        let (min, max) = match numbers.split_once('-') {
            None => (number(numbers)?, number(numbers)?),
            Some((min, "")) => (number(min)?, LONGEST_INNER),
            Some((min, max)) => (number(min)?, number(max)?),
        };
        if min > max {
            Err("a run is upside down")
        } else {
            Ok(Piece::Run { alphabet: alphabets.number(set), min, max })
        }
    }

    /// All that can stand in it.
    pub fn all(&self, alphabets: &Alphabets) -> Bytes {
        match self {
            Piece::Text(choices) => {
                let mut all = Bytes::NONE;
                choices.iter().flat_map(|text| text.bytes()).for_each(|byte| all.insert(byte));
                all
            }
            Piece::Run { .. } | Piece::Sum { .. } => self.first(alphabets),
        }
    }

    /// What it can begin with.
    pub fn first(&self, alphabets: &Alphabets) -> Bytes {
        let mut first = Bytes::NONE;
        match self {
            Piece::Text(choices) => {
                choices.iter().filter_map(|text| text.bytes().next()).for_each(|byte| first.insert(byte))
            }
            Piece::Run { alphabet, .. } => first = alphabets.get(*alphabet),
            Piece::Sum { sum, .. } => sum.digits().bytes().for_each(|byte| first.insert(byte)),
        }
        first
    }

    /// The least and the greatest length.
    pub fn lengths(&self) -> (usize, Option<usize>) {
        match self {
            Piece::Text(choices) => {
                let lengths = choices.iter().map(String::len);
                (lengths.clone().min().unwrap_or(0), lengths.max())
            }
            Piece::Run { min, max, .. } => (*min, Some(*max).filter(|max| *max < LONGEST_INNER)),
            Piece::Sum { length, .. } => (*length, Some(*length)),
        }
    }
}

fn number(digits: &str) -> Result<usize, &'static str> {
    digits
        .bytes()
        .try_fold(0_usize, |number, byte| {
            let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
            number.checked_mul(10)?.checked_add(usize::from(digit))
        })
        .filter(|number| !digits.is_empty() && *number < LONGEST_INNER)
        .ok_or("a length is no number below 8,192")
}

/// Lays the rest of the parts over a text from `at` on.
fn lay(
    pieces: &[Piece],
    place: &mut Place<'_>,
    start: usize,
    at: usize,
    is_doubtful: bool,
    furthest: &mut usize,
) -> Found {
    *furthest = (*furthest).max(at);
    let [piece, after @ ..] = pieces else {
        let is_right = !place.is_exact || at == place.text.len();
        return if is_right { Found::Key { end: at, is_doubtful } } else { Found::No(at) };
    };
    let text = place.text;
    match piece {
        Piece::Text(choices) => {
            let here = text.get(at..).unwrap_or_default();
            let mut best: Option<usize> = None;
            for choice in choices {
                let agreed =
                    here.iter().zip(choice.as_bytes()).take_while(|(own, other)| own == other).count();
                *furthest = (*furthest).max(at + agreed);
                if agreed == choice.len() {
                    best = best.max(Some(agreed));
                } else if agreed == here.len() && !place.is_whole {
                    return Found::More;
                }
            }
            match best {
                None => Found::No(at),
                Some(length) if after.is_empty() => {
                    // No word goes on behind the key.
                    let next = text.get(at + length);
                    if next.is_none() && !place.is_whole {
                        Found::More
                    } else if !place.is_exact && next.is_some_and(u8::is_ascii_alphanumeric) {
                        Found::No(at + length)
                    } else {
                        lay(after, place, start, at + length, is_doubtful, furthest)
                    }
                }
                Some(length) => lay(after, place, start, at + length, is_doubtful, furthest),
            }
        }
        Piece::Run { alphabet, min, max } => {
            let most = if *max == LONGEST_INNER && after.is_empty() { usize::MAX } else { *max };
            let end = place.runs.end(*alphabet, place.alphabets, text, at, most);
            *furthest = (*furthest).max(end);
            if end - at < *min {
                return if end == text.len() && !place.is_whole { Found::More } else { Found::No(end) };
            }
            if after.is_empty() {
                if end == text.len() && !place.is_whole {
                    return Found::More;
                }
                // Longer than a key: it is something else.
                let goes_on = text.get(end).is_some_and(|byte| place.alphabets.get(*alphabet).has(*byte));
                return if goes_on {
                    Found::No(end)
                } else {
                    lay(after, place, start, end, is_doubtful, furthest)
                };
            }
            // At its greatest length too: what follows could be the longer of two keys.
            if end == text.len() && !place.is_whole {
                return Found::More;
            }
            // What follows begins with a character of the run: the longest run that leaves
            // room for it.
            let follows = after.first().map_or(Bytes::NONE, |next| next.first(place.alphabets));
            let is_clear = min == max || !follows.meets(&place.alphabets.get(*alphabet));
            let least = if is_clear { end } else { at + min };
            let mut answer = Found::No(end);
            for end in (least..=end).rev() {
                if !is_clear && !text.get(end).is_none_or(|byte| follows.has(*byte)) {
                    continue;
                }
                match lay(after, place, start, end, is_doubtful, furthest) {
                    Found::No(_) => {}
                    Found::More => answer = Found::More,
                    found => return found,
                }
            }
            answer
        }
        Piece::Sum { sum, length, from, to, is_observed } => {
            let Some(written) = text.get(at..at + length) else {
                return if place.is_whole { Found::No(text.len()) } else { Found::More };
            };
            let covered = text.get(start + from..to.map_or(at, |to| start + to)).unwrap_or_default();
            let fits = sum.is(covered, written);
            if !fits && !is_observed {
                return Found::No(at);
            }
            if !fits && !written.iter().all(|byte| sum.digits().as_bytes().contains(byte)) {
                return Found::No(at);
            }
            if after.is_empty() && !place.is_exact {
                match text.get(at + length) {
                    None if !place.is_whole => return Found::More,
                    Some(next) if next.is_ascii_alphanumeric() => return Found::No(at + length),
                    _ => {}
                }
            }
            lay(after, place, start, at + length, is_doubtful || !fits, furthest)
        }
    }
}
