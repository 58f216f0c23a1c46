//! Reading mailboxes: one supervised task per mailbox. IMAP servers tell of new mail by IDLE where they can; others
//! are asked every half minute; the practice mailbox is looked at after every commit of this process.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{AbortHandle, JoinSet};

use super::rest;
use crate::engine::inbound::{ReceivingMailbox, Trouble};
use crate::engine::{Engine, EngineError, Result};

/// How often the list of mailboxes is read.
const LIST_SECONDS: u64 = 5;
/// First wait after a failure; doubled up to the last.
const BACKOFF_SECONDS: (u64, u64) = (1, 300);

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

/// Reads one mailbox for ever; a failure is logged, shown beside the mailbox, and tried again.
async fn watch(engine: Engine, mailbox: ReceivingMailbox) {
    let mut backoff = BACKOFF_SECONDS.0;
    let mut trouble = Trouble::default();
    loop {
        let outcome = if mailbox.is_sandbox {
            sandbox(&engine, mailbox).await
        } else {
            imap(&engine, mailbox, &mut backoff, &mut trouble).await
        };
        let Err(error) = outcome else { continue };
        if matches!(error, EngineError::NotFound) {
            return;
        }
        tracing::warn!(mailbox = %mailbox.mailbox, error = %error, wait_seconds = backoff, "a mailbox could not be read");
        // A line that the server dropped, as they do, is no problem when the next try goes well.
        if backoff > BACKOFF_SECONDS.0
            && let Err(error) =
                engine.note_read_problem(mailbox.workspace, mailbox.mailbox, &error.to_string()).await
        {
            tracing::warn!(mailbox = %mailbox.mailbox, error = %error, "its problem could not be noted");
        }
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
async fn imap(
    engine: &Engine,
    mailbox: ReceivingMailbox,
    backoff: &mut u64,
    trouble: &mut Trouble,
) -> Result<()> {
    let mut inbox = engine.open_inbox(mailbox.workspace, mailbox.mailbox).await?;
    loop {
        let received = engine.receive_imap(mailbox.workspace, mailbox.mailbox, &mut inbox, trouble).await?;
        if !received.is_complete() {
            tracing::warn!(mailbox = %mailbox.mailbox, ?received, "a mailbox is not complete; looking again");
        }
        *backoff = BACKOFF_SECONDS.0;
        inbox = inbox.wait().await?;
    }
}
