//! Which API a key was made through, and so what it looks like. However it was
//! made, it authenticates through every API alike.

use std::borrow::Cow;

use keylatch_format::{self as format, Alphabet, Certainty, KeyFormat, Part};

use crate::config::KeyEnvironment;

/// The API that a key was made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// keylatch's own.
    Keylatch,
    /// The one of Modelon Impact.
    Modelon,
    /// The one of Conduce.
    Conduce,
}

/// 240 random bits. The format is unknown; the one sample in public code has
/// this shape (`docs/wire.md`, section 0).
static MODELON: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[Part::Run { alphabet: Alphabet::Base64Url, min: 40, max: 40 }]),
    certainty: Certainty::Observed,
};

/// UUID, version 4 (RFC 9562, section 5.4): 122 random bits. That it is a UUID
/// is read in Conduce's client; the version is ours.
static CONDUCE: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[
        hex(8),
        DASH,
        hex(4),
        Part::Literal(Cow::Borrowed(&[Cow::Borrowed("-4")])),
        hex(3),
        DASH,
        Part::Run { alphabet: Alphabet::Custom(Cow::Borrowed("89ab")), min: 1, max: 1 },
        hex(3),
        DASH,
        hex(12),
    ]),
    certainty: Certainty::Observed,
};

impl KeyKind {
    const ALL: [KeyKind; 3] = [KeyKind::Keylatch, KeyKind::Modelon, KeyKind::Conduce];

    /// As the database has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            KeyKind::Keylatch => "keylatch",
            KeyKind::Modelon => "modelon",
            KeyKind::Conduce => "conduce",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        KeyKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What new keys look like.
    pub(crate) fn format(self) -> &'static KeyFormat {
        match self {
            KeyKind::Keylatch => format::keylatch(),
            KeyKind::Modelon => &MODELON,
            KeyKind::Conduce => &CONDUCE,
        }
    }

    /// What new keys begin with; the clouds' keys do not tell their environment.
    pub(crate) const fn prefix(self, environment: KeyEnvironment) -> &'static str {
        match self {
            KeyKind::Keylatch => environment.prefix(),
            KeyKind::Modelon | KeyKind::Conduce => "",
        }
    }
}

const DASH: Part = Part::Literal(Cow::Borrowed(&[Cow::Borrowed("-")]));

const fn hex(length: usize) -> Part {
    Part::Run { alphabet: Alphabet::HexLower, min: length, max: length }
}

#[cfg(test)]
mod tests {
    use keylatch_format::{Secret, diagnose};

    use super::*;

    fn generate(format: &KeyFormat, prefix: &str) -> Secret {
        format::generate(format, prefix, &mut |bytes| getrandom::fill(bytes).is_ok()).unwrap()
    }

    #[test]
    fn every_kind_is_found_by_its_word_and_makes_keys_of_its_format() {
        for kind in KeyKind::ALL {
            assert_eq!(KeyKind::parse(kind.as_str()), Some(kind));
            let prefix = kind.prefix(KeyEnvironment::Test);
            let key = generate(kind.format(), prefix);
            assert!(key.expose().starts_with(prefix), "{kind:?}");
            assert!(diagnose(Some(kind.format()), key.expose()).is_empty(), "{kind:?}");
        }
        assert_eq!(KeyKind::parse("lambda"), None);
    }

    #[test]
    fn the_clouds_keys_have_their_shape() {
        let key = |kind: KeyKind| generate(kind.format(), "").expose().to_owned();
        let modelon = key(KeyKind::Modelon);
        assert_eq!(modelon.len(), 40);
        assert!(
            modelon.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{modelon}"
        );

        let uuid = key(KeyKind::Conduce);
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
        assert_eq!(uuid.chars().nth(14), Some('4'), "version: {uuid}");
        assert!(uuid.chars().nth(19).is_some_and(|variant| "89ab".contains(variant)), "variant: {uuid}");
    }
}
