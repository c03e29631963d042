//! Looking at the keys of an application: one, or many page by page.

use super::access::{Power, reach};
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::{ID_PREFIX, key_id, lifetime};
use crate::state::App;
use crate::store::issued::IssuedKey;
use crate::store::issued_list::{IssuedFilter, ListedIssued};

/// Which part of a list.
pub(crate) struct Page {
    /// What the page before named as the next one; empty: the first page.
    pub(crate) cursor: String,
    pub(crate) limit: usize,
}

impl Page {
    /// The id after which the page begins; empty for the first.
    ///
    /// # Errors
    /// 422 for what can be none.
    pub(super) fn after(&self, is_id: impl Fn(&str) -> bool) -> Result<&str, Problem> {
        if self.cursor.is_empty() || is_id(&self.cursor) {
            return Ok(&self.cursor);
        }
        Err(wrong_cursor())
    }
}

/// Cuts what was found down to a page, and tells the id that the next one begins
/// after. One more than fits was asked for, to see whether there is one.
pub(super) fn page<T>(mut found: Vec<T>, limit: usize, id: impl Fn(&T) -> &str) -> (Vec<T>, Option<String>) {
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found.last().filter(|_| !is_last).map(|last| id(last).to_owned());
    (found, next)
}

pub(super) fn wrong_cursor() -> Problem {
    Problem::field("cursor", "`cursor` is not one of this list. Start without it.")
}

/// Which keys to list.
pub(crate) struct IssuedOrder {
    pub(crate) owner: String,
    pub(crate) status: String,
    pub(crate) search: String,
    pub(crate) ends_within_days: Option<u32>,
    pub(crate) page: Page,
}

/// A page of an application's keys, newest first.
///
/// # Errors
/// 404, and 422 for a cursor that is not one of this list.
pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    application_id: &str,
    order: &IssuedOrder,
) -> Result<ListedIssued, Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    let _turn = app.quota().listing(&caller.user.id).await?;
    let before = match order.page.cursor.as_str() {
        "" => None,
        cursor => {
            let id = format!("{ID_PREFIX}{cursor}");
            let id = key_id(&id).map_err(|_| wrong_cursor())?;
            // A deleted key still marks the place where a page ended.
            Some(app.store().place_of_issued(&application.id, id).await?.ok_or_else(wrong_cursor)?)
        }
    };
    let now = app.now();
    let filter = IssuedFilter {
        owner: &order.owner,
        status: &order.status,
        search: &order.search,
        ends_until: order.ends_within_days.map(|days| lifetime::days_from(now, days)),
        before,
        limit: order.page.limit,
    };
    let mut listed = app.store().list_issued(&application.id, &filter, now).await?;
    listed.keys.iter_mut().for_each(|key| app.noted().tell_issued(key));
    Ok(listed)
}

/// One of an application's keys.
///
/// # Errors
/// 404.
pub(crate) async fn get(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<IssuedKey, Problem> {
    let application = reach(app, caller, application_id, Power::Read).await?;
    let key = app.store().issued_key(&application.id, key_id(id).map_err(|_| no_such_key())?).await?;
    let mut key = key.ok_or_else(no_such_key)?;
    app.noted().tell_issued(&mut key);
    Ok(key)
}

/// 404 for a key of an application.
pub(super) fn no_such_key() -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        "This application has no key with this id. It may have been deleted; look at the list of its keys.",
    )
}
