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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedEnrolment {
    /// Which.
    pub id: EnrolmentId,
    /// The step that would have come next.
    pub position: i64,
    /// When it would have come; none while its mail was on its way.
    pub due_at: Option<Timestamp>,
    /// The pause that held it.
    pub pause: Option<Pause>,
}

/// Why an enrolment stood still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: Option<String>,
    /// Until when; none when a person decides.
    pub until: Option<Timestamp>,
}

/// Ends all running enrolments in the scope, every outreach mail of theirs that was not yet handed over and every task
/// that nobody did yet. Returns what was running.
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
                "SELECT id, state, reason, position, due_at, paused_until FROM enrolment
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
            "UPDATE task SET done_at = $3, outcome = 'withdrawn' WHERE workspace_id = $1 AND done_at IS NULL
               AND enrolment_id IN (SELECT id FROM enrolment WHERE workspace_id = $1 AND {column} = $2)"
        ),
        args![id, now],
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

/// Puts back what [`stop`] ended: used when a promotion is undone. A mail that the stop took out makes room, so that
/// its step is made anew, and the task that it withdrew is open again; what left, and what was taken out for another
/// reason, stays.
///
/// # Errors
/// Whatever the database refuses.
pub async fn restore(tx: &mut Tx, stopped: &[StoppedEnrolment], now: Timestamp) -> Result<()> {
    for one in stopped {
        let mut due_at = one.due_at.map(|at| at.max(now));
        if remove_stopped_mails(tx, one.id).await? > 0 {
            due_at = due_at.or(Some(now));
        }
        tx.execute(
            "UPDATE task SET done_at = NULL, outcome = NULL
             WHERE workspace_id = $1 AND enrolment_id = $2 AND outcome = 'withdrawn'",
            args![one.id],
        )
        .await?;
        let (state, reason, until) = match &one.pause {
            Some(pause) => ("paused", pause.reason.as_deref(), pause.until),
            None => ("active", None, None),
        };
        tx.execute(
            "UPDATE enrolment SET state = $5, reason = $6, paused_until = $7, position = $3, due_at = $4
             WHERE workspace_id = $1 AND id = $2 AND state = 'stopped'",
            args![one.id, one.position, due_at, state, reason, until],
        )
        .await?;
    }
    Ok(())
}

/// Removes the mails that were stopped together with a stopped enrolment, with their links. None of them left: only
/// what was not handed over can be stopped.
async fn remove_stopped_mails(tx: &mut Tx, id: EnrolmentId) -> Result<u64> {
    let theirs =
        "SELECT m.id FROM message m JOIN enrolment e ON e.workspace_id = $1 AND e.id = m.enrolment_id
                  WHERE m.workspace_id = $1 AND e.id = $2 AND e.state = 'stopped' AND m.state = 'stopped'
                    AND m.reason = e.reason";
    tx.execute(format!("DELETE FROM link WHERE workspace_id = $1 AND message_id IN ({theirs})"), args![id])
        .await?;
    tx.execute(format!("DELETE FROM message WHERE workspace_id = $1 AND id IN ({theirs})"), args![id]).await
}

fn stopped_from(row: &Row) -> Result<StoppedEnrolment> {
    let is_paused = row.get::<String>("state")? == "paused";
    let pause = Pause { reason: row.get("reason")?, until: row.opt_instant("paused_until")? };
    Ok(StoppedEnrolment {
        id: row.id("id")?,
        position: row.get("position")?,
        due_at: row.opt_instant("due_at")?,
        pause: is_paused.then_some(pause),
    })
}
