//! No key is lost or doubled: rotating when answers or the new key get lost.

use std::cell::RefCell;

use keylatch::http::Response;
use keylatch::lifecycle::{KeyInfo, Overlap, Time};
use keylatch::{Code, Error, Secret};

use crate::support::{Fault, KIM, Sent, Service, Times, answer, managing, no_store, outcome};
use Fault::*;
use Times::*;

const ROTATE: &str = "POST /v1/keys/*/rotate";
const REVOKE: &str = "POST /v1/keys/*/revoke";

fn bad_gateway(_: &Sent, _: Response) -> Response {
    answer(502, &[], "<html><h1>502 Bad Gateway</h1></html>")
}

fn garbage(_: &Sent, _: Response) -> Response {
    answer(201, &[], "{\"key\": ")
}

/// When a key ends, as the service tells it.
fn end(key: &KeyInfo) -> String {
    key.expires_at.and_then(Time::to_rfc3339).unwrap()
}

/// A disk that is full.
async fn full_disk(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Err(Error::new(Code::StoreFailed).with_cause("Error".into(), "ENOSPC: no space left on device".into()))
}

/// Who rotates: the session of the owner, or the very key that is rotated.
#[derive(Clone, Copy, Debug)]
enum By {
    Session,
    Itself,
}

const ANYONE: [By; 2] = [By::Session, By::Itself];

/// A service with one key, and a client that is about to rotate it.
async fn scene(by: By) -> (Service, keylatch::lifecycle::Client, KeyInfo, Secret) {
    let service = Service::start().await;
    let (key, secret) = service.key(&managing("robot")).await;
    let client = match by {
        By::Session => service.signed_in(KIM).await,
        By::Itself => service.with_key(&secret),
    };
    (service, client, key, secret)
}

#[tokio::test]
async fn a_rotate_whose_answer_is_lost_once_or_twice_makes_one_successor() {
    for by in ANYONE {
        for (what, times, fault) in [
            ("nothing was lost", First(0), AnswerLost),
            ("the request was lost", First(1), RequestLost),
            ("the answer was lost", First(1), AnswerLost),
            ("both answers were lost", First(2), AnswerLost),
            ("the proxy answered", First(2), Mangled(bad_gateway)),
        ] {
            let (service, client, key, old) = scene(by).await;
            let line = service.line().on(ROTATE, times, fault);
            let rotated = client.rotate(&line, &key.id, &Overlap::None, no_store).await;
            let rotated = rotated.unwrap_or_else(|error| panic!("{what}, by {by:?}: {error}"));

            assert!(rotated.warning.is_none(), "{what}, by {by:?}");
            assert_eq!(service.alive().await.len(), 1, "{what}, by {by:?}");
            assert!(service.lets_in(&rotated.secret.reveal().unwrap()).await, "{what}, by {by:?}");
            assert!(!service.lets_in(&old).await, "{what}, by {by:?}");
            for unseen in line.lost() {
                assert!(!service.lets_in(&unseen).await, "{what}, by {by:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_rotate_whose_answer_never_arrives_leaves_the_old_key_and_no_other() {
    for by in ANYONE {
        for (what, fault, code) in [
            ("the answers were lost", AnswerLost, "network_error"),
            ("the requests were lost", RequestLost, "network_error"),
            ("the proxy answered", Mangled(bad_gateway), "service_error"),
            ("half an answer", Mangled(garbage), "bad_response"),
            ("too late", EndsAfter(Code::Timeout), "timeout"),
            ("aborted", EndsAfter(Code::Aborted), "aborted"),
        ] {
            let (service, client, key, old) = scene(by).await;
            let line = service.line().on(ROTATE, Always, fault);
            let failed = client.rotate(&line, &key.id, &Overlap::For("PT1H".into()), no_store).await;

            assert_eq!(outcome(failed, |_| "rotated"), code, "{what}, by {by:?}");
            assert_eq!(service.alive().await, ["robot"], "{what}, by {by:?}");
            assert!(service.lets_in(&old).await, "{what}, by {by:?}");
            let left = service.signed_in(KIM).await.get(&service.line(), &key.id).await.unwrap();
            assert_eq!(end(&left), end(&key), "its end is where it was: {what}, by {by:?}");
            for unseen in line.lost() {
                assert!(!service.lets_in(&unseen).await, "{what}, by {by:?}");
            }
            // And it can be tried again.
            let again = client.rotate(&service.line(), &key.id, &Overlap::None, no_store).await;
            assert_eq!(outcome(again, |_| "rotated"), "rotated", "{what}, by {by:?}");
        }
    }
}

#[tokio::test]
async fn the_new_key_works_and_the_old_one_still_does_while_the_new_one_is_stored() {
    for by in ANYONE {
        let (service, client, key, old) = scene(by).await;
        let stored = RefCell::new(None);
        let store = async |secret: Secret, successor: KeyInfo| {
            assert!(service.lets_in(&secret).await && service.lets_in(&old).await, "by {by:?}");
            assert_ne!(successor.id, key.id);
            stored.replace(Some(secret));
            Ok(())
        };
        let rotated = client.rotate(&service.line(), &key.id, &Overlap::None, store).await.unwrap();
        let stored = stored.take().unwrap();
        assert_eq!(stored.expose(), rotated.secret.reveal().unwrap().expose());
        assert!(!service.lets_in(&old).await, "by {by:?}");
    }
}

#[tokio::test]
async fn when_storing_fails_the_successor_dies_and_the_old_key_lives() {
    for by in ANYONE {
        for overlap in [Overlap::None, Overlap::For("PT1H".into())] {
            let (service, client, key, old) = scene(by).await;
            let failed = client.rotate(&service.line(), &key.id, &overlap, full_disk).await.err().unwrap();

            assert!(failed.code() == Code::StoreFailed, "{failed}");
            assert_eq!(failed.cause(), Some(("Error", "ENOSPC: no space left on device")));
            assert_eq!(service.alive().await, ["robot"], "by {by:?}");
            assert!(service.lets_in(&old).await, "by {by:?}");
            let left = service.signed_in(KIM).await.get(&service.line(), &key.id).await.unwrap();
            assert_eq!(end(&left), end(&key), "its end is where it was, by {by:?}");
        }
    }
}

#[tokio::test]
async fn when_the_successor_cannot_be_taken_back_either_the_outcome_is_unknown() {
    let (service, client, key, old) = scene(By::Session).await;
    let line = service.line().on(REVOKE, Always, RequestLost);
    let failed = client.rotate(&line, &key.id, &Overlap::None, full_disk).await.err().unwrap();
    assert!(failed.code() == Code::OutcomeUnknown && failed.to_string().contains("\"robot\""), "{failed}");
    assert!(service.lets_in(&old).await);
}

#[tokio::test]
async fn the_outcome_is_unknown_only_when_the_clean_up_failed_too() {
    let (service, client, key, old) = scene(By::Session).await;
    let line = service.line().on(ROTATE, Always, AnswerLost).on("DELETE /v1/keys", Always, RequestLost);
    let failed = client.rotate(&line, &key.id, &Overlap::None, no_store).await;
    assert_eq!(outcome(failed, |_| "rotated"), "outcome_unknown");
    assert!(service.lets_in(&old).await, "whatever happens, the old key works");
}

#[tokio::test]
async fn a_successor_in_hand_is_handed_out_even_when_the_old_key_cannot_be_ended() {
    for by in ANYONE {
        let (service, client, key, old) = scene(by).await;
        let line = service.line().on(REVOKE, Always, RequestLost);
        let rotated = client.rotate(&line, &key.id, &Overlap::None, no_store).await.unwrap();

        assert!(rotated.warning.is_some(), "by {by:?}: it is said that the old key lives");
        assert!(service.lets_in(&rotated.secret.reveal().unwrap()).await, "by {by:?}");
        assert!(service.lets_in(&old).await, "by {by:?}");
    }
}

#[tokio::test]
async fn an_old_key_that_is_dead_is_not_said_to_live() {
    for by in ANYONE {
        for (what, times) in [("once", First(1)), ("twice", First(2))] {
            let (service, client, key, old) = scene(by).await;
            let line = service.line().on(REVOKE, times, AnswerLost);
            let rotated = client.rotate(&line, &key.id, &Overlap::None, no_store).await.unwrap();
            assert!(!service.lets_in(&old).await, "lost {what}, by {by:?}");
            // A key that has revoked itself cannot ask whether it has.
            assert!(rotated.warning.is_none(), "lost {what}, by {by:?}: {:?}", rotated.warning);
        }
    }
}
