//! Looking through a user's keys. A request looks at a bounded number of rows,
//! however many keys the user has: when that does not fill a page, the page
//! comes short and says where the next request goes on.

use jiff::Timestamp;

use super::attempts::forgotten;
use super::driver::Lane;
use super::keys::{StoredKey, key, key_columns};
use super::value::{Statement, sql, values};
use super::{Result, Store};
use crate::keys::kind::KeyKind;

/// A request looks at so many rows at most: some milliseconds on either database.
pub(super) const SCAN: i64 = 5_000;

/// Which keys to list.
pub(crate) struct Filter<'a> {
    /// Only those made through this API.
    pub(crate) kind: Option<KeyKind>,
    /// `active`, `inactive`, `expired`, `revoked` or `all`.
    pub(crate) status: &'a str,
    /// Part of the name; empty is any.
    pub(crate) search: &'a str,
    /// Only what was made under this `Idempotency-Key`; empty is any.
    pub(crate) idempotency_key: &'a str,
    /// Only those that are active and end up to this time.
    pub(crate) ends_until: Option<Timestamp>,
    /// Only keys older than the one in this place.
    pub(crate) before: Option<Place>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// Where a key stands in the order of creation.
#[derive(Clone, Copy)]
pub(crate) struct Place(pub(super) i64);

/// Keys, newest first.
pub(crate) struct Listed {
    pub(crate) keys: Vec<StoredKey>,
    /// The id of the key after which the next page begins; none: there is no more.
    pub(crate) next: Option<String>,
}

impl Filter<'_> {
    /// Those that were made through this API and authenticate.
    pub(crate) const fn active(kind: KeyKind) -> Filter<'static> {
        Filter {
            kind: Some(kind),
            status: "active",
            search: "",
            idempotency_key: "",
            ends_until: None,
            before: None,
            limit: 1000,
        }
    }
}

macro_rules! list {
    ($from:literal) => {
        sql(concat!(
            "SELECT ",
            key_columns!(),
            " FROM ",
            $from,
            r" WHERE ($4 = '' OR kind = $4) AND deleted_at IS NULL
               AND ($5 = 'all'
                    OR ($5 = 'revoked' AND revoked_at IS NOT NULL)
                    OR ($5 = 'expired' AND revoked_at IS NULL AND expires_at <= $6)
                    OR ($5 = 'inactive' AND (revoked_at IS NOT NULL OR expires_at <= $6))
                    OR ($5 = 'active' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $6)))
               AND ($7 = '' OR name_folded LIKE $7 ESCAPE '\')
               AND ($8 IS NULL OR (revoked_at IS NULL AND expires_at > $6 AND expires_at <= $8))
               ORDER BY seq DESC LIMIT $9"
        ))
    };
}

const NEWEST: Statement =
    list!("(SELECT * FROM keys WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3) AS keys");
/// There is one such key at most.
const BY_IDEMPOTENCY_KEY: Statement = list!(
    "(SELECT * FROM keys WHERE user_id = $1 AND seq < $2 AND id = (SELECT key_id FROM attempts \
     WHERE user_id = $1 AND idempotency_key = $10 AND created_at > $11) LIMIT $3) AS keys"
);
/// Where looking ended, if there is more.
const LAST_SEEN: Statement =
    sql("SELECT id FROM keys WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1 OFFSET $3");
const PLACE: Statement = sql("SELECT seq FROM keys WHERE id = $1 AND user_id = $2");

impl Store {
    /// The user's keys, newest first.
    pub(crate) async fn list_keys(
        &self,
        user_id: &str,
        filter: &Filter<'_>,
        now: Timestamp,
    ) -> Result<Listed> {
        let before = filter.before.map_or(i64::MAX, |place| place.0);
        let kind = filter.kind.map_or("", KeyKind::as_str);
        // One more, to see whether there is another page.
        let most = filter.limit as i64 + 1;
        let search = pattern(filter.search);
        let mut values =
            values![user_id, before, SCAN, kind, filter.status, now, search, filter.ends_until, most];
        let by_attempt = !filter.idempotency_key.is_empty();
        let statement = if by_attempt { BY_IDEMPOTENCY_KEY } else { NEWEST };
        if by_attempt {
            values.extend(values![filter.idempotency_key, forgotten(now)]);
        }
        let rows = self.read(Lane::List, statement, values).await?;
        let mut keys = rows.into_iter().map(|mut row| key(&mut row)).collect::<Result<Vec<_>>>()?;
        let next = if keys.len() > filter.limit {
            keys.truncate(filter.limit);
            keys.last().map(|key| key.id.clone())
        } else if by_attempt {
            None
        } else {
            let seen = self.read(Lane::List, LAST_SEEN, values![user_id, before, SCAN - 1]).await?.pop();
            seen.map(|mut row| row.text()).transpose()?
        };
        Ok(Listed { keys, next })
    }

    /// Where the user's key with this id stands; a deleted one counts.
    pub(crate) async fn place_of_key(&self, user_id: &str, id: &str) -> Result<Option<Place>> {
        let row = self.find(PLACE, values![id, user_id]).await?;
        row.map(|mut row| row.int().map(Place)).transpose()
    }
}

/// The pattern of `LIKE` that finds the text anywhere; empty stays empty.
pub(super) fn pattern(search: &str) -> String {
    if search.is_empty() {
        return String::new();
    }
    let mut pattern = String::from("%");
    for letter in search.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
