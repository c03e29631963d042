//! A format as JavaScript sees it: `KeyFormat` and `FormatPart` of `index.d.ts`.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::declare::{Alphabet, Certainty, Coverage, KeyFormat, Part};

#[derive(Serialize)]
struct Format<'f> {
    parts: &'f [Part],
    certainty: Certainty,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FormatPart<'f> {
    Text(&'f str),
    Texts(&'f [Cow<'static, str>]),
    Run { alphabet: &'f Alphabet, length: Length },
    Checksum { checksum: &'static str, covers: Coverage, length: usize },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Length {
    Fixed(usize),
    Between { min: usize, max: usize },
}

impl Serialize for KeyFormat {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Format { parts: &self.parts, certainty: self.certainty }.serialize(to)
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Part::Literal(choices) => match &**choices {
                [text] => FormatPart::Text(text),
                texts => FormatPart::Texts(texts),
            },
            Part::Run { alphabet, min, max } if min == max => {
                FormatPart::Run { alphabet, length: Length::Fixed(*min) }
            }
            Part::Run { alphabet, min, max } => {
                FormatPart::Run { alphabet, length: Length::Between { min: *min, max: *max } }
            }
            Part::Checksum { covers, length } => {
                FormatPart::Checksum { checksum: "crc32", covers: *covers, length: *length }
            }
        }
        .serialize(to)
    }
}

macro_rules! as_text {
    ($($name:ty),+) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    )+ };
}

as_text!(Alphabet, Coverage, Certainty);
