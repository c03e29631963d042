//! keylatch's own file, `~/.config/keylatch/credentials.json`:
//!
//! ```json
//! { "version": 1, "profiles": { "default": { "keylatch": { "key": "kl_…", "baseUrl": "https://…" } } } }
//! ```
//!
//! Members that are not known here are kept.

use std::borrow::Cow;

use super::entry::{Entry, Miss, Slot};
use crate::secret::Secret;
use crate::value::Value;

pub fn get(json: &Value, slot: &Slot<'_>) -> Result<Entry, Miss> {
    match json {
        Value::Map(_) => {}
        Value::Null => return Err(Miss::Empty),
        _ => return Err(Miss::NotUnderstood("it is not a JSON object".into())),
    }
    let entry = json
        .member("profiles")
        .and_then(|profiles| profiles.member(slot.profile))
        .and_then(|profile| profile.member(slot.provider));
    match entry.and_then(|entry| entry.member("key")).and_then(Value::text) {
        Some(key) if !key.trim().is_empty() => Ok(Entry {
            secret: Secret::from(key.trim()),
            base_url: entry.and_then(|entry| entry.member("baseUrl")).and_then(Value::text).map(Into::into),
        }),
        _ => {
            let mut what = String::from(slot.provider);
            if slot.profile != "default" {
                what.push_str(" in the profile ");
                what.push_str(slot.profile);
            }
            Err(Miss::For(what))
        }
    }
}

pub fn set(json: &Value, slot: &Slot<'_>, entry: Option<&Entry>) -> Result<Value, Miss> {
    let mut whole = match json {
        Value::Null => Value::Map(vec![(Cow::Borrowed("version"), Value::from(1))]),
        Value::Map(_) => json.clone(),
        _ => return Err(Miss::NotUnderstood("it is not a JSON object".into())),
    };
    let place = member(&mut whole, "profiles").and_then(|profiles| member(profiles, slot.profile));
    let Some(place) = place else {
        return Err(Miss::NotUnderstood("profiles are not objects".into()));
    };
    match entry {
        Some(entry) => {
            let Some(place) = member(place, slot.provider) else {
                return Err(Miss::NotUnderstood("what stands for the service is not an object".into()));
            };
            put(place, "key", Some(Value::from(entry.secret.clone())));
            put(place, "baseUrl", entry.base_url.as_deref().map(Value::from));
        }
        None => put(place, slot.provider, None),
    }
    Ok(whole)
}

/// The object that is a member, made when it is not there.
fn member<'a>(of: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let Value::Map(members) = of else { return None };
    let index = match members.iter().position(|(n, _)| n == name) {
        Some(index) => index,
        None => {
            members.push((Cow::Owned(name.into()), Value::Map(Vec::new())));
            members.len() - 1
        }
    };
    let (_, value) = members.get_mut(index)?;
    matches!(value, Value::Map(_)).then_some(value)
}

fn put(of: &mut Value, name: &str, value: Option<Value>) {
    let Value::Map(members) = of else { return };
    let place = members.iter().position(|(n, _)| n == name);
    match (place.and_then(|place| members.get_mut(place)), value) {
        (Some(member), Some(value)) => member.1 = value,
        (None, Some(value)) => members.push((Cow::Owned(name.into()), value)),
        (_, None) => members.retain(|(n, _)| n != name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_empty_and_another_shape_is_not_understood() {
        let slot = Slot { provider: "lambda", profile: "default", user: None, host: None };
        let entry = Entry::from(Secret::from("k"));
        for (json, read, is_written) in [
            ("null", Miss::Empty, true),
            ("{}", Miss::For("lambda".into()), true),
            ("[]", Miss::NotUnderstood("it is not a JSON object".into()), false),
            ("5", Miss::NotUnderstood("it is not a JSON object".into()), false),
        ] {
            let json: Value = serde_json::from_str(json).unwrap();
            assert_eq!(get(&json, &slot).err(), Some(read));
            assert_eq!(set(&json, &slot, Some(&entry)).is_ok(), is_written);
        }
    }
}
