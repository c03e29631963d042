//! What a key goes through: the table of the design, as a client sees it.

use keylatch::Secret;
use keylatch::lifecycle::{Client, Filter, KeyInfo, Overlap};

use crate::support::{KIM, Service, lasting, named, no_store, outcome, verdict};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Active,
    Expired,
    Revoked,
    /// Rotated with an overlap that still runs.
    Rotated,
    /// Revoked, and its time is over as well.
    RevokedLongAgo,
    Deleted,
}

use State::*;

/// A service with one key in a state, and its owner.
struct Scene {
    service: Service,
    kim: Client,
    key: KeyInfo,
    secret: Secret,
}

impl Scene {
    async fn of(state: State) -> Scene {
        let service = Service::start().await;
        let kim = service.signed_in(KIM).await;
        let (key, secret) = service.key(&lasting("robot", "PT2H")).await;
        let line = service.line();
        match state {
            Active => {}
            Expired => service.at("2026-11-20T12:00:00Z"),
            Revoked | RevokedLongAgo | Deleted => drop(kim.revoke(&line, &key.id).await.unwrap()),
            Rotated => {
                let overlap = Overlap::For("PT1H".into());
                kim.rotate(&line, &key.id, &overlap, no_store).await.unwrap();
            }
        }
        match state {
            RevokedLongAgo => service.at("2026-11-20T13:00:00Z"),
            Deleted => kim.delete(&line, &key.id).await.unwrap(),
            _ => {}
        }
        Scene { service, kim, key, secret }
    }

    /// The filters under which the list has the key.
    async fn listed(&self) -> Vec<&'static str> {
        let mut found = Vec::new();
        for status in ["active", "inactive", "expired", "revoked", "all"] {
            let filter = Filter { status: Some(status.into()), search: None };
            let page = self.kim.list(&self.service.line(), &filter, None).await.unwrap();
            if page.items.iter().any(|key| key.id == self.key.id) {
                found.push(status);
            }
        }
        found
    }
}

#[tokio::test]
async fn each_state_authenticates_and_is_listed_as_the_table_says() {
    for (state, lets_in, listed, validates, is_told_as) in [
        (Active, true, &["active", "all"][..], "valid", "active"),
        (Rotated, true, &["active", "all"], "valid", "active"),
        (Expired, false, &["inactive", "expired", "all"], "expired", "expired"),
        (Revoked, false, &["inactive", "revoked", "all"], "revoked", "revoked"),
        (RevokedLongAgo, false, &["inactive", "revoked", "all"], "revoked", "revoked"),
        (Deleted, false, &[], "unknown", "not_found"),
    ] {
        let scene = Scene::of(state).await;
        let line = scene.service.line();
        assert_eq!(scene.service.lets_in(&scene.secret).await, lets_in, "{state:?}");
        assert_eq!(scene.listed().await, listed, "{state:?}");
        let validation = scene.kim.validate(&line, &scene.secret).await.unwrap();
        assert_eq!(verdict(&validation), validates, "{state:?}");
        assert_eq!(validation.key.map(|key| key.id), (validates == "valid").then(|| scene.key.id.clone()));
        let told = scene.kim.get(&line, &scene.key.id).await;
        assert_eq!(outcome(told, |key| key.status.as_str()), is_told_as, "{state:?}");
    }
}

#[tokio::test]
async fn each_state_may_become_what_the_table_says() {
    for (state, rotated, revoked, deleted) in [
        (Active, "a successor", "revoked", "key_active"),
        (Rotated, "conflict", "revoked", "key_active"),
        (Expired, "key_inactive", "expired", "gone"),
        (Revoked, "key_inactive", "revoked", "gone"),
        (RevokedLongAgo, "key_inactive", "revoked", "gone"),
        (Deleted, "not_found", "not_found", "not_found"),
    ] {
        // A key of its own for each: an operation that works changes the state.
        let scene = Scene::of(state).await;
        let rotation = scene.kim.rotate(&scene.service.line(), &scene.key.id, &Overlap::None, no_store).await;
        assert_eq!(outcome(rotation, |_| "a successor"), rotated, "rotate {state:?}");

        let scene = Scene::of(state).await;
        let revocation = scene.kim.revoke(&scene.service.line(), &scene.key.id).await;
        assert_eq!(outcome(revocation, |key| key.status.as_str()), revoked, "revoke {state:?}");

        let scene = Scene::of(state).await;
        let deletion = scene.kim.delete(&scene.service.line(), &scene.key.id).await;
        assert_eq!(outcome(deletion, |()| "gone"), deleted, "delete {state:?}");
    }
}

#[tokio::test]
async fn a_refused_operation_changes_nothing() {
    let line = "POST /v1/keys/*/rotate";
    for state in [Active, Expired, Revoked, Rotated] {
        let scene = Scene::of(state).await;
        let before = scene.listed().await;
        let overlap = Overlap::For("the day after".into());
        let refused = scene.kim.rotate(&scene.service.line(), &scene.key.id, &overlap, no_store).await;
        assert!(refused.is_err(), "{line} {state:?}");
        assert_eq!(scene.listed().await, before, "{line} {state:?}");
    }
    for state in [Active, Rotated] {
        let scene = Scene::of(state).await;
        assert!(scene.kim.delete(&scene.service.line(), &scene.key.id).await.is_err());
        assert!(scene.service.lets_in(&scene.secret).await, "{state:?}");
    }
}

#[tokio::test]
async fn revoking_again_changes_nothing() {
    let scene = Scene::of(Revoked).await;
    let line = scene.service.line();
    let first = scene.service.rows().await[0].revoked_at;
    scene.service.at("2026-11-20T11:00:00Z");
    scene.kim.revoke(&line, &scene.key.id).await.unwrap();
    assert_eq!(scene.service.rows().await[0].revoked_at, first);
}

#[tokio::test]
async fn the_id_of_a_deleted_key_is_never_used_again() {
    let scene = Scene::of(Deleted).await;
    assert!(!scene.service.knows(&scene.secret).await, "its hash is wiped");
    for number in 0..20 {
        let (key, _) = scene.service.key(&named(&format!("robot {number}"))).await;
        assert_ne!(key.id, scene.key.id);
    }
    let told = scene.kim.get(&scene.service.line(), &scene.key.id).await;
    assert_eq!(outcome(told, |_| "found"), "not_found");
}

#[tokio::test]
async fn a_refused_credential_says_nothing_of_another_key() {
    let scene = Scene::of(Active).await;
    let line = scene.service.line();
    let ended = Scene::of(Revoked).await.secret;
    let stranger = scene.service.with_key(&ended);
    let asked = stranger.validate(&line, &scene.secret).await;
    assert_eq!(outcome(asked, |_| "an answer"), "unauthorized", "the key in question is a good one");
    // Of itself it does.
    assert_eq!(verdict(&stranger.validate(&line, &ended).await.unwrap()), "unknown");
}
