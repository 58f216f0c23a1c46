//! Putting things away and taking them out again: campaigns, mailboxes and booking pages keep their history.

use jiff::Timestamp;
use kiem_domain::id::{CampaignId, MailboxId};
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;

/// Puts a campaign away, or takes it out again with `None`. False when it is not there, or runs.
///
/// # Errors
/// Whatever the database refuses.
pub async fn campaign(tx: &mut Tx, id: CampaignId, at: Option<Timestamp>) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE campaign SET archived_at = $3 WHERE workspace_id = $1 AND id = $2 AND state <> 'running'",
            args![id, at],
        )
        .await?;
    Ok(n > 0)
}

/// Puts a mailbox away, paused; or takes it out again with `None`, and it stays paused until somebody lets it go on.
/// False when it is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mailbox(tx: &mut Tx, id: MailboxId, at: Option<Timestamp>) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE mailbox SET archived_at = $3, state = 'paused', state_reason = NULL
             WHERE workspace_id = $1 AND id = $2",
            args![id, at],
        )
        .await?;
    Ok(n > 0)
}

/// Whether something still needs a mailbox: a campaign that is not over or put away, a booking page that is open, or a
/// mail on its way.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mailbox_is_needed(tx: &mut Tx, id: MailboxId) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT 1 AS one FROM mailbox b WHERE b.workspace_id = $1 AND b.id = $2 AND (
                 EXISTS (SELECT 1 FROM campaign c WHERE c.workspace_id = $1 AND c.mailbox_id = $2
                         AND c.state IN ('running', 'paused') AND c.archived_at IS NULL)
                 OR EXISTS (SELECT 1 FROM booking_page p WHERE p.workspace_id = $1 AND p.mailbox_id = $2 AND p.active = TRUE)
                 OR EXISTS (SELECT 1 FROM message m WHERE m.workspace_id = $1 AND m.mailbox_id = $2
                            AND m.state IN ('claimed', 'committing')))",
            args![id],
        )
        .await?;
    Ok(row.is_some())
}

/// Puts a booking page away, closed; or takes it out again with `None`, still closed. False when it is not there.
///
/// # Errors
/// Whatever the database refuses.
pub async fn booking_page(tx: &mut Tx, id: Uuid, at: Option<Timestamp>) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE booking_page SET archived_at = $3, active = FALSE WHERE workspace_id = $1 AND id = $2",
            args![id, at],
        )
        .await?;
    Ok(n > 0)
}

/// Ends campaigns in which nobody is left to mail: people were in it, and none is active or paused, and no mail of it
/// waits. Returns which.
///
/// # Errors
/// Whatever the database refuses.
pub async fn finish_campaigns(tx: &mut Tx) -> Result<Vec<CampaignId>> {
    let rows = tx
        .fetch_all(
            "UPDATE campaign SET state = 'finished' WHERE workspace_id = $1 AND state = 'running'
               AND EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.campaign_id = campaign.id)
               AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.campaign_id = campaign.id
                               AND e.state IN ('active', 'paused'))
               AND NOT EXISTS (SELECT 1 FROM message m WHERE m.workspace_id = $1 AND m.campaign_id = campaign.id
                               AND m.state IN ('draft', 'queued', 'claimed', 'committing', 'deferred'))
             RETURNING id",
            vec![],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Lets finished campaigns run again in which somebody is active again (an undone promotion puts people back).
///
/// # Errors
/// Whatever the database refuses.
pub async fn reopen_campaigns(tx: &mut Tx) -> Result<u64> {
    tx.execute(
        "UPDATE campaign SET state = 'running', archived_at = NULL WHERE workspace_id = $1 AND state = 'finished'
           AND EXISTS (SELECT 1 FROM enrolment e WHERE e.workspace_id = $1 AND e.campaign_id = campaign.id
                       AND e.state = 'active')",
        vec![],
    )
    .await
}
