//! Creating a key: its name, its lifetime, and that it is seen once.

use keylatch::lifecycle::{Filter, Lifetime, NewKey, Overlap};
use keylatch::{Code, format};

use crate::support::{KIM, Service, lasting, managing, named, no_store, outcome, text};

#[tokio::test]
async fn a_key_lives_three_calendar_months_unless_told_otherwise() {
    let service = Service::start().await;
    let lasting = |duration: &str| Some(Lifetime::For(duration.into()));
    let until = |moment: &str| Some(Lifetime::Until(moment.into()));
    for (now, lifetime, end) in [
        ("2026-11-20T10:00:00Z", None, Some("2027-02-20T10:00:00Z")),
        // There is no 30 February.
        ("2026-11-30T10:00:00Z", None, Some("2027-02-28T10:00:00Z")),
        ("2027-11-30T10:00:00Z", None, Some("2028-02-29T10:00:00Z")),
        ("2028-01-01T00:00:00Z", lasting("PT12H"), Some("2028-01-01T12:00:00Z")),
        ("2028-01-01T00:00:00Z", lasting("P1Y"), Some("2029-01-01T00:00:00Z")),
        ("2028-01-01T00:00:00Z", until("2028-03-01T12:30:00Z"), Some("2028-03-01T12:30:00Z")),
        ("2028-01-01T00:00:00Z", until("2028-03-01T12:30:00+02:00"), Some("2028-03-01T10:30:00Z")),
        ("2028-01-01T00:00:00Z", lasting("never"), None),
    ] {
        service.at(now);
        // No session lasts that long.
        let kim = service.signed_in(KIM).await;
        let new = NewKey { lifetime, ..named("robot") };
        let made = kim.create(&service.line(), &new).await.unwrap();
        assert_eq!(text(made.key.expires_at.as_ref()).as_deref(), end, "{now}");
        assert_eq!(text(made.key.created_at.as_ref()).as_deref(), Some(now));
    }
}

#[tokio::test]
async fn what_a_key_makes_ends_with_it_and_what_is_asked_for_beyond_is_refused_with_the_latest_end() {
    let service = Service::start().await;
    // Of the default lifetime, and a moment older than what it makes.
    let (_, secret) = service.key(&managing("maker")).await;
    let maker = service.with_key(&secret);
    service.at("2026-11-20T10:00:05Z");
    let made = maker.create(&service.line(), &managing("made")).await.unwrap();
    assert_eq!(text(made.key.expires_at.as_ref()).as_deref(), Some("2027-02-20T10:00:00Z"));
    let shorter = NewKey { lifetime: Some(Lifetime::For("P1M".into())), ..managing("shorter") };
    let made = maker.create(&service.line(), &shorter).await.unwrap();
    assert_eq!(text(made.key.expires_at.as_ref()).as_deref(), Some("2026-12-20T10:00:05Z"));
    for lifetime in [
        Lifetime::For("P3M".into()),
        Lifetime::For("never".into()),
        Lifetime::Until("2027-02-20T10:00:01Z".into()),
    ] {
        let longer = NewKey { lifetime: Some(lifetime), ..managing("longer") };
        let error = maker.create(&service.line(), &longer).await.err().unwrap();
        assert_eq!(error.code(), Code::Forbidden);
        assert!(error.to_string().contains("2027-02-20T10:00:00Z"), "{error}");
    }
    // A successor keeps the end of what it follows: later than the maker's, it is refused.
    let longer = NewKey { lifetime: Some(Lifetime::For("P1Y".into())), ..managing("longer") };
    let (longer, _) = service.key(&longer).await;
    let error = maker.rotate(&service.line(), &longer.id, &Overlap::None, no_store).await.err().unwrap();
    assert_eq!(error.code(), Code::Forbidden);
    assert!(error.to_string().contains("2027-02-20T10:00:00Z"), "{error}");
}

#[tokio::test]
async fn a_key_without_scopes_tells_whose_it_is_and_is_told_which_scope_it_lacks() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let robot = service.with_key(&secret);
    assert_eq!(robot.whoami(&service.line()).await.unwrap().user.as_deref(), Some(KIM));
    let refusals = [
        (robot.list(&service.line(), &Filter::default(), None).await.err(), "keys:read"),
        (robot.get(&service.line(), &key.id).await.err(), "keys:read"),
        (robot.create(&service.line(), &named("another")).await.err(), "keys:write"),
        (robot.revoke(&service.line(), &key.id).await.err(), "keys:write"),
    ];
    for (error, scope) in refusals {
        let error = error.unwrap();
        assert_eq!(error.code(), Code::Forbidden);
        assert!(error.to_string().contains(scope), "{error}");
    }
}

#[tokio::test]
async fn no_expiry_is_asked_for_by_that_word_alone() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    for lifetime in ["Never", "none", "null", "", "PT0S", "-P1D", "P", "P11Y", "90 days"] {
        let error = kim.create(&service.line(), &lasting("robot", lifetime)).await.err().unwrap();
        assert_eq!(error.code().as_str(), "invalid_request", "{lifetime}");
        assert_eq!(error.status(), Some(422), "{lifetime}");
        assert!(error.to_string().contains("`expires_in`"), "{error}");
    }
    for moment in ["2026-11-20T10:00:00Z", "2020-01-01T00:00:00Z", "2026-11-21", "tomorrow", "never"] {
        let new = NewKey { lifetime: Some(Lifetime::Until(moment.into())), ..named("robot") };
        let error = kim.create(&service.line(), &new).await.err().unwrap();
        assert!(error.to_string().contains("`expires_at`"), "{error}");
    }
    assert!(service.rows().await.is_empty());
}

#[tokio::test]
async fn a_name_has_1_to_100_characters_after_trimming() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let (hundred, too_many) = ("ü".repeat(100), "ü".repeat(101));
    let ten_megabytes = "n".repeat(10_000_000);
    for (name, expected) in [
        ("robot", "robot"),
        ("  two words\n", "two words"),
        ("Schlüssel 🔑", "Schlüssel 🔑"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE keys; --", "'; DROP TABLE keys; --"),
        (&hundred, &hundred),
        (&too_many, "invalid_argument"),
        (&ten_megabytes, "invalid_argument"),
        ("", "invalid_argument"),
        (" \t\n ", "invalid_argument"),
        // What the client does not know of, the server refuses.
        ("a\nb", "invalid_request"),
        ("a\u{0}b", "invalid_request"),
    ] {
        let line = service.line();
        let made = kim.create(&line, &named(name)).await;
        let shown: String = name.chars().take(30).collect();
        match &made {
            Ok(made) => assert_eq!(made.key.name, expected, "{shown}"),
            Err(error) => assert_eq!(error.code().as_str(), expected, "{shown}"),
        }
        let was_sent = expected != "invalid_argument";
        assert_eq!(line.sent().len(), usize::from(was_sent), "{shown}");
    }
    assert_eq!(service.rows().await.len(), 6);
}

#[tokio::test]
async fn names_need_not_be_unique() {
    let service = Service::start().await;
    let ((first, one), (second, two)) =
        (service.key(&named("robot")).await, service.key(&named("robot")).await);
    assert_ne!(first.id, second.id);
    assert!(service.lets_in(&one).await && service.lets_in(&two).await);
}

#[tokio::test]
async fn a_new_key_is_seen_once() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let made = kim.create(&service.line(), &named("robot")).await.unwrap();

    assert_eq!(format!("{:?}", made.secret), "RevealOnce([redacted])");
    assert!(!made.secret.is_revealed());
    let key = made.secret.reveal().unwrap();
    assert!(format::diagnose(Some(format::keylatch()), key.expose()).is_empty(), "it is a key of keylatch");
    assert_eq!(made.key.masked.as_deref(), Some(format::mask(key.expose()).as_str()));
    assert!(service.lets_in(&key).await);

    assert!(made.secret.is_revealed() && made.secret.peek().is_none());
    assert_eq!(outcome(made.secret.reveal(), |_| "the key"), "already_revealed");
}

#[tokio::test]
async fn nothing_that_can_be_asked_later_tells_the_key() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();

    let mut told = kim.list(&line, &Filter::default(), None).await.unwrap().items;
    told.push(kim.get(&line, &key.id).await.unwrap());
    told.push(kim.validate(&line, &secret).await.unwrap().key.unwrap());
    told.push(kim.revoke(&line, &key.id).await.unwrap());
    for key in told {
        let value = keylatch::value::Value::from(&key);
        let text = serde_json::to_string(&value).unwrap();
        assert!(text.contains("…"), "{text}");
        // Not even the part of it that is random.
        assert!(!text.contains(&secret.expose()[8..20]), "{text}");
    }
}

#[tokio::test]
async fn a_key_can_do_what_its_scopes_say_and_make_no_key_that_can_do_more() {
    let service = Service::start().await;
    let with = |scopes: &[&str]| NewKey {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..named("scoped")
    };
    let (key, reader) = service.key(&with(&["keys:read"])).await;
    assert_eq!(key.scopes, ["keys:read"]);
    let (_, writer) = service.key(&with(&["keys:read", "keys:write"])).await;

    let line = service.line();
    let can = |result: Result<(), keylatch::Error>| outcome(result, |()| "yes");
    let reader = service.with_key(&reader);
    let writer = service.with_key(&writer);
    assert_eq!(can(reader.list(&line, &Filter::default(), None).await.map(drop)), "yes");
    assert_eq!(can(reader.create(&line, &with(&["keys:read"])).await.map(drop)), "forbidden");
    assert_eq!(can(writer.create(&line, &with(&["keys:read"])).await.map(drop)), "yes");
    assert_eq!(can(writer.create(&line, &with(&["billing"])).await.map(drop)), "forbidden");
    // No scopes at all would be everything.
    let error = writer.create(&line, &with(&[])).await.err().unwrap();
    assert!(error.code() == Code::Forbidden && error.to_string().contains("scopes"), "{error}");
}
