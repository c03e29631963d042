//! Looking through a user's keys. A request looks at a bounded number of rows,
//! however many keys the user has, in two steps:
//!
//! 1. The newest keys, one after the other. Mostly they fill the page.
//! 2. If they do not, what an index knows of the others: those with a part of the
//!    text that is searched for ([`names`](super::names)), or those of the wanted
//!    status if they are few.
//!
//! When that does not fill a page either, the page comes short and says where the
//! next request goes on.

use jiff::Timestamp;

use super::attempts::forgotten;
use super::driver::Lane;
use super::keys::{StoredKey, key, key_columns};
use super::names::{Lookup, Part};
use super::value::{Statement, Value, sql, values};
use super::{Result, Store};
use crate::keys::kind::KeyKind;

/// A step looks at so many rows at most: some milliseconds on either database.
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
    /// The index of names would have known more, if it had the user's.
    pub(crate) wants_names: bool,
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
    ($from:expr) => {
        concat!(
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
        )
    };
}

/// The keys in these places. PostgreSQL looks each up by itself, whatever it
/// believes of the table: `LIMIT` keeps the conditions of the list out of there.
/// SQLite does by `CROSS JOIN`, which keeps the order.
macro_rules! in_places {
    ($places:expr) => {
        Statement {
            sqlite: list!(concat!(
                "(SELECT keys.* FROM (",
                $places,
                ") AS those CROSS JOIN keys WHERE keys.seq = those.seq) AS keys"
            )),
            postgres: list!(concat!(
                "(SELECT keys.* FROM (",
                $places,
                ") AS those CROSS JOIN LATERAL (SELECT * FROM keys WHERE keys.seq = those.seq LIMIT 1) AS keys) AS keys"
            )),
        }
    };
}

/// There is one such key at most.
const BY_IDEMPOTENCY_KEY: Statement = sql(list!(
    "(SELECT * FROM keys WHERE user_id = $1 AND seq < $2 AND id = (SELECT key_id FROM attempts \
     WHERE user_id = $1 AND idempotency_key = $10 AND created_at > $11) LIMIT $3) AS keys"
));
const PLACE: Statement = sql("SELECT seq FROM keys WHERE id = $1 AND user_id = $2");

/// Keys in their order, some at a time.
struct Way {
    /// Those among the first that are wanted.
    page: Statement,
    /// The last of the first, if there are so many.
    last: Statement,
}

/// All keys of the user. PostgreSQL would walk along the keys of all users where
/// most of them are this one's, past whatever is newer; it does not where the user
/// stands in the order.
const BY_AGE: Way = Way {
    page: Statement {
        sqlite: list!(
            "(SELECT * FROM keys WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3) AS keys"
        ),
        postgres: list!(
            "(SELECT * FROM keys WHERE user_id >= $1 AND (user_id, seq) < ($1, $2) \
             ORDER BY user_id DESC, seq DESC LIMIT $3) AS keys"
        ),
    },
    last: Statement {
        sqlite: "SELECT id, seq FROM keys WHERE user_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1 OFFSET $3 - 1",
        postgres: "SELECT id, seq FROM keys WHERE user_id >= $1 AND (user_id, seq) < ($1, $2) \
                   ORDER BY user_id DESC, seq DESC LIMIT 1 OFFSET $3 - 1",
    },
};
/// The revoked ones.
const REVOKED: Way = Way {
    page: sql(list!(
        "(SELECT * FROM keys WHERE user_id = $1 AND seq < $2 AND revoked_at IS NOT NULL AND deleted_at IS NULL \
         ORDER BY seq DESC LIMIT $3) AS keys"
    )),
    last: sql("SELECT id, seq FROM keys WHERE user_id = $1 AND seq < $2 AND revoked_at IS NOT NULL \
         AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1 OFFSET $3 - 1"),
};
/// Those that have a part of a text in their names.
const BY_NAME: Way = Way {
    page: in_places!(
        "SELECT seq FROM name_parts WHERE number = $10 AND part = $11 AND seq < $2 ORDER BY seq DESC LIMIT $3"
    ),
    last: sql(
        "SELECT keys.id, keys.seq FROM (SELECT seq FROM name_parts WHERE number = $10 AND part = $11 AND seq < $2 \
         ORDER BY seq DESC LIMIT 1 OFFSET $3 - 1) AS those CROSS JOIN keys WHERE keys.seq = those.seq",
    ),
};

/// Keys of a status that time alone decides: no index has them in their order, so
/// they are counted first.
struct Few {
    count: Statement,
    page: Statement,
}

/// `+seq`: the index by end is used, and not the one in the order of keys.
macro_rules! ending {
    ($when:literal) => {
        concat!(
            "SELECT seq FROM keys WHERE user_id = $1 AND +seq < $2 AND revoked_at IS NULL AND deleted_at IS NULL AND ",
            $when
        )
    };
}

/// `LIMIT` keeps PostgreSQL from walking along all keys in their order instead.
macro_rules! few {
    ($places:expr) => {
        Few {
            count: sql(concat!("SELECT count(*) FROM (", $places, " LIMIT $3) AS those")),
            page: in_places!(concat!($places, " LIMIT $3")),
        }
    };
}

const EXPIRED: Few = few!(ending!("expires_at <= $6"));
const ACTIVE: Few = few!(concat!(ending!("expires_at > $6"), " UNION ALL ", ending!("expires_at IS NULL")));
const ENDING: Few = few!(ending!("expires_at > $6 AND expires_at <= $8"));
const INACTIVE: Few = few!(concat!(
    ending!("expires_at <= $6"),
    " UNION ALL SELECT seq FROM keys WHERE user_id = $1 AND seq < $2 AND revoked_at IS NOT NULL AND deleted_at IS NULL"
));

/// What a step has found.
struct Found {
    keys: Vec<StoredKey>,
    end: End,
}

/// How a step ended.
enum End {
    /// There are no more.
    All,
    /// The page is full.
    Full,
    /// The last key that was looked at is this one, and there may be more.
    Last(String, Place),
}

impl Store {
    /// The user's keys, newest first.
    pub(crate) async fn list_keys(
        &self,
        user_id: &str,
        filter: &Filter<'_>,
        now: Timestamp,
    ) -> Result<Listed> {
        let look = Look { store: self, user_id, filter, now };
        let before = filter.before.unwrap_or(Place(i64::MAX));
        let mut wants_names = false;
        let mut found = look.among_newest(before).await?;
        if let End::Last(_, place) = found.end {
            let room = filter.limit - found.keys.len();
            let rest = match look.by_name(place, room).await? {
                Named::Keys(rest) => Some(rest),
                Named::Behind => {
                    wants_names = true;
                    None
                }
                Named::Any => look.if_few(place, room).await?,
            };
            if let Some(rest) = rest {
                found.keys.extend(rest.keys);
                found.end = rest.end;
            }
        }
        let next = match found.end {
            End::All => None,
            End::Full => found.keys.last().map(|key| key.id.clone()),
            End::Last(id, _) => Some(id),
        };
        Ok(Listed { keys: found.keys, next, wants_names })
    }

    /// Where the user's key with this id stands; a deleted one counts.
    pub(crate) async fn place_of_key(&self, user_id: &str, id: &str) -> Result<Option<Place>> {
        let row = self.find(PLACE, values![id, user_id]).await?;
        row.map(|mut row| row.int().map(Place)).transpose()
    }
}

/// What the index of names has found.
enum Named {
    Keys(Found),
    /// It does not have them all yet.
    Behind,
    /// It is not asked for anything that it knows.
    Any,
}

/// What is looked for.
struct Look<'l> {
    store: &'l Store,
    user_id: &'l str,
    filter: &'l Filter<'l>,
    now: Timestamp,
}

impl Look<'_> {
    /// The first step.
    async fn among_newest(&self, before: Place) -> Result<Found> {
        let Filter { status, idempotency_key, limit, .. } = *self.filter;
        if !idempotency_key.is_empty() {
            let more = values![idempotency_key, forgotten(self.now)];
            return self.page(BY_IDEMPOTENCY_KEY, SCAN, before, limit, more).await;
        }
        let way = if status == "revoked" { REVOKED } else { BY_AGE };
        self.along(&way, before, limit, values![]).await
    }

    /// The second step, for a text.
    async fn by_name(&self, before: Place, room: usize) -> Result<Named> {
        let folded = self.filter.search.to_lowercase();
        Ok(match self.store.look_up_name(self.user_id, &folded, before).await? {
            Lookup::TooShort => Named::Any,
            Lookup::Behind => Named::Behind,
            Lookup::Keys(Part { number, part }) => {
                Named::Keys(self.along(&BY_NAME, before, room, values![number, part]).await?)
            }
        })
    }

    /// The second step, for a status.
    async fn if_few(&self, before: Place, room: usize) -> Result<Option<Found>> {
        let few = match self.filter.status {
            _ if self.filter.ends_until.is_some() => ENDING,
            "active" => ACTIVE,
            "expired" => EXPIRED,
            "inactive" => INACTIVE,
            _ => return Ok(None),
        };
        let values = self.values(SCAN, before, room, values![]);
        let count = self.store.read(Lane::List, few.count, values).await?.pop();
        match count.map(|mut row| row.int()).transpose()? {
            Some(count) if count < SCAN => self.page(few.page, SCAN, before, room, values![]).await.map(Some),
            _ => Ok(None),
        }
    }

    /// Looks at as many keys as the page has room for, which is enough when there
    /// is nothing to filter by, and then at [`SCAN`] more.
    async fn along(&self, way: &Way, before: Place, room: usize, more: Vec<Value>) -> Result<Found> {
        let first = self.some(way, room as i64 + 1, before, room, more.clone()).await?;
        let End::Last(_, place) = first.end else { return Ok(first) };
        let mut found = first;
        let next = self.some(way, SCAN, place, room - found.keys.len(), more).await?;
        found.keys.extend(next.keys);
        found.end = next.end;
        Ok(found)
    }

    async fn some(
        &self,
        way: &Way,
        many: i64,
        before: Place,
        room: usize,
        more: Vec<Value>,
    ) -> Result<Found> {
        let mut found = self.page(way.page, many, before, room, more.clone()).await?;
        if matches!(found.end, End::All) {
            let values = self.values(many, before, room, more);
            if let Some(mut row) = self.store.read(Lane::List, way.last, values).await?.pop() {
                found.end = End::Last(row.text()?, Place(row.int()?));
            }
        }
        Ok(found)
    }

    async fn page(
        &self,
        statement: Statement,
        many: i64,
        before: Place,
        room: usize,
        more: Vec<Value>,
    ) -> Result<Found> {
        let rows = self.store.read(Lane::List, statement, self.values(many, before, room, more)).await?;
        let mut keys = rows.into_iter().map(|mut row| key(&mut row)).collect::<Result<Vec<_>>>()?;
        let end = if keys.len() > room { End::Full } else { End::All };
        keys.truncate(room);
        Ok(Found { keys, end })
    }

    /// The parameters of all statements above, which look at so `many` keys at
    /// most; `more` begin with `$10`.
    fn values(&self, many: i64, before: Place, room: usize, more: Vec<Value>) -> Vec<Value> {
        let Filter { kind, status, search, ends_until, .. } = *self.filter;
        let kind = kind.map_or("", KeyKind::as_str);
        let search = pattern(search);
        // One more, to see whether there is another page.
        let most = room as i64 + 1;
        let mut values =
            values![self.user_id, before.0, many, kind, status, self.now, search, ends_until, most];
        values.extend(more);
        values
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

#[cfg(test)]
mod tests;
