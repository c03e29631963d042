//! How a key is hashed: ours by SHA-256 of the whole, those that were issued
//! elsewhere as they were hashed there. So nobody needs a new key because their
//! API moves here.
//!
//! A rule says which part of a key is hashed. What stands outside of that part,
//! the hash does not cover: of Laravel's `5|secret`, `9|secret` has the same one.
//! So the rest of the key is kept beside the hash, and must be the same too.

use hmac::{Hmac, KeyInit, Mac};
use keylatch_format::{Secret, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::token::HashedKey;

/// How a key was hashed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) algorithm: Algorithm,
    pub(crate) input: Input,
    /// Empty where nothing is split.
    pub(crate) separator: String,
    /// The key of HMAC, where the hash is one.
    pub(crate) pepper: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
}

/// What of a key is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HashedPart)]
pub(crate) enum Input {
    Whole,
    AfterFirst,
    AfterLast,
    BeforeFirst,
    BeforeLast,
    HexBytes,
}

/// What a key that somebody shows would be found by.
pub(crate) struct Candidate {
    /// Number of the application's rule; none: our own.
    pub(crate) rule: Option<i64>,
    pub(crate) hash: HashedKey,
    /// The part that the hash does not cover.
    pub(crate) id_part: Option<String>,
}

impl Algorithm {
    /// By its name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "sha256" => Some(Algorithm::Sha256),
            "sha512" => Some(Algorithm::Sha512),
            _ => None,
        }
    }

    /// Bytes of a hash.
    pub(crate) const fn length(self) -> usize {
        match self {
            Algorithm::Sha256 => 32,
            Algorithm::Sha512 => 64,
        }
    }

    fn hash(self, bytes: &[u8], pepper: Option<&str>) -> Option<String> {
        Some(match (self, pepper) {
            (Algorithm::Sha256, None) => hex(&Sha256::digest(bytes)),
            (Algorithm::Sha512, None) => hex(&Sha512::digest(bytes)),
            (Algorithm::Sha256, Some(pepper)) => {
                let mac = Hmac::<Sha256>::new_from_slice(pepper.as_bytes()).ok()?.chain_update(bytes);
                hex(&mac.finalize().into_bytes())
            }
            (Algorithm::Sha512, Some(pepper)) => {
                let mac = Hmac::<Sha512>::new_from_slice(pepper.as_bytes()).ok()?.chain_update(bytes);
                hex(&mac.finalize().into_bytes())
            }
        })
    }
}

impl Input {
    /// What of a key this one leaves out, if it leaves anything out.
    pub(crate) const fn rest(self) -> Option<Input> {
        match self {
            Input::Whole | Input::HexBytes => None,
            Input::AfterFirst => Some(Input::BeforeFirst),
            Input::AfterLast => Some(Input::BeforeLast),
            Input::BeforeFirst => Some(Input::AfterFirst),
            Input::BeforeLast => Some(Input::AfterLast),
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Input::Whole => "whole",
            Input::AfterFirst => "after_first",
            Input::AfterLast => "after_last",
            Input::BeforeFirst => "before_first",
            Input::BeforeLast => "before_last",
            Input::HexBytes => "hex_bytes",
        }
    }

    /// The hashed part of a key, and the rest. None: no key is like that.
    fn of<'k>(self, key: &'k str, separator: &str) -> Option<(&'k str, Option<&'k str>)> {
        let first = || key.split_once(separator);
        let last = || key.rsplit_once(separator);
        match self {
            Input::Whole | Input::HexBytes => Some((key, None)),
            Input::AfterFirst => first().map(|(before, after)| (after, Some(before))),
            Input::AfterLast => last().map(|(before, after)| (after, Some(before))),
            Input::BeforeFirst => first().map(|(before, after)| (before, Some(after))),
            Input::BeforeLast => last().map(|(before, after)| (before, Some(after))),
        }
    }
}

impl Rule {
    /// That of the keys that are issued here.
    pub(crate) fn is_own(&self) -> bool {
        let Rule { algorithm, input, separator: _, pepper } = self;
        (*algorithm, *input) == (Algorithm::Sha256, Input::Whole) && pepper.is_none()
    }

    /// The hash of a key by this rule, in hexadecimal, and the part that it does
    /// not cover. None: no key that was hashed so is like that.
    pub(crate) fn apply(&self, key: &Secret) -> Option<(HashedKey, Option<String>)> {
        let (part, rest) = self.input.of(key.expose(), &self.separator)?;
        let bytes = match self.input {
            Input::HexBytes => unhex(part)?,
            _ => Zeroizing::new(part.as_bytes().to_vec()),
        };
        let hash = self.algorithm.hash(&bytes, self.pepper.as_deref())?;
        Some((HashedKey::stored(hash), rest.map(str::to_owned)))
    }
}

/// All that a key could be found by in an application with these rules.
pub(crate) fn candidates(key: &Secret, rules: &[Rule]) -> Vec<Candidate> {
    let own = Candidate { rule: None, hash: HashedKey::of(key), id_part: None };
    let others = (0..).zip(rules).filter_map(|(number, rule)| {
        let (hash, id_part) = rule.apply(key)?;
        Some(Candidate { rule: Some(number), hash, id_part })
    });
    std::iter::once(own).chain(others).collect()
}

/// The bytes of hexadecimal digits, if they are some.
pub(super) fn unhex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => {
            let value = |digit: u8| char::from(digit).to_digit(16);
            u8::try_from(value(*high)? * 16 + value(*low)?).ok()
        }
        _ => None,
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for pair in digits {
        bytes.push(byte(pair)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(algorithm: Algorithm, input: Input, separator: &str) -> Rule {
        Rule { algorithm, input, separator: separator.into(), pepper: None }
    }

    #[test]
    fn the_hashed_part_and_the_rest_are_the_whole_key() {
        for (input, key, part, rest) in [
            (Input::Whole, "a_b_c", Some("a_b_c"), None),
            (Input::AfterFirst, "a_b_c", Some("b_c"), Some("a")),
            (Input::AfterLast, "a_b_c", Some("c"), Some("a_b")),
            (Input::BeforeFirst, "a_b_c", Some("a"), Some("b_c")),
            (Input::BeforeLast, "a_b_c", Some("a_b"), Some("c")),
            (Input::AfterFirst, "abc", None, None),
            (Input::AfterLast, "abc_", Some(""), Some("abc")),
        ] {
            assert_eq!(input.of(key, "_"), part.map(|part| (part, rest)), "{input:?} {key}");
        }
    }

    /// FIPS 180-2, appendix B.1 and C.1: "abc".
    #[test]
    fn hashes_are_those_of_the_standard() {
        for (algorithm, hash) in [
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Algorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd\
                 454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            for (input, key) in
                [(Input::Whole, "abc"), (Input::HexBytes, "616263"), (Input::AfterFirst, "7_abc")]
            {
                let (found, _) = rule(algorithm, input, "_").apply(&Secret::from(key)).unwrap();
                assert_eq!(found.as_str(), hash, "{algorithm:?} {input:?}");
            }
        }
    }

    /// RFC 4231, section 4.3: test case 2.
    #[test]
    fn a_pepper_is_the_key_of_hmac() {
        let mut rule = rule(Algorithm::Sha256, Input::Whole, "");
        rule.pepper = Some("Jefe".into());
        let (hash, _) = rule.apply(&Secret::from("what do ya want for nothing?")).unwrap();
        assert_eq!(hash.as_str(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn what_is_not_hexadecimal_was_not_hashed_so() {
        for key in ["", "6", "61626g", "616 63", "+1"] {
            let found = rule(Algorithm::Sha256, Input::HexBytes, "").apply(&Secret::from(key));
            assert_eq!(found.is_some(), key.is_empty(), "{key}");
        }
    }

    #[test]
    fn every_rule_gives_a_candidate_and_ours_comes_first() {
        let rules =
            [rule(Algorithm::Sha256, Input::AfterFirst, "|"), rule(Algorithm::Sha512, Input::HexBytes, "")];
        let found = candidates(&Secret::from("5|abc"), &rules);
        let found: Vec<_> = found.iter().map(|one| (one.rule, one.id_part.as_deref())).collect();
        assert_eq!(found, [(None, None), (Some(0), Some("5"))]);
    }
}
