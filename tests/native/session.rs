//! Signing in and out.

use keylatch::lifecycle::{Credential, Filter};

use crate::support::{KIM, LEE, PASSWORD, Service, named, outcome};

#[tokio::test]
async fn a_session_stands_for_its_user_until_it_is_ended() {
    let service = Service::start().await;
    let line = service.line();
    let kim = service.signed_in(KIM).await;
    let account = kim.whoami(&line).await.unwrap();
    assert_eq!(account.user.as_deref(), Some(KIM));
    assert!(account.id.starts_with("usr_"));
    kim.create(&line, &named("robot")).await.unwrap();

    kim.sign_out(&line).await.unwrap();
    assert_eq!(outcome(kim.list(&line, &Filter::default(), None).await, |_| "a page"), "unauthorized");
    // Signing out again does no harm.
    kim.sign_out(&line).await.unwrap();
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    service.at("2026-11-20T21:59:59Z");
    assert_eq!(outcome(kim.whoami(&service.line()).await, |_| "Kim"), "Kim");
    service.at("2026-11-21T11:00:00Z");
    assert_eq!(outcome(kim.whoami(&service.line()).await, |_| "Kim"), "unauthorized");
}

#[tokio::test]
async fn sessions_do_not_mix() {
    let service = Service::start().await;
    let (kim, lee) = (service.signed_in(KIM).await, service.signed_in(LEE).await);
    kim.create(&service.line(), &named("robot")).await.unwrap();
    assert!(lee.list(&service.line(), &Filter::default(), None).await.unwrap().items.is_empty());
    lee.sign_out(&service.line()).await.unwrap();
    assert_eq!(outcome(kim.whoami(&service.line()).await, |_| "Kim"), "Kim");
}

#[tokio::test]
async fn who_cannot_sign_in_is_told_why_and_no_more() {
    let service = Service::start().await;
    for (user, password, code, tries) in [
        (KIM, "wrong", "invalid_credentials", 1),
        ("nobody@example.com", PASSWORD, "invalid_credentials", 1),
        ("not an address", PASSWORD, "invalid_credentials", 1),
        ("", PASSWORD, "invalid_argument", 0),
        ("  ", PASSWORD, "invalid_argument", 0),
        (KIM, "", "invalid_argument", 0),
    ] {
        let line = service.line();
        let client = service.client(Credential::None);
        let signed_in = client.sign_in(&line, user, password.into()).await;
        assert_eq!(outcome(signed_in, |_| "in"), code, "{user:?} {password:?}");
        assert_eq!(line.sent().len(), tries, "{user:?} {password:?}");
    }
}

#[tokio::test]
async fn a_user_is_known_in_whatever_case_it_is_typed() {
    let service = Service::start().await;
    let line = service.line();
    let signed_in =
        service.client(Credential::None).sign_in(&line, " Kim@Example.COM ", PASSWORD.into()).await;
    assert_eq!(outcome(signed_in, |_| "in"), "in");
}

#[tokio::test]
async fn too_many_wrong_passwords_close_the_door_for_a_while() {
    let service = Service::start().await;
    let attempt = async |password: &str| {
        let client = service.client(Credential::None);
        client.sign_in(&service.line(), KIM, password.into()).await.map(drop)
    };
    for _ in 0..10 {
        assert_eq!(outcome(attempt("wrong").await, |()| "in"), "invalid_credentials");
    }
    let error = attempt(PASSWORD).await.err().unwrap();
    assert_eq!((error.code().as_str(), error.retry_after()), ("rate_limited", Some(301)));
    service.at("2026-11-20T10:05:01Z");
    assert_eq!(outcome(attempt(PASSWORD).await, |()| "in"), "in");
}

#[tokio::test]
async fn a_key_is_revoked_and_not_signed_out() {
    let service = Service::start().await;
    let (_, secret) = service.key(&named("robot")).await;
    let line = service.line();
    let refused = service.with_key(&secret).sign_out(&line).await;
    assert_eq!(outcome(refused, |()| "out"), "invalid_argument");
    assert!(line.sent().is_empty());
}
