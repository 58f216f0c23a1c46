//! API tokens: `kiem_<workspace number>_<secret>`, shown once, stored as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use kiem_domain::id::UserId;
use kiem_store::event::Actor;
use kiem_store::member::{self, ApiToken};
use serde_json::json;
use uuid::Uuid;

use super::check_name;
use crate::engine::keys::{random_bytes, sha256};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result, Role};

/// Longest life of a token, days.
const DAYS_MAX: i64 = 3660;

impl Engine {
    /// All tokens, newest first.
    ///
    /// # Errors
    /// When the role does not allow it or the database fails.
    pub async fn api_tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(member::tokens(&mut tx).await?)
    }

    /// Makes a token and returns it with its text, which nobody can read again.
    ///
    /// # Errors
    /// Says which fields are not right. A token is made by a person, not by a token, and never has the owner's role.
    pub async fn create_api_token(
        &self,
        caller: &Caller,
        name: &str,
        role: Role,
        days: Option<i64>,
    ) -> Result<(ApiToken, String)> {
        caller.may(Permission::Configure)?;
        let Actor::User(user) = caller.actor else { return Err(EngineError::Forbidden) };
        let mut errors = Vec::new();
        check_name("name", name, &mut errors);
        if role == Role::Owner {
            errors.push(FieldError::new("role", "unknown_choice"));
        }
        if days.is_some_and(|d| !(1..=DAYS_MAX).contains(&d)) {
            errors.push(FieldError::new("days", "token_days"));
        }
        if !errors.is_empty() {
            return Err(EngineError::Invalid(errors));
        }
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let text = format!("kiem_{}_{}", workspace.number, URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
        let now = self.now();
        let token = ApiToken {
            id: self.new_id(),
            name: name.trim().to_owned(),
            role: role.as_str().to_owned(),
            created_by: UserId(user),
            created_at: now,
            expires_at: days.map(|d| now + SignedDuration::from_hours(24 * d)),
            used_at: None,
            revoked_at: None,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        member::insert_token(&mut tx, &token, &sha256(text.as_bytes())).await?;
        let detail = json!({ "name": token.name, "role": token.role, "days": days });
        self.audit(&mut tx, caller, "token.created", "api_token", Some(token.id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok((token, text))
    }

    /// Revokes a token at once.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when it is not there or was revoked before.
    pub async fn revoke_api_token(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !member::revoke_token(&mut tx, id, self.now()).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "token.revoked", "api_token", Some(id), &json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }
}
