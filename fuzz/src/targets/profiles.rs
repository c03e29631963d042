//! keylatch's own file: what is put in is read again, and all else stays.

use keylatch::credential::{Content, Entry, Slot, read, write};
use keylatch::provider::FileKind;
use keylatch::value::Value;
use keylatch::{Secret, json};

use super::KEY;

/// A file.
pub fn target(data: &[u8]) {
    let Some(before) = json::parse(data) else { return };
    let text = Secret::from("");
    let slots = [("keylatch", "default"), ("acme", "default"), ("keylatch", "ci")];
    let slot = |(provider, profile)| Slot { provider, profile, user: None, host: None };
    let found = |json: &Value, slot: &Slot<'_>| {
        let entry = read(FileKind::Profiles, &Content { text: &text, json }, slot).ok()?;
        Some((entry.secret.expose().to_owned(), entry.base_url))
    };
    let written = |json: &Value, slot: &Slot<'_>, entry: Option<&Entry>| {
        write(FileKind::Profiles, &Content { text: &text, json }, slot, entry).ok()
    };
    let plain = |value: &Value| serde_json::to_value(value).unwrap();
    for this in slots {
        let entry = Entry { base_url: Some("https://h.example".into()), ..Secret::from(KEY).into() };
        let Some(after) = written(&before, &slot(this), Some(&entry)) else {
            continue;
        };
        assert_eq!(found(&after, &slot(this)), Some((KEY.into(), Some("https://h.example".into()))));
        let again = written(&after, &slot(this), Some(&entry)).unwrap();
        assert_eq!(plain(&again), plain(&after));
        for other in slots.into_iter().filter(|other| *other != this) {
            assert_eq!(found(&after, &slot(other)), found(&before, &slot(other)));
        }
        for (name, _) in before.members().iter().filter(|(name, _)| name != "profiles") {
            assert_eq!(after.member(name).map(plain), before.member(name).map(plain), "{name}");
        }
        let removed = written(&after, &slot(this), None).unwrap();
        assert_eq!(found(&removed, &slot(this)), None);
    }
}
