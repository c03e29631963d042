//! What is told of a problem besides its code and its place, for which there are
//! vectors: `tests/vectors/checks.json`.

use super::{KEY, details};
use crate::ProblemCode::*;
use crate::{Alphabet, Certainty, KeyFormat, Part, diagnose, keylatch};
use alloc::borrow::Cow;
use alloc::vec;

#[test]
fn the_details_of_a_problem_say_what_it_is_about() {
    for (text, code, expected) in [
        ("bEARER abc", SchemePrefix, &["Bearer"][..]),
        ("x-api-KEY : abc", SchemePrefix, &["X-API-Key"]),
        ("API_KEY : abc", AssignmentPrefix, &[":"]),
        ("xА", Lookalike, &["\"А\" (U+0410)", "\"A\""]),
        ("xΒ", Lookalike, &["\"Β\" (U+0392)", "\"B\""]),
        ("xＣ", Lookalike, &["\"Ｃ\" (U+FF23)", "\"C\""]),
        ("x–x", Lookalike, &["\"–\" (U+2013)", "\"-\""]),
        ("a\u{A0}b", Invisible, &["no-break space", "U+00A0"]),
        ("a\u{200B}b", Invisible, &["zero-width character", "U+200B"]),
        ("a\u{FEFF}b", Invisible, &["byte order mark", "U+FEFF"]),
        ("a\u{AD}b", Invisible, &["soft hyphen", "U+00AD"]),
        ("a\u{200F}b", Invisible, &["mark of writing direction", "U+200F"]),
        ("a\u{2060}b", Invisible, &["zero-width character", "U+2060"]),
        ("a\u{FE0F}b", Invisible, &["zero-width character", "U+FE0F"]),
        ("a\u{E0041}b", Invisible, &["zero-width character", "U+E0041"]),
        ("a\u{7}", UnsafeInHeader, &["U+0007"]),
        ("a£", UnsafeInHeader, &["\"£\" (U+00A3)"]),
    ] {
        assert_eq!(details(None, text, code), expected, "{text:?}");
    }
    for (text, code, expected) in [
        (KEY.replace('A', "!"), BadCharacter, &["\"!\"", "letters and digits"][..]),
        (KEY.replace('A', "ж"), BadCharacter, &["\"ж\" (U+0436)", "letters and digits"]),
        ("sk_live_".into(), WrongPrefix, &["\"kl_live_\" or \"kl_test_\""]),
        ("kl_live_".into(), WrongLength, &["44", "8"]),
        (KEY.replace('0', "O"), WrongChecksum, &["6"]),
    ] {
        assert_eq!(details(Some(keylatch()), &text, code), expected, "{text:?}");
    }
}

#[test]
fn what_a_format_allows_is_no_reference() {
    let every = KeyFormat::new(
        vec![Part::Run { alphabet: Alphabet::Custom(Cow::Borrowed("$ABC:/\\nop")), min: 1, max: 40 }],
        Certainty::Documented,
    );
    for key in ["$ABC", "op://A/B/C", "ABC\\n"] {
        assert_eq!(diagnose(Some(&every), key), [], "{key}");
    }
}
