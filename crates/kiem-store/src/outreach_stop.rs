//! Stopping and pausing outreach. A reply, an opt-out and a promotion all come through here, in their own
//! transaction, so that they win over every send up to the instant before the final dot.

use jiff::Timestamp;
use kiem_domain::id::{CampaignId, CompanyId, EnrolmentId, LeadId};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// Whose outreach is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopScope {
    /// One person.
    Lead(LeadId),
    /// Everybody at a company.
    Company(CompanyId),
    /// One person in one campaign.
    Enrolment(EnrolmentId),
    /// Everybody in a campaign.
    Campaign(CampaignId),
}

impl StopScope {
    fn column(self) -> &'static str {
        match self {
            StopScope::Lead(_) => "lead_id",
            StopScope::Company(_) => "company_id",
            StopScope::Enrolment(_) => "id",
            StopScope::Campaign(_) => "campaign_id",
        }
    }

    fn id(self) -> uuid::Uuid {
        match self {
            StopScope::Lead(id) => id.0,
            StopScope::Company(id) => id.0,
            StopScope::Enrolment(id) => id.0,
            StopScope::Campaign(id) => id.0,
        }
    }
}

/// An enrolment as it was before it was stopped, so that an undone promotion can put it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoppedEnrolment {
    /// Which.
    pub id: EnrolmentId,
    /// The step that would have come next.
    pub position: i64,
    /// When it would have come.
    pub due_at: Option<Timestamp>,
}

/// Ends all running enrolments in the scope, and every outreach mail of theirs that was not yet handed over. Returns
/// what was running.
///
/// # Errors
/// Whatever the database refuses.
pub async fn stop(
    tx: &mut Tx,
    scope: StopScope,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<StoppedEnrolment>> {
    let (column, id) = (scope.column(), scope.id());
    let rows = tx
        .fetch_all(
            format!(
                "SELECT id, position, due_at FROM enrolment
                 WHERE workspace_id = $1 AND {column} = $2 AND state IN ('active', 'paused')"
            ),
            args![id],
        )
        .await?;
    let before: Vec<StoppedEnrolment> = rows.iter().map(stopped_from).collect::<Result<_>>()?;
    tx.execute(
        format!(
            "UPDATE message SET state = 'stopped', reason = $3, finished_at = $4
             WHERE workspace_id = $1 AND kind = 'outreach' AND state IN ('draft', 'queued', 'claimed', 'deferred')
               AND enrolment_id IN (SELECT id FROM enrolment WHERE workspace_id = $1 AND {column} = $2)"
        ),
        args![id, reason, now],
    )
    .await?;
    tx.execute(
        format!(
            "UPDATE enrolment SET state = 'stopped', reason = $3, due_at = NULL, paused_until = NULL
             WHERE workspace_id = $1 AND {column} = $2 AND state IN ('active', 'paused')"
        ),
        args![id, reason],
    )
    .await?;
    Ok(before)
}

/// Holds all running enrolments in the scope until `until` (or until a person decides, when there is none). Mails
/// that were not yet handed over go back to waiting: they are not sent while the pause lasts.
///
/// # Errors
/// Whatever the database refuses.
pub async fn pause(tx: &mut Tx, scope: StopScope, reason: &str, until: Option<Timestamp>) -> Result<u64> {
    let column = scope.column();
    tx.execute(
        format!(
            "UPDATE enrolment SET state = 'paused', reason = $3, paused_until = $4
             WHERE workspace_id = $1 AND {column} = $2 AND state IN ('active', 'paused')"
        ),
        args![scope.id(), reason, until],
    )
    .await
}

/// Lets paused enrolments in the scope go on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn resume(tx: &mut Tx, scope: StopScope, now: Timestamp) -> Result<u64> {
    let column = scope.column();
    tx.execute(
        format!(
            "UPDATE enrolment SET state = 'active', reason = NULL, paused_until = NULL,
                 due_at = CASE WHEN due_at < $3 THEN $3 ELSE due_at END
             WHERE workspace_id = $1 AND {column} = $2 AND state = 'paused'"
        ),
        args![scope.id(), now],
    )
    .await
}

/// Puts back what [`stop`] ended: used when a promotion is undone. Mails that were stopped stay stopped; the step is
/// made anew when it is due.
///
/// # Errors
/// Whatever the database refuses.
pub async fn restore(tx: &mut Tx, stopped: &[StoppedEnrolment], now: Timestamp) -> Result<()> {
    for one in stopped {
        let due_at = one.due_at.map(|at| at.max(now));
        tx.execute(
            "UPDATE enrolment SET state = 'active', reason = NULL, position = $3, due_at = $4
             WHERE workspace_id = $1 AND id = $2 AND state = 'stopped'",
            args![one.id, one.position, due_at],
        )
        .await?;
        // The same step may be planned again: its stopped draft makes room, what was handed over stays.
        tx.execute(
            "DELETE FROM message WHERE workspace_id = $1 AND enrolment_id = $2 AND state = 'stopped'
               AND attempt = 0 AND raw IS NULL",
            args![one.id],
        )
        .await?;
    }
    Ok(())
}

fn stopped_from(row: &Row) -> Result<StoppedEnrolment> {
    Ok(StoppedEnrolment {
        id: row.id("id")?,
        position: row.get("position")?,
        due_at: row.opt_instant("due_at")?,
    })
}
