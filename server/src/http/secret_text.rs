//! A secret as a member of a request's body.

use keylatch_format::Secret;
use serde::{Deserialize, Deserializer};

/// Text that is wiped when dropped and not shown by `Debug`.
#[derive(Debug)]
pub(crate) struct SecretText(pub(crate) Secret);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| SecretText(Secret::new(text)))
    }
}
