//! Stopping, holding and putting back the outreach of a person or a company.

use kiem_domain::id::{CompanyId, LinkId};
use kiem_store::campaign::{self, Enrolment};
use kiem_store::link::{self, Link};
use kiem_store::message::{self, MessageState, NewMessage};
use kiem_store::outreach_stop::{self, StopScope, StoppedEnrolment};
use kiem_store::{Tx, args, testing};
use uuid::Uuid;

use crate::outreach::{a_mail, after, enrolment_id, lead_id, message_id, state_of, twins};
use crate::sales::now;

async fn enrolment(tx: &mut Tx, n: u128) -> Enrolment {
    campaign::enrolment(tx, enrolment_id(n)).await.unwrap().unwrap()
}

/// State, reason, position and due moment.
async fn stands(tx: &mut Tx, n: u128) -> (String, Option<String>, i64, Option<i64>) {
    let e = enrolment(tx, n).await;
    let due = e.due_at.map(|at| at.as_second() - now().as_second());
    (e.state, e.reason, e.position, due)
}

fn is(
    state: &str,
    reason: Option<&str>,
    position: i64,
    due: Option<i64>,
) -> (String, Option<String>, i64, Option<i64>) {
    (state.to_owned(), reason.map(str::to_owned), position, due)
}

async fn set_state(tx: &mut Tx, n: u128, state: MessageState) {
    let sql = "UPDATE message SET state = $3 WHERE workspace_id = $1 AND id = $2";
    tx.execute(sql, args![message_id(n), state.as_str()]).await.unwrap();
}

/// Leads 1 and 2 work at company 1.
async fn colleagues(tx: &mut Tx) {
    let company = CompanyId(Uuid::from_u128(1));
    let sql = "UPDATE enrolment SET company_id = $2 WHERE workspace_id = $1 AND id = $3";
    tx.execute(sql, args![company, enrolment_id(2)]).await.unwrap();
}

#[tokio::test]
async fn a_stop_takes_everything_that_was_not_handed_over() {
    use MessageState as S;
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        colleagues(&mut tx).await;
        for (n, state) in (1..=9).zip(MessageState::ALL) {
            let mail = NewMessage { step_id: Some(Uuid::from_u128(n).into()), ..a_mail(n, 1, 0) };
            message::insert(&mut tx, &mail, now()).await.unwrap();
            set_state(&mut tx, n, *state).await;
        }
        message::insert(&mut tx, &a_mail(10, 2, 0), now()).await.unwrap();
        let stopped =
            outreach_stop::stop(&mut tx, StopScope::Lead(lead_id(1)), "reply", after(1)).await.unwrap();
        assert_eq!(
            stopped.iter().map(|s| (s.id, s.position, s.due_at)).collect::<Vec<_>>(),
            [(enrolment_id(1), 0, Some(now()))]
        );
        for (n, state) in (1..=9).zip(MessageState::ALL) {
            let stops = matches!(state, S::Draft | S::Queued | S::Claimed | S::Deferred);
            let now = state_of(&mut tx, n).await;
            assert_eq!(now, if stops { S::Stopped } else { *state }, "{state} on {}", db.name);
        }
        assert_eq!(stands(&mut tx, 1).await, is("stopped", Some("reply"), 0, None), "{}", db.name);
        assert_eq!(state_of(&mut tx, 10).await, S::Queued, "the colleague goes on");
        let company = StopScope::Company(CompanyId(Uuid::from_u128(1)));
        let stopped = outreach_stop::stop(&mut tx, company, "promoted", after(2)).await.unwrap();
        assert_eq!(stopped.iter().map(|s| s.id).collect::<Vec<_>>(), [enrolment_id(2)], "what was running");
        assert_eq!(
            stands(&mut tx, 1).await.1.as_deref(),
            Some("reply"),
            "the first reason stays ({})",
            db.name
        );
        assert_eq!(state_of(&mut tx, 10).await, S::Stopped);
        assert_eq!(stands(&mut tx, 3).await, is("active", None, 0, Some(0)), "another company ({})", db.name);
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(stands(&mut tx, 1).await, is("active", None, 0, Some(0)), "the twin is untouched");
        assert_eq!(state_of(&mut tx, 1).await, S::Queued, "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_pause_holds_and_a_resume_lets_go_on() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        colleagues(&mut tx).await;
        let (one, all) = (StopScope::Lead(lead_id(1)), StopScope::Company(CompanyId(Uuid::from_u128(1))));
        assert_eq!(outreach_stop::resume(&mut tx, one, now()).await.unwrap(), 0, "nothing is paused");
        assert_eq!(outreach_stop::pause(&mut tx, one, "away", Some(after(60))).await.unwrap(), 1);
        assert_eq!(enrolment(&mut tx, 1).await.paused_until, Some(after(60)), "{}", db.name);
        assert_eq!(
            outreach_stop::pause(&mut tx, all, "person", None).await.unwrap(),
            2,
            "the newest word counts"
        );
        assert_eq!(enrolment(&mut tx, 1).await.paused_until, None);
        assert_eq!(stands(&mut tx, 2).await, is("paused", Some("person"), 0, Some(0)), "{}", db.name);
        assert_eq!(outreach_stop::resume(&mut tx, one, after(30)).await.unwrap(), 1);
        assert_eq!(stands(&mut tx, 1).await, is("active", None, 0, Some(30)), "what was missed is due now");
        assert_eq!(stands(&mut tx, 2).await.0, "paused", "{}", db.name);
        outreach_stop::stop(&mut tx, all, "reply", now()).await.unwrap();
        assert_eq!(
            outreach_stop::pause(&mut tx, all, "away", None).await.unwrap(),
            0,
            "stopped stays stopped"
        );
        assert_eq!(outreach_stop::resume(&mut tx, all, now()).await.unwrap(), 0, "{}", db.name);
        assert_eq!(stands(&mut tx, 3).await, is("active", None, 0, Some(0)));
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        assert_eq!(
            stands(&mut tx, 1).await,
            is("active", None, 0, Some(0)),
            "the twin is untouched ({})",
            db.name
        );
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_was_stopped_by_mistake_is_put_back_as_it_stood() {
    for db in testing::both().await {
        let (mut tx, two) = twins(&db, 3).await;
        let all: Vec<StopScope> = (1..=3).map(|n| StopScope::Lead(lead_id(n))).collect();
        outreach_stop::pause(&mut tx, all[1], "person", None).await.unwrap();
        outreach_stop::pause(&mut tx, all[2], "away", Some(after(500))).await.unwrap();
        let mut stopped: Vec<StoppedEnrolment> = Vec::new();
        for scope in all {
            stopped.extend(outreach_stop::stop(&mut tx, scope, "promoted", after(1)).await.unwrap());
        }
        outreach_stop::restore(&mut tx, &stopped, after(10)).await.unwrap();
        assert_eq!(stands(&mut tx, 1).await, is("active", None, 0, Some(10)), "{}", db.name);
        assert_eq!(stands(&mut tx, 2).await.0, "paused", "a person's pause outlives it ({})", db.name);
        assert_eq!(stands(&mut tx, 2).await.1.as_deref(), Some("person"));
        let away = enrolment(&mut tx, 3).await;
        assert_eq!((away.state.as_str(), away.paused_until), ("paused", Some(after(500))), "{}", db.name);
        assert!(campaign::advance(&mut tx, enrolment_id(1), 0, 1, None, false).await.unwrap());
        outreach_stop::restore(&mut tx, &stopped, after(20)).await.unwrap();
        assert_eq!(stands(&mut tx, 1).await, is("active", None, 1, None), "only what is stopped is put back");
        tx.commit().await.unwrap();
        let mut tx = db.store.begin(two).await.unwrap();
        outreach_stop::stop(&mut tx, StopScope::Lead(lead_id(1)), "x", now()).await.unwrap();
        assert_eq!(state_of(&mut tx, 1).await, MessageState::Stopped);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_mail_that_a_mistake_stopped_is_made_anew_and_a_mail_that_left_is_not() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 3).await;
        // Lead 1 waits for its approved mail, lead 2's mail left and its job did not yet run, lead 3 is at its third step.
        for n in [1, 2] {
            message::insert(&mut tx, &a_mail(n, n, 0), now()).await.unwrap();
            campaign::advance(&mut tx, enrolment_id(n), 0, 0, None, false).await.unwrap();
        }
        message::insert(&mut tx, &a_mail(3, 3, 0), now()).await.unwrap();
        message::stop(&mut tx, message_id(3), "person", now()).await.unwrap();
        campaign::advance(&mut tx, enrolment_id(3), 0, 2, None, false).await.unwrap();
        message::insert(&mut tx, &a_mail(4, 3, 2), now()).await.unwrap();
        let tracked = Link {
            id: LinkId(Uuid::from_u128(1)),
            message_id: message_id(1),
            contact_id: None,
            company_id: None,
            target_url: "https://agency.example/".to_owned(),
            page_kind: "other".to_owned(),
        };
        link::insert(&mut tx, &[tracked]).await.unwrap();
        let frozen = "UPDATE message SET raw = $3 WHERE workspace_id = $1 AND id = $2";
        tx.execute(frozen, args![message_id(4), &b"bytes"[..]]).await.unwrap();
        set_state(&mut tx, 2, MessageState::Sent).await;
        let mut stopped = Vec::new();
        for n in 1..=3 {
            let scope = StopScope::Lead(lead_id(n));
            stopped.extend(outreach_stop::stop(&mut tx, scope, "promoted", after(1)).await.unwrap());
        }
        outreach_stop::restore(&mut tx, &stopped, after(10)).await.unwrap();
        assert!(
            message::find(&mut tx, message_id(1)).await.unwrap().is_none(),
            "its step is free ({})",
            db.name
        );
        assert_eq!(stands(&mut tx, 1).await, is("active", None, 0, Some(10)), "and due ({})", db.name);
        assert_eq!(state_of(&mut tx, 2).await, MessageState::Sent, "what left stays");
        assert_eq!(stands(&mut tx, 2).await, is("active", None, 0, None), "{}", db.name);
        assert_eq!(state_of(&mut tx, 3).await, MessageState::Stopped, "what a person took out stays out");
        assert!(message::find(&mut tx, message_id(4)).await.unwrap().is_none(), "frozen, but never offered");
        assert_eq!(stands(&mut tx, 3).await, is("active", None, 2, Some(10)), "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_step_that_left_before_a_restore_of_the_database_stays_out() {
    for db in testing::both().await {
        let (mut tx, _) = twins(&db, 1).await;
        message::insert(&mut tx, &a_mail(1, 1, 0), now()).await.unwrap();
        message::stop(&mut tx, message_id(1), "sent_before_restore", now()).await.unwrap();
        let scope = StopScope::Lead(lead_id(1));
        let stopped = outreach_stop::stop(&mut tx, scope, "promoted", now()).await.unwrap();
        outreach_stop::restore(&mut tx, &stopped, now()).await.unwrap();
        assert_eq!(state_of(&mut tx, 1).await, MessageState::Stopped, "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
