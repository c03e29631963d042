//! Operations whose repeat does no harm: what is tried again, and what a
//! repeat's answer means.

use keylatch::Code;
use keylatch::lifecycle::Filter;

use crate::support::{Fault, KIM, Service, Times, answer, named, outcome};
use Fault::*;
use Times::*;

const DELETE: &str = "DELETE /v1/keys/*";

/// A service with a key that may be deleted, and its id.
async fn revoked_key() -> (Service, keylatch::lifecycle::Client, String) {
    let service = Service::start().await;
    let (key, _) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    kim.revoke(&service.line(), &key.id).await.unwrap();
    (service, kim, key.id)
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_is_a_success_when_repeated() {
    for (what, times, fault) in [
        ("the answer", First(1), AnswerLost),
        ("both answers", First(2), AnswerLost),
        ("the request", First(1), RequestLost),
        ("the answer, by a proxy", First(1), Mangled(|_, _| answer(504, &[], "<html>"))),
    ] {
        let (service, kim, id) = revoked_key().await;
        let line = service.line().on(DELETE, times, fault);
        assert_eq!(outcome(kim.delete(&line, &id).await, |()| "gone"), "gone", "{what}");
        assert!(service.rows().await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_delete_of_nothing_is_no_success() {
    for (what, fault) in [
        ("at once", None),
        ("after being told to wait", Some(Instead(|_| answer(429, &[("retry-after", "1")], "")))),
        ("after nobody was there", Some(Unreachable)),
    ] {
        let (service, kim, _) = revoked_key().await;
        let line = match fault {
            Some(fault) => service.line().on(DELETE, First(1), fault),
            None => service.line(),
        };
        let result = kim.delete(&line, "key_0123456789abcdefghij").await;
        assert_eq!(outcome(result, |()| "gone"), "not_found", "{what}");
    }
}

#[tokio::test]
async fn a_revocation_whose_answer_was_lost_is_made_once() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line().on("POST /v1/keys/*/revoke", First(2), AnswerLost);
    let revoked = kim.revoke(&line, &key.id).await.unwrap();
    assert_eq!(revoked.status.as_str(), "revoked");
    assert!(!service.lets_in(&secret).await);
}

#[tokio::test]
async fn what_is_tried_again_and_how_long_it_waits() {
    for (what, times, fault, expected) in [
        ("all well", First(0), RequestLost, ("a page", vec![], 1)),
        ("lost", First(1), RequestLost, ("a page", vec![250], 2)),
        ("lost twice", First(2), RequestLost, ("a page", vec![250, 500], 3)),
        ("lost for good", Always, RequestLost, ("network_error", vec![250, 500], 3)),
        ("nobody there", Always, Unreachable, ("network_error", vec![250, 500], 3)),
        ("502", First(1), Instead(|_| answer(502, &[], "<html>")), ("a page", vec![250], 2)),
        ("503", Always, Instead(|_| answer(503, &[], "")), ("service_error", vec![250, 500], 3)),
        (
            "503 that says when",
            First(1),
            Instead(|_| answer(503, &[("retry-after", "3")], "")),
            ("a page", vec![3000], 2),
        ),
        (
            "429 that says when",
            First(2),
            Instead(|_| answer(429, &[("retry-after", "2")], "")),
            ("a page", vec![2000, 2000], 3),
        ),
        (
            "429 that says much too late",
            Always,
            Instead(|_| answer(429, &[("retry-after", "3600")], "")),
            ("rate_limited", vec![], 1),
        ),
        (
            "429 with a date",
            First(1),
            Instead(|_| answer(429, &[("retry-after", "Fri, 20 Nov 2026 10:00:05 GMT")], "")),
            ("a page", vec![250], 2),
        ),
        ("501", Always, Instead(|_| answer(501, &[], "")), ("service_error", vec![], 1)),
        ("a login page", Always, Instead(|_| answer(200, &[], "<html>")), ("bad_response", vec![], 1)),
        ("another shape", Always, Instead(|_| answer(200, &[], "[]")), ("bad_response", vec![], 1)),
        ("401", Always, Instead(|_| answer(401, &[], "")), ("unauthorized", vec![], 1)),
        ("402", Always, Instead(|_| answer(402, &[], "")), ("forbidden", vec![], 1)),
        ("410", Always, Instead(|_| answer(410, &[], "")), ("not_found", vec![], 1)),
        ("418", Always, Instead(|_| answer(418, &[], "")), ("invalid_request", vec![], 1)),
        ("too late", Always, EndsBefore(Code::Timeout), ("timeout", vec![], 1)),
        ("aborted", Always, EndsBefore(Code::Aborted), ("aborted", vec![], 1)),
    ] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on("*", times, fault);
        let result = kim.list(&line, &Filter::default(), None).await;
        let found = (outcome(result, |_| "a page"), line.pauses(), line.sent().len());
        assert_eq!(found, expected, "{what}");
    }
}

#[tokio::test]
async fn how_long_to_wait_is_told_to_the_caller() {
    let service = Service::start().await;
    let kim = service.signed_in(KIM).await;
    let line = service.line().on("*", Always, Instead(|_| answer(429, &[("retry-after", "3600")], "")));
    let error = kim.list(&line, &Filter::default(), None).await.err().unwrap();
    assert_eq!((error.retry_after(), error.status()), (Some(3600), Some(429)));
}

#[tokio::test]
async fn signing_in_is_not_repeated() {
    let service = Service::start().await;
    for fault in [RequestLost, AnswerLost, Instead(|_| answer(503, &[], ""))] {
        let line = service.line().on("*", First(1), fault);
        let client = service.client(keylatch::lifecycle::Credential::None);
        assert!(client.sign_in(&line, KIM, "wrong".into()).await.is_err());
        assert_eq!(line.sent().len(), 1);
    }
}
