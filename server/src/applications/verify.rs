//! Whether a key that somebody has shown to an application is good, for what they
//! ask, from where they ask: the one question that every request to the API of an
//! application comes to. Nothing is written on its path.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use keylatch_format::Secret;

use super::access::asker;
use super::addresses;
use super::rule::candidates;
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::scopes;
use crate::limits::check::{self as limits, Checked, Holder, Told};
use crate::limits::declare::OnLimiterFailure;
use crate::limits::{Of, report};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::checks::Known;
use crate::store::issued::{Issued, IssuedKey, IssuedStatus};
use crate::store::management::Manager;
use crate::store::owners::Owner;

/// What one check may cost.
const HIGHEST_COST: u64 = 1_000_000;
/// So many checks stand in one request.
const MOST_CHECKS: usize = 100;

/// What is asked.
pub(crate) struct CheckOrder {
    pub(crate) key: Secret,
    pub(crate) scopes: Option<Vec<String>>,
    /// None: one.
    pub(crate) cost: Option<u64>,
    /// The client's address.
    pub(crate) ip: Option<String>,
    /// Who spends by itself.
    pub(crate) guard: Option<String>,
    /// None: whichever the management key is of.
    pub(crate) application: Option<String>,
}

/// The same, and everything in it can be used.
struct Check {
    key: Secret,
    scopes: Vec<String>,
    cost: u64,
    address: Option<IpAddr>,
    guard: Option<String>,
}

/// What is said of a key, in the order in which it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NotFound,
    Expired,
    Revoked,
    Disabled,
    IpRefused,
    InsufficientScope,
    RateLimited,
    QuotaExceeded,
    Valid,
}

/// The answer.
pub(crate) struct Verdict {
    pub(crate) code: Code,
    /// Absent only if there is no such key.
    pub(crate) issued: Option<Arc<Known<Issued>>>,
    /// Those that were asked for and that the key lacks.
    pub(crate) missing_scopes: Vec<String>,
    /// What is left of them, if it came to that.
    pub(crate) limits: Vec<Told>,
    /// For so long the key is what it is said to be, whoever keeps the answer.
    pub(crate) fresh_seconds: u64,
    /// A guard asked, which decides about addresses by itself.
    pub(crate) is_for_guard: bool,
}

/// Answers about one key.
///
/// # Errors
/// 403 for who may not ask, 422 for what cannot be asked. That a key is not good
/// is no error.
pub(crate) async fn verify(app: &App, caller: &Caller, order: CheckOrder) -> Result<Verdict, Problem> {
    let manager = asker(caller)?;
    judge(app, manager, &order.read("", manager)?).await
}

/// Answers about many keys, one after the other. What is wrong with one of the
/// checks is said before any is made.
///
/// # Errors
/// As for one, naming the check.
pub(crate) async fn verify_many(
    app: &App,
    caller: &Caller,
    orders: Vec<CheckOrder>,
) -> Result<Vec<Verdict>, Problem> {
    let manager = asker(caller)?;
    if !(1..=MOST_CHECKS).contains(&orders.len()) {
        let detail = format!("`checks` has {} entries; send 1 to {MOST_CHECKS}.", orders.len());
        return Err(Problem::field("checks", detail));
    }
    let orders = orders.into_iter().enumerate();
    let checks: Vec<_> = orders
        .map(|(index, order)| order.read(&format!("checks[{index}]."), manager))
        .collect::<Result<_, _>>()?;
    let mut verdicts = Vec::with_capacity(checks.len());
    for check in &checks {
        verdicts.push(judge(app, manager, check).await?);
    }
    Ok(verdicts)
}

async fn judge(app: &App, manager: &Manager, check: &Check) -> Result<Verdict, Problem> {
    let application = &manager.application;
    let candidates = candidates(&check.key, &application.rules);
    let issued = app.store().checked_issued(&application.id, &candidates).await?;
    let now = app.now();
    let fresh = app.config().check_cache.as_secs();
    let Some(issued) = issued else {
        return Ok(Verdict {
            code: Code::NotFound,
            issued: None,
            missing_scopes: Vec::new(),
            limits: Vec::new(),
            fresh_seconds: fresh,
            is_for_guard: check.guard.is_some(),
        });
    };
    let missing_scopes: Vec<_> =
        check.scopes.iter().filter(|scope| !issued.key.scopes.contains(scope)).cloned().collect();
    let mut limits = Vec::new();
    // A guard keeps the answer for requests from other addresses, and looks at each itself.
    let is_allowed = check.guard.is_some() || addresses::allow(&issued.key.allowed_addresses, check.address);
    let mut code = standing(&issued, is_allowed, &missing_scopes, now);
    if code == Code::Valid {
        // Limits come last: what is refused for anything else spends nothing.
        (code, limits) = spend(app, application, &issued, check).await?;
    }
    if code == Code::Valid && check.cost > 0 {
        app.noted().issued_was_used(&issued, check.address, now);
    }
    let fresh_seconds = fresh.min(seconds_left(&issued, now));
    let is_for_guard = check.guard.is_some();
    Ok(Verdict { code, issued: Some(issued), missing_scopes, limits, fresh_seconds, is_for_guard })
}

/// What the key is, whatever it has used of its limits.
fn standing(issued: &Issued, is_allowed_address: bool, missing_scopes: &[String], now: Timestamp) -> Code {
    match issued.key.status(now) {
        IssuedStatus::Expired => Code::Expired,
        IssuedStatus::Revoked => Code::Revoked,
        IssuedStatus::Disabled => Code::Disabled,
        IssuedStatus::Active if !is_allowed_address => Code::IpRefused,
        IssuedStatus::Active if !missing_scopes.is_empty() => Code::InsufficientScope,
        IssuedStatus::Active => Code::Valid,
    }
}

/// Takes what the check costs from the limits of the key and its owner. A guard
/// spends by itself.
async fn spend(
    app: &App,
    application: &Application,
    issued: &Issued,
    check: &Check,
) -> Result<(Code, Vec<Told>), Problem> {
    let holders = holders(application, &issued.key, &issued.owner);
    let asked = limits::Check {
        application: &application.id,
        holders: &holders,
        cost: i64::try_from(check.cost).unwrap_or(i64::MAX),
        guard: check.guard.as_deref(),
        allows_on_failure: application.on_limiter_failure == OnLimiterFailure::Allow,
    };
    let Checked { verdict, limits } = limits::check(app, &asked).await?;
    let code = match verdict {
        limits::Verdict::Room => Code::Valid,
        limits::Verdict::RateLimited => Code::RateLimited,
        limits::Verdict::QuotaExceeded => Code::QuotaExceeded,
    };
    Ok((code, limits))
}

/// Whose limits count for a key: its own, or those of the application, and its owner's.
pub(super) fn holders<'a>(
    application: &'a Application,
    key: &'a IssuedKey,
    owner: &'a Owner,
) -> [Holder<'a>; 2] {
    let own = key.limits.as_ref().unwrap_or(&application.limits);
    [
        Holder { of: Of::Key, id: &key.id, limits: own },
        Holder { of: Of::Owner, id: &owner.id, limits: &owner.limits },
    ]
}

/// Until the key ends by itself. One that has ended stays so.
fn seconds_left(issued: &Issued, now: Timestamp) -> u64 {
    let left = issued.key.expires_at.map(|end| end.duration_since(now)).filter(|left| left.is_positive());
    left.map_or(u64::MAX, |left| u64::try_from(left.as_secs()).unwrap_or(0))
}

impl CheckOrder {
    /// `at` goes before the names of members, such as `checks[3].`. Who asks may ask about
    /// its own application only, so one that is named must be that.
    fn read(self, at: &str, manager: &Manager) -> Result<Check, Problem> {
        if self.application.is_some_and(|application| application != manager.application.id) {
            let detail = format!(
                "This management key is one of {}, and `{at}application` names another. Ask with a management \
                 key of that one.",
                manager.application.id
            );
            return Err(Problem::new(ProblemCode::Forbidden, detail));
        }
        let cost = self.cost.unwrap_or(1);
        if cost > HIGHEST_COST {
            let field = format!("{at}cost");
            let detail =
                format!("`{field}` must be a whole number from 0, which only looks, to {HIGHEST_COST}.");
            return Err(Problem::field(field, detail));
        }
        let address = self.ip.map(|text| addresses::read_one(&format!("{at}ip"), &text)).transpose()?;
        let scopes = scopes::read(&format!("{at}scopes"), self.scopes)?;
        let guard = self.guard.map(|guard| report::read_guard(&format!("{at}guard"), guard)).transpose()?;
        Ok(Check { key: self.key, scopes, cost, address, guard })
    }
}

impl Code {
    /// As it stands on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Code::NotFound => "not_found",
            Code::Expired => "expired",
            Code::Revoked => "revoked",
            Code::Disabled => "disabled",
            Code::IpRefused => "ip_refused",
            Code::InsufficientScope => "insufficient_scope",
            Code::RateLimited => "rate_limited",
            Code::QuotaExceeded => "quota_exceeded",
            Code::Valid => "valid",
        }
    }
}
