//! The check from end to end: peel, recognise a placeholder, look at every
//! character, lay the rest over the format.

use zeroize::Zeroizing;

use super::declare::KeyFormat;
use super::fit;
use super::found::Found;
use super::peel::peel;
use super::placeholder::is_placeholder;
use super::scan::scan;
use super::unicode::length;
use crate::problem::{Problem, ProblemCode};
use crate::text::integer;

/// Longer texts are not looked at: servers refuse a header of this length, so
/// no service can have such a key.
const MAX_LENGTH: usize = 16_384;

/// Names everything that is wrong with a text that should be a key, in the
/// order of its place; nothing when it is fine. Without a format only what is
/// wrong with every key is named.
///
/// What surrounds a key (white space, quotes, `Bearer `, `NAME=`) is named and
/// then taken off in thought, and so are white space, invisible characters and
/// look-alikes within it, so that one mistake is not reported as three. A
/// placeholder is named as such and not looked at any further.
///
/// Any text of any size will do. Each code is named once, only the two ends
/// (`surrounding_space`) and a scheme within a header (`scheme_prefix`) twice,
/// and single characters (`bad_character`, `lookalike`, `invisible`,
/// `unsafe_in_header`) five times. Characters beyond the longest possible key
/// count for its length only, and of a text of more than 16384 characters only
/// the length is named.
///
/// ```
/// use keylatch::format::{ProblemCode, check, keylatch};
///
/// let problems = check(Some(keylatch()), " \"Bearer kl_live_x");
/// let found: Vec<_> = problems.iter().map(|problem| (problem.code.as_str(), problem.index)).collect();
/// assert_eq!(
///     found,
///     [("surrounding_space", 0), ("quotes", 1), ("scheme_prefix", 2), ("wrong_length", 18)],
/// );
/// // Of an unknown format only what is wrong with every key is named.
/// assert!(check(None, "kl_live_x").is_empty());
/// ```
pub fn check(format: Option<&KeyFormat>, text: &str) -> Vec<Problem> {
    // Decoded once, as every step below walks to and fro; wiped, as it is a copy
    // of the key; with room for all, so that no copy is left behind by growing.
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len().min(MAX_LENGTH)));
    for ch in text.chars().take(MAX_LENGTH) {
        chars.push(ch);
    }
    let mut found = Found::new(&chars);

    let length = length(text);
    if length > MAX_LENGTH {
        let most = format.map_or(MAX_LENGTH, KeyFormat::longest);
        let mut expected = String::from("at most ");
        expected.push_str(&integer(most as i64));
        fit::wrong_length(expected, length, most, &mut found);
        return found.into_problems();
    }
    let (core, start) = peel(&chars, format, &mut found);
    if core.is_empty() {
        found.add(ProblemCode::Empty, start);
    } else if is_placeholder(core, format) {
        found.add(ProblemCode::Placeholder, start);
    } else {
        let core = scan(core, start, format, &mut found);
        if let Some(format) = format {
            fit::fit(format, &core, &mut found);
        }
    }
    found.into_problems()
}

/// Whether a text would be a key of this format without what [`check`] takes off
/// in thought.
///
/// ```
/// use keylatch::format::{generate, keylatch, resembles};
///
/// let key = generate(keylatch(), "kl_live_")?;
/// assert!(resembles(keylatch(), &format!("KEYLATCH_API_KEY='{}'", key.expose())));
/// assert!(!resembles(keylatch(), "kl_live_x"));
/// # Ok::<(), keylatch::Error>(())
/// ```
pub fn resembles(format: &KeyFormat, text: &str) -> bool {
    check(Some(format), text).iter().all(|problem| {
        matches!(
            problem.code,
            ProblemCode::SurroundingSpace
                | ProblemCode::InnerSpace
                | ProblemCode::LineBreak
                | ProblemCode::Quotes
                | ProblemCode::SchemePrefix
                | ProblemCode::AssignmentPrefix
                | ProblemCode::Lookalike
                | ProblemCode::Invisible
        )
    })
}
