//! The formats of the services that come built in.

use alloc::borrow::Cow;

use super::declare::{Alphabet, Certainty, Coverage, KeyFormat, Part};

/// The format of keylatch's own keys: `kl_live_` or `kl_test_`, 30 random
/// characters of base62 (178 bits), and a CRC-32 over all of that in another six.
pub const KEYLATCH: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[
        Part::Literal(Cow::Borrowed(&[Cow::Borrowed("kl_live_"), Cow::Borrowed("kl_test_")])),
        Part::Run { alphabet: Alphabet::Base62, min: 30, max: 30 },
        Part::Checksum { covers: Coverage::All, length: 6 },
    ]),
    certainty: Certainty::Documented,
};

/// Lambda Cloud documents no format. Public code shows keys of this shape.
pub const LAMBDA: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[
        text(&[Cow::Borrowed("secret_")]),
        Part::Run { alphabet: Alphabet::Base64Url, min: 1, max: 128 },
        text(&[Cow::Borrowed("_")]),
        hex(32),
        text(&[Cow::Borrowed(".")]),
        Part::Run { alphabet: Alphabet::Alphanumeric, min: 32, max: 32 },
    ]),
    certainty: Certainty::Observed,
};

/// Conduce: "UUID", says a docstring of its client; not documented.
pub const CONDUCE: KeyFormat = KeyFormat {
    parts: Cow::Borrowed(&[hex(8), DASH, hex(4), DASH, hex(4), DASH, hex(4), DASH, hex(12)]),
    certainty: Certainty::Observed,
};

const DASH: Part = text(&[Cow::Borrowed("-")]);

const fn text(choices: &'static [Cow<'static, str>]) -> Part {
    Part::Literal(Cow::Borrowed(choices))
}

const fn hex(length: usize) -> Part {
    Part::Run { alphabet: Alphabet::Hex, min: length, max: length }
}

/// The services whose format is known, by id. Luminary Cloud and Modelon Impact
/// tell nothing of theirs.
pub static CATALOGUE: &[(&str, KeyFormat)] =
    &[("keylatch", KEYLATCH), ("lambda", LAMBDA), ("conduce", CONDUCE)];

/// [`KEYLATCH`], to borrow from.
pub fn keylatch() -> &'static KeyFormat {
    static FORMAT: KeyFormat = KEYLATCH;
    &FORMAT
}
