//! Taking over keys that were issued elsewhere, by their hashes: whoever moves
//! their API here gives out no new key.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::alphabet::{self, Alphabet};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use keylatch_format::hex;
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::{Power, done, no_such_application, reach};
use super::create::Particulars;
use super::owner;
use super::rule::{Algorithm, Input, Rule, unhex};
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::keys::issue::new_id;
use crate::keys::lifetime::{moment, whole_millis};
use crate::state::App;
use crate::store::applications::Application;
use crate::store::issued::IssuedKey;
use crate::token::HashedKey;

const MOST_KEYS: usize = 1_000;
/// Each is tried with each key that is verified.
const MOST_RULES: usize = 10;
const LONGEST_SEPARATOR: usize = 8;
const LONGEST_PEPPER: usize = 1_024;
const LONGEST_ID_PART: usize = 256;

/// What is to be taken over.
pub(crate) struct ImportOrder {
    pub(crate) rule: RuleOrder,
    pub(crate) keys: Vec<ImportedKey>,
    /// Those that the application has already are passed over.
    pub(crate) skips_existing: bool,
}

/// How the keys were hashed.
pub(crate) struct RuleOrder {
    pub(crate) algorithm: String,
    pub(crate) input: Input,
    pub(crate) separator: Option<String>,
    pub(crate) encoding: Encoding,
    pub(crate) pepper: Option<String>,
    pub(crate) id_part: Option<Input>,
}

/// How the hashes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = HashEncoding)]
pub(crate) enum Encoding {
    Hex,
    Base64,
    Base64Url,
}

/// One key.
pub(crate) struct ImportedKey {
    pub(crate) hash: String,
    pub(crate) id_part: Option<String>,
    pub(crate) owner: String,
    pub(crate) created_at: Option<String>,
    pub(crate) expires_at: Option<String>,
    pub(crate) more: Particulars,
}

/// Takes keys over, all of them or none, and tells those that were.
///
/// # Errors
/// 404, and 422, naming the rule's member or the index of the key that cannot be
/// used.
pub(crate) async fn import(
    app: &App,
    caller: &Caller,
    application_id: &str,
    order: ImportOrder,
) -> Result<Vec<IssuedKey>, Problem> {
    let application = reach(app, caller, application_id, Power::Create).await?;
    if !(1..=MOST_KEYS).contains(&order.keys.len()) {
        let detail =
            format!("`keys` has {} entries; send 1 to {MOST_KEYS} with each request.", order.keys.len());
        return Err(Problem::field("keys", detail));
    }
    let encoding = order.rule.encoding;
    let rule = read_rule(order.rule)?;
    let mut tx = app.store().begin().await?;
    let locked = tx.lock_application(&application.user_id, &application.id).await?;
    let mut application = locked.ok_or_else(no_such_application)?;
    let number = number_of(&mut application, &rule)?;
    let mut keys = Vec::with_capacity(order.keys.len());
    let mut indexes = HashMap::new();
    for (index, imported) in order.keys.into_iter().enumerate() {
        let key = read_key(app, &application, (&rule, number, encoding), index, imported)?;
        if let Some(earlier) = indexes.insert(key.hash.as_str().to_owned(), index) {
            let field = format!("keys[{index}].hash");
            let detail = format!("`{field}` is that of keys[{earlier}] too. Send each key once.");
            return Err(Problem::field(field, detail));
        }
        keys.push(key);
    }
    let taken = tx.taken_hashes(&application.id, indexes.keys().cloned().collect()).await?;
    if order.skips_existing {
        let taken: HashSet<_> = taken.into_iter().collect();
        keys.retain(|key| !taken.contains(key.hash.as_str()));
    } else if let Some(index) = taken.iter().filter_map(|hash| indexes.get(hash)).min() {
        let field = format!("keys[{index}].hash");
        let detail = format!(
            "`{field}` is that of a key which this application has already. Leave it out, or send `skip_existing`."
        );
        return Err(Problem::field(field, detail));
    }
    let now = app.now();
    let mut owners: Vec<_> = keys.iter().map(|key| key.owner.clone()).collect();
    owners.sort_unstable();
    owners.dedup();
    tx.add_owners(&application.id, owners, now).await?;
    tx.insert_issued(&keys).await?;
    // That there are no such keys may be known since somebody has shown one.
    tx.update_application(&application).await?;
    tx.commit().await?;

    for key in &keys {
        done(app, caller, "key.imported", application_id, Some(&key.id));
    }
    Ok(keys)
}

/// The number of the rule in the application, which gets it if it is new.
fn number_of(application: &mut Application, rule: &Rule) -> Result<Option<i64>, Problem> {
    if rule.is_own() {
        return Ok(None);
    }
    let known = application.rules.iter().position(|known| known == rule);
    let number = known.unwrap_or(application.rules.len());
    if known.is_none() {
        if application.rules.len() >= MOST_RULES {
            let detail = format!(
                "`rule` would be the {}th of this application; {MOST_RULES} are tried with each key, and no more. Import into another application.",
                MOST_RULES + 1
            );
            return Err(Problem::field("rule", detail));
        }
        application.rules.push(rule.clone());
    }
    i64::try_from(number).map(Some).map_err(|_| Problem::internal())
}

fn read_rule(order: RuleOrder) -> Result<Rule, Problem> {
    let RuleOrder { algorithm, input, separator, encoding: _, pepper, id_part } = order;
    let algorithm = Algorithm::parse(&algorithm).ok_or_else(|| {
        Problem::field(
            "rule.algorithm",
            format!(
                "`rule.algorithm` must be sha256 or sha512. {SLOW} Let such keys run out, and issue new ones here."
            ),
        )
    })?;
    let separator = match (input.rest(), separator) {
        (None, None) => String::new(),
        (None, Some(_)) => {
            let detail =
                format!("`rule.separator` has no meaning where {} is hashed. Leave it out.", input.as_str());
            return Err(Problem::field("rule.separator", detail));
        }
        (Some(_), separator) => separator.unwrap_or_else(|| "_".to_owned()),
    };
    let is_separator = (1..=LONGEST_SEPARATOR).contains(&separator.len())
        && separator.bytes().all(|byte| byte.is_ascii_graphic());
    if input.rest().is_some() && !is_separator {
        let detail = format!("`rule.separator` must have 1 to {LONGEST_SEPARATOR} visible ASCII characters.");
        return Err(Problem::field("rule.separator", detail));
    }
    if id_part != input.rest() {
        let detail = match input.rest() {
            Some(rest) => format!(
                "`rule.id_part` must be \"{}\", and each key have that part in `id_part`: the hash covers only what \
                 stands {}, so without it any text in the other place would pass.",
                rest.as_str(),
                input.as_str().replace('_', " the ")
            ),
            None => "`rule.id_part` has no meaning where the whole key is hashed. Leave it out.".to_owned(),
        };
        return Err(Problem::field("rule.id_part", detail));
    }
    if pepper.as_ref().is_some_and(|pepper| !(1..=LONGEST_PEPPER).contains(&pepper.len())) {
        let detail =
            format!("`rule.pepper` must have 1 to {LONGEST_PEPPER} bytes: it is the key of the HMAC.");
        return Err(Problem::field("rule.pepper", detail));
    }
    Ok(Rule { algorithm, input, separator, pepper })
}

fn read_key(
    app: &App,
    application: &Application,
    (rule, number, encoding): (&Rule, Option<i64>, Encoding),
    index: usize,
    imported: ImportedKey,
) -> Result<IssuedKey, Problem> {
    let at = format!("keys[{index}].");
    let field = |member: &str| format!("{at}{member}");
    let ImportedKey { hash, id_part, owner, created_at, expires_at, more } = imported;
    let hash = read_hash(&field("hash"), &hash, rule.algorithm, encoding)?;
    let id_part = read_id_part(&field("id_part"), rule, id_part)?;
    let owner = owner::read_id(&field("owner"), &owner)?.to_owned();
    let time = |member: &str, text: Option<&str>| {
        let time = text.map(|text| moment(text).map(whole_millis).ok_or(text)).transpose();
        time.map_err(|_| {
            let field = field(member);
            let detail =
                format!("`{field}` must be a time as in RFC 3339, such as \"2030-01-31T12:00:00Z\".");
            Problem::field(field, detail)
        })
    };
    let now = app.now();
    let created_at = time("created_at", created_at.as_deref())?.unwrap_or(now);
    if created_at > now {
        let field = field("created_at");
        return Err(Problem::field(&field, format!("`{field}` lies in the future. Leave it out for now.")));
    }
    let expires_at = time("expires_at", expires_at.as_deref())?;
    let usable = more.read(application, &at)?;
    Ok(IssuedKey {
        id: new_id()?,
        application_id: application.id.clone(),
        owner,
        name: usable.name,
        // All that is known of how it begins.
        prefix: match (rule.input, &id_part) {
            (Input::AfterFirst | Input::AfterLast, Some(start)) => format!("{start}{}", rule.separator),
            _ => String::new(),
        },
        last_four: String::new(),
        environment: usable.environment,
        hash,
        rule: number,
        id_part,
        scopes: usable.scopes,
        metadata: usable.metadata,
        limits: usable.limits,
        allowed_addresses: usable.allowed_addresses,
        created_at,
        expires_at,
        last_used_at: None,
        last_used_address: None,
        revoked_at: None,
        disabled_at: None,
        replaced_by: None,
    })
}

fn read_id_part(field: &str, rule: &Rule, id_part: Option<String>) -> Result<Option<String>, Problem> {
    let refuse = |detail: String| Err(Problem::field(field, detail));
    match (rule.input.rest(), id_part) {
        (None, None) => Ok(None),
        (None, Some(_)) => {
            refuse(format!("`{field}` has no meaning where the whole key is hashed. Leave it out."))
        }
        (Some(rest), None) => refuse(format!(
            "`{field}` is missing: the part of the key that stands {} \"{}\", which its hash does not cover.",
            rest.as_str().replace('_', " the "),
            rule.separator
        )),
        (Some(_), Some(id_part)) if id_part.len() > LONGEST_ID_PART => {
            refuse(format!("`{field}` is longer than {LONGEST_ID_PART} bytes."))
        }
        (Some(_), Some(id_part)) if id_part.contains(char::is_control) => {
            refuse(format!("`{field}` has a control character, which no request can carry. Take it out."))
        }
        // No key is split there: one that was taken over so would never be found.
        (Some(rest @ (Input::BeforeFirst | Input::AfterLast)), Some(id_part))
            if id_part.contains(&rule.separator) =>
        {
            refuse(format!(
                "`{field}` has the separator \"{}\" in it, and it is what stands {} one of the key. Send that part alone.",
                rule.separator,
                rest.as_str().replace('_', " the "),
            ))
        }
        (Some(_), Some(id_part)) => Ok(Some(id_part)),
    }
}

const SLOW: &str = "A slow or salted hash (bcrypt, argon2, scrypt, PBKDF2) is made to take time, and each of an \
                    application's keys would have to be tried with each request.";

/// How slow hashes begin, as the libraries write them: by the name, or by crypt's mark.
const SLOW_STARTS: [&str; 5] = ["$", "argon2", "pbkdf2", "scrypt", "bcrypt"];

fn read_hash(
    field: &str,
    text: &str,
    algorithm: Algorithm,
    encoding: Encoding,
) -> Result<HashedKey, Problem> {
    if SLOW_STARTS.iter().any(|start| text.starts_with(start)) {
        let detail = format!(
            "`{field}` is a slow hash, which no key can be found by. {SLOW} Let this key run out, and issue a new one here."
        );
        return Err(Problem::field(field, detail));
    }
    let bytes = match encoding {
        Encoding::Hex => unhex(text).map(|bytes| bytes.to_vec()),
        Encoding::Base64 => decode(&alphabet::STANDARD, text),
        Encoding::Base64Url => decode(&alphabet::URL_SAFE, text),
    };
    match bytes.filter(|bytes| bytes.len() == algorithm.length()) {
        Some(bytes) => Ok(HashedKey::stored(hex(&bytes))),
        None => {
            let (name, length) = match algorithm {
                Algorithm::Sha256 => ("sha256", 32),
                Algorithm::Sha512 => ("sha512", 64),
            };
            let (encoding, letters) = match encoding {
                Encoding::Hex => ("hex", format!("{} digits", 2 * length)),
                Encoding::Base64 => ("base64", format!("{length} bytes")),
                Encoding::Base64Url => ("base64url", format!("{length} bytes")),
            };
            let detail = format!(
                "`{field}` is no hash by {name} in {encoding}, which has {letters} and nothing before or behind them."
            );
            Err(Problem::field(field, detail))
        }
    }
}

fn decode(alphabet: &Alphabet, text: &str) -> Option<Vec<u8>> {
    // Both are found in databases.
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}
