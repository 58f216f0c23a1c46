//! What a workspace loosened of the policy packs: written by a named person, never removed, only ended.

use jiff::Timestamp;
use kiem_domain::gate::{AddressClass, Cell, EndedLoosening, Loosening};
use kiem_domain::id::UserId;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// Those in force at once.
const IN_FORCE_MAX: i64 = 200;
/// Ended ones that are shown; the audit trail has all.
const ENDED_MAX: i64 = 100;

/// Writes a loosening down; the name of who decided is not stored.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the same is in force.
pub async fn insert(tx: &mut Tx, one: &Loosening, decided_by: UserId) -> Result<()> {
    tx.execute(
        "INSERT INTO policy_loosening (workspace_id, id, country, channel, person_kind, address_class, basis, reason,
             decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            one.id,
            one.country.as_str(),
            one.cell.channel.as_str(),
            one.cell.person.as_str(),
            one.cell.class.map(AddressClass::as_str).unwrap_or_default(),
            one.basis.as_str(),
            one.reason.as_str(),
            decided_by,
            one.decided_at
        ],
    )
    .await?;
    Ok(())
}

/// Those in force, oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<Loosening>> {
    let rows = tx
        .fetch_all(
            "SELECT p.*, u.name AS user_name FROM policy_loosening p LEFT JOIN app_user u ON u.id = p.decided_by
             WHERE p.workspace_id = $1 AND p.ended_at IS NULL ORDER BY p.decided_at, p.id LIMIT $2",
            args![IN_FORCE_MAX],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Those that were ended, the last first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn ended(tx: &mut Tx) -> Result<Vec<EndedLoosening>> {
    let rows = tx
        .fetch_all(
            "SELECT p.*, u.name AS user_name, e.name AS ended_name FROM policy_loosening p
             LEFT JOIN app_user u ON u.id = p.decided_by LEFT JOIN app_user e ON e.id = p.ended_by
             WHERE p.workspace_id = $1 AND p.ended_at IS NOT NULL ORDER BY p.ended_at DESC, p.id DESC LIMIT $2",
            args![ENDED_MAX],
        )
        .await?;
    let one = |row: &Row| {
        Ok(EndedLoosening {
            loosening: from_row(row)?,
            ended_by: row.get::<Option<String>>("ended_name")?.unwrap_or_default(),
            ended_at: row.instant("ended_at")?,
        })
    };
    rows.iter().map(one).collect()
}

/// Ends a loosening. False when none of the id is in force.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end(tx: &mut Tx, id: Uuid, by: UserId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE policy_loosening SET ended_at = $3, ended_by = $4
             WHERE workspace_id = $1 AND id = $2 AND ended_at IS NULL",
            args![id, now, by],
        )
        .await?;
    Ok(n > 0)
}

fn from_row(row: &Row) -> Result<Loosening> {
    let class: String = row.get("address_class")?;
    Ok(Loosening {
        id: row.get("id")?,
        country: row.get("country")?,
        cell: Cell {
            channel: row.parsed("channel")?,
            person: row.parsed("person_kind")?,
            class: if class.is_empty() { None } else { Some(row.parsed("address_class")?) },
        },
        basis: row.parsed("basis")?,
        reason: row.get("reason")?,
        decided_by: row.get::<Option<String>>("user_name")?.unwrap_or_default(),
        decided_at: row.instant("decided_at")?,
    })
}
