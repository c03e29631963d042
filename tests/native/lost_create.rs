//! No key is lost or doubled: what a create leaves behind when its answer does
//! not arrive.

use keylatch::Code;
use keylatch::http::Response;

use crate::support::{Fault, KIM, Sent, Service, Times, answer, named};
use Fault::*;
use Times::*;

const CREATE: &str = "POST /v1/keys";
const TAKE_BACK: &str = "DELETE /v1/keys";

fn bad_gateway(_: &Sent, _: Response) -> Response {
    answer(502, &[("content-type", "text/html")], "<html><h1>502 Bad Gateway</h1></html>")
}

fn unavailable(_: &Sent) -> Response {
    answer(503, &[], "")
}

fn slow_down(_: &Sent) -> Response {
    answer(429, &[("retry-after", "60")], "")
}

fn garbage(_: &Sent, _: Response) -> Response {
    answer(201, &[], "{\"key\": {\"id\": \"key_")
}

fn a_login_page(_: &Sent, _: Response) -> Response {
    answer(200, &[], "<html><title>Wi-Fi sign-in</title></html>")
}

fn nothing(_: &Sent, _: Response) -> Response {
    answer(201, &[], "")
}

fn without(member: &str, response: Response) -> Response {
    let keylatch::http::Body::Json(body) = &response.body else { panic!("no JSON") };
    let mut body = serde_json::to_value(body).unwrap();
    body.as_object_mut().unwrap().remove(member).unwrap();
    answer(201, &[], body.to_string())
}

fn no_secret(_: &Sent, response: Response) -> Response {
    without("secret", response)
}

fn no_key(_: &Sent, response: Response) -> Response {
    without("key", response)
}

/// A proxy that redacts what looks secret to it.
fn redacted(_: &Sent, response: Response) -> Response {
    let keylatch::http::Body::Json(body) = &response.body else { panic!("no JSON") };
    let mut body = serde_json::to_value(body).unwrap();
    body["secret"] = "kl_live_********************".into();
    answer(201, &[], body.to_string())
}

/// One character of the key is lost on the way.
fn cut_short(_: &Sent, response: Response) -> Response {
    let keylatch::http::Body::Json(body) = &response.body else { panic!("no JSON") };
    let mut body = serde_json::to_value(body).unwrap();
    let secret = body["secret"].as_str().unwrap().to_owned();
    body["secret"] = secret[..secret.len() - 1].into();
    answer(201, &[], body.to_string())
}

fn accepted(_: &Sent, response: Response) -> Response {
    Response { status: 202, ..response }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_once_or_twice_makes_one_key() {
    for (what, times, fault) in [
        ("the request was lost", First(1), RequestLost),
        ("the answer was lost", First(1), AnswerLost),
        ("both answers were lost", First(2), AnswerLost),
        ("nobody was there", First(2), Unreachable),
        ("the proxy answered", First(2), Mangled(bad_gateway)),
        ("the service was busy", First(2), Instead(unavailable)),
    ] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on(CREATE, times, fault);
        let made = kim.create(&line, &named("robot")).await.unwrap_or_else(|error| panic!("{what}: {error}"));

        assert_eq!(service.rows().await.len(), 1, "{what}");
        assert!(service.lets_in(&made.secret.reveal().unwrap()).await, "{what}");
        for unseen in line.lost() {
            assert!(!service.lets_in(&unseen).await, "{what}: a key that nobody has seen works");
        }
    }
}

#[tokio::test]
async fn a_create_whose_answer_never_arrives_leaves_no_key() {
    for (what, fault, code) in [
        ("the answers were lost", AnswerLost, "network_error"),
        ("the requests were lost", RequestLost, "network_error"),
        ("the proxy answered", Mangled(bad_gateway), "service_error"),
        ("the service was busy", Instead(unavailable), "service_error"),
        ("half an answer", Mangled(garbage), "bad_response"),
        ("another page", Mangled(a_login_page), "bad_response"),
        ("an empty answer", Mangled(nothing), "bad_response"),
        ("an answer without the secret", Mangled(no_secret), "bad_response"),
        ("an answer without the key", Mangled(no_key), "bad_response"),
        ("a secret that is redacted", Mangled(redacted), "bad_response"),
        ("a secret that is cut short", Mangled(cut_short), "bad_response"),
        ("a promise to do it", Mangled(accepted), "bad_response"),
        ("too late, and done", EndsAfter(Code::Timeout), "timeout"),
        ("too late, and not done", EndsBefore(Code::Timeout), "timeout"),
        ("aborted when done", EndsAfter(Code::Aborted), "aborted"),
        ("aborted before", EndsBefore(Code::Aborted), "aborted"),
    ] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on(CREATE, Always, fault);
        let error = kim.create(&line, &named("robot")).await.err().unwrap();

        assert_eq!(error.code().as_str(), code, "{what}");
        assert!(service.rows().await.is_empty(), "{what}: something is left");
        for unseen in line.lost() {
            assert!(!service.lets_in(&unseen).await, "{what}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_not_forgotten_when_the_repeat_fails_otherwise() {
    for (what, then, code) in [
        ("the service went away", Unreachable, "network_error"),
        ("the service asked to slow down", Instead(slow_down), "rate_limited"),
        ("the time was up", EndsBefore(Code::Timeout), "timeout"),
    ] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on(CREATE, First(1), AnswerLost).on(CREATE, Always, then);
        let error = kim.create(&line, &named("robot")).await.err().unwrap();

        assert_eq!(error.code().as_str(), code, "{what}");
        assert!(service.rows().await.is_empty(), "{what}: the key of the first try is left");
    }
}

#[tokio::test]
async fn what_certainly_did_nothing_needs_no_cleaning_up() {
    for (what, fault, tries) in [
        ("nobody is there", Unreachable, 3),
        ("refused", Instead(|_| answer(403, &[], "")), 1),
        ("too often", Instead(slow_down), 1),
    ] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on("*", Always, fault);
        kim.create(&line, &named("robot")).await.err().unwrap();
        assert_eq!(line.lines(), vec![CREATE; tries], "{what}");
    }
}

#[tokio::test]
async fn the_outcome_is_unknown_only_when_the_clean_up_failed_too() {
    for (what, cleanup, left) in
        [("the request is lost", RequestLost, 1), ("the answer is lost", AnswerLost, 0)]
    {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on(CREATE, Always, AnswerLost).on(TAKE_BACK, Always, cleanup);
        let error = kim.create(&line, &named(" deploy robot ")).await.err().unwrap();

        assert!(error.code() == Code::OutcomeUnknown, "{what}: {error}");
        assert!(error.to_string().contains("\"deploy robot\""), "it says what to look for: {error}");
        assert_eq!(error.cause(), Some(("KeylatchError", "network_error")), "{what}");
        assert_eq!(service.alive().await.len(), left, "{what}");
    }
}

#[tokio::test]
async fn cleaning_up_survives_a_lost_answer_of_its_own() {
    for (what, fault) in [("the request", RequestLost), ("the answer", AnswerLost)] {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let line = service.line().on(CREATE, Always, EndsAfter(Code::Timeout)).on(TAKE_BACK, First(1), fault);
        let error = kim.create(&line, &named("robot")).await.err().unwrap();
        assert!(error.code() == Code::Timeout, "{what}: {error}");
        assert!(service.rows().await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn cleaning_up_touches_no_other_key() {
    let service = Service::start().await;
    let (_, other) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line().on(CREATE, Always, AnswerLost);
    kim.create(&line, &named("robot")).await.err().unwrap();
    assert_eq!(service.alive().await, ["robot"]);
    assert!(service.lets_in(&other).await);
}
