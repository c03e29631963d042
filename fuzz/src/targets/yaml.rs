//! Conduce's file, read and edited in place: what is put in is read again, and what
//! belongs to others stays.

use keylatch::Secret;
use keylatch::credential::{Content, Slot, read, write};
use keylatch::provider::FileKind;
use keylatch::value::Value;

use super::KEY;

/// A file.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let slots = [
        (None, None),
        (Some("kim@example.test"), Some("app.conduce.com")),
        (Some("o'neil: #1"), Some("dev")),
    ];
    let slot = |(user, host)| Slot { provider: "conduce", profile: "default", user, host };
    let found = |text: &str, slot: &Slot<'_>| {
        let text = Secret::from(text);
        let content = Content { text: &text, json: &Value::Null };
        read(FileKind::ConduceConfig, &content, slot).map(|entry| entry.secret.expose().to_owned()).ok()
    };
    let edited = |text: &str, slot: &Slot<'_>, key: Option<&str>| {
        let entry = key.map(|key| Secret::from(key).into());
        let text = Secret::from(text);
        let content = Content { text: &text, json: &Value::Null };
        let after = write(FileKind::ConduceConfig, &content, slot, entry.as_ref()).ok()?;
        Some(after.text().unwrap().to_owned())
    };
    for this in slots {
        let slot_of_this = slot(this);
        let before: Vec<_> = slots.map(slot).iter().map(|slot| found(&text, slot)).collect();
        for key in [KEY, "6f1d2c1e-0000-4000-8000-000000000001", "true", "a'b\": {c}, #d"] {
            let Some(after) = edited(&text, &slot_of_this, Some(key)) else { continue };
            assert_eq!(found(&after, &slot_of_this).as_deref(), Some(key), "{after}");
            assert_eq!(edited(&after, &slot_of_this, Some(key)).as_ref(), Some(&after), "once more");
            // Who is meant where nobody is named may change: a default that is missing is
            // added.
            for (other, before) in slots.iter().zip(&before).skip(1) {
                let now = found(&after, &slot(*other));
                assert!(now == *before || now.as_deref() == Some(key), "{after}");
            }
            let removed = edited(&after, &slot_of_this, None).unwrap();
            assert_eq!(found(&removed, &slot_of_this), None, "{removed}");
        }
    }
}
