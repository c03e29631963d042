//! Walking along a text that was decoded into characters, without indexing.

/// The first of these words that a text begins with, in upper or lower case.
pub(super) fn word(text: &[char], words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|word| starts_with(text, word))
}

/// Whether a text begins with a word, in upper or lower case.
pub(super) fn starts_with(text: &[char], word: &str) -> bool {
    word.len() <= text.len() && text.iter().zip(word.chars()).all(|(a, b)| a.eq_ignore_ascii_case(&b))
}

/// The place after all such characters from `at` on.
pub(super) fn skip(text: &[char], at: usize, is: &dyn Fn(char) -> bool) -> usize {
    at + count(after(text, at), is)
}

/// How many such characters a text begins with.
pub(super) fn count(text: &[char], is: &dyn Fn(char) -> bool) -> usize {
    text.iter().take_while(|ch| is(**ch)).count()
}

/// A text without its first characters.
pub(super) fn after(text: &[char], at: usize) -> &[char] {
    text.get(at..).unwrap_or_default()
}

/// A text without so many characters at its beginning and at its end.
pub(super) fn between(text: &[char], head: usize, tail: usize) -> &[char] {
    text.get(head..text.len().saturating_sub(tail)).unwrap_or_default()
}
