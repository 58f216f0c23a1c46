//! What happens every night for the law on personal data: who leads is warned of people who must be told, and what is over
//! is removed, a bounded number at a time, so that other work gets its turn and a restart goes on where it was.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::id::{ContactId, WorkspaceId};
use kiem_domain::informing::warned_until;
use kiem_domain::retention::RetentionKind;
use kiem_store::{Tx, contact, import_trace, informing, notification, purge};
use serde_json::json;

use crate::engine::audience::people::wipe_person;
use crate::engine::jobs::JobKind;
use crate::engine::notify::whom::Notice;
use crate::engine::send::journal::JournalOutcome;
use crate::engine::settings::{Settings, UninformedAction};
use crate::engine::{Caller, Engine, Result};

const DAY_SECONDS: i64 = 24 * 3_600;
/// The hour of the night, two in UTC, in seconds.
const HOUR_SECONDS: i64 = 2 * 3_600;
/// People who are looked at in one transaction.
const PEOPLE_PER_STEP: i64 = 100;
/// Rows that go in one transaction.
const ROWS_PER_STEP: i64 = 1_000;
/// Transactions of one run of the job, before other work gets its turn.
const STEPS_PER_RUN: usize = 20;
/// Those who lead are warned once in this time.
const WARN_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The night that comes.
fn next_night(now: Timestamp) -> Timestamp {
    let seconds = now.as_second().rem_euclid(DAY_SECONDS);
    let wait = (HOUR_SECONDS - seconds).rem_euclid(DAY_SECONDS);
    now + SignedDuration::from_secs(if wait == 0 { DAY_SECONDS } else { wait })
}

impl Engine {
    /// Asks for the round of the night that comes.
    pub(in crate::engine) async fn ask_privacy_night(&self, tx: &mut Tx) -> Result<()> {
        self.enqueue(tx, JobKind::PrivacyNightly, "nightly", "{}", next_night(self.now())).await
    }

    /// The round of a night. Safe to run at any time and twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn privacy_nightly(&self, workspace: WorkspaceId) -> Result<()> {
        self.warn_of_uninformed(workspace).await?;
        let (_, settings) = self.workspace(workspace).await?;
        let mut more = false;
        if settings.uninformed == UninformedAction::Remove {
            more |= self.remove_uninformed(workspace).await?;
        }
        for kind in RetentionKind::ALL {
            more |= self.purge(workspace, *kind, &settings).await?;
        }
        if more {
            let mut tx = self.store().begin(workspace).await?;
            self.enqueue(&mut tx, JobKind::PrivacyNightly, "nightly", "{}", self.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn warn_of_uninformed(&self, workspace: WorkspaceId) -> Result<()> {
        let today = self.utc_day();
        let mut tx = self.store().begin(workspace).await?;
        let counts = informing::counts(&mut tx, today, warned_until(today)).await?;
        let is_quiet = counts.over_n + counts.due_soon_n == 0
            || notification::was_told(&mut tx, "people.uninformed", None, self.now() - WARN_EVERY).await?;
        if is_quiet {
            return Ok(());
        }
        let data = json!({ "number": counts.due_soon_n.to_string(), "note": counts.over_n.to_string() });
        let kind = "people.uninformed";
        self.notify_leaders(&mut tx, Notice { kind, subject_kind: "privacy", subject_id: None, data: &data })
            .await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// Removes people whom nobody told in time, except who is in a pursuit. Whether there may be more.
    async fn remove_uninformed(&self, workspace: WorkspaceId) -> Result<bool> {
        let mut n = 0;
        let mut more = true;
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let over = informing::over_without_pursuit(&mut tx, self.utc_day(), PEOPLE_PER_STEP).await?;
            more = !over.is_empty();
            if !more {
                break;
            }
            n += self.remove_people(&mut tx, &over).await?;
            tx.commit().await?;
        }
        self.note_purge(workspace, "uninformed", n).await?;
        Ok(more)
    }

    /// Removes what is over its period, of one kind. Whether there may be more.
    async fn purge(&self, workspace: WorkspaceId, kind: RetentionKind, settings: &Settings) -> Result<bool> {
        let cutoff = self.cutoff(kind, settings);
        let mut n = 0;
        let mut more = true;
        for _ in 0..STEPS_PER_RUN {
            let mut tx = self.store().begin(workspace).await?;
            let people = purge::people(&mut tx, kind, cutoff, PEOPLE_PER_STEP).await?;
            let gone = if people.is_empty() {
                purge::remove(&mut tx, kind, cutoff, ROWS_PER_STEP).await?
            } else {
                self.remove_people(&mut tx, &people).await?
            };
            more = gone > 0;
            if !more {
                break;
            }
            n += gone;
            tx.commit().await?;
        }
        self.note_purge(workspace, kind.as_str(), n).await?;
        Ok(more)
    }

    /// The audit trail says how many records of which kind went; that nothing went is not worth a line.
    async fn note_purge(&self, workspace: WorkspaceId, kind: &str, n: u64) -> Result<()> {
        if n == 0 {
            return Ok(());
        }
        let mut tx = self.store().begin(workspace).await?;
        let detail = json!({ "kind": kind, "records_n": n });
        self.audit(&mut tx, &Caller::system(workspace), "data.purged", "workspace", None, &detail).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// Removes people: who was never approached leaves no trace, of the others every field and text goes. No hash stays:
    /// they asked for nothing, and may be met again. Returns how many.
    pub(super) async fn remove_people(&self, tx: &mut Tx, people: &[ContactId]) -> Result<u64> {
        let mut n = import_trace::remove_people(tx, people, import_trace::Unchanged::Since(self.now()))
            .await?
            .len() as u64;
        for person in contact::by_ids(tx, people).await? {
            if contact::erase(tx, person.id, self.now()).await? {
                wipe_person(tx, &person, self.now()).await?;
                self.keep_in_journal(
                    tx.workspace(),
                    JournalOutcome::Erased,
                    vec![person.id.0.as_bytes().to_vec()],
                )
                .await;
                n += 1;
            }
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_is_asked_for_the_night_that_comes() {
        for (now, expected) in [
            ("2026-11-24T09:30:15Z", "2026-11-25T02:00:00Z"),
            ("2026-11-24T01:59:59Z", "2026-11-24T02:00:00Z"),
            ("2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z"),
        ] {
            let next = next_night(now.parse().unwrap());
            assert_eq!(next.as_second(), expected.parse::<Timestamp>().unwrap().as_second(), "{now}");
        }
    }
}
