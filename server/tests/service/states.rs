//! What a key goes through: the table in the design, row by row.
//!
//! | state | authenticates | listed | may become |
//! |---|---|---|---|
//! | active | yes | yes, active | revoked, expired, rotated |
//! | expired | no | yes, inactive | deleted |
//! | revoked | no | yes, inactive | deleted |
//! | deleted | no | no | - (its id is never used again) |

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, NewKey, Service};

on_both_databases![
    each_state_behaves_as_the_table_says,
    a_revoked_key_does_not_become_expired,
    an_expired_key_does_not_work_again_when_the_clock_is_set_back
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Active,
    Expired,
    Revoked,
    Deleted,
}

/// A key in this state, and the session of its owner.
async fn key_in(service: &Service, state: State) -> (NewKey, String) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"expires_in": "PT1H"})).await;
    let path = format!("/v1/keys/{}", key.id);
    match state {
        State::Active => {}
        State::Expired => service.pass(SignedDuration::from_hours(1)),
        State::Revoked | State::Deleted => {
            assert_eq!(service.post(&format!("{path}/revoke")).cookie(&cookie).await.status, 200);
        }
    }
    if state == State::Deleted {
        assert_eq!(service.delete(&path).cookie(&cookie).await.status, 204);
    }
    (key, cookie)
}

async fn each_state_behaves_as_the_table_says(service: &Service) {
    struct Row {
        state: State,
        authenticates: bool,
        /// The answer to a list with each filter: is it in?
        listed: [(&'static str, bool); 5],
        rotate: u16,
        revoke: u16,
        delete: u16,
    }
    let listed = |all, active, inactive, expired, revoked| {
        [("all", all), ("active", active), ("inactive", inactive), ("expired", expired), ("revoked", revoked)]
    };
    for row in [
        Row {
            state: State::Active,
            authenticates: true,
            listed: listed(true, true, false, false, false),
            rotate: 201,
            revoke: 200,
            delete: 409,
        },
        Row {
            state: State::Expired,
            authenticates: false,
            listed: listed(true, false, true, true, false),
            rotate: 409,
            revoke: 200,
            delete: 204,
        },
        Row {
            state: State::Revoked,
            authenticates: false,
            listed: listed(true, false, true, false, true),
            rotate: 409,
            revoke: 200,
            delete: 204,
        },
        Row {
            state: State::Deleted,
            authenticates: false,
            listed: listed(false, false, false, false, false),
            rotate: 404,
            revoke: 404,
            delete: 404,
        },
    ] {
        let state = row.state;

        let (key, cookie) = key_in(service, state).await;
        let authenticated = service.get("/v1/account").bearer(&key.secret).await.status == 200;
        assert_eq!(authenticated, row.authenticates, "{state:?} authenticates");
        for (filter, expected) in row.listed {
            let page = service.get(&format!("/v1/keys?status={filter}&limit=100")).cookie(&cookie).await;
            assert_eq!(page.ids().contains(&key.id), expected, "{state:?} listed as {filter}");
        }

        for (operation, expected) in [("rotate", row.rotate), ("revoke", row.revoke)] {
            let (key, cookie) = key_in(service, state).await;
            let answer = service.post(&format!("/v1/keys/{}/{operation}", key.id)).cookie(&cookie).await;
            assert_eq!(answer.status, expected, "{state:?}: {operation}");
            if expected == 409 {
                answer.problem(409, "key_inactive");
            }
        }

        let (key, cookie) = key_in(service, state).await;
        let answer = service.delete(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await;
        assert_eq!(answer.status, row.delete, "{state:?}: delete");
        if row.delete == 409 {
            answer.problem(409, "key_active");
            assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200, "it lives on");
        }
    }
}

async fn a_revoked_key_does_not_become_expired(service: &Service) {
    let (key, cookie) = key_in(service, State::Revoked).await;
    service.pass(SignedDuration::from_hours(2));
    let told = service.get(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await.json();
    assert_eq!(told["status"], "revoked");
}

async fn an_expired_key_does_not_work_again_when_the_clock_is_set_back(service: &Service) {
    let (key, cookie) = key_in(service, State::Expired).await;
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
    service.pass(SignedDuration::from_hours(-2));
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200);
}
