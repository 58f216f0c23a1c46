//! Reading mailboxes: one supervised task per mailbox. IMAP servers tell of new mail by IDLE where they can; others
//! are asked every half minute; the practice mailbox is looked at after every commit of this process.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};

use super::rest;
use crate::engine::inbound::ReceivingMailbox;
use crate::engine::{Engine, EngineError, Result};

/// How often the list of mailboxes is read.
const LIST_SECONDS: u64 = 5;
/// Between two looks at a server that cannot tell by itself.
const POLL_SECONDS: u64 = 30;
/// Longest IDLE: providers drop silent lines after ten minutes or more.
const IDLE_SECONDS: u64 = 9 * 60;
/// First wait after a failure; doubled up to the last.
const BACKOFF_SECONDS: (u64, u64) = (5, 300);

/// Keeps one task per mailbox alive until the program stops.
pub async fn run(engine: Engine) {
    let mut tasks = JoinSet::new();
    let mut running: HashMap<ReceivingMailbox, AbortHandle> = HashMap::new();
    loop {
        match engine.receiving_mailboxes().await {
            Ok(wanted) => {
                running.retain(|mailbox, task| {
                    let keep = wanted.contains(mailbox) && !task.is_finished();
                    if !keep {
                        task.abort();
                    }
                    keep
                });
                for mailbox in wanted {
                    running.entry(mailbox).or_insert_with(|| tasks.spawn(watch(engine.clone(), mailbox)));
                }
            }
            Err(error) => tracing::warn!(error = %error, "the list of mailboxes could not be read"),
        }
        while tasks.try_join_next().is_some() {}
        tokio::time::sleep(Duration::from_secs(LIST_SECONDS)).await;
    }
}

/// Reads one mailbox for ever; a failure is logged, shown by the age of the last look, and tried again.
async fn watch(engine: Engine, mailbox: ReceivingMailbox) {
    let mut backoff = BACKOFF_SECONDS.0;
    loop {
        let outcome = if mailbox.is_sandbox {
            sandbox(&engine, mailbox).await
        } else {
            imap(&engine, mailbox, &mut backoff).await
        };
        let Err(error) = outcome else { continue };
        if matches!(error, EngineError::NotFound) {
            return;
        }
        tracing::warn!(mailbox = %mailbox.mailbox, error = %error, wait_seconds = backoff, "a mailbox could not be read");
        tokio::time::sleep(Duration::from_secs(backoff)).await;
        backoff = (backoff * 2).min(BACKOFF_SECONDS.1);
    }
}

async fn sandbox(engine: &Engine, mailbox: ReceivingMailbox) -> Result<()> {
    engine.receive_sandbox(mailbox.workspace, mailbox.mailbox).await?;
    rest(engine).await;
    Ok(())
}

/// One connection, for as long as it holds.
async fn imap(engine: &Engine, mailbox: ReceivingMailbox, backoff: &mut u64) -> Result<()> {
    let outside = |e: kiem_adapters::imap::ImapError| EngineError::Outside(e.to_string());
    let (mut imap, mut state) = engine.open_inbox(mailbox.workspace, mailbox.mailbox).await?;
    let can_idle = imap.can_idle().await.map_err(outside)?;
    loop {
        let received = engine.receive_imap(mailbox.workspace, mailbox.mailbox, &mut imap, state).await?;
        if !received.is_complete() {
            tracing::warn!(mailbox = %mailbox.mailbox, ?received, "a mailbox is not complete; looking again");
        }
        *backoff = BACKOFF_SECONDS.0;
        if can_idle {
            (imap, _) = imap.idle(Duration::from_secs(IDLE_SECONDS)).await.map_err(outside)?;
        } else {
            tokio::time::sleep(Duration::from_secs(POLL_SECONDS)).await;
        }
        state = imap.examine("INBOX").await.map_err(outside)?;
    }
}
