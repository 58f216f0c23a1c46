//! What happened: taken once, in the order in which it was recorded.

use jiff::Timestamp;
use kiem_domain::id::CompanyId;
use kiem_store::event::{self, Actor, Event};
use kiem_store::{Tx, testing};
use uuid::Uuid;

use crate::outreach::after;
use crate::sales::now;

fn happened(n: u128, at: i64) -> Event {
    let actor = Actor::User(Uuid::from_u128(0x77));
    Event {
        id: Uuid::from_u128(n),
        occurred_at: after(at),
        recorded_at: after(at + 1),
        kind: "message.sent".to_owned(),
        company_id: Some(CompanyId(Uuid::from_u128(1))),
        contact_id: None,
        prospect_id: None,
        subject_kind: "message".to_owned(),
        subject_id: Some(Uuid::from_u128(2)),
        actor_kind: actor.kind().to_owned(),
        actor_id: actor.id(),
        data: "{\"a\":1}".to_owned(),
        source: "kiem".to_owned(),
        external_id: n.to_string(),
    }
}

async fn since(tx: &mut Tx, after: u128, limit: i64) -> Vec<u128> {
    let found = event::since(tx, Uuid::from_u128(after), limit).await.unwrap();
    found.iter().map(|e| e.id.as_u128()).collect()
}

async fn timeline(tx: &mut Tx, before: Timestamp, limit: i64) -> Vec<u128> {
    let company = CompanyId(Uuid::from_u128(1));
    let found = event::timeline(tx, company, before, limit).await.unwrap();
    found.iter().map(|e| e.id.as_u128()).collect()
}

#[tokio::test]
async fn an_event_is_taken_once_from_each_source() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(event::append(&mut tx, &happened(1, 0)).await.unwrap());
        let again = Event { id: Uuid::from_u128(2), data: "{}".to_owned(), ..happened(1, 0) };
        assert!(!event::append(&mut tx, &again).await.unwrap(), "{}", db.name);
        let elsewhere = Event { source: "calendly".to_owned(), ..again.clone() };
        assert!(event::append(&mut tx, &elsewhere).await.unwrap(), "another source may have the same id");
        let many: Vec<Event> = (1..=1200).map(|n| happened(n + 10, 0)).chain([again]).collect();
        assert_eq!(
            event::append_many(&mut tx, &many).await.unwrap(),
            1200,
            "more than one statement ({})",
            db.name
        );
        assert_eq!(event::append_many(&mut tx, &many).await.unwrap(), 0, "all passed over ({})", db.name);
        assert_eq!(event::append_many(&mut tx, &[]).await.unwrap(), 0);
        let found = event::since(&mut tx, Uuid::nil(), 1).await.unwrap();
        assert_eq!(
            format!("{found:?}"),
            format!("{:?}", [happened(1, 0)]),
            "as it was written ({})",
            db.name
        );
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(event::append(&mut tx, &happened(1, 0)).await.unwrap(), "another workspace ({})", db.name);
        assert_eq!(since(&mut tx, 0, 9).await, [1]);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_feed_goes_by_recording_and_the_timeline_by_happening() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        let stranger = Event { company_id: None, ..happened(5, 0) };
        // Recorded 1 to 6; the fourth happened first, the second and the third at the same moment.
        let written =
            [happened(1, 10), happened(3, 20), happened(2, 20), happened(4, 5), stranger, happened(6, 30)];
        assert_eq!(event::append_many(&mut tx, &written).await.unwrap(), 6);
        for (after, limit, expected) in
            [(0, 9, vec![1, 2, 3, 4, 5, 6]), (2, 9, vec![3, 4, 5, 6]), (2, 2, vec![3, 4]), (6, 9, vec![])]
        {
            assert_eq!(
                since(&mut tx, after, limit).await,
                expected,
                "after {after}, at most {limit}, on {}",
                db.name
            );
        }
        for (before, limit, expected) in [
            (99, 9, vec![6, 3, 2, 1, 4]),
            (30, 9, vec![3, 2, 1, 4]),
            (99, 1, vec![6]),
            (99, 2, vec![6, 3, 2]),
            (20, 1, vec![1]),
            (5, 9, vec![]),
        ] {
            let found = timeline(&mut tx, after(before), limit).await;
            assert_eq!(found, expected, "before {before}, at most {limit}, on {}", db.name);
        }
        assert_eq!(timeline(&mut tx, Timestamp::MAX, 9).await.len(), 5, "the far future is no trouble");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(since(&mut tx, 0, 9).await.is_empty() && timeline(&mut tx, after(99), 9).await.is_empty());
        drop(tx);
        db.remove().await;
    }
}
