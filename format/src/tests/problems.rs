//! What is told of a problem besides its code and its place, for which there are
//! vectors: `tests/vectors/checks.json`.

use super::{KEY, details, found};
use crate::ProblemCode::*;
use crate::{Alphabet, Certainty, KeyFormat, Part, ProblemCode, diagnose, keylatch, resembles};
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
        (["<b>", KEY, "</b>"].concat(), SurroundingText, &["44"]),
    ] {
        assert_eq!(details(Some(keylatch()), &text, code), expected, "{text:?}");
    }
}

#[test]
fn a_text_resembles_a_key_that_only_has_something_around_it_or_in_it() {
    for text in ["@", "'@'", " @", "X='@'", "Bearer @", "key is @", "@\u{200B}"] {
        assert!(resembles(keylatch(), &text.replace('@', KEY)), "{text}");
    }
    assert!(resembles(keylatch(), &KEY.replace('A', "А")));
    for text in ["", "kl_live_x", " kl_live_x", "sk_live_0123", "${KEY}"] {
        assert!(!resembles(keylatch(), text), "{text}");
    }
    assert!(!resembles(keylatch(), &KEY.replace('A', "B")));
    assert!(!resembles(keylatch(), &[" ", &KEY.replace('A', "B")].concat()));
}

/// Whether the diagnosis names a problem of this code.
fn has(format: Option<&KeyFormat>, text: &str, code: ProblemCode) -> bool {
    found(format, text).iter().any(|(found, _)| *found == code)
}

#[test]
fn a_name_and_a_sign_are_an_assignment_where_they_could_not_be_a_key() {
    let name = "A_".repeat(32);
    for text in ["USER_ID:abc", "export x=abc", "my-key:abc", "API_KEY=", &[&name, "=abc"].concat()] {
        assert!(has(None, text, AssignmentPrefix), "{text}");
    }
    for text in ["user_id:abc", "USERID:abc", "api-key=", ":abc", "=abc", &[&name, "A=abc"].concat()] {
        assert!(!has(None, text, AssignmentPrefix), "{text}");
    }
    // A format that has the sign, and no fixed text by which its keys are told.
    let signs = KeyFormat::new(
        vec![Part::Run { alphabet: Alphabet::parse("abc=_AB"), min: 3, max: 9 }],
        Certainty::Observed,
    );
    assert!(!has(Some(&signs), "AB_A=abc", AssignmentPrefix));
    assert!(has(Some(&signs), "AB_A:abc", AssignmentPrefix));
}

#[test]
fn a_placeholder_is_a_variable_or_words() {
    for text in ["$KEY", "$_KEY", "$env:KEY", "<a b>", "api.key", "API-KEY"] {
        assert!(has(None, text, Placeholder), "{text}");
    }
    for text in ["$1KEY", "$KEY-1", "<a+b>", "api/key"] {
        assert!(!has(None, text, Placeholder), "{text}");
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

#[test]
fn a_word_that_goes_on_is_no_key_with_something_around_it() {
    for text in ["@x", "x@", "@-1", "_@"] {
        let problems = found(Some(keylatch()), &text.replace('@', KEY));
        assert!(problems.iter().all(|(code, _)| *code != SurroundingText), "{text}: {problems:?}");
    }
}
