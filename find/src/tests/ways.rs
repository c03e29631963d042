//! All ways to find give the same: by anchor or by trying each place, whole or in pieces.

use std::string::String;
use std::sync::OnceLock;
use std::vec::Vec;

use keylatch_format::alphabet::Alphabets;
use keylatch_format::services::Kind;
use keylatch_format::shape::{Found, Place, Runs, Shape};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::vectors::{catalogue, shared};
use crate::edge::is_edge;
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
    ]);
    let piece = (prop::sample::select(keys), 0..4_usize, any::<prop::sample::Index>(), around).prop_map(
        |(key, how, cut, around)| {
            let cut = cut.index(key.len());
            let key = match how {
                0 => String::from(&key[..cut]),
                1 => String::from(&key[cut..]),
                _ => key,
            };
            [key.as_str(), around].concat()
        },
    );
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
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
    let mut runs = Runs::new(alphabets);
    for start in (0..text.len()).filter(|start| is_edge(text, *start)) {
        for (number, shape) in shapes {
            let place = &mut Place { text, is_whole: true, alphabets, runs: &mut runs, is_exact: false };
            if let Found::Key { end, is_doubtful } = shape.lay(place, start) {
                found.push(Match { start, end, kind: *number as u32, is_doubtful });
            }
        }
    }
    found
}

fn scan(engine: &Engine, text: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    let held = engine.scan(text, 0, true, &mut found);
    assert_eq!(held, text.len());
    found
}

/// The same text in pieces, as a stream gives it.
fn in_pieces(engine: &Engine, text: &[u8], cuts: &[usize]) -> Vec<Match> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_found_by_anchor_is_what_is_found_by_trying(text in texts()) {
        let (engine, owners) = shared();
        let text = text.as_bytes();
        let found = scan(engine, text);
        let tried = by_trying(owners, text);
        for one in &found {
            prop_assert!(tried.contains(one), "{one:?}");
        }
        // A key that was not taken overlaps one that was.
        for one in &tried {
            let is_covered = found.iter().any(|found| found.start < one.end && one.start < found.end);
            let key = &text[one.start..one.end];
            prop_assert!(is_covered || super::super::engine::is_filler(key), "{one:?} {}", String::from_utf8_lossy(key));
        }
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
