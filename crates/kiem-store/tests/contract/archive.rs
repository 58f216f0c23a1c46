//! Campaigns that end, things put away, and what mail servers refuse.

use jiff::SignedDuration;
use kiem_domain::id::{CampaignId, EnrolmentId, LeadId, MailboxId, MessageId};
use kiem_store::mailbox::Refusals;
use kiem_store::outreach_stop::{self, StopScope};
use kiem_store::{Tx, account, archive, args, booking, campaign, mailbox, message, testing};
use uuid::Uuid;

use crate::sales::{self, now};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0xb000 + n)
}

const MAILBOX: u128 = 1;
const CAMPAIGN: u128 = 2;

/// A running campaign with one lead per number, each with a queued mail.
async fn campaign_of(tx: &mut Tx, people: &[u128]) {
    for n in [MAILBOX, MAILBOX + 10] {
        tx.execute(
            "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap,
                 gap_seconds_min, state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
             VALUES ($1, $2, 'sandbox', $3, 'Jan', '{}', '', 10, 0, 'active', 0, 0, 0, $4)",
            args![id(n), format!("jan{n}@agency.example"), now() + SignedDuration::from_secs(n as i64)],
        )
        .await
        .unwrap();
    }
    tx.execute(
        "INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
         VALUES ($1, $2, 'C', 'nl', 'running', $3, '{}', $2, $4)",
        args![id(CAMPAIGN), id(MAILBOX), now()],
    )
    .await
    .unwrap();
    for n in people {
        let (company, contact) = sales::company(tx, *n).await;
        tx.execute(
            "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name, sort_company, fit_score, created_at)
             VALUES ($1, $2, $3, $4, 'approached', 0, 0, FALSE, '', '', 0, $5)",
            args![id(100 + n), contact, company, now()],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'active', 0, $7)",
            args![id(200 + n), id(CAMPAIGN), id(100 + n), contact, company, now()],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, campaign_id, enrolment_id, recipient, recipient_name,
                 state, subject, body, message_id, due_at, epoch, attempt, created_at)
             VALUES ($1, $2, 'outreach', $3, $4, $5, 'x@y.example', '', 'queued', '', '', $6, $7, 0, 0, $7)",
            args![id(300 + n), id(MAILBOX), id(CAMPAIGN), id(200 + n), format!("m{n}"), now()],
        )
        .await
        .unwrap();
    }
}

async fn state_of(tx: &mut Tx, n: u128) -> (String, Option<String>) {
    let found = message::find(tx, MessageId(id(300 + n))).await.unwrap().unwrap();
    (found.new.state.to_string(), found.reason)
}

#[tokio::test]
async fn a_campaign_is_finished_when_nobody_is_left_and_runs_again_when_somebody_is_put_back() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        campaign_of(&mut tx, &[1, 2]).await;
        assert!(archive::finish_campaigns(&mut tx).await.unwrap().is_empty(), "{}", db.name);
        let campaign_id = CampaignId(id(CAMPAIGN));
        assert!(!archive::campaign(&mut tx, campaign_id, Some(now())).await.unwrap(), "it runs");

        let one = campaign::enrolment_of(&mut tx, campaign_id, LeadId(id(101))).await.unwrap().unwrap();
        assert!(campaign::enrolment_of(&mut tx, campaign_id, LeadId(id(199))).await.unwrap().is_none());
        let stopped =
            outreach_stop::stop(&mut tx, StopScope::Enrolment(one.id), "taken_out", now()).await.unwrap();
        assert_eq!(stopped.len(), 1);
        assert_eq!(state_of(&mut tx, 1).await, ("stopped".to_owned(), Some("taken_out".to_owned())));
        assert_eq!(state_of(&mut tx, 2).await.0, "queued", "the other goes on");
        assert!(archive::finish_campaigns(&mut tx).await.unwrap().is_empty());

        let scope = StopScope::Campaign(campaign_id);
        let stopped = outreach_stop::stop(&mut tx, scope, "archived", now()).await.unwrap();
        assert_eq!(stopped.iter().map(|e| e.id).collect::<Vec<_>>(), [EnrolmentId(id(202))]);
        assert_eq!(archive::finish_campaigns(&mut tx).await.unwrap(), [campaign_id]);
        assert_eq!(campaign::find(&mut tx, campaign_id).await.unwrap().unwrap().state, "finished");
        assert!(archive::finish_campaigns(&mut tx).await.unwrap().is_empty(), "once");
        assert_eq!(archive::reopen_campaigns(&mut tx).await.unwrap(), 0);
        outreach_stop::restore(&mut tx, &stopped, now()).await.unwrap();
        assert_eq!(archive::reopen_campaigns(&mut tx).await.unwrap(), 1);
        assert_eq!(campaign::find(&mut tx, campaign_id).await.unwrap().unwrap().state, "running");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn what_is_put_away_leaves_the_lists_and_comes_back() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        campaign_of(&mut tx, &[]).await;
        let (campaign_id, first, second) =
            (CampaignId(id(CAMPAIGN)), MailboxId(id(MAILBOX)), MailboxId(id(MAILBOX + 10)));
        assert_eq!(mailbox::for_notices(&mut tx).await.unwrap(), Some(first), "{}: the oldest", db.name);
        assert!(archive::mailbox_is_needed(&mut tx, first).await.unwrap());
        assert!(!archive::mailbox_is_needed(&mut tx, second).await.unwrap());
        campaign::move_state(&mut tx, campaign_id, ["running", "running"], "paused", now()).await.unwrap();
        assert!(archive::campaign(&mut tx, campaign_id, Some(now())).await.unwrap());
        assert!(campaign::all(&mut tx, false).await.unwrap().is_empty());
        assert_eq!(campaign::all(&mut tx, true).await.unwrap()[0].archived_at, Some(now()));
        assert!(!archive::mailbox_is_needed(&mut tx, first).await.unwrap());

        assert!(archive::mailbox(&mut tx, first, Some(now())).await.unwrap());
        assert_eq!(mailbox::for_notices(&mut tx).await.unwrap(), Some(second));
        mailbox::set_state(&mut tx, second, "failing", None).await.unwrap();
        assert_eq!(mailbox::for_notices(&mut tx).await.unwrap(), Some(second), "better than none");
        mailbox::set_state(&mut tx, second, "paused", None).await.unwrap();
        assert_eq!(mailbox::for_notices(&mut tx).await.unwrap(), None);
        assert!(archive::mailbox(&mut tx, first, None).await.unwrap());
        assert_eq!(mailbox::find(&mut tx, first).await.unwrap().unwrap().state, "paused");
        assert!(archive::campaign(&mut tx, campaign_id, None).await.unwrap());
        assert_eq!(campaign::all(&mut tx, false).await.unwrap().len(), 1);

        tx.execute(
            "INSERT INTO booking_page (workspace_id, id, slug, host_user_id, mailbox_id, title, availability, time_zone, active,
                 created_at) VALUES ($1, $2, 'kennis', $2, $3, '', '{}', 'UTC', TRUE, $4)",
            args![id(50), first, now()],
        )
        .await
        .unwrap();
        assert!(archive::mailbox_is_needed(&mut tx, first).await.unwrap());
        assert!(archive::booking_page(&mut tx, id(50), Some(now())).await.unwrap());
        assert!(!archive::booking_page(&mut tx, id(51), Some(now())).await.unwrap());
        assert!(booking::pages(&mut tx, false).await.unwrap().is_empty());
        let pages = booking::pages(&mut tx, true).await.unwrap();
        assert_eq!((pages.len(), pages[0].active), (1, false), "put away is closed");
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn refusals_are_counted_per_mailbox_with_the_newest_words() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        campaign_of(&mut tx, &[1, 2, 3]).await;
        let mail = |n: u128| MessageId(id(300 + n));
        assert!(
            !message::mark_refused(&mut tx, mail(1), "550 5.7.1 no", now()).await.unwrap(),
            "not sent yet"
        );
        tx.execute("UPDATE message SET state = 'sent' WHERE workspace_id = $1", vec![]).await.unwrap();
        let later = |seconds| now() + SignedDuration::from_secs(seconds);
        assert!(message::mark_refused(&mut tx, mail(1), "550 5.7.1 no", later(1)).await.unwrap());
        assert!(message::mark_refused(&mut tx, mail(2), "550 5.7.1 never", later(2)).await.unwrap());
        let refused =
            (message::MessageState::Failed.to_string(), Some(message::REFUSED_AS_SENDER.to_owned()));
        assert_eq!(state_of(&mut tx, 1).await, refused, "{}", db.name);
        let found = mailbox::refusals_since(&mut tx, now()).await.unwrap();
        let expected =
            Refusals { id: MailboxId(id(MAILBOX)), n: 2, last_words: "550 5.7.1 never".to_owned() };
        assert_eq!(found, [expected]);
        assert!(mailbox::refusals_since(&mut tx, later(3)).await.unwrap().is_empty());
        drop(tx);
        db.remove().await;
    }
}

#[tokio::test]
async fn a_session_that_is_used_lives_on() {
    for db in testing::both().await {
        let mut global = db.store.global().await.unwrap();
        let user = account::User {
            id: kiem_domain::id::UserId(id(90)),
            email: "anna@kiem.example".to_owned(),
            name: "Anna".to_owned(),
            password_hash: String::new(),
            language: "nl".to_owned(),
            theme: "auto".to_owned(),
        };
        account::insert_user(&mut global, &user, now()).await.unwrap();
        let hour = |n| now() + SignedDuration::from_hours(n);
        let session = account::Session {
            id: id(91),
            user: user.id,
            user_agent: String::new(),
            created_at: now(),
            expires_at: hour(1),
        };
        account::insert_session(&mut global, &[7], &session).await.unwrap();
        assert!(
            account::extend_session(&mut global, session.id, now(), hour(5)).await.unwrap(),
            "{}",
            db.name
        );
        assert!(account::session_by_token(&mut global, &[7], hour(4)).await.unwrap().is_some());
        assert!(
            !account::extend_session(&mut global, session.id, hour(6), hour(9)).await.unwrap(),
            "it is over"
        );
        drop(global);
        db.remove().await;
    }
}
