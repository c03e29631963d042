//! The quick check and the diagnosis agree, for random formats and texts: what
//! the one accepts has no problem in the other and the same prefix, and what it
//! refuses has exactly that problem there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::borrow::Cow;

use keylatch_format::{
    Alphabet, Certainty, Check, Coverage, KeyFormat, Part, ProblemCode, check, diagnose, generate, is_key_of,
    keylatch, prefix_of,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Fixed texts: words that the diagnosis could take for something else among them.
const TEXTS: &[&str] = &[
    "kl_live_", "kl_test_", "sk-", "sk-proj-", "x", "xxx", "_", "-", ".", "...", "***", ":", "=", "Bearer",
    "basic", "token:", "KEY=", "your-", "api", "key", "{", "}", "<", "\"", "secret_", "%", "A", "$",
];

/// Pieces of texts that are not quite keys.
const PIECES: &[&str] = &[
    " ",
    "\n",
    "\"",
    "'",
    "Bearer ",
    "Basic",
    "Token:",
    "KEY=",
    "export A=",
    "x",
    "xxx",
    "...",
    "…",
    "***",
    "your-api-key",
    "null",
    "{",
    "}",
    "<",
    ">",
    "[",
    "%",
    "$",
    "é",
    "а",
    "\u{200B}",
    "\u{A0}",
    "😀",
    "!",
    "-",
    "_",
    "0",
    "Z",
    ",",
    ";",
    "\0",
    "kl_live_",
    "~",
    "api-key",
    "my-token",
    "none",
    "(",
    ")",
    "\\n",
    "%0A",
    "op://",
    "vault:",
    "ENC[",
    "${",
    "[redacted]",
];

fn alphabet() -> impl Strategy<Value = Alphabet> {
    let custom = proptest::sample::subsequence(('!'..='~').collect::<Vec<_>>(), 1..94)
        .prop_map(|characters| Alphabet::Custom(Cow::Owned(characters.into_iter().collect())));
    prop_oneof![
        3 => Just(Alphabet::Base62),
        1 => Just(Alphabet::Hex),
        1 => Just(Alphabet::HexLower),
        1 => Just(Alphabet::Alphanumeric),
        1 => Just(Alphabet::Base64Url),
        1 => Just(Alphabet::Digits),
        1 => Just(Alphabet::Custom(Cow::Borrowed("xX-_"))),
        1 => Just(Alphabet::Custom(Cow::Borrowed(".*a:="))),
        2 => custom,
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let literal = proptest::collection::vec(select(TEXTS), 1..4)
        .prop_map(|texts| Part::literal(texts.into_iter().map(String::from).collect()));
    let run = (alphabet(), 1_usize..40, prop_oneof![3 => Just(0_usize), 1 => 1_usize..20])
        .prop_map(|(alphabet, min, more)| Part::Run { alphabet, min, max: min + more });
    prop_oneof![1 => literal, 2 => run]
}

fn format() -> impl Strategy<Value = KeyFormat> {
    let coverage = prop_oneof![Just(Coverage::All), Just(Coverage::Body)];
    let checksum = proptest::option::of((coverage, 1_usize..=6));
    let random = (proptest::collection::vec(part(), 1..5), checksum).prop_map(|(mut parts, checksum)| {
        parts.extend(checksum.map(|(covers, length)| Part::Checksum { covers, length }));
        KeyFormat::new(parts, Certainty::Documented)
    });
    prop_oneof![1 => Just(keylatch().clone()), 9 => random.prop_filter("a valid format", |format| format.validate().is_ok())]
}

/// A change of a key, or nothing.
#[derive(Clone, Debug)]
enum Change {
    None,
    Replace(Index, char),
    Cut(Index),
    Insert(Index, &'static str),
    Append(&'static str),
    Prepend(&'static str),
    Other(String),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::None),
        4 => (any::<Index>(), proptest::char::range('!', '~')).prop_map(|(at, ch)| Change::Replace(at, ch)),
        2 => any::<Index>().prop_map(Change::Cut),
        2 => (any::<Index>(), select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        1 => select(PIECES).prop_map(Change::Append),
        1 => select(PIECES).prop_map(Change::Prepend),
        1 => proptest::collection::vec(select(PIECES), 0..4).prop_map(|pieces| Change::Other(pieces.concat())),
    ]
}

fn changed(key: &str, change: Change) -> String {
    let mut chars: Vec<char> = key.chars().collect();
    match change {
        Change::None => {}
        Change::Replace(at, ch) if !chars.is_empty() => {
            let at = at.index(chars.len());
            chars[at] = ch;
        }
        Change::Replace(..) => {}
        Change::Cut(at) => chars.truncate(at.index(chars.len() + 1)),
        Change::Insert(at, piece) => {
            let at = at.index(chars.len() + 1);
            chars.splice(at..at, piece.chars());
        }
        Change::Append(piece) => chars.extend(piece.chars()),
        Change::Prepend(piece) => chars = piece.chars().chain(chars).collect(),
        Change::Other(text) => return text,
    }
    chars.into_iter().collect()
}

/// What the quick check must have seen when it answers with anything certain.
fn agree(format: Option<&KeyFormat>, text: &str) -> Result<(), TestCaseError> {
    let quick = check(format, text);
    if let Some(format) = format {
        prop_assert_eq!(is_key_of(format, text.as_bytes()), quick.is_good(), "{:?}", text);
    }
    let problems = diagnose(format, text);
    let found: Vec<_> = problems.iter().map(|problem| (problem.code, problem.index)).collect();
    let expected = match quick {
        Check::Unclear => return Ok(()),
        Check::Good { prefix } => {
            let literal = format.and_then(|format| match format.parts.first() {
                Some(Part::Literal(choices)) => choices.get(prefix?),
                _ => None,
            });
            prop_assert_eq!(format.and_then(|format| prefix_of(format, text)), literal.map(|text| &**text));
            vec![]
        }
        Check::WrongLength { min, max } => {
            let expected = if min == max { min.to_string() } else { format!("{min} to {max}") };
            prop_assert_eq!(&*problems[0].details, [expected, text.len().to_string()]);
            vec![(ProblemCode::WrongLength, max.min(text.len()))]
        }
        Check::WrongPrefix { at } => vec![(ProblemCode::WrongPrefix, at)],
        Check::BadCharacter { at, part } => {
            let details = &problems[0].details;
            prop_assert_eq!(&details[1], &format.unwrap().parts[part].expected());
            let ch = &text[at..=at];
            prop_assert_eq!(&details[0], &if ch == "\"" { "'\"'".into() } else { format!("\"{ch}\"") });
            vec![(ProblemCode::BadCharacter, at)]
        }
        Check::WrongChecksum { at } => {
            prop_assert_eq!(&*problems[0].details, [(text.len() - at).to_string()]);
            vec![(ProblemCode::WrongChecksum, at)]
        }
    };
    prop_assert_eq!(found, expected, "{:?} of {:?}", quick, text);
    Ok(())
}

/// As many as `PROPTEST_CASES` says, which a run for each of many changes of the code does.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(20_000, |text| text.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn check_and_diagnosis_agree(format in format(), change in change()) {
        let key = generate(&format, "", &mut |bytes| getrandom::fill(bytes).is_ok());
        let key = key.map(|key| String::from(key.expose())).unwrap_or_default();
        let text = changed(&key, change);
        agree(Some(&format), &text)?;
        agree(None, &text)?;
    }
}

#[test]
fn what_is_frequent_needs_no_diagnosis() {
    let key = "kl_live_0123456789ABCDEFGHIJKLMNOPQRST3zX1CQ";
    let quick = |text: &str| check(Some(keylatch()), text);
    assert_eq!(quick(key), Check::Good { prefix: Some(0) });
    assert_eq!(quick(&key[..43]), Check::WrongLength { min: 44, max: 44 });
    assert_eq!(quick(&format!("{key}0")), Check::WrongLength { min: 44, max: 44 });
    assert_eq!(quick(&key.replace("kl_", "sk_")), Check::WrongPrefix { at: 0 });
    for other in ["!", "<", "}", ".", "_"] {
        assert_eq!(quick(&key.replace('A', other)), Check::BadCharacter { at: 18, part: 1 });
    }
    assert_eq!(quick(&key.replace('A', "B")), Check::WrongChecksum { at: 38 });
    assert_eq!(check(None, "0123456789-0123456789_0123456789-0123456"), Check::Good { prefix: None });
}
