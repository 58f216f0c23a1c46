//! What is over its period: found, counted and removed, a bounded number at a time. What a duty or a running conversation
//! needs is in none of these.

use jiff::Timestamp;
use kiem_domain::id::{ContactId, uuid_v7};
use kiem_domain::retention::RetentionKind;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::value::Value;

/// Pursuits that are open or won keep their people.
const IS_KEPT: &str =
    "EXISTS (SELECT 1 FROM prospect_contact k JOIN prospect p ON p.workspace_id = k.workspace_id
        AND p.id = k.prospect_id WHERE k.workspace_id = $1 AND k.contact_id = c.id
        AND p.state IN ('to_qualify', 'in_conversation', 'nurture', 'won'))
    OR EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = $1 AND p.company_id = c.company_id
        AND p.contact_id = c.id AND p.state IN ('to_qualify', 'in_conversation', 'nurture', 'won'))";

/// Ids grow with time: nothing that was made later has a lower one.
fn made_before(cutoff: Timestamp) -> Uuid {
    uuid_v7(cutoff, &[0; 10])
}

/// From where people who are over their period are found; `$2` is the moment, `$3` the lowest id made after it.
fn people_from(kind: RetentionKind) -> Option<String> {
    let wanted = match kind {
        RetentionKind::LeadUnanswered => {
            "l.approached_at IS NOT NULL AND l.approached_at < $2 AND COALESCE(l.touched_at, l.approached_at) < $2
             AND (l.engaged_at IS NULL OR l.engaged_at < $2) AND l.state <> 'promoted' AND l.id < $3"
        }
        RetentionKind::LeadUntouched => {
            "l.approached_at IS NULL AND l.engaged_at IS NULL AND l.state IN ('new', 'paused', 'resting', 'blocked')
             AND l.created_at < $2 AND l.id < $3"
        }
        RetentionKind::ProspectClosed => {
            return Some(format!(
                "FROM contact c WHERE c.workspace_id = $1 AND c.erased_at IS NULL AND c.id < $3
                   AND EXISTS (SELECT 1 FROM prospect_contact k JOIN prospect p ON p.workspace_id = k.workspace_id
                       AND p.id = k.prospect_id WHERE k.workspace_id = $1 AND k.contact_id = c.id)
                   AND NOT EXISTS (SELECT 1 FROM prospect_contact k JOIN prospect p ON p.workspace_id = k.workspace_id
                       AND p.id = k.prospect_id WHERE k.workspace_id = $1 AND k.contact_id = c.id
                       AND (p.closed_at IS NULL OR p.closed_at >= $2))
                   AND NOT ({IS_KEPT})"
            ));
        }
        _ => return None,
    };
    Some(format!(
        "FROM lead l JOIN contact c ON c.workspace_id = l.workspace_id AND c.id = l.contact_id
         WHERE l.workspace_id = $1 AND c.erased_at IS NULL AND {wanted}
           AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = l.workspace_id AND e.lead_id = l.id
               AND e.state IN ('active', 'paused'))
           AND NOT EXISTS (SELECT 1 FROM prospect_contact k WHERE k.workspace_id = l.workspace_id AND k.contact_id = c.id)
           AND NOT ({IS_KEPT})"
    ))
}

/// People whose period is over; none for kinds that are no people.
///
/// # Errors
/// Whatever the database refuses.
pub async fn people(
    tx: &mut Tx,
    kind: RetentionKind,
    cutoff: Timestamp,
    limit: i64,
) -> Result<Vec<ContactId>> {
    let Some(from) = people_from(kind) else { return Ok(Vec::new()) };
    let sql = format!("SELECT c.id {from} ORDER BY c.id LIMIT $4");
    let params = args![cutoff, made_before(cutoff), limit];
    tx.fetch_all(sql, params).await?.iter().map(|row| row.id("id")).collect()
}

/// A table of which rows or their words go.
struct Rows {
    /// Table.
    table: &'static str,
    /// What identifies a row beside the workspace.
    key: &'static str,
    /// Which rows, of the table under the name `r`; `$2` is the moment, `$3` the lowest id made after it.
    wanted: &'static str,
    /// What of them goes; the row itself when empty.
    wiped: &'static str,
}

const MAILS: &[Rows] = &[
    Rows {
        table: "message",
        key: "id",
        wanted: "r.id < $3 AND r.created_at < $2 AND (r.body <> '' OR r.raw IS NOT NULL)
            AND r.state IN ('sent', 'failed', 'stopped') AND NOT EXISTS (
                SELECT 1 FROM prospect p WHERE p.workspace_id = r.workspace_id AND p.company_id = r.company_id
                  AND p.state IN ('to_qualify', 'in_conversation', 'nurture', 'won'))",
        wiped: "body = '', raw = NULL",
    },
    Rows {
        table: "inbound",
        key: "id",
        wanted: "r.received_at < $2 AND $3 IS NOT NULL AND r.needs_look = FALSE
            AND (r.text <> '' OR r.quoted <> '' OR r.raw IS NOT NULL) AND NOT EXISTS (
                SELECT 1 FROM prospect p WHERE p.workspace_id = r.workspace_id AND p.company_id = r.company_id
                  AND p.state IN ('to_qualify', 'in_conversation', 'nurture', 'won'))",
        wiped: "text = '', quoted = '', raw = NULL",
    },
];

const VISITS: &[Rows] = &[
    Rows {
        table: "page_view",
        key: "session_id",
        wanted: "$3 IS NOT NULL AND EXISTS (SELECT 1 FROM web_session s WHERE s.workspace_id = r.workspace_id
            AND s.id = r.session_id AND s.seen_at < $2)",
        wiped: "",
    },
    Rows { table: "web_session", key: "id", wanted: "$3 IS NOT NULL AND r.seen_at < $2", wiped: "" },
];

/// Of an upload that ended long ago.
const OF_OLD_UPLOAD: &str =
    "$3 IS NOT NULL AND EXISTS (SELECT 1 FROM import_run i WHERE i.workspace_id = r.workspace_id
    AND i.id = r.import_id AND i.finished_at < $2)";

const IMPORTS: &[Rows] = &[
    Rows { table: "import_outcome", key: "import_id", wanted: OF_OLD_UPLOAD, wiped: "" },
    Rows { table: "import_error", key: "import_id", wanted: OF_OLD_UPLOAD, wiped: "" },
];

const WEBHOOKS: &[Rows] = &[Rows {
    table: "webhook_delivery",
    key: "id",
    wanted: "$3 IS NOT NULL AND r.finished_at IS NOT NULL AND r.finished_at < $2",
    wiped: "",
}];

const NOTIFICATIONS: &[Rows] =
    &[Rows { table: "notification", key: "id", wanted: "$3 IS NOT NULL AND r.created_at < $2", wiped: "" }];

const fn rows_of(kind: RetentionKind) -> &'static [Rows] {
    match kind {
        RetentionKind::MailText => MAILS,
        RetentionKind::WebVisit => VISITS,
        RetentionKind::ImportTrace => IMPORTS,
        RetentionKind::WebhookBody => WEBHOOKS,
        RetentionKind::Notification => NOTIFICATIONS,
        RetentionKind::LeadUnanswered | RetentionKind::LeadUntouched | RetentionKind::ProspectClosed => &[],
    }
}

fn moments(cutoff: Timestamp) -> Vec<Value> {
    args![cutoff, made_before(cutoff)]
}

/// How many records of a kind are over their period: what the next night would remove.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(tx: &mut Tx, kind: RetentionKind, cutoff: Timestamp) -> Result<i64> {
    if let Some(from) = people_from(kind) {
        let sql = format!("SELECT COUNT(*) AS n {from}");
        return tx.fetch_one(sql, moments(cutoff)).await?.get("n");
    }
    let mut n = 0;
    for rows in rows_of(kind) {
        let Rows { table, wanted, .. } = rows;
        let sql = format!("SELECT COUNT(*) AS n FROM {table} r WHERE r.workspace_id = $1 AND {wanted}");
        n += tx.fetch_one(sql, moments(cutoff)).await?.get::<i64>("n")?;
    }
    Ok(n)
}

/// Removes up to `limit` records of a kind that is no people, or their words, the oldest tables first. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn remove(tx: &mut Tx, kind: RetentionKind, cutoff: Timestamp, limit: i64) -> Result<u64> {
    for rows in rows_of(kind) {
        let Rows { table, key, wanted, wiped } = rows;
        // Rows of one session or upload go together: their keys are few.
        let which = format!(
            "{key} IN (SELECT r.{key} FROM {table} r WHERE r.workspace_id = $1 AND {wanted} LIMIT $4)"
        );
        let sql = if wiped.is_empty() {
            format!("DELETE FROM {table} WHERE workspace_id = $1 AND {which}")
        } else {
            format!("UPDATE {table} SET {wiped} WHERE workspace_id = $1 AND {which}")
        };
        let mut params = moments(cutoff);
        params.push(limit.into());
        let n = tx.execute(sql, params).await?;
        if n > 0 {
            return Ok(n);
        }
    }
    Ok(0)
}
