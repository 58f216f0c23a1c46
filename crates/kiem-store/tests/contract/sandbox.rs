//! The practice mailbox is read like an IMAP inbox: numbers rise by one, in each direction.

use kiem_store::sandbox::{self, Direction, SandboxMail};
use kiem_store::{mailbox, testing};
use uuid::Uuid;

use crate::outreach::{a_mailbox, after, mailbox_id};
use crate::sales::now;

fn mail(n: u128, direction: Direction) -> SandboxMail {
    SandboxMail {
        id: Uuid::from_u128(n),
        mailbox_id: mailbox_id(1),
        direction,
        address: "eva@klant.example".to_owned(),
        message_id: format!("{n}@agency.example"),
        subject: "Offertes".to_owned(),
        raw: b"bytes".to_vec(),
        uid: 99,
        created_at: after(i64::try_from(n).unwrap()),
    }
}

#[tokio::test]
async fn mails_are_numbered_and_read_from_where_one_was() {
    use Direction::{FromLead, ToLead};
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        for n in [1, 2] {
            mailbox::insert(&mut tx, &a_mailbox(n), now()).await.unwrap();
        }
        for (n, direction, expected) in [(1, ToLead, 1), (2, ToLead, 2), (3, FromLead, 1), (4, ToLead, 3)] {
            assert_eq!(
                sandbox::insert(&mut tx, &mail(n, direction)).await.unwrap(),
                expected,
                "{n} on {}",
                db.name
            );
        }
        let other = SandboxMail { mailbox_id: mailbox_id(2), ..mail(5, ToLead) };
        assert_eq!(sandbox::insert(&mut tx, &other).await.unwrap(), 1, "each mailbox counts for itself");
        for (uid, limit, expected) in
            [(0, 9, vec![1, 2, 3]), (1, 9, vec![2, 3]), (0, 2, vec![1, 2]), (3, 9, vec![])]
        {
            let found = sandbox::after_uid(&mut tx, mailbox_id(1), ToLead, uid, limit).await.unwrap();
            let uids: Vec<_> = found.iter().map(|m| m.uid).collect();
            assert_eq!(uids, expected, "after {uid}, at most {limit}, on {}", db.name);
        }
        let found = sandbox::find(&mut tx, Uuid::from_u128(3)).await.unwrap().unwrap();
        assert_eq!((found.direction, found.uid, found.raw.as_slice()), (FromLead, 1, &b"bytes"[..]));
        assert!(sandbox::has_sent(&mut tx, "1@agency.example").await.unwrap());
        assert!(!sandbox::has_sent(&mut tx, "3@agency.example").await.unwrap(), "a reply was not sent by us");
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(sandbox::find(&mut tx, Uuid::from_u128(1)).await.unwrap().is_none());
        assert!(!sandbox::has_sent(&mut tx, "1@agency.example").await.unwrap(), "{}", db.name);
        assert!(sandbox::after_uid(&mut tx, mailbox_id(1), ToLead, 0, 9).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn mails_that_arrive_at_the_same_moment_all_get_a_number() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        mailbox::insert(&mut tx, &a_mailbox(1), now()).await.unwrap();
        tx.commit().await.unwrap();
        let one = |n: u128| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin(ws).await.unwrap();
                let uid = sandbox::insert(&mut tx, &mail(n, Direction::ToLead)).await.unwrap();
                tx.commit().await.unwrap();
                uid
            })
        };
        let workers: Vec<_> = (1..=6).map(one).collect();
        let mut uids = Vec::new();
        for worker in workers {
            uids.push(worker.await.unwrap());
        }
        uids.sort_unstable();
        assert_eq!(uids, [1, 2, 3, 4, 5, 6], "{}", db.name);
        db.remove().await;
    }
}
