//! Words that are long enough for a key. Most words of a text are not, and are passed over
//! sixty-four places at a time, however many keys are looked for.

#[cfg(all(target_arch = "wasm32", feature = "simd"))]
use crate::anchor::Anchor;

/// How many characters a long word has at least.
pub(crate) const LONG: usize = 16;

/// Whether a word has such a byte: a quick test of letters, digits, `_`, `-`, `.` and some more.
/// What stands between names and values, `=` and `:`, and in paths, `/`, ends a word: keys that
/// need it are looked for everywhere.
pub(crate) fn has(byte: u8) -> bool {
    byte.is_ascii() && byte > b',' && !(b':'..=b'@').contains(&byte) && byte != b'/'
}

/// How far from their words anchors stand.
#[cfg(all(target_arch = "wasm32", feature = "simd"))]
pub(crate) struct Reach {
    /// Before the word, at most.
    pub(crate) before: usize,
    /// Behind its end, where the places are over.
    pub(crate) behind: usize,
}

#[cfg(all(target_arch = "wasm32", feature = "simd"))]
impl Reach {
    /// Of these anchors; none if no key has a long word.
    pub(crate) fn of(anchors: &[Anchor]) -> Option<Self> {
        let words = || anchors.iter().filter_map(|anchor| anchor.word);
        let (least, most) = (words().min()?, words().max()?);
        let behind = 1 - LONG as isize - least;
        Some(Reach { before: most.max(0).unsigned_abs(), behind: behind.max(0).unsigned_abs() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anchor::Anchor;
    use crate::tests::anchored;

    #[test]
    fn each_key_has_a_long_word_where_its_anchor_says() {
        let mut count = 0;
        for (key, anchors) in anchored() {
            // One for each text that the key can begin with; the example is of the first.
            let is_right = |(place, anchor): &(usize, Anchor)| {
                anchor.word.is_none_or(|word| {
                    let start = place.checked_add_signed(word).unwrap();
                    key.as_bytes()
                        .get(start..start + LONG)
                        .is_some_and(|word| word.iter().all(|byte| has(*byte)))
                })
            };
            assert!(anchors.iter().any(is_right), "{key}");
            count += usize::from(anchors.iter().all(|(_, anchor)| anchor.word.is_some()));
        }
        // Most have one: else nothing would be passed over.
        assert!(count > 150, "{count}");
    }
}
