//! The audit trail: who did what to the settings, the people and the secrets. Each row carries a keyed hash over
//! itself and the row before; whoever changes or removes a row without the key file breaks the chain.

use kiem_domain::id::WorkspaceId;
use kiem_store::Tx;
use kiem_store::audit::{self, AuditEntry};
use uuid::Uuid;

use super::{Caller, Engine, Permission, Result};

/// Rows that are checked at a time.
const CHECK_BATCH: i64 = 1_000;

impl Engine {
    /// Writes down what was done, in the transaction that does it. `detail` holds before and after, never a secret.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        action: &str,
        subject_kind: &str,
        subject_id: Option<Uuid>,
        detail: &serde_json::Value,
    ) -> Result<()> {
        let (seq, before) = audit::lock_end(tx).await?;
        let actor_kind = match caller.actor.kind() {
            "lead" => "public",
            kind => kind,
        };
        let mut entry = AuditEntry {
            seq: seq + 1,
            at: self.now(),
            actor_kind: actor_kind.to_owned(),
            actor_id: caller.actor.id(),
            action: action.to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject_id,
            detail: detail.to_string(),
            hash: Vec::new(),
        };
        entry.hash = self.audit_hash(caller.workspace, &before, &entry);
        Ok(audit::append(tx, &entry).await?)
    }

    fn audit_hash(&self, workspace: WorkspaceId, before: &[u8], entry: &AuditEntry) -> Vec<u8> {
        // A JSON array has one reading only, so no two rows have the same text.
        let text = serde_json::json!([
            "audit",
            before,
            workspace.to_string(),
            entry.seq,
            // Stored in microseconds.
            entry.at.as_microsecond(),
            entry.actor_kind,
            entry.actor_id,
            entry.action,
            entry.subject_kind,
            entry.subject_id,
            entry.detail
        ]);
        self.keys().keyed_hash(&text.to_string())
    }

    /// The trail before a place in it, newest first, each entry with what its subject is called now.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn audit_trail(
        &self,
        caller: &Caller,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(AuditEntry, Option<String>)>> {
        caller.may(Permission::ManageMembers)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let entries = audit::before(&mut tx, before.unwrap_or(i64::MAX), limit.clamp(1, 200)).await?;
        let names = audit::subject_names(&mut tx, &entries).await?;
        let name_of = |entry: &AuditEntry| entry.subject_id.and_then(|id| names.get(&id).cloned());
        Ok(entries
            .into_iter()
            .map(|entry| (name_of(&entry), entry))
            .map(|(name, entry)| (entry, name))
            .collect())
    }

    /// Checks a workspace's chain. Returns the place of the first row that does not fit, none when all do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn broken_audit_row(&self, workspace: WorkspaceId) -> Result<Option<i64>> {
        let mut tx = self.store().read(workspace).await?;
        let (mut seq, mut before) = (0, Vec::new());
        loop {
            let entries = audit::after(&mut tx, seq, CHECK_BATCH).await?;
            if entries.is_empty() {
                return Ok(None);
            }
            for entry in entries {
                let right = entry.seq == seq + 1 && entry.hash == self.audit_hash(workspace, &before, &entry);
                if !right {
                    return Ok(Some(entry.seq));
                }
                seq = entry.seq;
                before = entry.hash;
            }
        }
    }
}
