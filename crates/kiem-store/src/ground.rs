//! On what ground people may be approached, as somebody declared it: once for a whole list, or for one person.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::consent::Basis;
use kiem_domain::id::{ContactId, ImportId, UserId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};

/// A ground as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredGround {
    /// Why.
    pub basis: Basis,
    /// Where the data came from, in words that the first mail repeats.
    pub source: String,
    /// Proof in words: the sentence that designates the address, contract, date of the conversation.
    pub source_detail: String,
    /// The page on which the proof stands.
    pub evidence_url: Option<String>,
    /// Day on which data or consent was obtained.
    pub obtained_on: Date,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// Records the ground of a list, which everybody who comes in with it stands on; once, however often it is asked.
///
/// # Errors
/// Whatever the database refuses.
pub async fn declare(tx: &mut Tx, import: ImportId, ground: &DeclaredGround) -> Result<()> {
    insert(tx, import.0, ground, "DO NOTHING").await
}

/// Records or replaces the ground of one person. A ground of a list stays for the others.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put(tx: &mut Tx, contact: ContactId, ground: &DeclaredGround) -> Result<()> {
    insert(
        tx,
        contact.0,
        ground,
        "DO UPDATE SET basis = excluded.basis, source = excluded.source, source_detail = excluded.source_detail,
             obtained_on = excluded.obtained_on, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at,
             evidence_url = excluded.evidence_url",
    )
    .await?;
    // The ground of one person has the id of the person, that of a list the id of the upload.
    tx.execute("UPDATE contact SET ground_id = id WHERE workspace_id = $1 AND id = $2", args![contact])
        .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, id: Uuid, g: &DeclaredGround, when_there: &str) -> Result<()> {
    let values = args![
        id,
        g.basis.as_str(),
        g.source.as_str(),
        g.source_detail.as_str(),
        g.obtained_on,
        g.recorded_by,
        g.recorded_at,
        g.evidence_url.as_deref()
    ];
    tx.execute(
        format!(
            "INSERT INTO ground (workspace_id, id, basis, source, source_detail, obtained_on, recorded_by, recorded_at,
                 evidence_url)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace_id, id) {when_there}"
        ),
        values,
    )
    .await?;
    Ok(())
}

/// Who of some people stands on no ground.
///
/// # Errors
/// Whatever the database refuses.
pub async fn without(tx: &mut Tx, people: &[ContactId]) -> Result<Vec<ContactId>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT id FROM contact WHERE workspace_id = $1 AND id IN {} AND ground_id IS NULL LIMIT {KEYS_PER_QUERY}",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let rows = tx.fetch_all(sql.clone(), vec![keys::ids(chunk.iter().map(|id| id.0))]).await?;
        for row in rows {
            found.push(row.id("id")?);
        }
    }
    Ok(found)
}

/// Puts people who stand on no ground on that of a list; a ground that was recorded before stays.
///
/// # Errors
/// Whatever the database refuses.
pub async fn stand_on(tx: &mut Tx, people: &[ContactId], import: ImportId) -> Result<()> {
    let sql = format!(
        "UPDATE contact SET ground_id = $3 WHERE workspace_id = $1 AND id IN {} AND ground_id IS NULL",
        among(tx.conn(), KeyKind::Id, 2)
    );
    for chunk in people.chunks(KEYS_PER_QUERY) {
        let mut params = vec![keys::ids(chunk.iter().map(|id| id.0))];
        params.extend(args![import]);
        tx.execute(sql.clone(), params).await?;
    }
    Ok(())
}

/// The ground that one person stands on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Option<DeclaredGround>> {
    let row = tx
        .fetch_optional(
            "SELECT g.* FROM contact c JOIN ground g ON g.workspace_id = c.workspace_id AND g.id = c.ground_id
             WHERE c.workspace_id = $1 AND c.id = $2",
            args![contact],
        )
        .await?;
    row.map(|row| {
        Ok(DeclaredGround {
            basis: row.parsed("basis")?,
            source: row.get("source")?,
            source_detail: row.get("source_detail")?,
            obtained_on: row.parsed("obtained_on")?,
            recorded_by: row.id("recorded_by")?,
            recorded_at: row.instant("recorded_at")?,
            evidence_url: row.get("evidence_url")?,
        })
    })
    .transpose()
}

/// Withdraws the ground of one person. Returns whether there was one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, contact: ContactId) -> Result<bool> {
    tx.execute("DELETE FROM ground WHERE workspace_id = $1 AND id = $2", args![contact]).await?;
    let n = tx
        .execute(
            "UPDATE contact SET ground_id = NULL WHERE workspace_id = $1 AND id = $2 AND ground_id IS NOT NULL",
            args![contact],
        )
        .await?;
    Ok(n > 0)
}

/// The bases on which anybody stands.
///
/// # Errors
/// Whatever the database refuses.
pub async fn bases(tx: &mut Tx) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT basis FROM ground WHERE workspace_id = $1 ORDER BY basis";
    tx.fetch_all(sql, args![]).await?.iter().map(|row| row.get("basis")).collect()
}

/// Where data came from, as declared, with how many declarations name it: that of a list is one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sources(tx: &mut Tx, limit: i64) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT source, COUNT(*) AS n FROM ground WHERE workspace_id = $1
               GROUP BY source ORDER BY n DESC, source LIMIT $2";
    tx.fetch_all(sql, args![limit]).await?.iter().map(|row| Ok((row.get("source")?, row.get("n")?))).collect()
}
