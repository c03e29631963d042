//! When keys were used, as it is noted and written down in batches.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::tables::Tables;
use super::value::{Statement, millis, values};
use super::{Result, issued, keys, management};

/// So many are written with one statement.
pub(crate) const BATCH: usize = 1_000;

/// Which keys were used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Keys of users.
    Own,
    /// Management keys.
    Management,
    /// Keys that applications have issued.
    Issued,
}

/// When a key was used last, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Use {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Of the key that was used: the row may have another by now, which nobody has
    /// used. Empty: whichever the row has.
    pub(crate) hash: String,
    /// As the asker told it.
    pub(crate) address: Option<String>,
}

/// A statement whose `$1` is a JSON array of [`Use::to_json`].
macro_rules! use_statement {
    ($table:literal, $more:literal, $which:literal) => {
        crate::store::value::Statement {
            sqlite: concat!(
                "UPDATE ",
                $table,
                " SET last_used_at = uses.at",
                $more,
                " FROM (SELECT value->>0 AS id, \
                 value->>1 AS at, value->>2 AS hash, value->>3 AS address FROM json_each($1)) AS uses \
                 WHERE ",
                $table,
                ".id = uses.id AND ",
                $which,
                " AND (",
                $table,
                ".last_used_at IS NULL OR ",
                $table,
                ".last_used_at < uses.at)"
            ),
            postgres: concat!(
                "UPDATE ",
                $table,
                " SET last_used_at = uses.at",
                $more,
                " FROM (SELECT value->>0 AS id, \
                 (value->>1)::BIGINT AS at, value->>2 AS hash, value->>3 AS address \
                 FROM json_array_elements($1::TEXT::JSON)) AS uses \
                 WHERE ",
                $table,
                ".id = uses.id AND ",
                $which,
                " AND (",
                $table,
                ".last_used_at IS NULL OR ",
                $table,
                ".last_used_at < uses.at)"
            ),
        }
    };
}
pub(super) use use_statement;

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Own, Kind::Management, Kind::Issued];

    fn statement(self) -> Statement {
        match self {
            Kind::Own => keys::USED,
            Kind::Management => management::USED,
            Kind::Issued => issued::USED,
        }
    }
}

impl Use {
    pub(super) fn to_json(&self) -> Value {
        json!([self.id, millis(self.at), self.hash, self.address])
    }

    /// The same again; what was written by another version may be none.
    pub(super) fn from_json(text: &str) -> Option<Self> {
        let (id, at, hash, address) = serde_json::from_str(text).ok()?;
        Some(Use { id, at: Timestamp::from_millisecond(at).ok()?, hash, address })
    }
}

impl Tables {
    /// Writes down when keys were used, in one statement.
    pub(super) async fn write_uses(&self, kind: Kind, uses: &[Use]) -> Result<()> {
        let rows: Vec<_> = uses.iter().map(Use::to_json).collect();
        self.change(kind.statement(), values![json!(rows).to_string()]).await.map(drop)
    }
}
