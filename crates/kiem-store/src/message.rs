//! Outbound messages: drafts, the approval queue, and what became of each. The steps of the hand-over itself are in
//! [`crate::dispatch`].

use jiff::Timestamp;
use kiem_domain::id::{
    CampaignId, CompanyId, ContactId, EnrolmentId, LeadId, MailboxId, MessageId, ProspectId, StepId, UserId,
};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KeyKind, among};
use crate::row::Row;

kiem_domain::text_enum! {
    /// Where a message is on its way. See `architecture`: queued, claimed, committing, then an end.
    pub enum MessageState {
        /// Waits for approval.
        Draft = "draft",
        /// Approved; goes out when it is due.
        Queued = "queued",
        /// A worker is handing it over; everything up to the final dot.
        Claimed = "claimed",
        /// The final dot is being sent: from here on only an explicit answer is certain.
        Committing = "committing",
        /// The server has it.
        Sent = "sent",
        /// The server said "later".
        Deferred = "deferred",
        /// The server does not want it.
        Failed = "failed",
        /// It may or may not have been handed over; never sent again by itself.
        Uncertain = "uncertain",
        /// Not sent, on purpose.
        Stopped = "stopped",
    }
}

/// Reason of a failed message that was refused for what we are or wrote (reputation, policy), not for its address.
pub const REFUSED_AS_SENDER: &str = "refused_as_sender";

/// A message to be written down.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Id.
    pub id: MessageId,
    /// `outreach`, `reply`, `booking`, `quote` or `notice`.
    pub kind: String,
    /// Which mailbox it leaves from.
    pub mailbox_id: MailboxId,
    /// The campaign, for outreach.
    pub campaign_id: Option<CampaignId>,
    /// The enrolment, for outreach: unique together with the step, for ever.
    pub enrolment_id: Option<EnrolmentId>,
    /// The step, for outreach.
    pub step_id: Option<StepId>,
    /// The lead.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// The pursuit, for replies and quotes.
    pub prospect_id: Option<ProspectId>,
    /// Address.
    pub recipient: String,
    /// Name beside it.
    pub recipient_name: String,
    /// `draft` or `queued`.
    pub state: MessageState,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Why it cannot be approved yet.
    pub problem: Option<String>,
    /// Fixed from the beginning, without angle brackets.
    pub message_id: String,
    /// Message-ID that it answers.
    pub in_reply_to: Option<String>,
    /// The thread so far, separated by blanks.
    pub reference_ids: Option<String>,
    /// Frozen bytes, when there is more than text (an invitation, a PDF).
    pub raw: Option<Vec<u8>>,
    /// Not before.
    pub due_at: Option<Timestamp>,
}

/// A message as it stands.
#[derive(Debug, Clone)]
pub struct Message {
    /// What it is.
    pub new: NewMessage,
    /// Why it is where it is.
    pub reason: Option<String>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// Tries so far.
    pub attempt: i64,
    /// When the dot was decided.
    pub committed_at: Option<Timestamp>,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
    /// The server's words.
    pub server_reply: Option<String>,
    /// What settled an uncertain one.
    pub resolved_by: Option<String>,
    /// Whether a person confirmed that it goes to an address on the suppression list.
    pub ignores_suppression: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

pub(crate) fn from_row(row: &Row) -> Result<Message> {
    Ok(Message {
        new: NewMessage {
            id: row.id("id")?,
            kind: row.get("kind")?,
            mailbox_id: row.id("mailbox_id")?,
            campaign_id: row.opt_id("campaign_id")?,
            enrolment_id: row.opt_id("enrolment_id")?,
            step_id: row.opt_id("step_id")?,
            lead_id: row.opt_id("lead_id")?,
            contact_id: row.opt_id("contact_id")?,
            company_id: row.opt_id("company_id")?,
            prospect_id: row.opt_id("prospect_id")?,
            recipient: row.get("recipient")?,
            recipient_name: row.get("recipient_name")?,
            state: row.parsed("state")?,
            subject: row.get("subject")?,
            body: row.get("body")?,
            problem: row.get("problem")?,
            message_id: row.get("message_id")?,
            in_reply_to: row.get("in_reply_to")?,
            reference_ids: row.get("reference_ids")?,
            raw: None,
            due_at: row.opt_instant("due_at")?,
        },
        reason: row.get("reason")?,
        approved_by: row.opt_id("approved_by")?,
        approved_at: row.opt_instant("approved_at")?,
        attempt: row.get("attempt")?,
        committed_at: row.opt_instant("committed_at")?,
        finished_at: row.opt_instant("finished_at")?,
        server_reply: row.get("server_reply")?,
        resolved_by: row.get("resolved_by")?,
        ignores_suppression: row.get("ignores_suppression")?,
        created_at: row.instant("created_at")?,
    })
}

/// Every column but the bytes, which are read only when they are sent or shown.
pub(crate) const COLUMNS: &str = "id, kind, mailbox_id, campaign_id, enrolment_id, step_id, lead_id, contact_id, company_id,
    prospect_id, recipient, recipient_name, state, reason, subject, body, problem, message_id, in_reply_to, reference_ids,
    approved_by, approved_at, due_at, attempt, committed_at, finished_at, server_reply, resolved_by,
    ignores_suppression, created_at";

/// Writes a message down. False when this step of this enrolment has one already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, message: &NewMessage, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO message (workspace_id, id, kind, mailbox_id, campaign_id, enrolment_id, step_id, lead_id, contact_id,
                 company_id, prospect_id, recipient, recipient_name, state, subject, body, problem, message_id, in_reply_to,
                 reference_ids, raw, due_at, epoch, attempt, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, 0, 0,
                 $23)
             ON CONFLICT (workspace_id, enrolment_id, step_id) DO NOTHING",
            args![
                message.id,
                message.kind.as_str(),
                message.mailbox_id,
                message.campaign_id,
                message.enrolment_id,
                message.step_id,
                message.lead_id,
                message.contact_id,
                message.company_id,
                message.prospect_id,
                message.recipient.as_str(),
                message.recipient_name.as_str(),
                message.state.as_str(),
                message.subject.as_str(),
                message.body.as_str(),
                message.problem.as_deref(),
                message.message_id.as_str(),
                message.in_reply_to.as_deref(),
                message.reference_ids.as_deref(),
                message.raw.clone(),
                message.due_at,
                now
            ],
        )
        .await?;
    Ok(n > 0)
}

/// A message by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: MessageId) -> Result<Option<Message>> {
    let sql = format!("SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND id = $2");
    let row = tx.fetch_optional(sql, args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// The frozen bytes of a message, once it was tried.
///
/// # Errors
/// Whatever the database refuses.
pub async fn raw(tx: &mut Tx, id: MessageId) -> Result<Option<Vec<u8>>> {
    let row =
        tx.fetch_optional("SELECT raw FROM message WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.map_or(Ok(None), |row| row.get("raw"))
}

/// Messages of ours with one of these Message-IDs (without angle brackets).
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_message_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<Message>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(100) {
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND message_id IN {}",
            among(tx.conn(), KeyKind::Text, 2)
        );
        for row in tx.fetch_all(sql, vec![keys::texts(chunk)]).await? {
            found.push(from_row(&row)?);
        }
    }
    Ok(found)
}

/// What was sent to an address since a moment, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sent_to(tx: &mut Tx, recipient: &str, since: Timestamp, limit: i64) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND recipient = $2 AND finished_at >= $3
           AND state IN ('sent', 'uncertain') ORDER BY finished_at DESC LIMIT $4"
    );
    let rows = tx.fetch_all(sql, args![recipient, since, limit]).await?;
    rows.iter().map(from_row).collect()
}

/// What was sent to people at a company, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sent_to_company(tx: &mut Tx, company: CompanyId, limit: i64) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND company_id = $2 AND state IN ('sent', 'uncertain')
         ORDER BY created_at DESC LIMIT $3"
    );
    let rows = tx.fetch_all(sql, args![company, limit]).await?;
    rows.iter().map(from_row).collect()
}

/// What to look for in a campaign's messages.
#[derive(Debug, Clone, Copy)]
pub struct MessageFilter {
    /// Only this campaign.
    pub campaign: Option<CampaignId>,
    /// Only this state.
    pub state: Option<MessageState>,
    /// Only after this message (its creation time and id), for paging.
    pub after: Option<(Timestamp, MessageId)>,
    /// At most.
    pub limit: i64,
}

/// Messages in the order in which they were made.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(tx: &mut Tx, filter: MessageFilter) -> Result<Vec<Message>> {
    let (after_at, after_id) =
        filter.after.map_or((Timestamp::MIN, MessageId(uuid::Uuid::nil())), |after| after);
    let state = filter.state.map(|s| s.as_str());
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND kind = 'outreach'
           AND ($2 IS NULL OR campaign_id = $2) AND ($3 IS NULL OR state = $3)
           AND (created_at > $4 OR (created_at = $4 AND id > $5))
         ORDER BY created_at, id LIMIT $6"
    );
    let rows = tx.fetch_all(sql, args![filter.campaign, state, after_at, after_id, filter.limit]).await?;
    rows.iter().map(from_row).collect()
}

/// Changes the words of a draft, or takes away (or sets) what stands in the way of its approval.
///
/// # Errors
/// Whatever the database refuses.
pub async fn edit_draft(
    tx: &mut Tx,
    id: MessageId,
    subject: &str,
    body: &str,
    problem: Option<&str>,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET subject = $3, body = $4, problem = $5
             WHERE workspace_id = $1 AND id = $2 AND state = 'draft'",
            args![id, subject, body, problem],
        )
        .await?;
    Ok(n > 0)
}

/// Approves a draft exactly as the approver saw it: nothing happens when subject or body are no longer those.
///
/// # Errors
/// Whatever the database refuses.
pub async fn approve(
    tx: &mut Tx,
    id: MessageId,
    seen: (&str, &str),
    by: UserId,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET state = 'queued', approved_by = $5, approved_at = $7, due_at = $6
             WHERE workspace_id = $1 AND id = $2 AND state = 'draft' AND problem IS NULL AND subject = $3 AND body = $4",
            args![id, seen.0, seen.1, by, due_at, now],
        )
        .await?;
    Ok(n > 0)
}

/// Takes a message out that was not handed over yet.
///
/// # Errors
/// Whatever the database refuses.
pub async fn stop(tx: &mut Tx, id: MessageId, reason: &str, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET state = 'stopped', reason = $3, finished_at = $4
             WHERE workspace_id = $1 AND id = $2 AND state IN ('draft', 'queued', 'claimed', 'deferred')",
            args![id, reason, now],
        )
        .await?;
    Ok(n > 0)
}

/// Settles an uncertain message by evidence (found in the Sent folder, a reply, a click): it was sent.
///
/// # Errors
/// Whatever the database refuses.
pub async fn settle_as_sent(tx: &mut Tx, id: MessageId, by: &str, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET state = 'sent', resolved_by = $3, finished_at = COALESCE(finished_at, $4)
             WHERE workspace_id = $1 AND id = $2 AND state = 'uncertain'",
            args![id, by, now],
        )
        .await?;
    Ok(n > 0)
}

/// Notes that the recipient's server does not want mail from us: the mail failed, also when our own server had taken it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_refused(tx: &mut Tx, id: MessageId, words: &str, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET state = 'failed', reason = $3, server_reply = $4, finished_at = COALESCE(finished_at, $5)
             WHERE workspace_id = $1 AND id = $2 AND state IN ('sent', 'uncertain', 'failed')",
            args![id, REFUSED_AS_SENDER, words, now],
        )
        .await?;
    Ok(n > 0)
}

/// How many messages are in each state, for a campaign or the whole workspace.
///
/// # Errors
/// Whatever the database refuses.
pub async fn counts(tx: &mut Tx, campaign: Option<CampaignId>) -> Result<Vec<(MessageState, i64)>> {
    let rows = tx
        .fetch_all(
            "SELECT state, COUNT(*) AS n FROM message
             WHERE workspace_id = $1 AND kind = 'outreach' AND ($2 IS NULL OR campaign_id = $2)
             GROUP BY state ORDER BY state",
            args![campaign],
        )
        .await?;
    rows.iter().map(|row| Ok((row.parsed("state")?, row.get("n")?))).collect()
}

/// The first mail of an enrolment that left: a follow-up belongs to its thread.
///
/// # Errors
/// Whatever the database refuses.
pub async fn first_of_enrolment(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Message>> {
    of_enrolment(tx, id, "AND state IN ('sent', 'uncertain') ORDER BY created_at, id").await
}

/// The newest mail of an enrolment, whatever became of it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_of_enrolment(tx: &mut Tx, id: EnrolmentId) -> Result<Option<Message>> {
    of_enrolment(tx, id, "ORDER BY created_at DESC, id DESC").await
}

async fn of_enrolment(tx: &mut Tx, id: EnrolmentId, which: &str) -> Result<Option<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND enrolment_id = $2 {which} LIMIT 1"
    );
    let row = tx.fetch_optional(sql, args![id]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Our mails to a person that left or may have left, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn to_contact(tx: &mut Tx, contact: ContactId, limit: i64) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message WHERE workspace_id = $1 AND contact_id = $2 AND kind <> 'notice'
           AND state IN ('sent', 'uncertain', 'committing') ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![contact, limit]).await?.iter().map(from_row).collect()
}

/// Notes that a person confirmed, with a reason, that a mail goes to an address on the suppression list.
///
/// # Errors
/// Whatever the database refuses.
pub async fn allow_despite(tx: &mut Tx, id: MessageId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE message SET ignores_suppression = TRUE
             WHERE workspace_id = $1 AND id = $2 AND state = 'queued' AND kind <> 'outreach'",
            args![id],
        )
        .await?;
    Ok(n > 0)
}
