//! The hand-over of a mail: claim, freeze, the last check, the end, and what is left by workers that died.

use jiff::SignedDuration;
use jiff::civil::date;
use kiem_store::dispatch::{self, Commit, CommitOrder, End};
use kiem_store::message::{self, MessageState, NewMessage};
use kiem_store::suppression::{self, Suppression};
use kiem_store::{Tx, account, campaign, mailbox, outreach_stop, testing};

use crate::outreach::{
    a_mail, a_mailbox, after, an_answer, campaign_id, lead_id, mailbox_id, message_id, scene, state_of, twins,
};
use crate::sales::now;

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn put(tx: &mut Tx, mails: &[NewMessage]) {
    for mail in mails {
        assert!(message::insert(tx, mail, now()).await.unwrap());
    }
}

/// Claims every outreach mail that is due and returns its number and epoch, in the order given.
async fn claimed(tx: &mut Tx, worker: &str, at: i64) -> Vec<(u128, i64)> {
    let found = dispatch::claim(tx, mailbox_id(1), true, worker, after(at), LEASE, 100).await.unwrap();
    found.iter().map(|c| (c.message.new.id.0.as_u128() - 0x7000, c.epoch)).collect()
}

fn order(n: u128, epoch: i64) -> CommitOrder<'static> {
    CommitOrder {
        id: message_id(n),
        epoch,
        is_outreach: true,
        suppression_hashes: &[],
        step_key: b"step",
        mailbox: mailbox_id(1),
        day: date(2026, 11, 24),
        cap: 10,
        tomorrow: after(86_400),
    }
}

async fn go(tx: &mut Tx, n: u128, epoch: i64) {
    assert_eq!(dispatch::commit(tx, &order(n, epoch), now()).await.unwrap(), Commit::Go);
}

#[tokio::test]
async fn a_mailbox_is_due_for_what_may_leave_now() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 3).await;
        mailbox::insert(&mut tx, &a_mailbox(2), now()).await.unwrap();
        let later = NewMessage { due_at: Some(after(1)), ..a_mail(2, 2, 0) };
        let draft = NewMessage { state: MessageState::Draft, ..a_mail(3, 3, 0) };
        let elsewhere = NewMessage { mailbox_id: mailbox_id(2), ..an_answer(5) };
        put(&mut tx, &[a_mail(1, 1, 0), later, draft, an_answer(4), elsewhere]).await;

        let mut due = dispatch::due_mailboxes(&mut tx, now()).await.unwrap();
        due.sort_by_key(|d| d.id.0);
        let counts: Vec<_> = due.iter().map(|d| (d.id, d.n_outreach, d.n_other)).collect();
        assert_eq!(counts, [(mailbox_id(1), 1, 1), (mailbox_id(2), 0, 1)], "{}", db.name);
        assert!(mailbox::set_state(&mut tx, mailbox_id(1), "paused", Some("holiday")).await.unwrap());
        assert!(mailbox::set_state(&mut tx, mailbox_id(2), "failing", Some("password")).await.unwrap());
        let due = dispatch::due_mailboxes(&mut tx, now()).await.unwrap();
        assert_eq!(due.len(), 1, "paused waits, failing is tried again ({})", db.name);
        assert_eq!(due[0].id, mailbox_id(2));
        let ws = tx.workspace();
        tx.commit().await.unwrap();
        let mut global = db.store.global().await.unwrap();
        account::set_sending_paused(&mut global, ws, Some("restored")).await.unwrap();
        global.commit().await.unwrap();
        let mut tx = db.store.begin(ws).await.unwrap();
        assert!(dispatch::due_mailboxes(&mut tx, now()).await.unwrap().is_empty(), "all sending is paused");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_claim_takes_the_longest_waiting_first_and_no_mail_twice() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        let earlier = NewMessage { due_at: Some(after(-60)), ..a_mail(2, 2, 0) };
        let later = NewMessage { due_at: Some(after(30)), ..a_mail(3, 3, 0) };
        put(&mut tx, &[a_mail(1, 1, 0), earlier, later, an_answer(4)]).await;

        let first = dispatch::claim(&mut tx, mailbox_id(1), true, "w1", now(), LEASE, 1).await.unwrap();
        assert_eq!((first.len(), first[0].message.new.id), (1, message_id(2)), "{}", db.name);
        assert_eq!((first[0].epoch, first[0].raw.as_deref()), (1, None));
        assert_eq!(claimed(&mut tx, "w2", 0).await, [(1, 1)], "what is claimed is not claimed again");
        assert!(claimed(&mut tx, "w2", 0).await.is_empty(), "the third is not due ({})", db.name);
        let other = dispatch::claim(&mut tx, mailbox_id(1), false, "w1", now(), LEASE, 100).await.unwrap();
        assert_eq!((other.len(), other[0].message.new.id), (1, message_id(4)));
        let none = dispatch::claim(&mut tx, mailbox_id(2), true, "w1", after(99), LEASE, 100).await.unwrap();
        assert!(none.is_empty(), "another mailbox has nothing");
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(claimed(&mut tx, "w1", 0).await, [(1, 1), (2, 1), (3, 1)], "the twin is untouched");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn bytes_are_frozen_once_by_the_worker_that_holds_the_claim() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 1).await;
        put(&mut tx, &[a_mail(1, 1, 0)]).await;
        assert!(!dispatch::freeze(&mut tx, message_id(1), 0, b"x").await.unwrap(), "nobody claimed it");
        claimed(&mut tx, "w1", 0).await;
        assert!(!dispatch::freeze(&mut tx, message_id(1), 2, b"x").await.unwrap(), "another epoch");
        assert!(dispatch::freeze(&mut tx, message_id(1), 1, b"bytes").await.unwrap(), "{}", db.name);
        assert!(!dispatch::freeze(&mut tx, message_id(1), 1, b"other").await.unwrap(), "for ever");
        assert!(dispatch::unclaim(&mut tx, message_id(1), 1, "outside_window", now()).await.unwrap());
        let again = dispatch::claim(&mut tx, mailbox_id(1), true, "w2", now(), LEASE, 1).await.unwrap();
        assert_eq!((again[0].epoch, again[0].raw.as_deref()), (2, Some(&b"bytes"[..])), "{}", db.name);
        assert_eq!(message::raw(&mut tx, message_id(1)).await.unwrap().as_deref(), Some(&b"bytes"[..]));
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(message::raw(&mut tx, message_id(1)).await.unwrap(), None, "the twin has none");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_unclaimed_mail_waits_untried_and_only_its_holder_may_put_it_back() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 1).await;
        put(&mut tx, &[a_mail(1, 1, 0)]).await;
        claimed(&mut tx, "w1", 0).await;
        assert!(!dispatch::unclaim(&mut tx, message_id(1), 7, "x", now()).await.unwrap());
        assert!(dispatch::unclaim(&mut tx, message_id(1), 1, "outside_window", after(50)).await.unwrap());
        assert!(
            !dispatch::unclaim(&mut tx, message_id(1), 1, "x", now()).await.unwrap(),
            "once ({})",
            db.name
        );
        let back = message::find(&mut tx, message_id(1)).await.unwrap().unwrap();
        assert_eq!((back.new.state, back.new.due_at), (MessageState::Queued, Some(after(50))));
        assert_eq!((back.reason.as_deref(), back.attempt), (Some("outside_window"), 0));
        assert!(claimed(&mut tx, "w1", 49).await.is_empty());
        assert_eq!(claimed(&mut tx, "w1", 50).await, [(1, 2)]);
        go(&mut tx, 1, 2).await;
        assert!(!dispatch::unclaim(&mut tx, message_id(1), 2, "x", now()).await.unwrap(), "at its dot");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        claimed(&mut tx, "w1", 0).await;
        assert!(!dispatch::unclaim(&mut tx, message_id(9), 1, "x", now()).await.unwrap());
        assert_eq!(state_of(&mut tx, 1).await, MessageState::Claimed);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_lease_is_renewed_by_its_worker_and_runs_out_without() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        put(&mut tx, &[a_mail(1, 1, 0), a_mail(2, 2, 0), a_mail(3, 3, 0)]).await;
        let mine = dispatch::claim(&mut tx, mailbox_id(1), true, "w1", now(), LEASE, 2).await.unwrap();
        assert_eq!(mine.len(), 2);
        assert_eq!(claimed(&mut tx, "w2", 0).await, [(3, 1)]);
        go(&mut tx, 2, 1).await;
        assert_eq!(dispatch::renew(&mut tx, "w1", after(120)).await.unwrap(), 2, "also at its dot");
        assert_eq!(dispatch::renew(&mut tx, "w9", after(999)).await.unwrap(), 0);
        assert_eq!(dispatch::recover(&mut tx, after(59)).await.unwrap(), (0, vec![]), "{}", db.name);
        assert_eq!(
            dispatch::recover(&mut tx, after(60)).await.unwrap(),
            (1, vec![]),
            "the other worker died"
        );
        let (returned, uncertain) = dispatch::recover(&mut tx, after(120)).await.unwrap();
        assert_eq!((returned, uncertain), (1, vec![message_id(2)]), "{}", db.name);
        assert_eq!(dispatch::recover(&mut tx, after(999)).await.unwrap(), (0, vec![]), "once");
        for (n, state) in [(1, MessageState::Queued), (2, MessageState::Uncertain), (3, MessageState::Queued)]
        {
            assert_eq!(state_of(&mut tx, n).await, state, "{n} on {}", db.name);
        }
        let lost = message::find(&mut tx, message_id(2)).await.unwrap().unwrap();
        assert_eq!(lost.finished_at, Some(after(120)));
        assert!(lost.reason.is_some(), "it says why");
        assert_eq!(
            claimed(&mut tx, "w2", 120).await,
            [(1, 2), (3, 2)],
            "the uncertain one is never sent again"
        );
        let end = End::Failed { reply: "late".to_owned() };
        assert!(!dispatch::end(&mut tx, message_id(1), 1, &end, after(121)).await.unwrap(), "fenced off");
        assert_eq!(dispatch::commit(&mut tx, &order(1, 1), now()).await.unwrap(), Commit::Stop("claim_lost"));
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(
            dispatch::renew(&mut tx, "w1", after(120)).await.unwrap(),
            0,
            "the twin's worker is another"
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn everything_that_came_before_the_dot_wins() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 5).await;
        put(&mut tx, &(1..=5).map(|n| a_mail(n, n, 0)).collect::<Vec<_>>()).await;
        claimed(&mut tx, "w1", 0).await;
        let entry = Suppression {
            key_hash: vec![9],
            kind: "email".to_owned(),
            hint: "e…@klant.example".to_owned(),
            reason: "unsubscribed".to_owned(),
            source: "link".to_owned(),
            created_by: None,
            created_at: now(),
        };
        suppression::insert(&mut tx, &entry).await.unwrap();
        let hashes = [vec![8], vec![9]];
        let said = CommitOrder { suppression_hashes: &hashes, ..order(1, 1) };
        assert_eq!(dispatch::commit(&mut tx, &said, now()).await.unwrap(), Commit::Stop("suppressed"));
        assert_eq!(state_of(&mut tx, 1).await, MessageState::Stopped, "{}", db.name);

        let steps = vec![(b"left".to_vec(), "sent", now())];
        assert_eq!(dispatch::remember_journal(&mut tx, steps.clone()).await.unwrap(), 1);
        assert_eq!(dispatch::remember_journal(&mut tx, steps).await.unwrap(), 0, "remembered once");
        let known = CommitOrder { step_key: b"left", ..order(2, 1) };
        assert_eq!(
            dispatch::commit(&mut tx, &known, now()).await.unwrap(),
            Commit::Stop("sent_before_restore")
        );
        assert_eq!(state_of(&mut tx, 2).await, MessageState::Stopped, "{}", db.name);

        let scope = outreach_stop::StopScope::Lead(lead_id(3));
        outreach_stop::pause(&mut tx, scope, "reply", None).await.unwrap();
        assert_eq!(dispatch::commit(&mut tx, &order(3, 1), now()).await.unwrap(), Commit::Stop("paused"));
        assert_eq!(state_of(&mut tx, 3).await, MessageState::Queued, "it waits ({})", db.name);

        outreach_stop::stop(&mut tx, outreach_stop::StopScope::Lead(lead_id(4)), "reply", now())
            .await
            .unwrap();
        assert_eq!(dispatch::commit(&mut tx, &order(4, 1), now()).await.unwrap(), Commit::Stop("claim_lost"));
        campaign::move_state(&mut tx, campaign_id(1), ["running", "running"], "paused", now()).await.unwrap();
        assert_eq!(dispatch::commit(&mut tx, &order(5, 1), now()).await.unwrap(), Commit::Stop("paused"));
        assert_eq!(mailbox::n_sent_on(&mut tx, mailbox_id(1), date(2026, 11, 24)).await.unwrap(), 0);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_cap_of_the_day_holds_at_the_dot_for_outreach_only() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        put(&mut tx, &[a_mail(1, 1, 0), a_mail(2, 2, 0), an_answer(3)]).await;
        claimed(&mut tx, "w1", 0).await;
        dispatch::claim(&mut tx, mailbox_id(1), false, "w1", now(), LEASE, 9).await.unwrap();
        let one = |n| CommitOrder { cap: 1, ..order(n, 1) };
        assert_eq!(dispatch::commit(&mut tx, &one(1), now()).await.unwrap(), Commit::Go);
        assert_eq!(
            dispatch::commit(&mut tx, &one(1), now()).await.unwrap(),
            Commit::Stop("claim_lost"),
            "once"
        );
        assert_eq!(dispatch::commit(&mut tx, &one(2), now()).await.unwrap(), Commit::Stop("daily_cap"));
        let waits = message::find(&mut tx, message_id(2)).await.unwrap().unwrap();
        assert_eq!((waits.new.state, waits.new.due_at), (MessageState::Queued, Some(after(86_400))));
        assert_eq!((waits.attempt, waits.committed_at), (0, None), "not a try ({})", db.name);
        let answer = CommitOrder { is_outreach: false, ..one(3) };
        assert_eq!(dispatch::commit(&mut tx, &answer, now()).await.unwrap(), Commit::Go, "{}", db.name);
        assert_eq!(mailbox::n_sent_on(&mut tx, mailbox_id(1), date(2026, 11, 24)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(mailbox::n_sent_on(&mut tx, mailbox_id(1), date(2026, 11, 24)).await.unwrap(), 0);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn an_explicit_answer_is_the_end_and_counts_also_after_the_lease() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 4).await;
        put(&mut tx, &(1..=4).map(|n| a_mail(n, n, 0)).collect::<Vec<_>>()).await;
        claimed(&mut tx, "w1", 0).await;
        for n in 1..=4 {
            go(&mut tx, n, 1).await;
        }
        let sent = End::Sent { reply: "250 ok".to_owned() };
        assert!(!dispatch::end(&mut tx, message_id(1), 2, &sent, after(1)).await.unwrap(), "another epoch");
        assert!(dispatch::end(&mut tx, message_id(1), 1, &sent, after(1)).await.unwrap(), "{}", db.name);
        assert!(!dispatch::end(&mut tx, message_id(1), 1, &sent, after(2)).await.unwrap(), "once");
        let deferred = End::Deferred { reply: "450 later".to_owned(), retry_at: after(300) };
        assert!(dispatch::end(&mut tx, message_id(2), 1, &deferred, after(1)).await.unwrap());
        let failed = End::Failed { reply: "550 unknown".to_owned() };
        assert!(dispatch::end(&mut tx, message_id(3), 1, &failed, after(1)).await.unwrap());
        let found =
            |m: message::Message| (m.new.state, m.finished_at, m.committed_at, m.reason, m.new.due_at);
        let mut ends = Vec::new();
        for n in 1..=3 {
            ends.push(found(message::find(&mut tx, message_id(n)).await.unwrap().unwrap()));
        }
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            (MessageState::Sent, Some(after(1)), Some(now()), None, Some(now())),
            (MessageState::Deferred, None, None, text("450 later"), Some(after(300))),
            (MessageState::Failed, Some(after(1)), Some(now()), text("550 unknown"), Some(now())),
        ];
        assert_eq!(ends, expected, "{}", db.name);
        assert_eq!(claimed(&mut tx, "w2", 299).await, []);
        assert_eq!(claimed(&mut tx, "w2", 300).await, [(2, 2)], "a deferred mail is tried again");

        assert_eq!(dispatch::recover(&mut tx, after(60)).await.unwrap(), (0, vec![message_id(4)]));
        assert!(
            dispatch::end(&mut tx, message_id(4), 1, &sent, after(61)).await.unwrap(),
            "the answer came late"
        );
        assert_eq!(state_of(&mut tx, 4).await, MessageState::Sent, "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn the_dispatcher_looks_again_when_the_next_mail_is_due_or_the_next_lease_ends() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 3).await;
        assert_eq!(
            dispatch::next_at(&mut tx).await.unwrap(),
            None,
            "the twin's mails are not ours ({})",
            db.name
        );
        let draft = NewMessage { state: MessageState::Draft, due_at: Some(after(-99)), ..a_mail(3, 3, 0) };
        let later = NewMessage { due_at: Some(after(90)), ..a_mail(2, 2, 0) };
        put(&mut tx, &[a_mail(1, 1, 0), later, draft]).await;
        assert_eq!(dispatch::next_at(&mut tx).await.unwrap(), Some(now()), "{}", db.name);
        claimed(&mut tx, "w1", 0).await;
        assert_eq!(dispatch::next_at(&mut tx).await.unwrap(), Some(now() + LEASE), "a lease that ends");
        go(&mut tx, 1, 1).await;
        dispatch::renew(&mut tx, "w1", after(100)).await.unwrap();
        assert_eq!(dispatch::next_at(&mut tx).await.unwrap(), Some(after(90)), "{}", db.name);
        let sent = End::Sent { reply: "250".to_owned() };
        dispatch::end(&mut tx, message_id(1), 1, &sent, after(1)).await.unwrap();
        message::stop(&mut tx, message_id(2), "person", now()).await.unwrap();
        assert_eq!(dispatch::next_at(&mut tx).await.unwrap(), None, "a draft waits for a person");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn uncertain_mails_are_listed_from_the_oldest_dot_and_settled_once() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        put(&mut tx, &(1..=3).map(|n| a_mail(n, n, 0)).collect::<Vec<_>>()).await;
        claimed(&mut tx, "w1", 0).await;
        let lost = End::Uncertain { problem: "the line broke".to_owned() };
        for (n, at) in [(1, 20), (2, 10), (3, 30)] {
            assert_eq!(dispatch::commit(&mut tx, &order(n, 1), after(at)).await.unwrap(), Commit::Go);
            assert!(dispatch::end(&mut tx, message_id(n), 1, &lost, after(at + 1)).await.unwrap());
        }
        let mut list = Vec::new();
        for (before, limit) in [(9, 9), (20, 9), (99, 1)] {
            let found = dispatch::uncertain(&mut tx, after(before), limit).await.unwrap();
            list.push(found.iter().map(|m| m.new.id).collect::<Vec<_>>());
        }
        let expected = [vec![], vec![message_id(2), message_id(1)], vec![message_id(2)]];
        assert_eq!(list, expected, "{}", db.name);
        assert!(message::settle_as_sent(&mut tx, message_id(2), "sent_folder", after(50)).await.unwrap());
        assert!(!message::settle_as_sent(&mut tx, message_id(2), "reply", after(60)).await.unwrap(), "once");
        let found = message::find(&mut tx, message_id(2)).await.unwrap().unwrap();
        assert_eq!(
            (found.new.state, found.finished_at),
            (MessageState::Sent, Some(after(11))),
            "{}",
            db.name
        );
        assert_eq!(found.resolved_by.as_deref(), Some("sent_folder"));
        assert_eq!(dispatch::uncertain(&mut tx, after(99), 9).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(
            !message::settle_as_sent(&mut tx, message_id(1), "reply", now()).await.unwrap(),
            "only queued here"
        );
        assert!(dispatch::uncertain(&mut tx, after(99), 9).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn workers_that_claim_at_the_same_moment_share_the_mails() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        scene(&mut tx, 6).await;
        put(&mut tx, &(1..=6).map(|n| a_mail(n, n, 0)).collect::<Vec<_>>()).await;
        tx.commit().await.unwrap();
        let one = |worker: &'static str| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin(ws).await.unwrap();
                let found =
                    dispatch::claim(&mut tx, mailbox_id(1), true, worker, now(), LEASE, 2).await.unwrap();
                tx.commit().await.unwrap();
                found.into_iter().map(|c| c.message.new.id.0).collect::<Vec<_>>()
            })
        };
        let workers = [one("w1"), one("w2"), one("w3")];
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        let n = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), n, "nobody holds another's ({})", db.name);
        assert!(n >= 2, "somebody got some");
        db.remove().await;
    }
}
