//! Mailboxes: their settings, their rhythm, their cap, and how far they were read.

use jiff::civil::date;
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::{StoreError, testing};

use crate::outreach::{a_mailbox, after, mailbox_id};
use crate::sales::now;

#[tokio::test]
async fn a_mailbox_keeps_its_secret_when_none_is_given() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        let mut tx = db.store.begin(one).await.unwrap();
        mailbox::insert(&mut tx, &a_mailbox(2), after(1)).await.unwrap();
        mailbox::insert(&mut tx, &a_mailbox(1), after(2)).await.unwrap();
        let found: Vec<_> = mailbox::all(&mut tx).await.unwrap().into_iter().map(|m| m.id).collect();
        assert_eq!(found, [mailbox_id(2), mailbox_id(1)], "oldest first ({})", db.name);
        let changed = Mailbox { display_name: "Anna".to_owned(), daily_cap: 5, secret: None, ..a_mailbox(1) };
        assert!(mailbox::update(&mut tx, &changed).await.unwrap());
        let found = mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap();
        assert_eq!((found.display_name.as_str(), found.daily_cap), ("Anna", 5), "{}", db.name);
        assert_eq!(found.secret, Some(vec![1, 2, 3]));
        assert!(
            mailbox::update(&mut tx, &Mailbox { secret: Some(vec![9]), ..changed.clone() }).await.unwrap()
        );
        assert_eq!(mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap().secret, Some(vec![9]));

        let id = mailbox_id(1);
        assert!(mailbox::set_state(&mut tx, id, "failing", Some("password")).await.unwrap());
        assert!(!mailbox::set_state(&mut tx, id, "failing", Some("password")).await.unwrap(), "nothing new");
        assert!(
            mailbox::set_state(&mut tx, id, "failing", Some("certificate")).await.unwrap(),
            "{}",
            db.name
        );
        assert!(mailbox::set_state(&mut tx, id, "active", None).await.unwrap());
        assert!(!mailbox::set_state(&mut tx, id, "active", None).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(
            mailbox::find(&mut tx, id).await.unwrap().is_none()
                && mailbox::all(&mut tx).await.unwrap().is_empty()
        );
        assert!(!mailbox::update(&mut tx, &changed).await.unwrap(), "{}", db.name);
        assert!(!mailbox::set_state(&mut tx, id, "paused", None).await.unwrap());
        drop(tx);
        let mut tx = db.store.begin(one).await.unwrap();
        let twin = Mailbox { id: mailbox_id(3), ..a_mailbox(1) };
        let refused = mailbox::insert(&mut tx, &twin, now()).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "one per address ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_place_in_the_rhythm_is_taken_once() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        for ws in [one, two] {
            let mut tx = db.store.begin(ws).await.unwrap();
            mailbox::insert(&mut tx, &a_mailbox(1), now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let id = mailbox_id(1);
        let mut tx = db.store.begin(one).await.unwrap();
        assert!(!mailbox::take_turn(&mut tx, id, after(-1), after(60)).await.unwrap(), "too early");
        assert!(mailbox::take_turn(&mut tx, id, now(), after(60)).await.unwrap(), "{}", db.name);
        assert!(
            !mailbox::take_turn(&mut tx, id, after(59), after(120)).await.unwrap(),
            "the gap ({})",
            db.name
        );
        tx.commit().await.unwrap();
        let worker = || {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin(one).await.unwrap();
                let got = mailbox::take_turn(&mut tx, id, after(60), after(120)).await.unwrap();
                tx.commit().await.unwrap();
                got
            })
        };
        let workers = [worker(), worker(), worker()];
        let mut n = 0;
        for one in workers {
            n += u32::from(one.await.unwrap());
        }
        assert_eq!(n, 1, "two workers never get the same place ({})", db.name);
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(
            mailbox::take_turn(&mut tx, id, now(), after(60)).await.unwrap(),
            "the twin has its own rhythm"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_day_has_a_cap_and_a_place_can_be_given_back() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        for ws in [one, two] {
            let mut tx = db.store.begin(ws).await.unwrap();
            mailbox::insert(&mut tx, &a_mailbox(1), now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let (id, today, tomorrow) = (mailbox_id(1), date(2026, 11, 24), date(2026, 11, 25));
        let mut tx = db.store.begin(one).await.unwrap();
        assert_eq!(mailbox::n_sent_on(&mut tx, id, today).await.unwrap(), 0);
        mailbox::uncount(&mut tx, id, today).await.unwrap();
        assert!(!mailbox::count_against_cap(&mut tx, id, today, 0).await.unwrap(), "a cap of nothing");
        for expected in [true, true, false, false] {
            assert_eq!(
                mailbox::count_against_cap(&mut tx, id, today, 2).await.unwrap(),
                expected,
                "{}",
                db.name
            );
        }
        assert_eq!(mailbox::n_sent_on(&mut tx, id, today).await.unwrap(), 2, "refused is not counted");
        mailbox::uncount(&mut tx, id, today).await.unwrap();
        assert!(mailbox::count_against_cap(&mut tx, id, today, 2).await.unwrap(), "the place is free again");
        assert!(
            mailbox::count_against_cap(&mut tx, id, tomorrow, 2).await.unwrap(),
            "another day ({})",
            db.name
        );
        for _ in 0..5 {
            mailbox::uncount(&mut tx, id, today).await.unwrap();
        }
        assert_eq!(mailbox::n_sent_on(&mut tx, id, today).await.unwrap(), 0, "never below nothing");
        assert_eq!(mailbox::n_sent_on(&mut tx, id, tomorrow).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let worker = || {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin(one).await.unwrap();
                let got = mailbox::count_against_cap(&mut tx, id, today, 2).await.unwrap();
                tx.commit().await.unwrap();
                got
            })
        };
        let workers = [worker(), worker(), worker(), worker(), worker()];
        let mut n = 0;
        for one in workers {
            n += u32::from(one.await.unwrap());
        }
        assert_eq!(n, 2, "the cap holds for all workers together ({})", db.name);
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(mailbox::n_sent_on(&mut tx, id, tomorrow).await.unwrap(), 0, "the twin has its own day");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_mark_of_reading_moves_and_keeps_the_last_counts() {
    for db in testing::both().await {
        let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
        for ws in [one, two] {
            let mut tx = db.store.begin(ws).await.unwrap();
            mailbox::insert(&mut tx, &a_mailbox(1), now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let marks = |m: &Mailbox| {
            (m.imap_uid_validity, m.imap_last_uid, m.imap_n_server, m.imap_n_seen, m.imap_checked_at)
        };
        let mut tx = db.store.begin(one).await.unwrap();
        mailbox::set_read_mark(&mut tx, mailbox_id(1), 7, 40, Some((12, 11)), after(1)).await.unwrap();
        assert!(mailbox::set_read_problem(&mut tx, mailbox_id(1), "no log-in").await.unwrap());
        assert!(!mailbox::set_read_problem(&mut tx, mailbox_id(1), "no log-in").await.unwrap(), "known");
        let known = mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap();
        assert_eq!(known.imap_problem.as_deref(), Some("no log-in"), "{}", db.name);
        mailbox::set_read_mark(&mut tx, mailbox_id(1), 7, 41, None, after(2)).await.unwrap();
        let well = mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap();
        assert_eq!(well.imap_problem, None, "a look that went well ends the problem");
        let found = mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap();
        assert_eq!(marks(&found), (7, 41, Some(12), Some(11), Some(after(2))), "{}", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        let twin = mailbox::find(&mut tx, mailbox_id(1)).await.unwrap().unwrap();
        assert_eq!(marks(&twin), (0, 0, None, None, None), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
