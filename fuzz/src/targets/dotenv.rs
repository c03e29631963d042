//! A `.env` into which a key is put: what is done twice is as done once, and what
//! is put in can be taken out.

use keylatch::credential::set_dotenv;

use super::KEY;

const NAME: &str = "KEYLATCH_API_KEY";

/// A `.env`.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let without = set_dotenv(&text, NAME, None).unwrap();
    assert_eq!(set_dotenv(&without, NAME, None).as_ref(), Some(&without));
    // Nothing is left of it, and what is left was there.
    assert!(without.len() <= text.len());

    let with = set_dotenv(&text, NAME, Some(KEY)).unwrap();
    assert_eq!(set_dotenv(&with, NAME, Some(KEY)).as_ref(), Some(&with));
    assert!(with.contains(KEY));
    let again = set_dotenv(&with, NAME, None).unwrap();
    let lines = |text: &str| text.trim_end_matches(['\r', '\n']).to_owned();
    assert_eq!(lines(&again), lines(&without));

    // Any other value stands in one line, or is refused.
    if let Some(line) = set_dotenv("", "A", Some(&text)) {
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
        assert!(line.contains(text.as_ref()));
    }
}
