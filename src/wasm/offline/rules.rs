//! Where a key may be sent, and in which header.

use alloc::borrow::Cow;
use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::memory::{answer, buffer, text, wipe};
use crate::http::{self, fault};
use crate::scheme::Scheme;

/// The value of the header that carries a key, instead of the key: its length.
/// Where the header cannot carry it: [`REFUSED`] and the index of the character.
///
/// The buffer holds the user, then the key. `scheme` is 0 for Bearer, 1 for Basic
/// with the key as user, 2 for Basic with the user, 3 for a header of its own.
#[wasm_bindgen]
pub fn header(scheme: u32, user: u32, key: u32) -> u32 {
    buffer(|buffer| {
        let length = user.saturating_add(key);
        let Some((user, key)) = text(buffer, length).split_at_checked(user as usize) else { return REFUSED };
        let scheme = match scheme {
            0 => Scheme::Bearer,
            1 => Scheme::Basic { user: None },
            2 => Scheme::Basic { user: Some(Cow::Owned(String::from(user))) },
            _ => Scheme::Header { name: Cow::Borrowed("") },
        };
        match scheme.refuses(key) {
            None => {
                let value = scheme.value(key);
                answer(buffer, length, value.expose().as_bytes())
            }
            Some(index) => {
                wipe(buffer, length);
                REFUSED | index as u32
            }
        }
    })
}

/// See [`header`].
const REFUSED: u32 = 1 << 31;

/// Whether a service may have an address: 0, or the number of the
/// [`Fault`](crate::http::Fault) and one more. The buffer holds its protocol, then
/// its host name.
#[wasm_bindgen]
pub fn base(protocol: u32, hostname: u32, has_userinfo: bool, has_query: bool, allow_insecure: bool) -> u32 {
    buffer(|buffer| {
        let all = text(buffer, protocol.saturating_add(hostname));
        let (protocol, hostname) = all.split_at_checked(protocol as usize).unwrap_or_default();
        fault(protocol, hostname, has_userinfo, has_query, allow_insecure).map_or(0, |fault| fault as u32 + 1)
    })
}

/// Whether two addresses are of one origin: the buffer holds protocol and origin
/// of the first, then those of the second.
#[wasm_bindgen]
pub fn admits(first: u32, second: u32, has_userinfo: bool) -> bool {
    buffer(|buffer| {
        let all = text(buffer, first.saturating_add(second));
        let (own, other) = all.split_at_checked(first as usize).unwrap_or_default();
        http::admits(own, other, has_userinfo)
    })
}
