//! Guards: programs that check keys by themselves, and report what was used.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::limits::Lease;
use crate::applications::access;
use crate::auth::Caller;
use crate::http::body::JsonBody;
use crate::http::object::objects;
use crate::http::problem::Problem;
use crate::limits::report::{self, Remains, Report, Said};
use crate::state::App;

/// What a guard has used since its last report, and what it wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GuardReport)]
pub(super) struct ReportBody {
    /// 1, 2, 3 and so on. Whoever got no answer sends the same report again, with
    /// the same number: it is counted once, and answered as it was.
    #[schema(minimum = 1)]
    number: i64,
    #[serde(default)]
    uses: Vec<Use>,
    #[serde(default)]
    want: Vec<Want>,
    /// The guard ends: what it has and has not spent goes back.
    #[serde(default)]
    #[schema(default = false)]
    done: bool,
}

/// What was used of a limit since the last report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(as = LimitUse)]
struct Use {
    /// The `id` of the limit, as POST /v1/verify has told it.
    limit: String,
    /// Of a rate: what the guard has let pass. Of a quota: what it has spent of its leases.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    spent: i64,
}

/// How much of a quota the guard wants to spend besides what it has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(as = LimitWish)]
struct Want {
    limit: String,
    /// It gets fewer when little is left, so that other guards get some too.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    units: i64,
}

objects!(Use, Want);

/// The answer to a report.
#[derive(Serialize, ToSchema)]
#[schema(as = GuardReportAnswer)]
pub(super) struct Answer {
    number: i64,
    /// Those that the report is about and that are still there.
    limits: Vec<Remaining>,
}

/// What is left of a limit, over all guards.
#[derive(Serialize, ToSchema)]
#[schema(as = LimitRemaining)]
struct Remaining {
    limit: String,
    remaining: i64,
    /// Seconds until the window of a rate ends, or a quota is refilled; `null`: never.
    reset_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lease: Option<Lease>,
}

impl From<Remains> for Remaining {
    fn from(remains: Remains) -> Self {
        let Remains { limit, remaining, reset_seconds, lease } = remains;
        Remaining { limit, remaining, reset_seconds, lease: lease.map(Lease::from) }
    }
}

/// Counts what a guard has used, gives it units of quotas to spend, and tells what
/// is left over all guards. A lease that ended before the last answer is settled:
/// what was not reported as spent of it goes back to the quota.
#[utoipa::path(
    post, path = "/v1/guards/{guard}/reports", tag = "verify", operation_id = "reportUse",
    params(("guard" = String, Path, description = "The id that the guard has made for itself when it started", pattern = "^grd_[0-9A-Za-z]{16,64}$")),
    request_body = ReportBody,
    responses(
        (status = 200, description = "Counted, now or when it was first sent", body = Answer),
        (status = 403, description = "It is no management key, or lacks the scope verify"),
        (status = 409, description = "A later report of this guard was answered already"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = [])),
)]
pub(super) async fn report(
    State(app): State<App>,
    caller: Caller,
    Path(guard): Path<String>,
    JsonBody(body): JsonBody<ReportBody>,
) -> Result<Json<Answer>, Problem> {
    let manager = access::asker(&caller)?;
    let ReportBody { number, uses, want, done } = body;
    let guard = report::read_guard("guard", guard)?;
    if number < 1 {
        return Err(Problem::field("number", "`number` counts the reports of a guard from 1."));
    }
    let mut said: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (index, Use { limit, spent }) in uses.into_iter().enumerate() {
        let amount = amount(spent, || format!("uses[{index}].spent"))?;
        let (sum, _) = said.entry(limit).or_default();
        *sum = sum.saturating_add(amount);
    }
    for (index, Want { limit, units }) in want.into_iter().enumerate() {
        let amount = amount(units, || format!("want[{index}].units"))?;
        let (_, sum) = said.entry(limit).or_default();
        *sum = sum.saturating_add(amount);
    }
    let application = &manager.application;
    let mut declared = report::declared(&app, application, said.keys()).await?;
    let limits = said.into_iter().filter_map(|(id, (spent, wanted))| {
        let limit = declared.remove(&id)?;
        Some((id, Said { limit, spent, wanted }))
    });
    let report =
        Report { application: &application.id, guard: &guard, number, limits: limits.collect(), done };
    let remains = report::report(&app, &report).await?;
    Ok(Json(Answer { number, limits: remains.into_iter().map(Remaining::from).collect() }))
}

/// More is as good as all there is, and is no honest report.
const LARGEST: i64 = 1_000_000_000_000;

fn amount(amount: i64, field: impl FnOnce() -> String) -> Result<i64, Problem> {
    if (0..=LARGEST).contains(&amount) {
        return Ok(amount);
    }
    let field = field();
    let detail = format!("`{field}` must be a whole number from 0 to {LARGEST}.");
    Err(Problem::field(field, detail))
}
