//! What is over its period is found, and what a duty or a conversation needs is not.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::lead::LeadState;
use kiem_domain::retention::RetentionKind;
use kiem_store::lead::Lead;
use kiem_store::{Tx, args, company, contact, lead, purge, testing};
use uuid::Uuid;

use crate::audience::{a_company, a_contact, a_lead};
use crate::sales::now;

fn days_ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// A lead: its state, and how many days ago it came in, was approached and answered.
type Case = (u128, LeadState, i64, Option<i64>, Option<i64>);

/// Leads of one company.
const LEADS: &[Case] = &[
    (10, LeadState::Resting, 500, Some(400), None),
    (11, LeadState::Resting, 500, Some(400), Some(100)),
    (12, LeadState::Approached, 500, Some(100), None),
    (13, LeadState::New, 400, None, None),
    (14, LeadState::New, 100, None, None),
    (15, LeadState::Resting, 500, Some(400), None),
    (16, LeadState::Promoted, 900, Some(890), Some(880)),
    (17, LeadState::Promoted, 900, Some(890), Some(880)),
    (18, LeadState::Promoted, 900, Some(890), Some(880)),
];

async fn plant(tx: &mut Tx) {
    let firm = a_company(1, "Jansen");
    company::insert_many(tx, std::slice::from_ref(&firm)).await.unwrap();
    for (n, state, came_in, approached, engaged) in LEADS {
        let person = a_contact(*n, &firm, Some(&format!("p{n}@jansen.example")));
        contact::insert_many(tx, std::slice::from_ref(&person), None).await.unwrap();
        let on_list = Lead {
            state: *state,
            created_at: days_ago(*came_in),
            approached_at: approached.map(days_ago),
            touched_at: approached.map(days_ago),
            engaged_at: engaged.map(days_ago),
            ..a_lead(100 + n, &firm, &person, "jan")
        };
        lead::insert_many(tx, std::slice::from_ref(&on_list)).await.unwrap();
    }
    let enrolled = "INSERT INTO enrolment (workspace_id, id, campaign_id, lead_id, contact_id, company_id, state, position,
            created_at) VALUES ($1, $2, $3, $4, $5, $6, 'active', 0, $7)";
    let campaign = a_campaign(tx).await;
    let id = Uuid::from_u128;
    tx.execute(enrolled, args![id(40), campaign, id(115), id(15), firm.id, now()]).await.unwrap();
    for (n, person, state, closed) in
        [(50, 16, "lost", Some(800)), (51, 17, "lost", Some(100)), (52, 18, "won", Some(800))]
    {
        tx.execute(
            "INSERT INTO prospect (workspace_id, id, company_id, contact_id, owner_id, state, step, rule, reason_nl,
                 reason_en, promoted_at, step_since, response_due_at, closed_at, currency, chance_percent, sort_company,
                 search_text, version)
             VALUES ($1, $2, $3, $4, $2, $5, 'closing', 'R1', '', '', $6, $6, $6, $7, 'EUR', 0, '', '', 1)",
            args![id(n), firm.id, id(person), state, days_ago(880), closed.map(days_ago)],
        )
        .await
        .unwrap();
        let part = "INSERT INTO prospect_contact (workspace_id, prospect_id, contact_id, role) VALUES ($1, $2, $3, '')";
        tx.execute(part, args![id(n), id(person)]).await.unwrap();
    }
}

async fn a_campaign(tx: &mut Tx) -> Uuid {
    let (mailbox, campaign) = (Uuid::from_u128(60), Uuid::from_u128(61));
    tx.execute(
        "INSERT INTO mailbox (workspace_id, id, kind, address, display_name, servers, signature, daily_cap,
             gap_seconds_min, state, next_send_at, imap_uid_validity, imap_last_uid, created_at)
         VALUES ($1, $2, 'sandbox', 'jan@kiem.example', 'Jan', '{}', '', 1, 1, 'active', $3, 0, 0, $3)",
        args![mailbox, now()],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO campaign (workspace_id, id, name, language, state, mailbox_id, sending_window, created_by, created_at)
         VALUES ($1, $2, '', 'nl', 'running', $3, '{}', $2, $4)",
        args![campaign, mailbox, now()],
    )
    .await
    .unwrap();
    campaign
}

#[tokio::test]
async fn people_go_by_the_last_sign_and_conversations_and_customers_stay() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        plant(&mut tx).await;
        for (kind, days, expected) in [
            (RetentionKind::LeadUnanswered, 365, vec![10]),
            (RetentionKind::LeadUnanswered, 450, vec![]),
            (RetentionKind::LeadUnanswered, 90, vec![10, 11, 12]),
            (RetentionKind::LeadUntouched, 365, vec![13]),
            (RetentionKind::ProspectClosed, 730, vec![16]),
            (RetentionKind::ProspectClosed, 90, vec![16, 17]),
        ] {
            let cutoff = days_ago(days);
            let found = purge::people(&mut tx, kind, cutoff, 10).await.unwrap();
            let found: Vec<u128> = found.iter().map(|id| id.0.as_u128()).collect();
            assert_eq!(found, expected, "{}: {kind} after {days} days", db.name);
            let n = purge::count(&mut tx, kind, cutoff).await.unwrap();
            assert_eq!(n, i64::try_from(expected.len()).unwrap(), "{}: {kind} counted", db.name);
        }
        let none = purge::people(&mut tx, RetentionKind::MailText, now(), 10).await.unwrap();
        assert!(none.is_empty(), "mails are no people");
        drop(tx);
        db.remove().await;
    }
}

async fn mails_and_more(tx: &mut Tx) {
    let id = Uuid::from_u128;
    a_campaign(tx).await;
    for (n, state, days) in [(70, "sent", 800), (71, "sent", 10), (72, "queued", 800)] {
        tx.execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, recipient, recipient_name, state, subject, body, message_id,
                 epoch, attempt, created_at) VALUES ($1, $2, 'outreach', $3, '', '', $4, 'Vraag', 'Dag Eva', $5, 0, 0, $6)",
            args![id(n), id(60), state, format!("m{n}"), days_ago(days)],
        )
        .await
        .unwrap();
    }
    for (n, days) in [(75, 800), (76, 10)] {
        tx.execute(
            "INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, from_address, from_name, subject, text,
                 quoted, outcome, outcome_reason, match_level, flags, needs_look, auth)
             VALUES ($1, $2, $3, $4, $5, '', '', '', 'Dag', '', 'reply', '', 'm2', '{}', FALSE, 'none')",
            args![id(n), id(60), format!("k{n}"), days_ago(days)],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO web_session (workspace_id, id, site_id, started_at, seen_at, source_hash, consented)
             VALUES ($1, $2, $2, $3, $3, $4, TRUE)",
            args![id(n), days_ago(days), vec![0_u8]],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO page_view (workspace_id, session_id, id, path, page_kind, at, visible_ms, trusted_events_n,
                 scroll_percent) VALUES ($1, $2, $2, '', 'other', $3, 0, 0, 0)",
            args![id(n), days_ago(days)],
        )
        .await
        .unwrap();
        tx.execute(
            "INSERT INTO notification (workspace_id, id, user_id, kind, subject_kind, data, created_at)
             VALUES ($1, $2, $2, 'x', 'x', '{}', $3)",
            args![id(n), days_ago(days)],
        )
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn words_of_mails_and_old_visits_go_and_what_is_on_its_way_stays() {
    for db in testing::both().await {
        let ws = db.workspace(1, now()).await;
        let mut tx = db.store.begin(ws).await.unwrap();
        mails_and_more(&mut tx).await;
        for (kind, n) in [
            (RetentionKind::MailText, 2),
            (RetentionKind::WebVisit, 2),
            (RetentionKind::Notification, 1),
            (RetentionKind::ImportTrace, 0),
            (RetentionKind::WebhookBody, 0),
        ] {
            let cutoff = days_ago(700);
            assert_eq!(purge::count(&mut tx, kind, cutoff).await.unwrap(), n, "{}: {kind}", db.name);
            let mut gone = 0;
            loop {
                let some = purge::remove(&mut tx, kind, cutoff, 1).await.unwrap();
                if some == 0 {
                    break;
                }
                gone += i64::try_from(some).unwrap();
            }
            assert_eq!(gone, n, "{}: {kind} goes a bounded number at a time", db.name);
            assert_eq!(purge::count(&mut tx, kind, cutoff).await.unwrap(), 0, "{}: {kind}", db.name);
        }
        let left = tx
            .fetch_all("SELECT body FROM message WHERE workspace_id = $1 ORDER BY id", vec![])
            .await
            .unwrap();
        let left: Vec<String> = left.iter().map(|row| row.get("body").unwrap()).collect();
        assert_eq!(left, ["", "Dag Eva", "Dag Eva"], "{}", db.name);
        drop(tx);
        db.remove().await;
    }
}
