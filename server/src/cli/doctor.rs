//! `doctor`: whether the server would work as it is set up.

use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use keylatch_server::{App, Database};

use super::flags::Flags;
use super::{limits, say};

/// How far the clocks of this computer and of the database may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// What was looked at, and what to do about it.
enum Finding {
    Good(String),
    Doubtful(String),
    Bad(String),
}

/// Says what is good and what is not; ends with 1 if something is bad.
pub(super) async fn examine(flags: &Flags) -> Result<ExitCode, String> {
    let mut findings = settings(flags);
    findings.extend(database(flags).await);
    let mut bad = false;
    for finding in &findings {
        match finding {
            Finding::Good(text) => say(&format!("good      {text}")),
            Finding::Doubtful(text) => say(&format!("doubtful  {text}")),
            Finding::Bad(text) => {
                bad = true;
                say(&format!("bad       {text}"));
            }
        }
    }
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn settings(flags: &Flags) -> Vec<Finding> {
    let mut findings = Vec::new();
    let proxied = flags.secure_cookies;
    findings.push(match (proxied, flags.trusted_proxy.is_empty()) {
        (true, false) => Finding::Good("clients' addresses are taken from X-Forwarded-For of the trusted proxies".into()),
        (true, true) => Finding::Doubtful(
            "behind a proxy all clients count as one address. Name the proxy with --trusted-proxy, and let it set X-Forwarded-For".into(),
        ),
        (false, false) => Finding::Doubtful(
            "there is a --trusted-proxy, but cookies are not kept to https. Add --secure-cookies if the proxy speaks https".into(),
        ),
        (false, true) => Finding::Good("clients connect to the server itself".into()),
    });
    let wide = flags.trusted_proxy.iter().find(|network| network.prefix_len() == 0);
    if let Some(network) = wide {
        findings.push(Finding::Bad(format!(
            "--trusted-proxy {network} trusts everybody: any client can write any address. Name the proxy's own"
        )));
    }
    let connections = limits::connections(flags.max_connections);
    findings.push(if connections < 1000 {
        Finding::Doubtful(format!(
            "there is room for {connections} connections only. Raise the limit of open files (LimitNOFILE)"
        ))
    } else {
        Finding::Good(format!("there is room for {connections} connections"))
    });
    findings
}

async fn database(flags: &Flags) -> Vec<Finding> {
    let mut config = match flags.config() {
        Ok(config) => config,
        Err(message) => return vec![Finding::Bad(message)],
    };
    config.demo = false;
    let kind = match &config.database {
        Database::Sqlite(path) => format!("SQLite, {}", path.display()),
        Database::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let app = match App::open_without_jobs(config).await {
        Ok(app) => app,
        Err(error) => return vec![Finding::Bad(error.to_string())],
    };
    let mut findings =
        vec![Finding::Good(format!("the database ({kind}) opens, and its tables are up to date"))];
    findings.push(match app.store().check(app.now()).await {
        Ok(()) => Finding::Good("it can be read and written".into()),
        Err(error) => Finding::Bad(format!("it cannot be read and written: {error}")),
    });
    findings.push(match app.store().clock().await {
        Ok(Some(theirs)) => {
            let apart = Timestamp::now().duration_since(theirs).abs();
            if apart > SKEW {
                Finding::Bad(format!(
                    "this computer's clock and the database's are {} seconds apart. Keys would end too early or too late: set the clocks",
                    apart.as_secs()
                ))
            } else {
                Finding::Good("this computer's clock and the database's agree".into())
            }
        }
        Ok(None) => Finding::Doubtful("the database does not tell its time".into()),
        Err(error) => Finding::Bad(format!("the database does not tell its time: {error}")),
    });
    findings.extend(redis(&app).await);
    app.close().await;
    findings
}

/// What is true of the Redis, if there is one.
async fn redis(app: &App) -> Vec<Finding> {
    let state = match app.store().redis_state().await {
        Ok(None) => return Vec::new(),
        Ok(Some(state)) => state,
        Err(error) => {
            return vec![Finding::Bad(format!(
                "{error}. Nobody can sign in; check --redis, and that it runs"
            ))];
        }
    };
    let mut findings = vec![match app.store().check_counters().await {
        Ok(()) => Finding::Good(format!("Redis {} can be written", state.version)),
        Err(error) => Finding::Bad(format!("it cannot be written: {error}")),
    }];
    findings.push(if state.eviction == "noeviction" {
        Finding::Good("it drops nothing when its memory is used up (maxmemory-policy noeviction)".into())
    } else {
        Finding::Doubtful(format!(
            "it drops counts when its memory is used up (maxmemory-policy {}), and whoever guesses gets more \
             attempts. Set it to noeviction",
            state.eviction
        ))
    });
    findings
}
