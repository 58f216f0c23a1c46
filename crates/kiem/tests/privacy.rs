//! Who asks gets everything that is held about them, or is forgotten, in one action and within a month.

mod support;

use jiff::civil::date;
use kiem::engine::privacy::NewPrivacyRequest;
use kiem::engine::{EngineError, Role};
use kiem::messages::Lang;
use kiem_domain::contact::EmailAddress;
use kiem_store::args;
use kiem_store::privacy_request::{PrivacyKind, PrivacyOutcome};
use support::House;
use uuid::Uuid;

async fn ask(house: &House, kind: PrivacyKind, address: &str) -> Uuid {
    let new = NewPrivacyRequest {
        kind,
        address: address.to_owned(),
        received_on: date(2026, 11, 20),
        note: "per mail".to_owned(),
    };
    house.engine.add_privacy_request(&house.caller(Role::Marketing), new).await.unwrap()
}

async fn is_suppressed(house: &House, address: &str) -> bool {
    let mut tx = house.db.store.read(house.workspace).await.unwrap();
    house.engine.is_suppressed(&mut tx, &EmailAddress::parse(address).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_request_finds_what_is_held_and_says_by_when() {
    for house in [House::sqlite().await, House::postgres().await] {
        house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
        let caller = house.caller(Role::Marketing);
        let id = ask(&house, PrivacyKind::Access, " eva@klant.example ").await;
        let case = house.engine.privacy_case(&caller, id).await.unwrap();
        assert_eq!(case.request.due_on, date(2026, 12, 20), "within a month");
        let found: Vec<&str> = case.held.iter().map(|(table, _)| *table).collect();
        assert!(["contact", "ground", "lead"].iter().all(|t| found.contains(t)), "{found:?}");
        let packed = house.engine.export_for_request(&caller, id).await.unwrap();
        assert_eq!(packed.get(..2), Some(b"PK".as_slice()));

        let nobody = ask(&house, PrivacyKind::Access, "wie@onbekend.example").await;
        let case = house.engine.privacy_case(&caller, nobody).await.unwrap();
        assert!(case.person.is_none() && case.held.is_empty(), "{:?}", case.held);
        let trail = house.engine.audit_trail(&house.caller(Role::Owner), None, 20).await.unwrap();
        assert!(trail.iter().any(|(entry, _)| entry.action == "person.exported"));
        assert!(trail.iter().all(|(entry, _)| !entry.detail.contains("eva@")), "the trail names nobody");
        house.close().await;
    }
}

#[tokio::test]
async fn erasing_by_request_forgets_the_person_and_their_request_and_keeps_them_out() {
    let house = House::sqlite().await;
    let lead = house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let caller = house.caller(Role::Marketing);
    let id = ask(&house, PrivacyKind::Erasure, "eva@klant.example").await;
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Erased, "").await.unwrap();
    assert_eq!(house.engine.lead(&caller, lead).await.unwrap().contact.email, None);
    assert!(is_suppressed(&house, "eva@klant.example").await);
    let request = house.engine.privacy_requests(&caller).await.unwrap().remove(0);
    assert_eq!((request.address.as_str(), request.note.as_str()), ("", ""), "the request forgets them too");
    assert_eq!(request.outcome, Some(PrivacyOutcome::Erased));
    let again = house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Answered, "").await;
    assert!(matches!(again, Err(EngineError::Refused { code: "privacy_request_closed", .. })));
    house.close().await;
}

#[tokio::test]
async fn an_address_of_nobody_we_know_is_wiped_and_kept_out_too() {
    let house = House::sqlite().await;
    let caller = house.caller(Role::Marketing);
    let mut tx = house.db.store.begin(house.workspace).await.unwrap();
    tx.execute(
        "INSERT INTO quote_request (workspace_id, id, external_key, name, email, company_name, phone, text, created_at)
         VALUES ($1, $2, 'x', 'Wie', 'wie@onbekend.example', '', '', 'Graag een prijs', $3)",
        args![Uuid::from_u128(9), house.clock.now()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let id = ask(&house, PrivacyKind::Erasure, "wie@onbekend.example").await;
    let held = house.engine.privacy_case(&caller, id).await.unwrap().held;
    assert_eq!(held, [("quote_request", 1)]);
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Erased, "").await.unwrap();
    let after = house.engine.privacy_case(&caller, id).await.unwrap();
    assert!(after.held.is_empty(), "{:?}", after.held);
    assert!(is_suppressed(&house, "wie@onbekend.example").await);
    house.close().await;
}

#[tokio::test]
async fn an_objection_stops_at_once_and_a_refusal_needs_a_reason() {
    let house = House::sqlite().await;
    house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let caller = house.caller(Role::Marketing);
    let id = ask(&house, PrivacyKind::Objection, "eva@klant.example").await;
    let bare = house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Refused, " ").await;
    assert!(matches!(bare, Err(EngineError::Invalid(e)) if e[0].field == "note"));
    house.engine.handle_privacy_request(&caller, id, PrivacyOutcome::Suppressed, "").await.unwrap();
    assert!(is_suppressed(&house, "eva@klant.example").await);
    let (list, _) = house.engine.suppressions(&caller, None, 10).await.unwrap();
    assert_eq!(list[0].reason, "objection");
    let future = NewPrivacyRequest {
        kind: PrivacyKind::Access,
        address: "eva@klant.example".to_owned(),
        received_on: date(2027, 1, 1),
        note: String::new(),
    };
    let refused = house.engine.add_privacy_request(&caller, future).await;
    assert!(matches!(refused, Err(EngineError::Invalid(e)) if e[0].field == "received_on"));
    house.close().await;
}

#[tokio::test]
async fn the_register_says_what_is_set_up_in_both_languages() {
    let house = House::sqlite().await;
    house.lead(1, "eva@klant.example", "Eva", "Jansen", "Klant BV").await;
    let owner = house.caller(Role::Owner);
    let refused = house.engine.processing_register(&house.caller(Role::Sales), None).await;
    assert!(matches!(refused, Err(EngineError::Forbidden)));
    for (lang, words) in [
        (Lang::Nl, ["Kiem Voorbeeld BV", "uw website (1)", "bekendgemaakt adres", "365 dagen", "Ontvangers"]),
        (Lang::En, ["Kiem Voorbeeld BV", "uw website (1)", "Address published", "365 days", "Recipients"]),
    ] {
        let page = house.engine.processing_register(&owner, Some(lang)).await.unwrap();
        for word in words {
            assert!(page.contains(word), "{lang}: {word}");
        }
        let is_key = |place: &&str| page.contains(&format!("{place}register."));
        assert_eq!(
            ["<td>", "\">", "<h2>", "<br>"].iter().find(|place| is_key(place)),
            None,
            "a key without words"
        );
        assert!(!page.contains("eva@"), "it names nobody");
    }
    house.close().await;
}
