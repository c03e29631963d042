//! What a limit is, and how it is declared.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::Refill;
use crate::http::object::objects;
use crate::http::problem::Problem;

/// So many limits at most for one holder.
const MOST: usize = 8;
const LONGEST_NAME: usize = 32;
/// What is added up stays far from what 64 bits hold, and from what JavaScript counts exactly.
const LARGEST: i64 = 1_000_000_000_000;
/// A day. What is to hold for longer is a quota.
const LONGEST_WINDOW: i64 = 86_400;

/// A limit of a key or of an owner. As JSON, for the database and for whoever asks,
/// it is what was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limit {
    /// Unique within the holder.
    pub(crate) name: String,
    /// How much there is.
    pub(crate) limit: i64,
    #[serde(flatten)]
    pub(crate) kind: Kind,
}

/// How a limit counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Kind {
    /// So much within any window of this length: smooths what comes at once.
    Rate { window_seconds: i64 },
    /// So much between two refills: what somebody has paid for.
    Quota { refill: Refill, time_zone: String },
}

/// A limit as somebody declares it: of the last three members those that belong to
/// its kind.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(as = Limit)]
pub(crate) struct Declaration {
    /// What it is called: 1 to 32 of `a-z`, `0-9`, `_`, `-`, unique within the holder.
    #[schema(example = "requests", pattern = "^[a-z0-9_-]{1,32}$")]
    name: String,
    kind: KindName,
    /// How much there is.
    #[schema(example = 100, minimum = 1, maximum = 1_000_000_000_000_i64)]
    limit: i64,
    /// Of a rate: the length of its window. At most a day.
    #[serde(default)]
    #[schema(example = 60, minimum = 1, maximum = 86_400, nullable = false)]
    window_seconds: Option<i64>,
    /// Of a quota: when all of it is there again. A week begins on Monday.
    #[serde(default)]
    #[schema(nullable = false)]
    refill: Option<Refill>,
    /// Of a quota: where the day, week or month begins, as the IANA calls it.
    #[serde(default)]
    #[schema(example = "Europe/Berlin", default = "UTC", nullable = false)]
    time_zone: Option<String>,
}

objects!(Declaration);

/// `rate` or `quota`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LimitKind)]
pub(crate) enum KindName {
    /// So much within any window of so many seconds.
    Rate,
    /// So much between two refills.
    Quota,
}

/// What happens to a key while the database cannot be asked for its quotas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnLimiterFailure {
    /// `POST /v1/verify` answers 503.
    #[default]
    Deny,
    /// The key passes, and its quotas may be exceeded.
    Allow,
}

/// The limits of one holder; `field` is the member that they stand in.
///
/// # Errors
/// 422, with the member that cannot be used.
pub(crate) fn read(field: &str, declared: Vec<Declaration>) -> Result<Vec<Limit>, Problem> {
    if declared.len() > MOST {
        let detail = format!("`{field}` has {} entries; at most {MOST} are allowed.", declared.len());
        return Err(Problem::field(field, detail));
    }
    let mut limits: Vec<Limit> = Vec::with_capacity(declared.len());
    for (index, declaration) in declared.into_iter().enumerate() {
        let faulty = |(member, what): (&str, String)| {
            let field = format!("{field}[{index}].{member}");
            let detail = format!("`{field}` {what}");
            Problem::field(field, detail)
        };
        let limit = one(declaration).map_err(faulty)?;
        if limits.iter().any(|earlier| earlier.name == limit.name) {
            return Err(faulty((
                "name",
                format!("\"{}\" is there twice. Give each limit a name.", limit.name),
            )));
        }
        limits.push(limit);
    }
    Ok(limits)
}

/// What is wrong: the member, and the rest of a sentence about it.
type Faulty = (&'static str, String);

fn one(declared: Declaration) -> Result<Limit, Faulty> {
    let Declaration { name, kind, limit, window_seconds, refill, time_zone } = declared;
    if !is_name(&name) {
        let rule =
            format!("must have 1 to {LONGEST_NAME} characters of a-z, 0-9, _ and -, such as \"requests\".");
        return Err(("name", rule));
    }
    if !(1..=LARGEST).contains(&limit) {
        return Err(("limit", format!("must be a whole number from 1 to {LARGEST}.")));
    }
    let alien = |member, of| Err((member, format!("belongs to a {of}; leave it out.")));
    let kind = match (kind, window_seconds, refill, time_zone) {
        (KindName::Rate, _, Some(_), _) => return alien("refill", "quota"),
        (KindName::Rate, _, _, Some(_)) => return alien("time_zone", "quota"),
        (KindName::Quota, Some(_), _, _) => return alien("window_seconds", "rate"),
        (KindName::Rate, Some(window_seconds), None, None)
            if (1..=LONGEST_WINDOW).contains(&window_seconds) =>
        {
            Kind::Rate { window_seconds }
        }
        (KindName::Rate, _, None, None) => {
            let rule = format!(
                "must be there for a rate, and be a whole number from 1 to {LONGEST_WINDOW} (a day). What is to hold \
                 for longer is a quota."
            );
            return Err(("window_seconds", rule));
        }
        (KindName::Quota, None, None, _) => {
            return Err((
                "refill",
                "must be there for a quota: \"day\", \"week\", \"month\" or \"never\".".into(),
            ));
        }
        (KindName::Quota, None, Some(refill), time_zone) => {
            let time_zone = time_zone.unwrap_or_else(|| "UTC".to_owned());
            if TimeZone::get(&time_zone).is_err() {
                let rule = "must be a time zone as the IANA calls it, such as \"UTC\" or \"Europe/Berlin\".";
                return Err(("time_zone", rule.into()));
            }
            Kind::Quota { refill, time_zone }
        }
    };
    Ok(Limit { name, limit, kind })
}

fn is_name(text: &str) -> bool {
    let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(allowed)
}

impl Kind {
    pub(crate) fn name(&self) -> KindName {
        match self {
            Kind::Rate { .. } => KindName::Rate,
            Kind::Quota { .. } => KindName::Quota,
        }
    }

    pub(crate) fn window_seconds(&self) -> Option<i64> {
        match self {
            Kind::Rate { window_seconds } => Some(*window_seconds),
            Kind::Quota { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read_json(declared: Value) -> Result<Vec<Limit>, Problem> {
        read("limits", serde_json::from_value(declared).unwrap())
    }

    #[test]
    fn what_is_declared_is_told_again() {
        let declared = json!([
            {"name": "requests", "kind": "rate", "limit": 100, "window_seconds": 60},
            {"name": "calls", "kind": "quota", "limit": 10_000, "refill": "month", "time_zone": "Europe/Berlin"},
            {"name": "trial", "kind": "quota", "limit": 1, "refill": "never", "time_zone": "UTC"},
        ]);
        let limits = read_json(declared.clone()).unwrap();
        assert_eq!(serde_json::to_value(&limits).unwrap(), declared);
        assert_eq!(serde_json::from_value::<Vec<Limit>>(declared).unwrap(), limits);
        let short = read_json(json!([{"name": "a", "kind": "quota", "limit": 5, "refill": "day"}])).unwrap();
        assert_eq!(short[0].kind, Kind::Quota { refill: Refill::Day, time_zone: "UTC".into() });
        assert!(read_json(json!([])).unwrap().is_empty());
    }

    #[test]
    fn a_faulty_limit_is_refused_with_its_member() {
        let rate = |more: Value| {
            let mut rate = json!({"name": "a", "kind": "rate", "limit": 5, "window_seconds": 60});
            rate.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            rate
        };
        let quota = |more: Value| {
            let mut quota = json!({"name": "a", "kind": "quota", "limit": 5, "refill": "day"});
            quota.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            quota
        };
        for (limit, member, word) in [
            (rate(json!({"name": ""})), "name", "1 to 32"),
            (rate(json!({"name": "a b"})), "name", "1 to 32"),
            (rate(json!({"name": "a:b"})), "name", "1 to 32"),
            (rate(json!({"name": "a".repeat(33)})), "name", "1 to 32"),
            (rate(json!({"limit": 0})), "limit", "from 1"),
            (rate(json!({"limit": LARGEST + 1})), "limit", "from 1"),
            (rate(json!({"window_seconds": 0})), "window_seconds", "86400"),
            (rate(json!({"window_seconds": 86_401})), "window_seconds", "quota"),
            (rate(json!({"window_seconds": null})), "window_seconds", "must be there"),
            (rate(json!({"refill": "day"})), "refill", "belongs to a quota"),
            (rate(json!({"time_zone": "UTC"})), "time_zone", "belongs to a quota"),
            (quota(json!({"window_seconds": 60})), "window_seconds", "belongs to a rate"),
            (quota(json!({"refill": null})), "refill", "must be there"),
            (quota(json!({"time_zone": "Europe/Atlantis"})), "time_zone", "IANA"),
            (quota(json!({"time_zone": ""})), "time_zone", "IANA"),
            (quota(json!({"time_zone": "+02:00"})), "time_zone", "IANA"),
        ] {
            let problem = read_json(json!([rate(json!({"name": "first"})), limit])).unwrap_err();
            assert_eq!(problem.field, Some(format!("limits[1].{member}")), "{}", problem.detail);
            assert!(problem.detail.contains(word), "{}", problem.detail);
        }
        let twice = read_json(json!([rate(json!({})), quota(json!({}))])).unwrap_err();
        assert_eq!(twice.field.as_deref(), Some("limits[1].name"));
        let many: Vec<_> = (0..9).map(|number| rate(json!({"name": format!("n{number}")}))).collect();
        assert_eq!(read_json(json!(many[..8])).unwrap().len(), 8);
        assert_eq!(read_json(json!(many)).unwrap_err().field.as_deref(), Some("limits"));
    }
}
