//! A declared format in the first line, and a text that should be a key: what the
//! quick check and the diagnosis find is the same, and in place.

use std::cell::Cell;

use keylatch::format::{Check, KeyFormat, ProblemCode, check, diagnose, keylatch, mask, prefix_of};
use keylatch::provider;
use keylatch::value::Object;
use keylatch::{Secret, json};

use super::declarations::is_usable;

/// A line of JSON with a format, or none, and a text.
pub fn target(data: &[u8]) {
    let whole = String::from_utf8_lossy(data);
    let (first, rest) = whole.split_once('\n').unwrap_or(("", &whole));
    look(None, &whole);
    look(Some(keylatch()), &whole);
    if let Some(format) = declared(first) {
        look(Some(&format), rest);
        generated(&format);
    }
}

/// The format that a text declares, if it can be used.
fn declared(text: &str) -> Option<KeyFormat> {
    let format = json::parse(text.as_bytes())?;
    let spec = Object::new().with("id", "acme").with("title", "Acme").with("format", format);
    let provider = provider::declare(&spec.into()).ok()?;
    provider.format.filter(is_usable)
}

fn look(format: Option<&KeyFormat>, text: &str) {
    let problems = diagnose(format, text);
    let found: Vec<ProblemCode> = problems.iter().map(|problem| problem.code).collect();
    match check(format, text) {
        Check::Unclear => {}
        Check::Good { .. } => assert!(found.is_empty(), "{found:?}"),
        Check::WrongLength { .. } => assert_eq!(found, [ProblemCode::WrongLength]),
        Check::WrongPrefix { .. } => assert_eq!(found, [ProblemCode::WrongPrefix]),
        Check::BadCharacter { .. } => assert_eq!(found, [ProblemCode::BadCharacter]),
        Check::WrongChecksum { .. } => assert_eq!(found, [ProblemCode::WrongChecksum]),
    }
    let length = text.encode_utf16().count();
    let mut starts = vec![length];
    let mut at = 0;
    for character in text.chars() {
        starts.push(at);
        at += character.len_utf16();
    }
    for problem in &problems {
        assert!(starts.contains(&problem.index), "{problem:?} is within a character or behind the end");
        assert!(!problem.to_string().contains("{0}"));
    }
    assert!(problems.len() < 200);

    let shown = mask(text);
    let public = prefix_of(keylatch(), text).map_or(0, |prefix| prefix.chars().count());
    let secret = text.chars().count() - public;
    let told = shown.chars().filter(|character| *character != '…').count();
    assert!(
        told.saturating_sub(public) * 4 <= secret || text.contains('…'),
        "{shown} of {secret} characters"
    );
}

/// A key that is made by a format fits it, unless it happens to look like something
/// else: a placeholder, an assignment.
fn generated(format: &KeyFormat) {
    let last = Cell::new(7_u8);
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            last.set(last.get().wrapping_mul(73).wrapping_add(41));
            *byte = last.get();
        }
        true
    };
    let Ok(key) = keylatch_format::generate(format, "", &mut random) else { return };
    look(Some(format), key.expose());
    let _: &Secret = &key;
    let fits = |code| {
        !matches!(
            code,
            ProblemCode::WrongChecksum
                | ProblemCode::BadCharacter
                | ProblemCode::Lookalike
                | ProblemCode::Invisible
        )
    };
    for problem in diagnose(Some(format), key.expose()) {
        assert!(fits(problem.code), "{problem:?}");
    }
}
