//! All ways to find give the same: by anchor or by trying each place, whole or in pieces.

use std::format;
use std::string::String;
use std::sync::OnceLock;
use std::vec::Vec;

use keylatch_format::alphabet::{Alphabets, Bytes};
use keylatch_format::services::Kind;
use keylatch_format::shape::{Found, Place, Runs, Shape};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::vectors::{catalogue, shared};
use crate::edge::is_edge;
use crate::escape::{Escape, read};
use crate::{Engine, LOOKBACK, Match};

/// Texts of keys, pieces of keys and what stands around them.
fn texts() -> impl Strategy<Value = String> {
    let (engine, owners) = shared();
    let keys: Vec<String> =
        (0..owners.len()).map(|number| engine.example(number as u32, number as u32 * 77 + 5)).collect();
    let around = prop::sample::select(std::vec![
        " ",
        "\n",
        "=",
        "\"",
        "'",
        "/",
        "-",
        "_",
        ".",
        ":",
        "@",
        "a",
        "A",
        "7",
        "\\n",
        "%3D",
        "é",
        "key",
        "Basic ",
        "https://",
        "eyJ",
        "sk-",
        "T3BlbkFJ",
        "glpat-",
        "xoxb-",
        "T",
        "AA",
        "==",
        "-us",
        "JQQJ99",
        ".atlasv1.",
        "Q~",
        "FFFFNRAL",
        "%",
        "=3D",
        "%20",
        "&amp;",
        "&#61;",
        "%252B",
        "\\",
    ]);
    let writing = prop::sample::select(WRITINGS.to_vec());
    let piece = (prop::sample::select(keys), 0..4_usize, any::<prop::sample::Index>(), around, writing)
        .prop_map(|(key, how, cut, around, writing)| {
            let key = match writing {
                (_, Some(signs)) => written(&key, signs, |byte| !byte.is_ascii_alphanumeric()),
                (every, None) if every < 3 => key,
                (every, None) => {
                    written(&key, FORMS[every % FORMS.len()], |byte| usize::from(byte) % every == 0)
                }
            };
            let cut = cut.index(key.len());
            let key = match how {
                0 => String::from(&key[..cut]),
                1 => String::from(&key[cut..]),
                _ => key,
            };
            [key.as_str(), around].concat()
        });
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// How a character is escaped.
type Form = fn(u8) -> String;
const FORMS: [Form; 12] = [
    |byte| format!("%{byte:02X}"),
    |byte| format!("%{byte:02x}"),
    |byte| format!("%25{byte:02X}"),
    |byte| format!("%2525{byte:02x}"),
    |byte| format!("\\u00{byte:02x}"),
    |byte| format!("\\\\u00{byte:02X}"),
    |byte| format!("\\x{byte:02x}"),
    |byte| format!("&#{byte};"),
    |byte| format!("&#x{byte:X};"),
    |byte| format!("&amp;#x{byte:04x};"),
    |byte| {
        if byte.is_ascii_alphanumeric() { format!("&#0{byte};") } else { format!("\\{}", char::from(byte)) }
    },
    |byte| if byte == b'=' { String::from("=3D") } else { String::from(char::from(byte)) },
];
/// Keys as they are, with every sign escaped, and with any of their characters.
const WRITINGS: [(usize, Option<Form>); 18] = [
    (0, None),
    (1, None),
    (2, None),
    (0, Some(FORMS[0])),
    (0, Some(FORMS[1])),
    (0, Some(FORMS[2])),
    (0, Some(FORMS[3])),
    (0, Some(FORMS[4])),
    (0, Some(FORMS[5])),
    (0, Some(FORMS[6])),
    (0, Some(FORMS[7])),
    (0, Some(FORMS[8])),
    (0, Some(FORMS[9])),
    (0, Some(FORMS[10])),
    (0, Some(FORMS[11])),
    (3, None),
    (4, None),
    (8, None),
];

fn written(key: &str, form: Form, is_escaped: impl Fn(u8) -> bool) -> String {
    key.bytes()
        .map(|byte| if is_escaped(byte) { form(byte) } else { String::from(char::from(byte)) })
        .collect()
}

/// The character of keys that is escaped at a place, and how long it is written.
fn escaped(text: &[u8], at: usize, characters: &Bytes) -> Option<(u8, usize)> {
    match read(text, at) {
        Escape::Of { byte, length } if characters.has(byte) => Some((byte, length)),
        _ => None,
    }
}

/// The places within what is escaped, at which no character begins.
fn within(text: &[u8], characters: &Bytes) -> Vec<bool> {
    let mut within = Vec::new();
    while within.len() < text.len() {
        let length = escaped(text, within.len(), characters).map_or(1, |(_, length)| length);
        within.push(false);
        within.extend((1..length).map(|_| true));
    }
    within
}

/// What a text from a place on means, as long as it is of characters of keys, and where each of
/// them ends.
fn meant(text: &[u8], start: usize, characters: &Bytes) -> (Vec<u8>, Vec<usize>) {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    let mut at = start;
    while let Some(byte) = text.get(at) {
        let (byte, length) = escaped(text, at, characters).unwrap_or((*byte, 1));
        if !characters.has(byte) {
            break;
        }
        at += length;
        bytes.push(byte);
        ends.push(at);
    }
    // No key has it.
    bytes.push(b'\n');
    (bytes, ends)
}

/// Each shape at each place.
fn by_trying(owners: &[Kind<'static>], text: &[u8]) -> Vec<Match> {
    static SHAPES: OnceLock<(Alphabets, Vec<(usize, Shape)>)> = OnceLock::new();
    let (alphabets, shapes) = SHAPES.get_or_init(|| {
        let mut alphabets = Alphabets::default();
        let mut shapes = Vec::new();
        for (number, kind) in owners.iter().enumerate() {
            let is_same = |other: &&Kind<'_>| (other.service, other.name) == (kind.service, kind.name);
            let before = owners[..number].iter().rev().take_while(is_same).count();
            if !kind.needs_context {
                shapes.push((number, Shape::parse(kind.shapes[before], &mut alphabets).unwrap()));
            }
        }
        (alphabets, shapes)
    });
    let mut found: Vec<Match> = Vec::new();
    let mut characters = Bytes::NONE;
    for piece in shapes.iter().flat_map(|(_, shape)| &shape.pieces) {
        characters = characters.or(&piece.all(alphabets));
    }
    let mut runs = Runs::new(alphabets);
    let within = within(text, &characters);
    for start in (0..text.len()).filter(|start| is_edge(text, *start)) {
        let (bytes, ends) = meant(text, start, &characters);
        // Several backslashes escape one character: it begins at the first of them.
        let is_first = !text[..start].ends_with(b"\\") || text[start] != b'\\';
        let is_escaped =
            is_first && !within[start] && ends.last().is_some_and(|end| end - start > ends.len());
        for (number, shape) in shapes {
            let kind = *number as u32;
            let place = &mut Place { text, is_whole: true, alphabets, runs: &mut runs, is_exact: false };
            if let Found::Key { end, is_doubtful } = shape.lay(place, start) {
                found.push(Match { start, end, kind, is_doubtful, is_escaped: false, encoded: None });
            }
            if !is_escaped {
                continue;
            }
            let runs = &mut Runs::new(alphabets);
            let place = &mut Place { text: &bytes, is_whole: true, alphabets, runs, is_exact: false };
            if let Found::Key { end, is_doubtful } = shape.lay(place, 0)
                && ends[end - 1] - start > end
                && !super::super::engine::is_filler(&bytes[..end])
            {
                found.push(Match {
                    start,
                    end: ends[end - 1],
                    kind,
                    is_doubtful,
                    is_escaped: true,
                    encoded: None,
                });
            }
        }
    }
    found
}

pub(super) fn scan(engine: &Engine, text: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    let held = engine.scan(text, 0, true, &mut found);
    assert_eq!(held, text.len());
    found
}

/// The same text in pieces, as a stream gives it.
pub(super) fn in_pieces(engine: &Engine, text: &[u8], cuts: &[usize]) -> Vec<Match> {
    let mut all = Vec::new();
    let mut from = 0;
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
    cuts.sort();
    cuts.push(text.len());
    for (number, cut) in cuts.iter().enumerate() {
        let is_whole = number + 1 == cuts.len();
        let base = from.min(*cut).saturating_sub(32);
        let mut found = Vec::new();
        let held = engine.scan(&text[base..*cut], from - base, is_whole, &mut found);
        all.extend(found.iter().map(|found| Match {
            start: found.start + base,
            end: found.end + base,
            ..*found
        }));
        assert!(held + base >= from, "it goes forward");
        from = held + base;
    }
    all
}

/// What is found by anchor is what is found by trying each place.
fn agrees(text: &str) -> Result<(), TestCaseError> {
    let (engine, owners) = shared();
    let found = scan(engine, text.as_bytes());
    let tried = by_trying(owners, text.as_bytes());
    for one in &found {
        // Of two that overlap, as one has something escaped, one match covers both.
        let within = |tried: &&Match| one.start <= tried.start && tried.end <= one.end;
        let parts: Vec<&Match> = tried.iter().filter(within).collect();
        let is_covered =
            (one.start..one.end).all(|at| parts.iter().any(|part| (part.start..part.end).contains(&at)));
        prop_assert!(
            tried.contains(one) || parts.iter().any(|part| part.is_escaped) && is_covered,
            "{one:?} {text:?}"
        );
    }
    // A key that was not taken overlaps one that was.
    for one in &tried {
        let is_covered = found.iter().any(|found| found.start < one.end && one.start < found.end);
        let key = &text.as_bytes()[one.start..one.end];
        prop_assert!(
            is_covered || !one.is_escaped && super::super::engine::is_filler(key),
            "{one:?} {}",
            String::from_utf8_lossy(key)
        );
    }
    Ok(())
}

/// An escape of an escape is read from its beginning, not from the `%` that stands within.
#[test]
fn what_is_escaped_begins_at_its_first_sign() {
    let digits = "xoxe.xoxp-8-Oa1%25253347%252533%252539%2525334:AAL%252566d%252554%252563%25255424qsX%25254b\
        %252545%252578PUy%252542v%2525458X%252545kF%252578U%252542A%252536%25254eA%252548\\n";
    agrees(digits).unwrap();
}

/// A key that begins with a run of any length begins behind an escape, whose digits look like more
/// of the run.
#[test]
fn a_run_begins_behind_what_is_escaped() {
    let word = "%252566htAg%252533AtGzjJw%25254b%252536%25255aC%252539Cwv%25254etCGan8Fqm%252563tavaj%2525754%252563\
        %252536JYnYX%252566%252566U%252542GU%252575GgC%25255ayV%25254bXk8wUhg%252566%252563j%2525632Xp8%252572A\
        %25255aDOkmsnaXjKED1Mk%2Ev1%2EpPF5HmFvtl%2Ee4036A8B6b ";
    let ids = [
        "xoxa\\x27823337-bs5ip8z7jechmaher2lcx4lkzm121ilv.apps.googleusercontent.com ",
        "fadjw%25713473934:AALfdTcT24qsXKExPUyBvE8XEkFxUBA6NAH%",
    ];
    agrees(word).unwrap();
    for id in ids {
        agrees(id).unwrap();
        assert_eq!(scan(&shared().0, id.as_bytes()).len(), 1, "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_by_anchor_is_what_is_found_by_trying(text in texts()) {
        agrees(&text)?;
    }

    #[test]
    fn a_text_in_pieces_has_the_same_keys(text in texts(), cuts in prop::collection::vec(any::<usize>(), 0..6)) {
        let (engine, _) = shared();
        prop_assert_eq!(in_pieces(engine, text.as_bytes(), &cuts), scan(engine, text.as_bytes()));
    }

}

proptest! {
    // The search is prepared anew each time.
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_are_found_in_pieces_too(text in texts(), cuts in prop::collection::vec(any::<usize>(), 0..6), at in any::<prop::sample::Index>(), length in 8..40_usize) {
        let (mut engine, _) = catalogue();
        let bytes = text.as_bytes();
        if bytes.len() > 40 {
            let at = at.index(bytes.len() - 40);
            engine.set_values(std::vec![Zeroizing::new(bytes[at..at + length].to_vec())]);
            let found = scan(&engine, bytes);
            let is_covered = (at..at + length).all(|place| found.iter().any(|found| (found.start..found.end).contains(&place)))
                // Another place of the same value overlaps it.
                || found.iter().any(|found| found.kind == u32::MAX && found.start < at && found.end > at);
            prop_assert!(is_covered, "{found:?}");
            let pieces = in_pieces(&engine, bytes, &cuts);
            let covered = |found: &[Match]| found.iter().flat_map(|found| found.start..found.end).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(covered(&pieces), covered(&found));
        }
    }
}

#[test]
fn what_is_held_back_is_short_unless_a_key_goes_on() {
    let (engine, _) = shared();
    let mut found = Vec::new();
    for (text, held) in [("one line\n", 9), ("one line", 4), ("ghp_zQWBuTSO", 0), ("x ghp_zQWBuTSO\n", 15)] {
        assert_eq!(engine.scan(text.as_bytes(), 0, false, &mut found), held, "{text}");
    }
    let long = "a".repeat(100_000);
    assert_eq!(engine.scan(long.as_bytes(), 0, false, &mut found), long.len() - LOOKBACK);
    assert!(found.is_empty());
}
