//! Rotating: what the successor takes over, and how long the old key lives on.

use keylatch::lifecycle::{NewKey, Overlap};

use crate::support::{KIM, Service, lasting, named, no_store, outcome, text};

fn overlap(duration: &str) -> Overlap {
    if duration.is_empty() { Overlap::None } else { Overlap::For(duration.into()) }
}

#[tokio::test]
async fn the_successor_has_the_same_name_scopes_and_end() {
    for lifetime in ["P3M", "PT30M", "never"] {
        for duration in ["", "PT1H"] {
            let service = Service::start().await;
            let scopes = vec!["keys:read".to_owned(), "keys:write".to_owned()];
            let (old, old_secret) =
                service.key(&NewKey { scopes, ..lasting("deploy robot", lifetime) }).await;
            let kim = service.signed_in(KIM).await;
            service.at("2026-11-20T10:10:00Z");

            let rotated = kim.rotate(&service.line(), &old.id, &overlap(duration), no_store).await.unwrap();
            let new = &rotated.key;
            assert_ne!(new.id, old.id);
            assert_eq!((&new.name, &new.scopes), (&old.name, &old.scopes), "{lifetime} {duration}");
            assert_eq!(text(new.expires_at.as_ref()), text(old.expires_at.as_ref()), "{lifetime} {duration}");
            assert_eq!(text(new.created_at.as_ref()).as_deref(), Some("2026-11-20T10:10:00Z"));
            let secret = rotated.secret.reveal().unwrap();
            assert_ne!(secret.expose(), old_secret.expose());
            let told = kim.get(&service.line(), &old.id).await.unwrap();
            assert_eq!(told.replaced_by.as_deref(), Some(new.id.as_str()));
        }
    }
}

#[tokio::test]
async fn the_old_key_lives_on_for_the_overlap_and_never_past_its_own_end() {
    for (lifetime, duration, end) in [
        ("P3M", "PT1H", "2026-11-20T11:00:00Z"),
        ("P3M", "P7D", "2026-11-27T10:00:00Z"),
        ("P3M", "P1M", "2026-12-20T10:00:00Z"),
        ("PT30M", "PT1H", "2026-11-20T10:30:00Z"),
        ("P3M", "P1Y", "2027-02-20T10:00:00Z"),
        ("never", "PT1H", "2026-11-20T11:00:00Z"),
    ] {
        let service = Service::start().await;
        let (old, _) = service.key(&lasting("robot", lifetime)).await;
        let kim = service.signed_in(KIM).await;
        let rotated = kim.rotate(&service.line(), &old.id, &overlap(duration), no_store).await.unwrap();
        assert!(rotated.warning.is_none());
        let told = kim.get(&service.line(), &old.id).await.unwrap();
        assert_eq!(text(told.expires_at.as_ref()).as_deref(), Some(end), "{lifetime}, overlap {duration}");
        assert_eq!(told.status.as_str(), "active");
    }
}

#[tokio::test]
async fn both_keys_work_during_the_overlap_and_one_afterwards() {
    let service = Service::start().await;
    let (old, old_secret) = service.key(&lasting("robot", "P1D")).await;
    let kim = service.signed_in(KIM).await;
    let rotated = kim.rotate(&service.line(), &old.id, &overlap("PT1H"), no_store).await.unwrap();
    let new_secret = rotated.secret.reveal().unwrap();
    for (now, old_works, new_works) in [
        ("2026-11-20T10:00:00Z", true, true),
        ("2026-11-20T10:59:59.999Z", true, true),
        ("2026-11-20T11:00:00Z", false, true),
        ("2026-11-21T09:59:59.999Z", false, true),
        // The end that the old key had from the beginning.
        ("2026-11-21T10:00:00Z", false, false),
    ] {
        service.at(now);
        let works = (service.lets_in(&old_secret).await, service.lets_in(&new_secret).await);
        assert_eq!(works, (old_works, new_works), "{now}");
    }
}

#[tokio::test]
async fn without_an_overlap_the_old_key_is_revoked_at_once() {
    let service = Service::start().await;
    let (old, old_secret) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    kim.rotate(&service.line(), &old.id, &Overlap::None, no_store).await.unwrap();
    let told = kim.get(&service.line(), &old.id).await.unwrap();
    assert_eq!(told.status.as_str(), "revoked");
    assert_eq!(text(told.expires_at.as_ref()), text(old.expires_at.as_ref()), "its end is not touched");
    assert!(!service.lets_in(&old_secret).await);
}

#[tokio::test]
async fn keys_are_rotated_one_after_the_other() {
    let service = Service::start().await;
    let (first, _) = service.key(&lasting("robot", "P1D")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line();
    let second = kim.rotate(&line, &first.id, &overlap("PT1H"), no_store).await.unwrap().key;
    let twice = kim.rotate(&line, &first.id, &overlap("PT1H"), no_store).await;
    assert_eq!(outcome(twice, |_| "a second successor"), "conflict");
    let third = kim.rotate(&line, &second.id, &Overlap::None, no_store).await.unwrap().key;
    assert_eq!(text(third.expires_at.as_ref()), text(first.expires_at.as_ref()), "no life was extended");
    assert_eq!(service.alive().await.len(), 2, "the first in its overlap, and the third");
}

#[tokio::test]
async fn an_overlap_that_is_none_is_refused_and_changes_nothing() {
    let service = Service::start().await;
    let (key, secret) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    for wrong in ["1h", "-PT1H", "P", "never", "P3M\n"] {
        let refused = kim.rotate(&service.line(), &key.id, &Overlap::For(wrong.into()), no_store).await;
        assert_eq!(outcome(refused, |_| "rotated"), "invalid_request", "{wrong:?}");
    }
    assert_eq!(service.rows().await.len(), 1);
    assert!(service.lets_in(&secret).await);
}
