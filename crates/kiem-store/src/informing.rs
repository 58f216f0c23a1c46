//! Who must be told that we have their data, by when, and who was (GDPR article 14). Everything here goes through the index
//! of those whose time runs, so that it costs what they are, not what everybody is.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::gate::AddressOrigin;
use kiem_domain::id::{CompanyId, ContactId, LeadId, MessageId};
use kiem_domain::informing::{InformFacts, InformedHow};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

/// That somebody was told, or need not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How.
    pub how: InformedHow,
    /// When; for who need not be told, when that was written down.
    pub at: Timestamp,
    /// How it was done, or why it need not be, in words; empty when nobody said.
    pub note: String,
}

/// What is known of one person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Informing {
    /// What the rules look at.
    pub facts: InformFacts,
    /// When they were told.
    pub informed_at: Option<Timestamp>,
    /// In words.
    pub note: Option<String>,
}

/// Somebody whose time runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uninformed {
    /// The person.
    pub contact_id: ContactId,
    /// Their place in the marketing list.
    pub lead_id: Option<LeadId>,
    /// Where they work.
    pub company_id: CompanyId,
    /// Name of the company.
    pub company_name: String,
    /// Whole name; empty when unknown.
    pub name: String,
    /// Address.
    pub email: Option<String>,
    /// How the address came to be known.
    pub email_origin: AddressOrigin,
    /// Language to write in.
    pub language: Option<String>,
    /// The last day.
    pub inform_by: Date,
    /// Where the data came from: the words of the ground, or else of the record.
    pub source: String,
    /// The day on which they were obtained, when a ground says so.
    pub obtained_on: Option<Date>,
}

/// Where a page of those whose time runs begins: after this day and person.
pub type After = Option<(Date, ContactId)>;

/// How many people's time is over, and how many more's last day comes until a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UninformedCounts {
    /// Their time is over.
    pub over_n: i64,
    /// Their last day is near.
    pub due_soon_n: i64,
    /// They have time.
    pub on_time_n: i64,
}

const RUNS: &str = "c.inform_by IS NOT NULL AND c.informed_at IS NULL";

/// Counts whose time runs: over on `today`, near until `warned_until`, and later.
///
/// # Errors
/// Whatever the database refuses.
pub async fn counts(tx: &mut Tx, today: Date, warned_until: Date) -> Result<UninformedCounts> {
    let sql = format!(
        "SELECT COUNT(CASE WHEN c.inform_by <= $2 THEN 1 END) AS over_n,
                COUNT(CASE WHEN c.inform_by > $2 AND c.inform_by <= $3 THEN 1 END) AS due_soon_n,
                COUNT(CASE WHEN c.inform_by > $3 THEN 1 END) AS on_time_n
         FROM contact c WHERE c.workspace_id = $1 AND {RUNS}"
    );
    let row = tx.fetch_one(sql, args![today, warned_until]).await?;
    Ok(UninformedCounts {
        over_n: row.get("over_n")?,
        due_soon_n: row.get("due_soon_n")?,
        on_time_n: row.get("on_time_n")?,
    })
}

/// A page of those whose last day lies after `from` (or at any time) and is not after `until`, by that day.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(
    tx: &mut Tx,
    from: Option<Date>,
    until: Date,
    after: After,
    limit: i64,
) -> Result<Vec<Uninformed>> {
    let from = from.unwrap_or(Date::MIN);
    let (day, id) = after.map_or((from, uuid::Uuid::max()), |(day, id)| (day, id.0));
    let sql = format!(
        "SELECT c.id, c.company_id, c.given_name, c.infix, c.family_name, c.email, c.email_origin, c.language, c.inform_by,
             c.source, l.id AS lead_id, o.name AS company_name, g.source AS ground_source, g.obtained_on
         FROM contact c
         JOIN company o ON o.workspace_id = c.workspace_id AND o.id = c.company_id
         LEFT JOIN lead l ON l.workspace_id = c.workspace_id AND l.contact_id = c.id
         LEFT JOIN ground g ON g.workspace_id = c.workspace_id AND g.id = c.ground_id
         WHERE c.workspace_id = $1 AND {RUNS} AND (c.inform_by, c.id) > ($2, $3) AND c.inform_by <= $4
         ORDER BY c.inform_by, c.id LIMIT $5"
    );
    tx.fetch_all(sql, args![day, id, until, limit]).await?.iter().map(uninformed).collect()
}

/// Those among some people whose time runs.
///
/// # Errors
/// Whatever the database refuses.
pub async fn among_people(tx: &mut Tx, people: &[ContactId]) -> Result<Vec<Uninformed>> {
    let sql = format!(
        "SELECT c.id, c.company_id, c.given_name, c.infix, c.family_name, c.email, c.email_origin, c.language, c.inform_by,
             c.source, l.id AS lead_id, o.name AS company_name, g.source AS ground_source, g.obtained_on
         FROM contact c
         JOIN company o ON o.workspace_id = c.workspace_id AND o.id = c.company_id
         LEFT JOIN lead l ON l.workspace_id = c.workspace_id AND l.contact_id = c.id
         LEFT JOIN ground g ON g.workspace_id = c.workspace_id AND g.id = c.ground_id
         WHERE c.workspace_id = $1 AND c.id IN {} AND {RUNS} LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    let mut found = Vec::new();
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let rows = tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await?;
        found.extend(rows.iter().map(uninformed).collect::<Result<Vec<_>>>()?);
    }
    found.sort_by_key(|one| (one.inform_by, one.contact_id));
    Ok(found)
}

/// People whose time is over on `today` and who are in no pursuit: who may be removed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn over_without_pursuit(tx: &mut Tx, today: Date, limit: i64) -> Result<Vec<ContactId>> {
    let sql = format!(
        "SELECT c.id FROM contact c WHERE c.workspace_id = $1 AND {RUNS} AND c.inform_by <= $2
           AND NOT EXISTS (SELECT 1 FROM prospect_contact p WHERE p.workspace_id = c.workspace_id AND p.contact_id = c.id)
         ORDER BY c.inform_by, c.id LIMIT $3"
    );
    tx.fetch_all(sql, args![today, limit]).await?.iter().map(|row| row.id("id")).collect()
}

fn uninformed(row: &Row) -> Result<Uninformed> {
    let parts: [Option<String>; 3] = [row.get("given_name")?, row.get("infix")?, row.get("family_name")?];
    let ground: Option<String> = row.get("ground_source")?;
    Ok(Uninformed {
        contact_id: row.id("id")?,
        lead_id: row.opt_id("lead_id")?,
        company_id: row.id("company_id")?,
        company_name: row.get("company_name")?,
        name: parts.into_iter().flatten().collect::<Vec<_>>().join(" "),
        email: row.get("email")?,
        email_origin: row.parsed("email_origin")?,
        language: row.get("language")?,
        inform_by: row.parsed("inform_by")?,
        source: match ground {
            Some(source) => source,
            None => row.get("source")?,
        },
        obtained_on: row.opt_parsed("obtained_on")?,
    })
}

/// What is known of one person; nothing for who is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Informing> {
    let row = tx
        .fetch_optional(
            "SELECT inform_by, informed_at, informed_how, informed_note FROM contact WHERE workspace_id = $1 AND id = $2",
            args![contact],
        )
        .await?;
    let Some(row) = row else { return Ok(Informing::default()) };
    Ok(Informing {
        facts: InformFacts { inform_by: row.opt_parsed("inform_by")?, how: row.opt_parsed("informed_how")? },
        informed_at: row.opt_instant("informed_at")?,
        note: row.get("informed_note")?,
    })
}

/// Writes down that people were told. Who was told before, gave the data themselves or was erased stays as they are.
/// Returns how many it was written of.
///
/// # Errors
/// Whatever the database refuses.
pub async fn tell(tx: &mut Tx, people: &[ContactId], told: &Told) -> Result<u64> {
    let sql = format!(
        "UPDATE contact SET informed_at = $3, informed_how = $4, informed_note = $5
         WHERE workspace_id = $1 AND id IN {} AND inform_by IS NOT NULL AND informed_at IS NULL AND erased_at IS NULL",
        among(tx.conn(), KeyKind::Id, 2)
    );
    let note = Some(told.note.as_str()).filter(|note| !note.is_empty());
    let mut n = 0;
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let mut params = vec![keys::ids(chunk.iter().map(|id| id.0))];
        params.extend([Value::from(told.at), Value::from(told.how.as_str()), Value::from(note)]);
        n += tx.execute(sql.clone(), params).await?;
    }
    Ok(n)
}

/// Writes what was known of another record of the same person, when nobody told this one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn take_over(tx: &mut Tx, stays: ContactId, goes: &Informing) -> Result<()> {
    let Some(how) = goes.facts.how else { return Ok(()) };
    tx.execute(
        "UPDATE contact SET informed_at = $3, informed_how = $4, informed_note = $5
         WHERE workspace_id = $1 AND id = $2 AND informed_at IS NULL",
        args![stays, goes.informed_at, how.as_str(), goes.note.as_deref()],
    )
    .await?;
    Ok(())
}

/// A mail that told somebody did not arrive, or came back: unless another one arrived their time runs as before. Other ways
/// of telling stay.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mail_failed(tx: &mut Tx, contact: ContactId, mail: MessageId) -> Result<()> {
    tx.execute(
        "UPDATE contact SET informed_at = NULL, informed_how = NULL, informed_note = NULL
         WHERE workspace_id = $1 AND id = $2 AND informed_how = 'mail'
           AND NOT EXISTS (SELECT 1 FROM message m WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.state = 'sent'
                           AND m.kind <> 'notice' AND m.id <> $3)",
        args![contact, mail],
    )
    .await?;
    Ok(())
}

/// Sets the last day of one person.
///
/// # Errors
/// Whatever the database refuses.
pub async fn set_clock(tx: &mut Tx, contact: ContactId, inform_by: Option<Date>) -> Result<()> {
    tx.execute(
        "UPDATE contact SET inform_by = $3 WHERE workspace_id = $1 AND id = $2 AND erased_at IS NULL",
        args![contact, inform_by],
    )
    .await?;
    Ok(())
}
