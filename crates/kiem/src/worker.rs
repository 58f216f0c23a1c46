//! Background work: one loop per kind of work, each polling with jitter and woken at once by commits in this process.
//! Several processes may run side by side; leases keep them apart.

mod receive;

use std::time::Duration;

use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::engine::jobs::job_ended;
use crate::engine::keys::random_bytes;
use crate::engine::send::{Sender, taken_up};

/// How long a loop sleeps when nothing wakes it.
const POLL_MILLIS: u64 = 1_000;

/// Runs all loops until the program stops.
pub async fn run(engine: Engine) {
    let mut loops = JoinSet::new();
    loops.spawn(jobs(engine.clone()));
    loops.spawn(tidy_up(engine.clone()));
    loops.spawn(send(engine.clone()));
    loops.spawn(receive::run(engine));
    while loops.join_next().await.is_some() {}
}

async fn jobs(engine: Engine) {
    let mut outside = JoinSet::new();
    loop {
        let begun = engine.begin_due_jobs(&mut outside).await;
        while let Some(ended) = outside.try_join_next() {
            job_ended(ended);
        }
        match begun {
            Ok(0) => rest(&engine).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "the job loop failed and goes on");
                tokio::time::sleep(Duration::from_millis(POLL_MILLIS)).await;
            }
        }
    }
}

/// Every hour asks each workspace for its clean-up and its round of sales; several processes asking is one round.
async fn tidy_up(engine: Engine) {
    loop {
        if let Err(error) = engine.ask_rounds().await {
            tracing::warn!(error = %error, "the regular rounds could not be asked for");
        }
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }
}

async fn send(engine: Engine) {
    let sender = loop {
        match Sender::start(&engine) {
            Ok(sender) => break sender,
            // Without its journal Kiem does not send; a full disk or a wrong right is mended by a person.
            Err(error) => {
                tracing::error!(error = %error, "sending waits");
                tokio::time::sleep(Duration::from_secs(30)).await;
            }
        }
    };
    let mut tasks = JoinSet::new();
    loop {
        let begun = sender.begin_due(&mut tasks).await;
        while let Some(ended) = tasks.try_join_next() {
            taken_up(ended);
        }
        match begun {
            Ok(0) => rest(&engine).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "the sending loop failed and goes on");
                tokio::time::sleep(Duration::from_millis(POLL_MILLIS)).await;
            }
        }
    }
}

/// Waits for a commit of this process or for the next poll; jitter keeps several processes from polling in step.
pub(crate) async fn rest(engine: &Engine) {
    let jitter = u64::from(random_bytes::<1>()[0]);
    let poll = Duration::from_millis(POLL_MILLIS - 128 + jitter);
    let _ = tokio::time::timeout(poll, engine.work()).await;
}
