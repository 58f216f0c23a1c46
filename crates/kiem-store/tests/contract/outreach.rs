//! What the contract tests of outreach share: a mailbox, a running campaign, enrolled leads and their mails.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{CampaignId, EnrolmentId, LeadId, MailboxId, MessageId, StepId, WorkspaceId};
use kiem_domain::sequence::StepKind;
use kiem_store::campaign::{self, Campaign, Enrolment, Step};
use kiem_store::mailbox::{self, Mailbox};
use kiem_store::message::{self, MessageState, NewMessage};
use kiem_store::{Tx, args, testing};
use uuid::Uuid;

use crate::sales::{self, now, owner};

pub fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub fn mailbox_id(n: u128) -> MailboxId {
    MailboxId(Uuid::from_u128(0x3000 + n))
}

pub fn campaign_id(n: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(0x4000 + n))
}

pub fn step_id(n: u128) -> StepId {
    StepId(Uuid::from_u128(0x5000 + n))
}

pub fn lead_id(n: u128) -> LeadId {
    LeadId(Uuid::from_u128(0x2000 + n))
}

pub fn enrolment_id(n: u128) -> EnrolmentId {
    EnrolmentId(Uuid::from_u128(0x6000 + n))
}

pub fn message_id(n: u128) -> MessageId {
    MessageId(Uuid::from_u128(0x7000 + n))
}

pub fn a_mailbox(n: u128) -> Mailbox {
    Mailbox {
        id: mailbox_id(n),
        kind: "sandbox".to_owned(),
        address: format!("box{n}@agency.example"),
        display_name: "Sam".to_owned(),
        servers: "{}".to_owned(),
        secret: Some(vec![1, 2, 3]),
        signature: "Groet, Sam".to_owned(),
        daily_cap: 10,
        gap_seconds_min: 60,
        state: "active".to_owned(),
        state_reason: None,
        next_send_at: now(),
        imap_uid_validity: 0,
        imap_last_uid: 0,
        imap_n_server: None,
        imap_n_seen: None,
        imap_checked_at: None,
        imap_problem: None,
        archived_at: None,
    }
}

pub fn a_campaign(n: u128) -> Campaign {
    Campaign {
        id: campaign_id(n),
        name: format!("Campagne {n}"),
        language: "nl".to_owned(),
        state: "running".to_owned(),
        mailbox_id: mailbox_id(1),
        sending_window: "{}".to_owned(),
        created_by: owner(),
        created_at: after(i64::try_from(n).unwrap()),
        started_at: None,
        archived_at: None,
    }
}

/// The sequence of campaign 1: a mail, three days, a mail that keeps the thread.
pub fn steps() -> [Step; 3] {
    let step = |position: i64, kind, wait_days, subject: Option<&str>, body: Option<&str>| Step {
        id: step_id(position.unsigned_abs().into()),
        position,
        kind,
        wait_days,
        subject_template: subject.map(str::to_owned),
        body_template: body.map(str::to_owned),
        task_text: None,
        task_channel: None,
    };
    [
        step(0, StepKind::Mail, None, Some("Offertes"), Some("Dag {{ name }}")),
        step(1, StepKind::Wait, Some(3), None, None),
        step(2, StepKind::Mail, None, None, Some("Nog even")),
    ]
}

/// Lead `n` of company `n` in campaign 1, due now; not yet stored.
pub fn an_enrolment(n: u128) -> Enrolment {
    Enrolment {
        id: enrolment_id(n),
        campaign_id: campaign_id(1),
        lead_id: lead_id(n),
        contact_id: Uuid::from_u128(n).into(),
        company_id: Uuid::from_u128(n).into(),
        state: "active".to_owned(),
        reason: None,
        position: 0,
        due_at: Some(now()),
        paused_until: None,
    }
}

/// Mail `n` of step `step` to lead `lead`, queued and due now; not yet stored.
pub fn a_mail(n: u128, lead: u128, step: u128) -> NewMessage {
    NewMessage {
        id: message_id(n),
        kind: "outreach".to_owned(),
        mailbox_id: mailbox_id(1),
        campaign_id: Some(campaign_id(1)),
        enrolment_id: Some(enrolment_id(lead)),
        step_id: Some(step_id(step)),
        lead_id: Some(lead_id(lead)),
        contact_id: Some(Uuid::from_u128(lead).into()),
        company_id: Some(Uuid::from_u128(lead).into()),
        prospect_id: None,
        recipient: format!("eva{lead}@klant.example"),
        recipient_name: "Eva".to_owned(),
        state: MessageState::Queued,
        subject: "Offertes".to_owned(),
        body: "Dag Eva".to_owned(),
        problem: None,
        message_id: format!("{n}@agency.example"),
        in_reply_to: None,
        reference_ids: None,
        raw: None,
        due_at: Some(now()),
    }
}

/// An answer to an appointment: mail that keeps no rhythm and belongs to no sequence.
pub fn an_answer(n: u128) -> NewMessage {
    NewMessage {
        kind: "booking".to_owned(),
        campaign_id: None,
        enrolment_id: None,
        step_id: None,
        ..a_mail(n, 1, 0)
    }
}

/// Company `n` with a person and their lead.
pub async fn lead(tx: &mut Tx, n: u128) -> LeadId {
    let (company, contact) = sales::company(tx, n).await;
    tx.execute(
        "INSERT INTO lead (workspace_id, id, contact_id, company_id, state, warmth, cycle, needs_look, sort_name,
             sort_company, fit_score, created_at)
         VALUES ($1, $2, $3, $4, 'new', 0, 0, FALSE, '', '', 0, $5)",
        args![lead_id(n), contact, company, now()],
    )
    .await
    .unwrap();
    lead_id(n)
}

/// Mailbox 1, running campaign 1 with its steps, and leads 1 to `n_leads` in it.
pub async fn scene(tx: &mut Tx, n_leads: u128) {
    mailbox::insert(tx, &a_mailbox(1), now()).await.unwrap();
    campaign::insert(tx, &a_campaign(1)).await.unwrap();
    campaign::replace_steps(tx, campaign_id(1), &steps()).await.unwrap();
    for n in 1..=n_leads {
        lead(tx, n).await;
        campaign::enrol(tx, &[an_enrolment(n)], now()).await.unwrap();
    }
}

/// Two workspaces with the same scene and the same ids, the second one committed: whatever a test does in the first,
/// the second must not change.
pub async fn twins(db: &testing::TestStore, n_leads: u128) -> (Tx, WorkspaceId) {
    let (one, two) = (db.workspace(1, now()).await, db.workspace(2, now()).await);
    let mut tx = db.store.begin(two).await.unwrap();
    scene(&mut tx, n_leads).await;
    for n in 1..=n_leads {
        assert!(message::insert(&mut tx, &a_mail(n, n, 0), now()).await.unwrap());
    }
    tx.commit().await.unwrap();
    let mut tx = db.store.begin(one).await.unwrap();
    scene(&mut tx, n_leads).await;
    (tx, two)
}

/// The state in which a mail of the workspace stands.
pub async fn state_of(tx: &mut Tx, n: u128) -> MessageState {
    message::find(tx, message_id(n)).await.unwrap().unwrap().new.state
}
