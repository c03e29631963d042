//! Collecting what is wrong with a text.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::problem::{Problem, ProblemCode};
use super::unicode::{invisible, number};

/// The problems found so far, in the order of their index and no more of each
/// code than a person can use.
pub(super) struct Found<'t> {
    text: &'t [char],
    problems: Vec<Problem>,
    counts: [u8; ProblemCode::ALL.len()],
}

impl<'t> Found<'t> {
    /// Nothing found yet in this text.
    #[inline]
    pub(super) fn new(text: &'t [char]) -> Self {
        Found { text, problems: Vec::new(), counts: [0; ProblemCode::ALL.len()] }
    }

    /// Adds a problem at a character of the text and gives its details to be
    /// filled in; nothing when there are enough of this code already.
    #[inline]
    pub(super) fn add(&mut self, code: ProblemCode, at: usize) -> Option<&mut Vec<Cow<'static, str>>> {
        let most = match code {
            ProblemCode::BadCharacter
            | ProblemCode::Lookalike
            | ProblemCode::Invisible
            | ProblemCode::UnsafeInHeader => 5,
            // One at each end; a scheme within a header.
            ProblemCode::SurroundingSpace | ProblemCode::SchemePrefix => 2,
            _ => 1,
        };
        let count = self.counts.get_mut(code as usize).filter(|count| **count < most)?;
        *count += 1;
        let index = self.text.iter().take(at).map(|ch| ch.len_utf16()).sum();
        let place = self.problems.iter().take_while(|other| other.index <= index).count();
        // `Vec::insert` would bring the message of its panic into the wasm.
        let mut moved = Problem { code, index, details: Vec::new() };
        for later in self.problems.iter_mut().skip(place) {
            core::mem::swap(later, &mut moved);
        }
        self.problems.push(moved);
        self.problems.get_mut(place).map(|problem| &mut problem.details)
    }

    /// Adds a character of the text that cannot be seen.
    #[inline]
    pub(super) fn add_invisible(&mut self, at: usize) {
        let ch = self.character(at);
        if let Some(details) = self.add(ProblemCode::Invisible, at) {
            details.push(Cow::Borrowed(invisible(ch).unwrap_or_default()));
            details.push(number(ch));
        }
    }

    /// A character of the text.
    #[inline]
    pub(super) fn character(&self, at: usize) -> char {
        self.text.get(at).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_stand_in_the_order_of_their_index_and_are_bounded() {
        let text = ['😀'; 1000];
        let mut found = Found::new(&text);
        for at in (0..1000).rev() {
            found.add(ProblemCode::BadCharacter, at);
            found.add(ProblemCode::Quotes, at);
        }
        let indices: Vec<_> = found.into_problems().iter().map(|problem| problem.index).collect();
        assert_eq!(indices, [1990, 1992, 1994, 1996, 1998, 1998]);
    }
}
