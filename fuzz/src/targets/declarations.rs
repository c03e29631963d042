//! Declarations of services: what can be read says the same when it is described and
//! read again, and a client of it does not panic.

use keylatch::format::{KeyFormat, check, diagnose};
use keylatch::http::Request;
use keylatch::lifecycle::{Filter, NewKey};
use keylatch::value::Value;
use keylatch::{json, provider};

use super::KEY;
use crate::line::Line;

/// A declaration in JSON.
pub fn target(data: &[u8]) {
    let Some(spec) = json::parse(data) else { return };
    let Ok(declared) = provider::declare(&spec) else { return };
    let plain = |value: &Value| serde_json::to_value(value).unwrap();
    let told = plain(&Value::from(&declared));
    let again = provider::declare(&serde_json::from_value(told.clone()).unwrap()).unwrap();
    assert_eq!(plain(&Value::from(&again)), told);

    if let Some(format) = declared.format.as_ref().filter(|format| is_usable(format)) {
        assert_eq!(check(Some(format), KEY).is_good(), diagnose(Some(format), KEY).is_empty());
    }
    let line = Line::new(|_: &Request| {
        (200, r#"{"items":[{"id":"k1"}],"id":"k1","secret":"a-new-key-0123"}"#.into())
    });
    let Ok(client) = line.client(declared) else { return };
    let _ = client.provider().capabilities().iter().count();
    pollster::block_on(async {
        let new = NewKey { name: "ci".into(), lifetime: None, scopes: vec!["read".into()] };
        let _ = client
            .list(&line, &Filter { status: Some("active".into()), search: Some("ci".into()) }, None)
            .await;
        let _ = client.create(&line, &new).await.map(|made| made.secret.reveal());
        let _ = client.get(&line, "k1").await;
        let _ = client.revoke(&line, "k1").await;
        let _ = client.delete(&line, "k1").await;
        let _ = client.validate(&line, &KEY.into()).await;
    });
}

/// Whether the facade would let a format through.
pub(super) fn is_usable(format: &KeyFormat) -> bool {
    format.validate().is_ok()
}
