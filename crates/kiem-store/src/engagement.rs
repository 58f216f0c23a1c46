//! What the other side did: one row per act, with the raw facts, so that a grade can be judged again.

use jiff::Timestamp;
use kiem_domain::engagement::Grade;
use kiem_domain::id::{CompanyId, ContactId, EngagementId, InboundId, LeadId, LinkId, MessageId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// One act of the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// Id.
    pub id: EngagementId,
    /// `reply`, `click`, `session`, `booking`, ...
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// The lead that it counts for.
    pub lead_id: Option<LeadId>,
    /// The person.
    pub contact_id: Option<ContactId>,
    /// The company.
    pub company_id: Option<CompanyId>,
    /// The mail of ours that it follows.
    pub message_id: Option<MessageId>,
    /// The link that was opened.
    pub link_id: Option<LinkId>,
    /// The received mail.
    pub inbound_id: Option<InboundId>,
    /// The visit.
    pub web_session_id: Option<Uuid>,
    /// How sure it is that a person did it.
    pub grade: Grade,
    /// The rule that graded it.
    pub rule: String,
    /// The raw facts as JSON.
    pub data: String,
    /// Where it came from.
    pub source: String,
    /// Identity at the source: the same act is taken once.
    pub external_id: String,
}

fn from_row(row: &Row) -> Result<Engagement> {
    Ok(Engagement {
        id: row.id("id")?,
        kind: row.get("kind")?,
        occurred_at: row.instant("occurred_at")?,
        recorded_at: row.instant("recorded_at")?,
        lead_id: row.opt_id("lead_id")?,
        contact_id: row.opt_id("contact_id")?,
        company_id: row.opt_id("company_id")?,
        message_id: row.opt_id("message_id")?,
        link_id: row.opt_id("link_id")?,
        inbound_id: row.opt_id("inbound_id")?,
        web_session_id: row.get("web_session_id")?,
        grade: row.parsed("grade")?,
        rule: row.get("rule")?,
        data: row.get("data")?,
        source: row.get("source")?,
        external_id: row.get("external_id")?,
    })
}

/// Records an act. When it is there already, its facts and grade are replaced only if `replace` says so (a visit that
/// goes on is reported again and again). Returns whether anything was written.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, one: &Engagement, replace: bool) -> Result<bool> {
    let conflict = if replace {
        "DO UPDATE SET data = excluded.data, grade = excluded.grade, rule = excluded.rule
         WHERE engagement.data <> excluded.data"
    } else {
        "DO NOTHING"
    };
    let n = tx
        .execute(
            format!(
                "INSERT INTO engagement (workspace_id, id, kind, occurred_at, recorded_at, lead_id, contact_id, company_id,
                     message_id, link_id, inbound_id, web_session_id, grade, rule, data, source, external_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                 ON CONFLICT (workspace_id, source, external_id) {conflict}"
            ),
            args![
                one.id,
                one.kind.as_str(),
                one.occurred_at,
                one.recorded_at,
                one.lead_id,
                one.contact_id,
                one.company_id,
                one.message_id,
                one.link_id,
                one.inbound_id,
                one.web_session_id,
                one.grade.as_str(),
                one.rule.as_str(),
                one.data.as_str(),
                one.source.as_str(),
                one.external_id.as_str()
            ],
        )
        .await?;
    Ok(n > 0)
}

/// What counts for a lead, oldest first. Bounded: the newest `limit` acts.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_lead(tx: &mut Tx, lead: LeadId, limit: i64) -> Result<Vec<Engagement>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM engagement WHERE workspace_id = $1 AND lead_id = $2
             ORDER BY occurred_at DESC, id DESC LIMIT $3",
            args![lead, limit],
        )
        .await?;
    let mut found: Vec<Engagement> = rows.iter().map(from_row).collect::<Result<_>>()?;
    found.reverse();
    Ok(found)
}

/// Clicks and visits of other people at the company since a moment, oldest first: they warm the company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_colleagues(
    tx: &mut Tx,
    company: CompanyId,
    lead: LeadId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Engagement>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM engagement WHERE workspace_id = $1 AND company_id = $2 AND occurred_at >= $4
               AND kind IN ('click', 'session') AND (lead_id IS NULL OR lead_id <> $3)
             ORDER BY occurred_at, id LIMIT $5",
            args![company, lead, since, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Leads that did something since a moment, the newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads_since(tx: &mut Tx, since: Timestamp, limit: i64) -> Result<Vec<LeadId>> {
    let rows = tx
        .fetch_all(
            "SELECT lead_id, MAX(occurred_at) AS newest FROM engagement
             WHERE workspace_id = $1 AND lead_id IS NOT NULL AND occurred_at >= $2
             GROUP BY lead_id ORDER BY newest DESC, lead_id LIMIT $3",
            args![since, limit],
        )
        .await?;
    rows.iter().map(|row| row.id("lead_id")).collect()
}

/// Judges a click again.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_grade(tx: &mut Tx, id: EngagementId, grade: Grade, rule: &str) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE engagement SET grade = $3, rule = $4 WHERE workspace_id = $1 AND id = $2
               AND (grade <> $3 OR rule <> $4)",
            args![id, grade.as_str(), rule],
        )
        .await?;
    Ok(n > 0)
}

/// The act that a received mail stands for, as the program recorded it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_inbound(tx: &mut Tx, inbound: InboundId) -> Result<Option<Engagement>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM engagement WHERE workspace_id = $1 AND inbound_id = $2 ORDER BY recorded_at, id LIMIT 1",
            args![inbound],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// A mail of ours that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The mail.
    pub message_id: MessageId,
    /// When the server accepted it.
    pub at: Timestamp,
    /// To whom.
    pub lead_id: Option<LeadId>,
    /// Tracked links in it.
    pub n_links: i64,
}

/// Outreach that reached a lead or its colleagues, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn deliveries(tx: &mut Tx, lead: LeadId, company: CompanyId, limit: i64) -> Result<Vec<Delivered>> {
    let rows = tx
        .fetch_all(
            "SELECT m.id, m.finished_at, m.lead_id,
                    (SELECT COUNT(*) FROM link k WHERE k.workspace_id = m.workspace_id AND k.message_id = m.id) AS n_links
             FROM message m
             WHERE m.workspace_id = $1 AND m.state = 'sent' AND m.kind = 'outreach' AND m.finished_at IS NOT NULL
               AND (m.lead_id = $2 OR m.company_id = $3)
             ORDER BY m.finished_at, m.id LIMIT $4",
            args![lead, company, limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Delivered {
                message_id: row.id("id")?,
                at: row.instant("finished_at")?,
                lead_id: row.opt_id("lead_id")?,
                n_links: row.get("n_links")?,
            })
        })
        .collect()
}

/// Opened links of everybody at a mail domain since a moment: the material for recognising gateways (rule C10).
///
/// # Errors
/// Whatever the database refuses.
pub async fn opens_at_domain(
    tx: &mut Tx,
    company: CompanyId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Engagement>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM engagement WHERE workspace_id = $1 AND company_id = $2 AND kind = 'click'
               AND occurred_at >= $3 ORDER BY occurred_at, id LIMIT $4",
            args![company, since, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many engagements there are of each kind and grade.
///
/// # Errors
/// Whatever the database refuses.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    let rows = tx
        .fetch_all(
            "SELECT kind, grade, COUNT(*) AS n FROM engagement WHERE workspace_id = $1 GROUP BY kind, grade
             ORDER BY kind, grade",
            vec![],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("kind")?, row.get("grade")?, row.get("n")?))).collect()
}
