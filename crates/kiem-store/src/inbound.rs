//! Received mail: the bytes, what was understood of them, and how the handling of each ended.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, InboundId, LeadId, MailboxId, MessageId, ProspectId};

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, value::Value};

/// A received mail.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// Id.
    pub id: InboundId,
    /// Mailbox that it arrived in.
    pub mailbox_id: MailboxId,
    /// Message-ID, or a hash of the bytes: the same mail is taken once.
    pub external_key: String,
    /// When the server took it in.
    pub received_at: Timestamp,
    /// What its Date header says.
    pub sent_at: Option<Timestamp>,
    /// Who wrote it.
    pub from_address: String,
    /// The name beside the address.
    pub from_name: String,
    /// Subject.
    pub subject: String,
    /// Message-ID without angle brackets.
    pub message_header_id: Option<String>,
    /// The ids that it answers, oldest first, separated by blanks.
    pub reference_ids: Option<String>,
    /// What the other side added.
    pub text: String,
    /// What was quoted below it.
    pub quoted: String,
    /// How the handling ended (`kiem_domain::inbound::Outcome`).
    pub outcome: String,
    /// Why, in the words of the test that decided.
    pub outcome_reason: String,
    /// `m1` to `m7`.
    pub match_level: String,
    /// The mail of ours that it answers.
    pub message_id: Option<MessageId>,
    /// The lead that it is about.
    pub lead_id: Option<LeadId>,
    /// The person that it is about.
    pub contact_id: Option<ContactId>,
    /// Their company.
    pub company_id: Option<CompanyId>,
    /// The pursuit, when there is one.
    pub prospect_id: Option<ProspectId>,
    /// What it was taken for.
    pub label: Option<String>,
    /// By whom (`kiem_domain::engagement::reply::LabelSource`).
    pub label_by: Option<String>,
    /// How sure, in thousandths.
    pub probability_permille: Option<i64>,
    /// Distance to the second choice, in thousandths.
    pub margin_permille: Option<i64>,
    /// What it says besides its intent, as JSON.
    pub flags: String,
    /// A person has to look.
    pub needs_look: bool,
    /// What the receiving server thinks of the sender's domain (`pass`, `fail`, `none`).
    pub auth: String,
    /// When a person dealt with it.
    pub handled_at: Option<Timestamp>,
    /// When a person opened it.
    pub read_at: Option<Timestamp>,
}

/// Every column but the bytes.
const COLUMNS: &str = "i.id, i.mailbox_id, i.external_key, i.received_at, i.sent_at, i.from_address, i.from_name,
    i.subject, i.message_header_id, i.reference_ids, i.text, i.quoted, i.outcome, i.outcome_reason, i.match_level,
    i.message_id, i.lead_id, i.contact_id, i.company_id, i.prospect_id, i.label, i.label_by, i.probability_permille,
    i.margin_permille, i.flags, i.needs_look, i.auth, i.handled_at, i.read_at";

fn from_row(row: &Row) -> Result<Inbound> {
    Ok(Inbound {
        id: row.id("id")?,
        mailbox_id: row.id("mailbox_id")?,
        external_key: row.get("external_key")?,
        received_at: row.instant("received_at")?,
        sent_at: row.opt_instant("sent_at")?,
        from_address: row.get("from_address")?,
        from_name: row.get("from_name")?,
        subject: row.get("subject")?,
        message_header_id: row.get("message_header_id")?,
        reference_ids: row.get("reference_ids")?,
        text: row.get("text")?,
        quoted: row.get("quoted")?,
        outcome: row.get("outcome")?,
        outcome_reason: row.get("outcome_reason")?,
        match_level: row.get("match_level")?,
        message_id: row.opt_id("message_id")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        prospect_id: row.opt_id("prospect_id")?,
        label: row.get("label")?,
        label_by: row.get("label_by")?,
        probability_permille: row.get("probability_permille")?,
        margin_permille: row.get("margin_permille")?,
        flags: row.get("flags")?,
        needs_look: row.get("needs_look")?,
        auth: row.get("auth")?,
        handled_at: row.opt_instant("handled_at")?,
        read_at: row.opt_instant("read_at")?,
    })
}

/// Takes a mail in with its bytes. False when this mailbox has it already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, mail: &Inbound, raw: Option<&[u8]>) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO inbound (workspace_id, id, mailbox_id, external_key, received_at, sent_at, from_address,
                 from_name, subject, message_header_id, reference_ids, raw, text, quoted, outcome, outcome_reason,
                 match_level, message_id, lead_id, contact_id, company_id, prospect_id, label, label_by,
                 probability_permille, margin_permille, flags, needs_look, auth, handled_at, read_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
             ON CONFLICT (workspace_id, mailbox_id, external_key) DO NOTHING",
            args![
                mail.id,
                mail.mailbox_id,
                mail.external_key.as_str(),
                mail.received_at,
                mail.sent_at,
                mail.from_address.as_str(),
                mail.from_name.as_str(),
                mail.subject.as_str(),
                mail.message_header_id.as_deref(),
                mail.reference_ids.as_deref(),
                raw,
                mail.text.as_str(),
                mail.quoted.as_str(),
                mail.outcome.as_str(),
                mail.outcome_reason.as_str(),
                mail.match_level.as_str(),
                mail.message_id,
                mail.lead_id,
                mail.contact_id,
                mail.company_id,
                mail.prospect_id,
                mail.label.as_deref(),
                mail.label_by.as_deref(),
                mail.probability_permille,
                mail.margin_permille,
                mail.flags.as_str(),
                mail.needs_look,
                mail.auth.as_str(),
                mail.handled_at,
                mail.read_at
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Whether this mailbox has the mail already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn is_known(tx: &mut Tx, mailbox: MailboxId, external_key: &str) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM inbound WHERE workspace_id = $1 AND mailbox_id = $2 AND external_key = $3",
            args![mailbox, external_key],
        )
        .await?;
    Ok(row.is_some())
}

/// A mail by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn find(tx: &mut Tx, id: InboundId) -> Result<Option<Inbound>> {
    let sql = format!("SELECT {COLUMNS} FROM inbound i WHERE i.workspace_id = $1 AND i.id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// The bytes of a mail; none when it was too large or its person was erased.
///
/// # Errors
/// Whatever the database refuses.
pub async fn raw(tx: &mut Tx, id: InboundId) -> Result<Option<Vec<u8>>> {
    let row =
        tx.fetch_optional("SELECT raw FROM inbound WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    row.map_or(Ok(None), |row| row.get("raw"))
}

/// What classification, or a person, made of a mail.
#[derive(Debug, Clone)]
pub struct Labelling<'a> {
    /// What it was taken for.
    pub label: &'a str,
    /// By whom.
    pub by: &'a str,
    /// How sure, in thousandths.
    pub probability_permille: i64,
    /// Distance to the second choice, in thousandths.
    pub margin_permille: i64,
    /// What it says besides its intent, as JSON.
    pub flags: &'a str,
    /// How the handling ended.
    pub outcome: &'a str,
    /// Why.
    pub outcome_reason: &'a str,
    /// A person has to look.
    pub needs_look: bool,
}

/// Writes down what a mail was taken for. Only the first time (`label IS NULL`), unless a person does it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_label(tx: &mut Tx, id: InboundId, made: &Labelling<'_>, by_person: bool) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE inbound SET label = $3, label_by = $4, probability_permille = $5, margin_permille = $6, flags = $7,
                 outcome = $8, outcome_reason = $9, needs_look = $10
             WHERE workspace_id = $1 AND id = $2 AND (label IS NULL OR $11 = TRUE)",
            args![
                id,
                made.label,
                made.by,
                made.probability_permille,
                made.margin_permille,
                made.flags,
                made.outcome,
                made.outcome_reason,
                made.needs_look,
                by_person
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Notes that a person dealt with a mail: nothing has to be looked at any more.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_handled(tx: &mut Tx, id: InboundId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE inbound SET needs_look = FALSE, handled_at = $3, read_at = COALESCE(read_at, $3)
             WHERE workspace_id = $1 AND id = $2",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Asks a person to look at a mail that no program could read to the end. False when its meaning is known already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn ask_look(tx: &mut Tx, id: InboundId) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE inbound SET needs_look = TRUE WHERE workspace_id = $1 AND id = $2 AND label IS NULL",
            args![id],
        )
        .await?;
    Ok(n > 0)
}

/// Who wrote the newest mail of a pursuit that ended in one of `outcomes`: the person as it was matched, and the
/// address that it really came from.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest_writer(
    tx: &mut Tx,
    prospect: ProspectId,
    outcomes: &[&str],
) -> Result<Option<(Option<ContactId>, String)>> {
    let marks: Vec<String> = (3..outcomes.len() + 3).map(|i| format!("${i}")).collect();
    let mut params: Vec<Value> = args![prospect];
    params.extend(outcomes.iter().map(|outcome| Value::from(*outcome)));
    let sql = format!(
        "SELECT contact_id, from_address FROM inbound WHERE workspace_id = $1 AND prospect_id = $2
           AND outcome IN ({}) ORDER BY received_at DESC, id DESC LIMIT 1",
        marks.join(", ")
    );
    let row = tx.fetch_optional(sql, params).await?;
    row.map(|row| Ok((row.opt_id("contact_id")?, row.get("from_address")?))).transpose()
}

/// Notes that a person opened the mails of a thread.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_read(tx: &mut Tx, id: InboundId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE inbound SET read_at = $3 WHERE workspace_id = $1 AND id = $2 AND read_at IS NULL",
        args![id, now],
    )
    .await?;
    Ok(())
}

/// Files the mails of a person under their pursuit.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_prospect(tx: &mut Tx, contact: ContactId, prospect: Option<ProspectId>) -> Result<()> {
    tx.execute(
        "UPDATE inbound SET prospect_id = $3 WHERE workspace_id = $1 AND contact_id = $2",
        args![contact, prospect],
    )
    .await?;
    Ok(())
}

/// Whether mail of a lead was taken in but not yet understood.
///
/// # Errors
/// Whatever the database refuses.
pub async fn has_unclassified(tx: &mut Tx, lead: LeadId) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM inbound WHERE workspace_id = $1 AND lead_id = $2 AND label IS NULL
               AND outcome = 'reply' LIMIT 1",
            args![lead],
        )
        .await?;
    Ok(row.is_some())
}

/// The mails of a person, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contact(tx: &mut Tx, contact: ContactId, limit: i64) -> Result<Vec<Inbound>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM inbound i WHERE i.workspace_id = $1 AND i.contact_id = $2
         ORDER BY i.received_at DESC, i.id DESC LIMIT $3"
    );
    tx.fetch_all(sql, args![contact, limit]).await?.iter().map(from_row).collect()
}

/// Notes that a number in a mailbox was dealt with.
///
/// # Errors
/// Whatever the database refuses.
pub async fn note_uid(tx: &mut Tx, mailbox: MailboxId, uid: i64) -> Result<()> {
    tx.execute(
        "INSERT INTO inbound_uid (workspace_id, mailbox_id, uid) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, mailbox_id, uid) DO NOTHING",
        args![mailbox, uid],
    )
    .await?;
    Ok(())
}

/// The numbers in a mailbox that were dealt with, rising: what the server has beside them is missing.
///
/// # Errors
/// Whatever the database refuses.
pub async fn uids(tx: &mut Tx, mailbox: MailboxId) -> Result<Vec<i64>> {
    let rows = tx
        .fetch_all(
            "SELECT uid FROM inbound_uid WHERE workspace_id = $1 AND mailbox_id = $2 ORDER BY uid",
            args![mailbox],
        )
        .await?;
    rows.iter().map(|row| row.get("uid")).collect()
}

/// Forgets all numbers of a mailbox: the server renumbered it. The mails stay.
///
/// # Errors
/// Whatever the database refuses.
pub async fn forget_uids(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    tx.execute("DELETE FROM inbound_uid WHERE workspace_id = $1 AND mailbox_id = $2", args![mailbox]).await?;
    Ok(())
}

/// A line of the inbox.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// The newest mail of the thread.
    pub mail: Inbound,
    /// Name of the person, when known.
    pub contact_name: Option<String>,
    /// Name of the company, when known.
    pub company_name: Option<String>,
    /// State of the lead, when known.
    pub lead_state: Option<String>,
}

/// Which threads the inbox holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct InboxFilter<'a> {
    /// Only mails at which a person has to look (every one, not only the newest of a person).
    pub needs_look: bool,
    /// Only these ends.
    pub outcomes: &'a [&'a str],
    /// Only this label.
    pub label: Option<&'a str>,
    /// Only this pursuit.
    pub prospect: Option<ProspectId>,
    /// Only before this mail (when it came and its id), for paging.
    pub before: Option<(Timestamp, InboundId)>,
}

/// The inbox, newest first: one line per person, and one per mail of nobody we know.
///
/// # Errors
/// Whatever the database refuses.
pub async fn inbox(tx: &mut Tx, filter: InboxFilter<'_>, limit: i64) -> Result<Vec<InboxRow>> {
    let mut params: Vec<Value> = Vec::new();
    let mut bind = |value: Value| {
        params.push(value);
        format!("${}", params.len() + 1)
    };
    let mut only = String::new();
    let marks: Vec<String> = filter.outcomes.iter().map(|outcome| bind((*outcome).into())).collect();
    if filter.needs_look {
        only.push_str(" AND i.needs_look = TRUE");
    } else if !marks.is_empty() {
        let newer = format!(
            "SELECT 1 FROM inbound n WHERE n.workspace_id = i.workspace_id AND n.contact_id = i.contact_id
               AND (n.received_at > i.received_at OR (n.received_at = i.received_at AND n.id > i.id))
               AND n.outcome IN ({})",
            marks.join(", ")
        );
        only.push_str(&format!(" AND NOT EXISTS ({newer})"));
    }
    if !marks.is_empty() {
        only.push_str(&format!(" AND i.outcome IN ({})", marks.join(", ")));
    }
    if let Some(label) = filter.label {
        only.push_str(&format!(" AND i.label = {}", bind(label.into())));
    }
    if let Some(prospect) = filter.prospect {
        only.push_str(&format!(" AND i.prospect_id = {}", bind(prospect.into())));
    }
    if let Some((at, id)) = filter.before {
        let (at, id) = (bind(at.into()), bind(id.into()));
        only.push_str(&format!(" AND (i.received_at < {at} OR (i.received_at = {at} AND i.id < {id}))"));
    }
    let limit = bind(limit.into());
    let sql = format!(
        "SELECT {COLUMNS}, k.given_name, k.infix, k.family_name, c.name AS company_name, l.state AS lead_state
         FROM inbound i
         LEFT JOIN contact k ON k.workspace_id = i.workspace_id AND k.id = i.contact_id
         LEFT JOIN company c ON c.workspace_id = i.workspace_id AND c.id = i.company_id
         LEFT JOIN lead l ON l.workspace_id = i.workspace_id AND l.id = i.lead_id
         WHERE i.workspace_id = $1{only}
         ORDER BY i.received_at DESC, i.id DESC LIMIT {limit}"
    );
    let rows = tx.fetch_all(sql, params).await?;
    rows.iter()
        .map(|row| {
            Ok(InboxRow {
                mail: from_row(row)?,
                contact_name: crate::promotion::person_name(row)?,
                company_name: row.get("company_name")?,
                lead_state: row.get("lead_state")?,
            })
        })
        .collect()
}

/// How many mails wait for a look, and how many understood replies nobody opened yet.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_counts(tx: &mut Tx) -> Result<(i64, i64)> {
    let row = tx
        .fetch_one(
            "SELECT CAST(COALESCE(SUM(CASE WHEN needs_look = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS n_look,
                    CAST(COALESCE(SUM(CASE WHEN read_at IS NULL AND outcome IN ('reply', 'already_prospect')
                        THEN 1 ELSE 0 END), 0) AS BIGINT) AS n_unread
             FROM inbound WHERE workspace_id = $1",
            vec![],
        )
        .await?;
    Ok((row.get("n_look")?, row.get("n_unread")?))
}

/// Files a mail that matched nobody under a lead, because a person said so: the match level says so too, and from here
/// on it is a reply like any other. False when it belongs to somebody already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn attach(
    tx: &mut Tx,
    id: InboundId,
    lead: LeadId,
    contact: ContactId,
    company: CompanyId,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE inbound SET lead_id = $3, contact_id = $4, company_id = $5, match_level = 'person',
                 outcome = 'reply', outcome_reason = 'person'
             WHERE workspace_id = $1 AND id = $2 AND lead_id IS NULL",
            args![id, lead, contact, company],
        )
        .await?;
    Ok(n > 0)
}
