//! Mails that were written down: made once per step, approved as seen, found again by what comes back.

use kiem_domain::id::{CampaignId, CompanyId, ContactId, LinkId};
use kiem_store::link::{self, Addressed, Link};
use kiem_store::message::{self, MessageFilter, MessageState, NewMessage};
use kiem_store::{StoreError, Tx, args, testing};
use uuid::Uuid;

use crate::outreach::{a_mail, after, an_answer, campaign_id, enrolment_id, message_id, state_of, twins};
use crate::sales::{now, owner};

async fn put(tx: &mut Tx, mails: &[NewMessage]) {
    for (n, mail) in mails.iter().enumerate() {
        assert!(message::insert(tx, mail, after(i64::try_from(n).unwrap())).await.unwrap());
    }
}

/// Puts a mail at its end without going through the hand-over.
async fn sent(tx: &mut Tx, n: u128, state: &str, at: i64) {
    let sql = "UPDATE message SET state = $3, finished_at = $4 WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![message_id(n), state, after(at)]).await.unwrap();
}

fn ids(mails: &[message::Message]) -> Vec<u128> {
    mails.iter().map(|m| m.new.id.0.as_u128() - 0x7000).collect()
}

#[tokio::test]
async fn a_step_has_one_mail_for_ever_and_comes_back_as_it_was_written() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        let written = NewMessage {
            in_reply_to: Some("a@agency.example".to_owned()),
            reference_ids: Some("a@agency.example b@agency.example".to_owned()),
            problem: Some("name".to_owned()),
            state: MessageState::Draft,
            raw: Some(b"frozen".to_vec()),
            ..a_mail(1, 1, 0)
        };
        assert!(message::insert(&mut tx, &written, now()).await.unwrap());
        assert!(!message::insert(&mut tx, &a_mail(2, 1, 0), now()).await.unwrap(), "the step has its mail");
        assert!(
            message::insert(&mut tx, &a_mail(2, 1, 2), now()).await.unwrap(),
            "another step ({})",
            db.name
        );
        for n in [3, 4] {
            assert!(message::insert(&mut tx, &an_answer(n), now()).await.unwrap(), "answers are not counted");
        }
        let found = message::find(&mut tx, message_id(1)).await.unwrap().unwrap();
        assert_eq!(
            format!("{:?}", found.new),
            format!("{:?}", NewMessage { raw: None, ..written }),
            "{}",
            db.name
        );
        assert_eq!((found.attempt, found.created_at, found.approved_by), (0, now(), None));
        assert_eq!(message::raw(&mut tx, message_id(1)).await.unwrap().as_deref(), Some(&b"frozen"[..]));
        assert_eq!(message::raw(&mut tx, message_id(9)).await.unwrap(), None);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert!(message::find(&mut tx, message_id(3)).await.unwrap().is_none(), "{}", db.name);
        let twice = NewMessage { message_id: "1@agency.example".to_owned(), ..an_answer(8) };
        let refused = message::insert(&mut tx, &twice, now()).await;
        assert!(matches!(refused, Err(StoreError::Duplicate(_))), "a Message-ID is one mail ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_draft_is_approved_exactly_as_it_was_seen() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 1).await;
        let draft =
            NewMessage { state: MessageState::Draft, problem: Some("name".to_owned()), ..a_mail(1, 1, 0) };
        put(&mut tx, &[draft]).await;
        let id = message_id(1);
        let seen = ("Offertes", "Dag Eva");
        assert!(
            !message::approve(&mut tx, id, seen, owner(), after(9), now()).await.unwrap(),
            "it has a problem"
        );
        assert!(message::edit_draft(&mut tx, id, "Offertes", "Dag mevrouw", None).await.unwrap());
        assert!(
            !message::approve(&mut tx, id, seen, owner(), after(9), now()).await.unwrap(),
            "the old words"
        );
        let seen = ("Offertes", "Dag mevrouw");
        assert!(
            message::approve(&mut tx, id, seen, owner(), after(9), after(1)).await.unwrap(),
            "{}",
            db.name
        );
        assert!(!message::approve(&mut tx, id, seen, owner(), after(9), after(2)).await.unwrap(), "once");
        assert!(!message::edit_draft(&mut tx, id, "x", "y", None).await.unwrap(), "no draft any more");
        let found = message::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(
            (found.new.state, found.new.due_at),
            (MessageState::Queued, Some(after(9))),
            "{}",
            db.name
        );
        assert_eq!((found.approved_by, found.approved_at), (Some(owner()), Some(after(1))));
        assert_eq!(found.new.body, "Dag mevrouw");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        let twin = message::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((twin.new.body.as_str(), twin.approved_by), ("Dag Eva", None), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_mail_can_be_stopped_until_its_dot_and_not_after() {
    use MessageState as S;
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 1).await;
        put(&mut tx, &(1..=9).map(an_answer).collect::<Vec<_>>()).await;
        for (n, state) in (1..=9).zip(MessageState::ALL) {
            sent(&mut tx, n, state.as_str(), 1).await;
            let stops = matches!(state, S::Draft | S::Queued | S::Claimed | S::Deferred);
            let stopped = message::stop(&mut tx, message_id(n), "person", after(5)).await.unwrap();
            assert_eq!(stopped, stops, "{state} on {}", db.name);
            let found = message::find(&mut tx, message_id(n)).await.unwrap().unwrap();
            assert_eq!(found.new.state, if stops { S::Stopped } else { *state }, "{state}");
            assert_eq!(found.finished_at, Some(if stops { after(5) } else { after(1) }), "{state}");
            assert_eq!(found.reason.is_some(), stops, "{state}");
        }
        for (n, state) in (1..=9).zip(MessageState::ALL) {
            sent(&mut tx, n, state.as_str(), 1).await;
            let settled = message::settle_as_sent(&mut tx, message_id(n), "reply", after(9)).await.unwrap();
            assert_eq!(
                settled,
                *state == S::Uncertain,
                "only what is uncertain is settled: {state} on {}",
                db.name
            );
        }
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(state_of(&mut tx, 1).await, S::Queued, "the twin is untouched ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_was_sent_is_found_by_message_id_address_and_company() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        put(&mut tx, &[a_mail(1, 1, 0), a_mail(2, 1, 2), a_mail(3, 2, 0), an_answer(4), an_answer(5)]).await;
        for (n, state, at) in [(1, "sent", 10), (2, "uncertain", 20), (3, "sent", 30), (4, "failed", 40)] {
            sent(&mut tx, n, state, at).await;
        }
        let many: Vec<String> = (0..250).map(|n| format!("{n}@agency.example")).collect();
        let mut found = ids(&message::by_message_ids(&mut tx, &many).await.unwrap());
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3, 4, 5], "more ids than one query takes ({})", db.name);
        assert!(message::by_message_ids(&mut tx, &[]).await.unwrap().is_empty());

        let eva = "eva1@klant.example";
        for (since, limit, expected) in
            [(10, 9, vec![2, 1]), (11, 9, vec![2]), (10, 1, vec![2]), (21, 9, vec![])]
        {
            let found = message::sent_to(&mut tx, eva, after(since), limit).await.unwrap();
            assert_eq!(ids(&found), expected, "since {since}, at most {limit}, on {}", db.name);
        }
        let company = CompanyId(Uuid::from_u128(1));
        assert_eq!(ids(&message::sent_to_company(&mut tx, company, 9).await.unwrap()), [2, 1], "{}", db.name);
        assert_eq!(ids(&message::sent_to_company(&mut tx, company, 1).await.unwrap()), [2]);
        let contact = ContactId(Uuid::from_u128(1));
        sent(&mut tx, 4, "committing", 40).await;
        assert_eq!(ids(&message::to_contact(&mut tx, contact, 9).await.unwrap()), [4, 2, 1], "{}", db.name);
        tx.commit().await.unwrap();

        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(message::by_message_ids(&mut tx, &many).await.unwrap().len(), 2, "its own two");
        assert!(message::sent_to(&mut tx, eva, now(), 9).await.unwrap().is_empty());
        assert!(message::sent_to_company(&mut tx, company, 9).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn outreach_is_listed_in_pages_and_counted_by_state() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        let elsewhere = NewMessage { campaign_id: Some(CampaignId(Uuid::from_u128(9))), ..a_mail(3, 3, 0) };
        let draft = NewMessage { state: MessageState::Draft, ..a_mail(2, 2, 0) };
        // All at one moment: the id decides.
        for mail in [a_mail(1, 1, 0), draft, elsewhere, an_answer(4)] {
            assert!(message::insert(&mut tx, &mail, now()).await.unwrap());
        }
        let all = MessageFilter { campaign: None, state: None, after: None, limit: 2 };
        let first = message::list(&mut tx, all).await.unwrap();
        assert_eq!(ids(&first), [1, 2], "{}", db.name);
        let after = first.last().map(|m| (m.created_at, m.new.id));
        let second = message::list(&mut tx, MessageFilter { after, ..all }).await.unwrap();
        assert_eq!(ids(&second), [3], "answers are no outreach ({})", db.name);
        let drafts = MessageFilter { state: Some(MessageState::Draft), ..all };
        assert_eq!(ids(&message::list(&mut tx, drafts).await.unwrap()), [2]);
        let one = MessageFilter { campaign: Some(campaign_id(1)), limit: 9, ..all };
        assert_eq!(ids(&message::list(&mut tx, one).await.unwrap()), [1, 2]);
        let counts = message::counts(&mut tx, None).await.unwrap();
        assert_eq!(counts, [(MessageState::Draft, 1), (MessageState::Queued, 2)], "{}", db.name);
        let counts = message::counts(&mut tx, Some(campaign_id(1))).await.unwrap();
        assert_eq!(counts, [(MessageState::Draft, 1), (MessageState::Queued, 1)]);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(message::counts(&mut tx, None).await.unwrap(), [(MessageState::Queued, 3)], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_sequence_knows_the_first_mail_that_left_and_its_newest() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 2).await;
        assert!(message::last_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap().is_none());
        put(&mut tx, &[a_mail(1, 1, 0), a_mail(2, 1, 1), a_mail(3, 1, 2), a_mail(4, 2, 0)]).await;
        assert!(
            message::first_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap().is_none(),
            "nothing left"
        );
        sent(&mut tx, 1, "failed", 1).await;
        sent(&mut tx, 2, "uncertain", 1).await;
        sent(&mut tx, 3, "sent", 2).await;
        let first = message::first_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap();
        assert_eq!(first.unwrap().new.id, message_id(2), "what failed starts no thread ({})", db.name);
        sent(&mut tx, 3, "stopped", 2).await;
        let last = message::last_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap();
        assert_eq!(last.unwrap().new.id, message_id(3), "whatever became of it ({})", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        let last = message::last_of_enrolment(&mut tx, enrolment_id(1)).await.unwrap();
        assert_eq!(last.unwrap().new.id, message_id(1), "the twin's own ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_link_belongs_to_a_mail_of_its_own_workspace() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 1).await;
        put(&mut tx, &[a_mail(1, 1, 0), an_answer(2)]).await;
        let one = |n: u128, mail: u128| Link {
            id: LinkId(Uuid::from_u128(n)),
            message_id: message_id(mail),
            contact_id: Some(ContactId(Uuid::from_u128(1))),
            company_id: None,
            target_url: format!("https://agency.example/{n}"),
            page_kind: "case".to_owned(),
        };
        assert_eq!(link::insert(&mut tx, &[]).await.unwrap(), 0);
        assert_eq!(link::insert(&mut tx, &[one(1, 1), one(2, 1)]).await.unwrap(), 2, "{}", db.name);
        let found = link::find(&mut tx, LinkId(Uuid::from_u128(2))).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", one(2, 1)), "{}", db.name);
        assert!(link::find(&mut tx, LinkId(Uuid::from_u128(3))).await.unwrap().is_none());
        let asked = [1, 3].map(|n| LinkId(Uuid::from_u128(n)));
        let mail = message::find(&mut tx, message_id(1)).await.unwrap().unwrap();
        let expected = Addressed {
            id: asked[0],
            message_id: message_id(1),
            lead_id: mail.new.lead_id,
            contact_id: one(1, 1).contact_id,
            company_id: mail.new.company_id,
        };
        assert!(
            expected.lead_id.is_some() && expected.company_id.is_some(),
            "the mail says what the link does not"
        );
        assert_eq!(link::addressed(&mut tx, &asked).await.unwrap(), [expected], "{}", db.name);
        assert!(link::addressed(&mut tx, &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert!(link::find(&mut tx, LinkId(Uuid::from_u128(1))).await.unwrap().is_none(), "{}", db.name);
        assert!(link::addressed(&mut tx, &asked).await.unwrap().is_empty(), "{}", db.name);
        let lost = link::insert(&mut tx, &[one(4, 2)]).await;
        assert!(matches!(lost, Err(StoreError::MissingReference(_))), "no such mail here ({})", db.name);
        drop(tx);
        db.remove().await;
    }
}
