//! Requests of people about their data, what the register says of grounds, and an address of nobody we know.

use jiff::civil::date;
use kiem_domain::consent::Basis;
use kiem_domain::id::{ContactId, ImportId, UserId};
use kiem_store::ground::{self, DeclaredGround};
use kiem_store::privacy_request::{self, PrivacyKind, PrivacyOutcome, PrivacyRequest};
use kiem_store::{args, company, contact, erasure, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact};
use crate::sales::now;

fn request(n: u128, due_day: i8) -> PrivacyRequest {
    PrivacyRequest {
        id: Uuid::from_u128(n),
        kind: PrivacyKind::Access,
        address: format!("p{n}@klant.example"),
        contact_id: None,
        received_on: date(2026, 11, due_day),
        due_on: date(2026, 12, due_day),
        note: "per mail".to_owned(),
        outcome: None,
        outcome_note: String::new(),
        handled_at: None,
        handled_by: None,
        created_at: now(),
    }
}

#[tokio::test]
async fn a_request_is_closed_once_and_the_most_urgent_stands_first() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let (late, soon) = (request(1, 20), request(2, 5));
        for one in [&late, &soon] {
            privacy_request::insert(&mut tx, one).await.unwrap();
        }
        assert_eq!(privacy_request::get(&mut tx, late.id).await.unwrap(), Some(late.clone()), "{}", db.name);
        let listed = privacy_request::list(&mut tx, 10).await.unwrap();
        assert_eq!(listed, [soon.clone(), late.clone()], "{}", db.name);
        let by = Some(UserId(Uuid::from_u128(9)));
        let outcome = PrivacyOutcome::Answered;
        assert!(privacy_request::close(&mut tx, soon.id, outcome, "per brief", by, now()).await.unwrap());
        assert!(!privacy_request::close(&mut tx, soon.id, outcome, "", by, now()).await.unwrap(), "once");
        let listed = privacy_request::list(&mut tx, 10).await.unwrap();
        assert_eq!(listed[0], late, "{}: what is open comes first", db.name);
        let closed = &listed[1];
        assert_eq!((closed.outcome, closed.handled_by, closed.handled_at), (Some(outcome), by, Some(now())));
        assert_eq!(closed.outcome_note, "per brief");

        erasure::wipe_address(&mut tx, "p1@klant.example", "").await.unwrap();
        let wiped = privacy_request::get(&mut tx, late.id).await.unwrap().unwrap();
        assert_eq!((wiped.address.as_str(), wiped.note.as_str()), ("", ""), "{}", db.name);
        assert_eq!(
            privacy_request::get(&mut tx, soon.id).await.unwrap().unwrap().address,
            "p2@klant.example"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_register_knows_bases_and_sources() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        let firm = a_company(1, "Jansen");
        company::insert_many(&mut tx, std::slice::from_ref(&firm)).await.unwrap();
        let eva = a_contact(10, &firm, Some("eva@jansen.example"));
        contact::insert_many(&mut tx, std::slice::from_ref(&eva), None).await.unwrap();
        let declared = |basis, source: &str| DeclaredGround {
            basis,
            source: source.to_owned(),
            source_detail: String::new(),
            evidence_url: None,
            obtained_on: date(2026, 11, 1),
            recorded_by: UserId(Uuid::from_u128(9)),
            recorded_at: now(),
        };
        let interest = declared(Basis::LegitimateInterest, "beurs");
        for n in [31, 32] {
            ground::declare(&mut tx, ImportId(Uuid::from_u128(n)), &interest).await.unwrap();
        }
        let person: ContactId = eva.id;
        ground::put(&mut tx, person, &declared(Basis::Consent, "kaartje")).await.unwrap();
        assert_eq!(ground::bases(&mut tx).await.unwrap(), ["consent", "legitimate_interest"], "{}", db.name);
        let sources = ground::sources(&mut tx, 10).await.unwrap();
        assert_eq!(sources, [("beurs".to_owned(), 2), ("kaartje".to_owned(), 1)], "{}", db.name);
        assert_eq!(ground::sources(&mut tx, 1).await.unwrap().len(), 1);
        let n =
            tx.fetch_one("SELECT COUNT(*) AS n FROM ground WHERE workspace_id = $1", args![]).await.unwrap();
        assert_eq!(n.get::<i64>("n").unwrap(), 3, "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
