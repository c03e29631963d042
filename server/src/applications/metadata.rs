//! What an application keeps beside a key or an owner, for itself.

use serde_json::{Map, Value};

use crate::http::problem::Problem;

/// As JSON without white space.
const LONGEST: usize = 4096;

/// Members of the application's own making.
pub(crate) type Metadata = Map<String, Value>;

/// The metadata, unless it is too much; `field` is the member that it stands in.
///
/// # Errors
/// 422.
pub(crate) fn read(field: &str, metadata: Metadata) -> Result<Metadata, Problem> {
    let length = serde_json::json!(metadata).to_string().len();
    if length > LONGEST {
        let detail = format!(
            "`{field}` is {length} bytes as JSON; at most {LONGEST} are kept. Keep the rest in your own database, under an id that stands here."
        );
        return Err(Problem::field(field, detail));
    }
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_has_4096_bytes_at_most() {
        let of_length = |length: usize| {
            let mut metadata = Metadata::new();
            // Behind `{"a":""}`.
            metadata.insert("a".into(), Value::from("x".repeat(length - 8)));
            metadata
        };
        assert!(read("metadata", Metadata::new()).is_ok());
        assert!(read("metadata", of_length(4096)).is_ok());
        let problem = read("keys[3].metadata", of_length(4097)).unwrap_err();
        assert_eq!(problem.field.as_deref(), Some("keys[3].metadata"));
        assert!(problem.detail.contains("4097"), "{}", problem.detail);
    }
}
