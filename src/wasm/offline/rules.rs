//! Where a key may be sent, and in which header.

use alloc::borrow::Cow;
use alloc::string::String;

use keylatch_format::Secret;
use wasm_bindgen::prelude::*;

use super::memory::{answer, buffer, bytes, text, wipe};
use crate::error::Code;
use crate::http::{Address, Origin};
use crate::scheme::Scheme;
use crate::text::parts;

/// The value of the header that carries a key, instead of the key: twice its
/// length. In an odd number stands, doubled, the index of the first character
/// that the header cannot carry; 1 is an empty key as well as the first character.
///
/// The buffer holds the user, then the key. `scheme` is 0 for Bearer, 1 for Basic
/// with the key as user, 2 for Basic with the user, 3 for a header of its own.
#[wasm_bindgen]
pub fn header(scheme: u32, user: u32, key: u32) -> u32 {
    buffer(|buffer| {
        let length = user.saturating_add(key);
        let all = text(buffer, length);
        let Some((user, key)) = all.split_at_checked(user as usize) else { return 1 };
        let scheme = match scheme {
            0 => Scheme::Bearer,
            1 => Scheme::Basic { user: None },
            2 => Scheme::Basic { user: Some(Cow::Owned(String::from(user))) },
            _ => Scheme::Header { name: Cow::Borrowed("") },
        };
        match scheme.header(&Secret::from(key)) {
            Ok(header) => 2 * answer(buffer, length, header.value.expose().as_bytes()),
            Err(error) => {
                let index = error.details().get(1).and_then(|index| index.parse::<u32>().ok());
                wipe(buffer, length);
                2 * index.unwrap_or_default() + 1
            }
        }
    })
}

/// Whether a service may have the address whose origin, protocol, host name and
/// the whole of it stand in the buffer, a line each: 0, or 1 for plain http, else
/// the text of what is wrong stands in the buffer, and this is its length.
#[wasm_bindgen]
pub fn base(length: u32, has_userinfo: bool, allow_insecure: bool) -> u32 {
    buffer(|buffer| {
        let Some(address) = address(text(buffer, length), has_userinfo) else { return 0 };
        match Origin::of(address, allow_insecure) {
            Ok(_) => 0,
            Err(error) if error.code() == Code::InsecureUrl => 1,
            Err(error) => {
                let why = error.details().get(1).cloned().unwrap_or_default();
                answer(buffer, length, why.as_bytes())
            }
        }
    })
}

/// Whether an address is of the service: the buffer holds the service's address,
/// as [`base`] takes it, and behind its `first` bytes the other one.
#[wasm_bindgen]
pub fn admits(first: u32, second: u32, has_userinfo: bool) -> bool {
    buffer(|buffer| {
        let all = core::str::from_utf8(bytes(buffer, first.saturating_add(second))).unwrap_or_default();
        let Some((own, other)) = all.split_at_checked(first as usize) else { return false };
        let own = address(own, false).and_then(|own| Origin::of(own, true).ok());
        let other = address(other, has_userinfo);
        own.zip(other).is_some_and(|(own, other)| own.admits(&other))
    })
}

fn address(lines: &str, has_userinfo: bool) -> Option<Address> {
    let mut lines = parts(lines, "\n").map(String::from);
    Some(Address {
        origin: lines.next()?,
        protocol: lines.next()?,
        hostname: lines.next()?,
        href: lines.next()?,
        has_userinfo,
    })
}
