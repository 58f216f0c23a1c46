//! What happened: append-only, idempotent, the timeline of a company and the feed of the live page.

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, ContactId, ProspectId};
use serde_json::json;
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
    let rows = events.iter().map(|event| {
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
    });
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

/// A company's timeline, newest first, from before `before` on: what happened, and who came in with which list. A page
/// never ends between events of the same moment, since the next one begins before that moment: it may be longer than
/// `limit`.
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
    let mut events: Vec<Event> = rows.iter().map(from_row).collect::<Result<_>>()?;
    events.extend(arrivals(tx, company, before, limit + SAME_MOMENT_MAX).await?);
    events.sort_by_key(|event| std::cmp::Reverse((event.occurred_at, event.id)));
    let last = usize::try_from(limit - 1).ok().and_then(|last| events.get(last)).map(|e| e.occurred_at);
    if let Some(moment) = last {
        events.retain(|event| event.occurred_at >= moment);
    }
    Ok(events)
}

/// Who came in with a list, newest first. Their places in the list say so: an event for each of a million people would
/// only repeat it.
async fn arrivals(tx: &mut Tx, company: CompanyId, before: Timestamp, limit: i64) -> Result<Vec<Event>> {
    let rows = tx
        .fetch_all(
            "SELECT l.id, l.contact_id, l.created_at, l.import_id, r.file_name, r.created_by, c.erased_at
             FROM lead l JOIN import_run r ON r.workspace_id = l.workspace_id AND r.id = l.import_id
             JOIN contact c ON c.workspace_id = l.workspace_id AND c.id = l.contact_id
             WHERE l.workspace_id = $1 AND l.company_id = $2 AND l.created_at < $3
             ORDER BY l.created_at DESC, l.id DESC LIMIT $4",
            args![company, before, limit],
        )
        .await?;
    let arrival = |row: &Row| -> Result<Event> {
        let id: Uuid = row.get("id")?;
        let (import, source): (Uuid, String) = (row.get("import_id")?, row.get("file_name")?);
        let came_at = row.instant("created_at")?;
        // On which list somebody stood who asked to be erased is nobody's business any more.
        let is_erased = row.opt_instant("erased_at")?.is_some();
        let said = if is_erased { json!({}) } else { json!({ "source": source, "import": import }) };
        Ok(Event {
            id,
            occurred_at: came_at,
            recorded_at: came_at,
            kind: "lead.imported".to_owned(),
            company_id: Some(company),
            contact_id: row.opt_id("contact_id")?,
            prospect_id: None,
            subject_kind: "lead".to_owned(),
            subject_id: Some(id),
            actor_kind: "user".to_owned(),
            actor_id: row.get("created_by")?,
            data: said.to_string(),
            source: "kiem".to_owned(),
            external_id: id.to_string(),
        })
    };
    rows.iter().map(arrival).collect()
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
