//! What happened: append-only, idempotent, the timeline of a company and the feed of the live page.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, ProspectId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// Who made something happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A logged-in person.
    User(Uuid),
    /// A program with an API token.
    Token(Uuid),
    /// Kiem itself: a rule, a timer.
    System,
    /// The other side: a lead, or a stranger on a public page.
    Lead,
}

impl Actor {
    /// The stable name of the kind.
    pub fn kind(self) -> &'static str {
        match self {
            Actor::User(_) => "user",
            Actor::Token(_) => "token",
            Actor::System => "system",
            Actor::Lead => "lead",
        }
    }

    /// The id of the person or token.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Actor::User(id) | Actor::Token(id) => Some(id),
            Actor::System | Actor::Lead => None,
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Made by the program, time-ordered by recording.
    pub id: Uuid,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// When Kiem wrote it down.
    pub recorded_at: Timestamp,
    /// Dotted name, `lead.promoted`, `message.sent`: the key under which it is translated.
    pub kind: String,
    /// The company on whose timeline it stands.
    pub company_id: Option<CompanyId>,
    /// The person it is about.
    pub contact_id: Option<ContactId>,
    /// The pursuit it belongs to.
    pub prospect_id: Option<ProspectId>,
    /// What kind of record it is about (`message`, `inbound`, `quote`, ...).
    pub subject_kind: String,
    /// Which record.
    pub subject_id: Option<Uuid>,
    /// Who did it.
    pub actor_kind: String,
    /// Which person or token did it.
    pub actor_id: Option<Uuid>,
    /// Details as JSON, by the event's kind.
    pub data: String,
    /// Where the event came from; with `external_id` it is taken once.
    pub source: String,
    /// Identity at the source; the event's own id when it happened inside Kiem.
    pub external_id: String,
}

/// Appends an event. Returns false when the same (source, external id) is already there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn append(tx: &mut Tx, event: &Event) -> Result<bool> {
    let n = tx
        .execute(
            "INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, company_id, contact_id, prospect_id,
                                subject_kind, subject_id, actor_kind, actor_id, data, source, external_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (workspace_id, source, external_id) DO NOTHING",
            args![event.id,
                event.occurred_at,
                event.recorded_at,
                event.kind.as_str(),
                event.company_id,
                event.contact_id,
                event.prospect_id,
                event.subject_kind.as_str(),
                event.subject_id,
                event.actor_kind.as_str(),
                event.actor_id,
                event.data.as_str(),
                event.source.as_str(),
                event.external_id.as_str(),
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Appends many events at once; those that are already there are passed over.
///
/// # Errors
/// Whatever the database refuses.
pub async fn append_many(tx: &mut Tx, events: &[Event]) -> Result<u64> {
    let rows = events
        .iter()
        .map(|event| {
            args![
                event.id,
                event.occurred_at,
                event.recorded_at,
                event.kind.as_str(),
                event.company_id,
                event.contact_id,
                event.prospect_id,
                event.subject_kind.as_str(),
                event.subject_id,
                event.actor_kind.as_str(),
                event.actor_id,
                event.data.as_str(),
                event.source.as_str(),
                event.external_id.as_str(),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO event (workspace_id, id, occurred_at, recorded_at, kind, company_id, contact_id, prospect_id,
                            subject_kind, subject_id, actor_kind, actor_id, data, source, external_id)",
        rows,
        "ON CONFLICT (workspace_id, source, external_id) DO NOTHING",
    )
    .await
}

/// Events recorded after `after` (an event id; ids are time-ordered), oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn since(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Event>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM event WHERE workspace_id = $1 AND id > $2 ORDER BY workspace_id, id LIMIT $3",
            args![after, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Events of one moment that a page of the timeline is made longer by, at most.
const SAME_MOMENT_MAX: i64 = 500;

/// A company's timeline, newest first, from before `before` on. A page never ends between events of the same moment,
/// since the next one begins before that moment: it may be longer than `limit`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn timeline(tx: &mut Tx, company: CompanyId, before: Timestamp, limit: i64) -> Result<Vec<Event>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM event WHERE workspace_id = $1 AND company_id = $2 AND occurred_at < $3
               AND occurred_at >= (SELECT MIN(occurred_at) FROM (
                   SELECT occurred_at FROM event WHERE workspace_id = $1 AND company_id = $2 AND occurred_at < $3
                   ORDER BY occurred_at DESC LIMIT $4) newest)
             ORDER BY occurred_at DESC, id DESC LIMIT $5",
            args![company, before, limit, limit + SAME_MOMENT_MAX],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// A company's events of one kind, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_company(tx: &mut Tx, company: CompanyId, kind: &str, limit: i64) -> Result<Vec<Event>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM event WHERE workspace_id = $1 AND company_id = $2 AND kind = $3
             ORDER BY occurred_at DESC, id DESC LIMIT $4",
            args![company, kind, limit],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Event> {
    Ok(Event {
        id: row.get("id")?,
        occurred_at: row.instant("occurred_at")?,
        recorded_at: row.instant("recorded_at")?,
        kind: row.get("kind")?,
        company_id: row.opt_id("company_id")?,
        contact_id: row.opt_id("contact_id")?,
        prospect_id: row.opt_id("prospect_id")?,
        subject_kind: row.get("subject_kind")?,
        subject_id: row.get("subject_id")?,
        actor_kind: row.get("actor_kind")?,
        actor_id: row.get("actor_id")?,
        data: row.get("data")?,
        source: row.get("source")?,
        external_id: row.get("external_id")?,
    })
}
