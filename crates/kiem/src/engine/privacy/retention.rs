//! How long records are kept: what holds, what a workspace chose and why, and what the next night would remove.

use jiff::{SignedDuration, Timestamp};
use kiem_domain::retention::{DAYS_MAX, NotChoosable, RetentionKind, may_choose};
use kiem_store::account::Workspace;
use kiem_store::{member, purge};
use serde_json::json;

use crate::engine::settings::{RetentionChoice, Settings, UninformedAction};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 300;

/// What holds for one kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRow {
    /// Kind.
    pub kind: RetentionKind,
    /// Days after which records go.
    pub days: u32,
    /// Why a workspace keeps them longer than what it started with; empty when it does not.
    pub reason: String,
    /// Records that the next night would remove.
    pub due_n: i64,
}

/// What holds for a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPlan {
    /// What happens with people whom nobody told in time that we have their data.
    pub uninformed: UninformedAction,
    /// The kinds.
    pub rows: Vec<RetentionRow>,
}

/// What a workspace chooses; kinds that are missing have the period that every workspace starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionChange {
    /// What happens with people whom nobody told in time that we have their data.
    pub uninformed: UninformedAction,
    /// Days and reason by kind.
    pub periods: Vec<(RetentionKind, u32, String)>,
}

impl Engine {
    /// The moment before which records of a kind are over their period.
    pub(super) fn cutoff(&self, kind: RetentionKind, settings: &Settings) -> Timestamp {
        let days = settings.retention_days(kind).clamp(kind.days_min(), DAYS_MAX);
        self.now() - SignedDuration::from_hours(24 * i64::from(days))
    }

    /// What holds, with what the next night would remove.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention(&self, caller: &Caller) -> Result<RetentionPlan> {
        caller.may(Permission::View)?;
        let (_, settings) = self.workspace(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let mut rows = Vec::with_capacity(RetentionKind::ALL.len());
        for kind in RetentionKind::ALL {
            let chosen = settings.retention.get(kind.as_str());
            rows.push(RetentionRow {
                kind: *kind,
                days: settings.retention_days(*kind),
                reason: chosen.map(|choice| choice.reason.clone()).unwrap_or_default(),
                due_n: purge::count(&mut tx, *kind, self.cutoff(*kind, &settings)).await?,
            });
        }
        Ok(RetentionPlan { uninformed: settings.uninformed, rows })
    }

    /// Chooses periods. What is over a shorter one goes in the next night.
    ///
    /// # Errors
    /// When the caller may not configure, or a period cannot be chosen.
    pub async fn change_retention(&self, caller: &Caller, change: &RetentionChange) -> Result<RetentionPlan> {
        caller.may(Permission::Configure)?;
        let chosen = checked(change)?;
        let (workspace, mut settings) = self.workspace(caller.workspace).await?;
        let before = json!({ "uninformed": settings.uninformed, "periods": settings.retention });
        settings.uninformed = change.uninformed;
        settings.retention = chosen.into_iter().collect();
        let after = json!({ "uninformed": settings.uninformed, "periods": settings.retention });
        self.write_retention(caller, &workspace, &settings, &json!({ "before": before, "after": after }))
            .await?;
        self.retention(caller).await
    }

    async fn write_retention(
        &self,
        caller: &Caller,
        workspace: &Workspace,
        settings: &Settings,
        detail: &serde_json::Value,
    ) -> Result<()> {
        let text = serde_json::to_string(settings)
            .map_err(|e| EngineError::Outside(format!("settings cannot be written: {e}")))?;
        let mut tx = self.store().begin(caller.workspace).await?;
        member::update_workspace(&mut tx, &workspace.name, &workspace.time_zone, &workspace.language, &text)
            .await?;
        self.audit(&mut tx, caller, "retention.changed", "workspace", Some(caller.workspace.0), detail)
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}

/// What differs from the period that every workspace starts with; the field of an error is that of its kind.
fn checked(change: &RetentionChange) -> Result<Vec<(String, RetentionChoice)>> {
    let mut errors = Vec::new();
    let mut chosen = Vec::new();
    for (kind, days, reason) in &change.periods {
        let reason = reason.trim();
        let (field, code) = match may_choose(*kind, *days, reason) {
            Ok(()) if reason.chars().count() > REASON_CHARS_MAX => ("reason", "too_long"),
            Ok(()) => {
                if *days != kind.days_default() {
                    let choice = RetentionChoice { days: *days, reason: reason.to_owned() };
                    chosen.push((kind.as_str().to_owned(), choice));
                }
                continue;
            }
            Err(NotChoosable::NeedsReason) => ("reason", NotChoosable::NeedsReason.as_str()),
            Err(why) => ("days", why.as_str()),
        };
        let params = vec![("min", kind.days_min().to_string()), ("max", DAYS_MAX.to_string())];
        errors.push(FieldError { field: format!("{kind}.{field}"), code, params });
    }
    if errors.is_empty() { Ok(chosen) } else { Err(EngineError::Invalid(errors)) }
}
