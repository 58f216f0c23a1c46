//! What a workspace loosened of the policy packs.

use jiff::Timestamp;
use kiem_domain::consent::Basis;
use kiem_domain::gate::{AddressClass, Cell, Channel, EndedLoosening, Loosening, PersonKind};
use kiem_domain::id::UserId;
use kiem_store::account::{self, User};
use kiem_store::{StoreError, loosening, testing};
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn a_loosening(n: u128, channel: Channel, class: Option<AddressClass>) -> Loosening {
    Loosening {
        id: Uuid::from_u128(n),
        country: "NL".to_owned(),
        cell: Cell { channel, person: PersonKind::LegalPerson, class },
        basis: Basis::LegitimateInterest,
        reason: "published addresses, risk accepted".to_owned(),
        decided_by: "Eva".to_owned(),
        decided_at: now() + jiff::SignedDuration::from_secs(i64::try_from(n).unwrap()),
    }
}

#[tokio::test]
async fn loosenings_name_who_decided_and_hold_until_they_are_ended() {
    for db in testing::both().await {
        let (ws, other) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let eva = UserId(Uuid::from_u128(7));
        let person = User {
            id: eva,
            email: "eva@ons.example".to_owned(),
            name: "Eva".to_owned(),
            password_hash: String::new(),
            language: "nl".to_owned(),
            theme: "auto".to_owned(),
        };
        let mut global = db.store.global().await.unwrap();
        account::insert_user(&mut global, &person, now()).await.unwrap();
        global.commit().await.unwrap();
        let mail = a_loosening(1, Channel::Mail, Some(AddressClass::Role));
        let phone = a_loosening(2, Channel::Phone, None);
        let mut tx = db.store.begin(ws).await.unwrap();
        loosening::insert(&mut tx, &phone, eva).await.unwrap();
        loosening::insert(&mut tx, &mail, eva).await.unwrap();
        let held = loosening::in_force(&mut tx).await.unwrap();
        assert_eq!(held, [mail.clone(), phone.clone()], "oldest first, with the name: {}", db.name);
        assert!(loosening::ended(&mut tx).await.unwrap().is_empty(), "{}", db.name);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(ws).await.unwrap();
        let twin = Loosening { id: Uuid::from_u128(3), ..mail.clone() };
        let refused = loosening::insert(&mut tx, &twin, eva).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{}", db.name);
        drop(tx);

        let mut tx = db.store.begin(other).await.unwrap();
        assert!(loosening::in_force(&mut tx).await.unwrap().is_empty(), "{}", db.name);
        assert!(!loosening::end(&mut tx, mail.id, eva, now()).await.unwrap(), "another workspace's");
        drop(tx);

        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(loosening::end(&mut tx, mail.id, eva, now()).await.unwrap());
        assert!(!loosening::end(&mut tx, mail.id, eva, now()).await.unwrap(), "ended once");
        assert_eq!(loosening::in_force(&mut tx).await.unwrap(), std::slice::from_ref(&phone));
        loosening::insert(&mut tx, &twin, eva).await.unwrap();
        assert_eq!(loosening::in_force(&mut tx).await.unwrap().len(), 2, "what ended may be decided again");
        let later = now() + jiff::SignedDuration::from_secs(60);
        assert!(loosening::end(&mut tx, phone.id, eva, later).await.unwrap());
        let gone = |loosening, ended_at| EndedLoosening { loosening, ended_by: "Eva".to_owned(), ended_at };
        let ended = loosening::ended(&mut tx).await.unwrap();
        assert_eq!(
            ended,
            [gone(phone, later), gone(mail, now())],
            "the last first, with the name: {}",
            db.name
        );
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(other).await.unwrap();
        assert!(loosening::ended(&mut tx).await.unwrap().is_empty(), "another workspace's: {}", db.name);
        drop(tx);
        db.remove().await;
    }
}
