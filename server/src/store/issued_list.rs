//! Looking through the keys of an application. As for a user's keys
//! ([`list`](super::list)), a request looks at a bounded number of rows.

use jiff::Timestamp;

use super::driver::Lane;
use super::issued::{IssuedKey, ended_with_owner, issued_columns, issued_key, join_owner};
use super::list::{Place, SCAN, pattern};
use super::value::{Statement, sql, values};
use super::{Result, Store};

/// Which keys to list.
pub(crate) struct IssuedFilter<'a> {
    /// Only those of this owner; empty is any.
    pub(crate) owner: &'a str,
    /// `active`, `inactive`, `expired`, `revoked`, `disabled` or `all`.
    pub(crate) status: &'a str,
    /// Part of the name; empty is any.
    pub(crate) search: &'a str,
    /// Only those that are active and end up to this time.
    pub(crate) ends_until: Option<Timestamp>,
    /// Only keys older than the one in this place.
    pub(crate) before: Option<Place>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// Keys, newest first.
pub(crate) struct ListedIssued {
    pub(crate) keys: Vec<IssuedKey>,
    /// The id of the key after which the next page begins; none: there is no more.
    pub(crate) next: Option<String>,
}

/// The order of states is that of `IssuedKey::status`.
macro_rules! list {
    ($of_owner:literal) => {
        sql(concat!(
            "SELECT ",
            issued_columns!(),
            ", ended_with_owner, state FROM (SELECT *, CASE WHEN expires_at <= $5 THEN 'expired' \
             WHEN revoked_at IS NOT NULL OR ended_with_owner IS NOT NULL THEN 'revoked' \
             WHEN disabled_at IS NOT NULL THEN 'disabled' ELSE 'active' END AS state \
             FROM (SELECT issued_keys.*, ",
            ended_with_owner!(),
            " FROM (SELECT * FROM issued_keys WHERE application_id = $1 AND seq < $3 AND ",
            $of_owner,
            " ORDER BY seq DESC LIMIT $4) AS issued_keys",
            join_owner!(),
            r") AS looked_at) AS issued_keys
               WHERE deleted_at IS NULL
               AND ($6 = 'all' OR state = $6 OR ($6 = 'inactive' AND state <> 'active'))
               AND ($7 = '' OR name_folded LIKE $7 ESCAPE '\')
               AND ($8 IS NULL OR (state = 'active' AND expires_at <= $8))
               ORDER BY seq DESC LIMIT $9"
        ))
    };
}

const ALL: Statement = list!("$2 = ''");
const OF_OWNER: Statement = list!("owner = $2 AND deleted_at IS NULL");
/// Where looking ended, if there is more.
const LAST_SEEN: Statement = sql(
    "SELECT id FROM issued_keys WHERE application_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1 OFFSET $3",
);
const LAST_SEEN_OF_OWNER: Statement = sql(
    "SELECT id FROM issued_keys WHERE application_id = $1 AND owner = $4 AND seq < $2 AND deleted_at IS NULL \
     ORDER BY seq DESC LIMIT 1 OFFSET $3",
);
const PLACE: Statement = sql("SELECT seq FROM issued_keys WHERE id = $1 AND application_id = $2");

impl Store {
    /// The application's keys, newest first.
    pub(crate) async fn list_issued(
        &self,
        application_id: &str,
        filter: &IssuedFilter<'_>,
        now: Timestamp,
    ) -> Result<ListedIssued> {
        let IssuedFilter { owner, status, search, ends_until, before, limit } = *filter;
        let before = before.map_or(i64::MAX, |place| place.0);
        // One more, to see whether there is another page.
        let most = limit as i64 + 1;
        let values =
            values![application_id, owner, before, SCAN, now, status, pattern(search), ends_until, most];
        let (statement, last_seen) =
            if owner.is_empty() { (ALL, LAST_SEEN) } else { (OF_OWNER, LAST_SEEN_OF_OWNER) };
        let rows = self.read(Lane::List, statement, values).await?;
        let mut keys = rows.into_iter().map(|mut row| issued_key(&mut row)).collect::<Result<Vec<_>>>()?;
        let next = if keys.len() > limit {
            keys.truncate(limit);
            keys.last().map(|key| key.id.clone())
        } else {
            let seen =
                self.read(Lane::List, last_seen, values![application_id, before, SCAN - 1, owner]).await?;
            seen.into_iter().next().map(|mut row| row.text()).transpose()?
        };
        Ok(ListedIssued { keys, next })
    }

    /// Where the application's key with this id stands; a deleted one counts.
    pub(crate) async fn place_of_issued(&self, application_id: &str, id: &str) -> Result<Option<Place>> {
        let row = self.find(PLACE, values![id, application_id]).await?;
        row.map(|mut row| row.int().map(Place)).transpose()
    }
}
