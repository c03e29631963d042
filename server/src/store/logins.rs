//! Rows of `logins` and `access_tokens`: what came of logins by browser. Refresh
//! tokens are good once. Of every token the hash is kept and nothing else.

use jiff::{SignedDuration, Timestamp};

use super::driver::Lane;
use super::sweep::sweep;
use super::users::User;
use super::value::{Row, Statement, millis, sql, values};
use super::{Result, Store, Tx};
use crate::token::HashedToken;

/// A login ends so long after the person logged in, however it is used.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What a person has agreed to.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    pub(crate) audience: String,
    pub(crate) scope: String,
    pub(crate) begun_at: Timestamp,
}

impl Login {
    /// When its time is over.
    pub(crate) fn end(&self) -> Timestamp {
        self.begun_at.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX)
    }
}

/// What came of using a refresh token.
pub(crate) enum Used {
    /// It was good, and is used up now.
    Good(Login),
    /// It had been used before: somebody has a copy.
    Again(Login),
    /// There is no such token.
    Unknown,
}

/// The login of an access token that is good, and whose it is.
pub(crate) struct Access {
    pub(crate) login: Login,
    pub(crate) user: User,
    pub(crate) is_disabled: bool,
}

macro_rules! login_columns {
    () => {
        "logins.login_id, logins.user_id, logins.client_id, logins.audience, logins.scope, logins.begun_at"
    };
}

const INSERT: Statement =
    sql("INSERT INTO logins (token_hash, login_id, user_id, client_id, audience, scope, begun_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
const SPEND: Statement =
    sql("UPDATE logins SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL RETURNING login_id");
/// Of a deleted user none is left, but for rows that are still to be swept out.
const BY_TOKEN: Statement = sql(concat!(
    "SELECT ",
    login_columns!(),
    " FROM logins JOIN users ON users.id = logins.user_id AND users.removed_at IS NULL WHERE token_hash = $1"
));
const END: Statement = sql("DELETE FROM logins WHERE login_id = $1 RETURNING user_id");
const END_TOKENS: Statement = sql("DELETE FROM access_tokens WHERE login_id = $1");
const INSERT_ACCESS: Statement =
    sql("INSERT INTO access_tokens (token_hash, login_id, expires_at) VALUES ($1, $2, $3)");
const ACCESS: Statement = sql(concat!(
    "SELECT ",
    login_columns!(),
    ", users.email, users.disabled_at FROM access_tokens \
     JOIN logins ON logins.login_id = access_tokens.login_id JOIN users ON users.id = logins.user_id \
     WHERE access_tokens.token_hash = $1 AND access_tokens.expires_at > $2 AND logins.begun_at > $3 LIMIT 1"
));
const OF_ACCESS: Statement = sql("SELECT login_id FROM access_tokens WHERE token_hash = $1");
const OF_USER: Statement = sql(concat!(
    "SELECT ",
    login_columns!(),
    " FROM logins WHERE user_id = $1 AND used_at IS NULL AND begun_at > $2 ORDER BY begun_at DESC LIMIT 1000"
));
const BY_ID: Statement =
    sql(concat!("SELECT ", login_columns!(), " FROM logins WHERE login_id = $1 LIMIT 1"));
const END_ALL_TOKENS: Statement =
    sql("DELETE FROM access_tokens WHERE login_id IN (SELECT login_id FROM logins WHERE user_id = $1)");
const END_ALL: Statement = sql("DELETE FROM logins WHERE user_id = $1");
const SWEEP: Statement = sweep!("logins", "begun_at <= $1");
const SWEEP_ACCESS: Statement = sweep!("access_tokens", "expires_at <= $1");
const SWEEP_OF_USER: Statement = sweep!("logins", "user_id = $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 3] = [SWEEP, SWEEP_ACCESS, SWEEP_OF_USER];

impl Tx {
    /// Adds a refresh token of a login.
    pub(crate) async fn insert_refresh_token(&mut self, token: &HashedToken, login: &Login) -> Result<()> {
        let Login { id, user_id, client_id, audience, scope, begun_at } = login;
        let values = values![token.as_str(), id, user_id, client_id, audience, scope, *begun_at];
        self.run(INSERT, values).await.map(drop)
    }

    /// Adds an access token of a login.
    pub(crate) async fn insert_access_token(
        &mut self,
        token: &HashedToken,
        login: &Login,
        expires_at: Timestamp,
    ) -> Result<()> {
        self.run(INSERT_ACCESS, values![token.as_str(), &login.id, expires_at]).await.map(drop)
    }

    /// Uses a refresh token up. Of two at the same time, one is first.
    pub(crate) async fn spend_refresh_token(&mut self, token: &HashedToken, now: Timestamp) -> Result<Used> {
        let spent = self.find(SPEND, values![token.as_str(), now]).await?.is_some();
        let found = self.find(BY_TOKEN, values![token.as_str()]).await?;
        Ok(match found.read_login()? {
            None => Used::Unknown,
            Some(login) if spent => Used::Good(login),
            Some(login) => Used::Again(login),
        })
    }

    /// Ends a login with all its tokens.
    pub(crate) async fn end_login(&mut self, id: &str) -> Result<()> {
        self.run(END_TOKENS, values![id]).await?;
        self.run(END, values![id]).await.map(drop)
    }

    /// Ends all logins of a user.
    pub(crate) async fn end_logins_of(&mut self, user_id: &str) -> Result<()> {
        self.run(END_ALL_TOKENS, values![user_id]).await?;
        self.run(END_ALL, values![user_id]).await.map(drop)
    }

    /// The login that a refresh token or an access token is of, also when the
    /// token is used up or over.
    pub(crate) async fn login_of_token(&mut self, token: &HashedToken) -> Result<Option<Login>> {
        let refresh = self.find(BY_TOKEN, values![token.as_str()]).await?;
        if let Some(login) = refresh.read_login()? {
            return Ok(Some(login));
        }
        let Some(mut row) = self.find(OF_ACCESS, values![token.as_str()]).await? else { return Ok(None) };
        let id = row.text()?;
        self.login_by_id(&id).await
    }

    pub(crate) async fn login_by_id(&mut self, id: &str) -> Result<Option<Login>> {
        self.find(BY_ID, values![id]).await?.read_login()
    }
}

impl Store {
    /// The login of an access token, unless either has ended.
    pub(crate) async fn access(&self, token: &HashedToken, now: Timestamp) -> Result<Option<Access>> {
        let row = self.find(ACCESS, values![token.as_str(), now, over(now)]).await?;
        let access = |mut row: Row| {
            let login = login(&mut row)?;
            let user = User { id: login.user_id.clone(), email: row.text()? };
            Ok(Access { login, user, is_disabled: row.optional_int()?.is_some() })
        };
        row.map(access).transpose()
    }

    /// The logins of a user that have not ended, newest first.
    pub(crate) async fn logins_of(&self, user_id: &str, now: Timestamp) -> Result<Vec<Login>> {
        let rows = self.read(Lane::List, OF_USER, values![user_id, over(now)]).await?;
        rows.into_iter().map(|mut row| login(&mut row)).collect()
    }

    /// Sweeps out what is over.
    pub(crate) async fn sweep_logins(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP_ACCESS, values![now]).await?;
        self.sweep_out(SWEEP, values![over(now)]).await
    }

    /// Ends the logins of a user, some at a time; their access tokens end with them.
    pub(crate) async fn sweep_logins_of(&self, user_id: &str) -> Result<()> {
        self.sweep_out(SWEEP_OF_USER, values![user_id]).await
    }
}

/// Logins that were begun up to this time are over.
fn over(now: Timestamp) -> i64 {
    millis(now) - LIFETIME.as_millis() as i64
}

fn login(row: &mut Row) -> Result<Login> {
    Ok(Login {
        id: row.text()?,
        user_id: row.text()?,
        client_id: row.text()?,
        audience: row.text()?,
        scope: row.text()?,
        begun_at: row.time()?,
    })
}

trait MaybeLogin {
    fn read_login(self) -> Result<Option<Login>>;
}

impl MaybeLogin for Option<Row> {
    fn read_login(mut self) -> Result<Option<Login>> {
        self.as_mut().map(login).transpose()
    }
}
