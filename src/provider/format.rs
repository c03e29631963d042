//! A format as JavaScript sees it: `KeyFormat` and `FormatPart` of
//! `pkg/types/formats.d.ts`.

use crate::format::{KeyFormat, Part};
use crate::value::{Object, Value};

impl From<&KeyFormat> for Value {
    fn from(format: &KeyFormat) -> Value {
        Object::new()
            .with("parts", format.parts.iter().map(Value::from).collect::<Value>())
            .with("certainty", format.certainty.as_str())
            .into()
    }
}

impl From<&Part> for Value {
    fn from(part: &Part) -> Value {
        let number = |n: usize| Value::Number(n as f64);
        match part {
            Part::Literal(choices) => match &**choices {
                [text] => text.as_ref().into(),
                texts => texts.iter().map(|text| Value::from(text.as_ref())).collect(),
            },
            Part::Run { alphabet, min, max } => {
                let length = match min == max {
                    true => number(*min),
                    false => Object::new().with("min", number(*min)).with("max", number(*max)).into(),
                };
                Object::new().with("alphabet", alphabet.as_str()).with("length", length).into()
            }
            Part::Checksum { covers, length } => Object::new()
                .with("checksum", "crc32")
                .with("covers", covers.as_str())
                .with("length", number(*length))
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{KEYLATCH, LAMBDA};

    #[test]
    fn formats_serialise_as_the_javascript_face_has_them() {
        let json = |format: &KeyFormat| serde_json::to_value(Value::from(format)).unwrap();
        assert_eq!(
            json(&KEYLATCH),
            serde_json::json!({
                "parts": [
                    ["kl_live_", "kl_test_"],
                    { "alphabet": "base62", "length": 30 },
                    { "checksum": "crc32", "covers": "all", "length": 6 },
                ],
                "certainty": "documented",
            })
        );
        assert_eq!(json(&LAMBDA)["parts"][0], "secret_");
        assert_eq!(json(&LAMBDA)["parts"][1]["length"], serde_json::json!({ "min": 1, "max": 128 }));
        assert_eq!(json(&LAMBDA)["certainty"], "observed");
    }
}
