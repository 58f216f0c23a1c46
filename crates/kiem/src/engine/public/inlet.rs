//! Entrances: quote forms and webhooks of booking services, as people manage them.

use kiem_store::account;
use kiem_store::inlet::{self, Inlet, InletKind};
use uuid::Uuid;

use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// An entrance as a person fills it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InletInput {
    /// `quote_form`, `cal_com` or `calendly`; cannot be changed later.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Signing secret of the service; none keeps what is stored.
    pub secret: Option<String>,
    /// Origins whose pages may post the form.
    pub allowed_origins: Vec<String>,
    /// Whether it is open.
    pub active: bool,
}

/// An entrance with its public address.
#[derive(Debug, Clone)]
pub struct InletView {
    /// The entrance; its secret is never shown.
    pub inlet: Inlet,
    /// Where the form posts, or the service sends.
    pub url: String,
}

fn place(id: Uuid) -> String {
    format!("inlet.secret:{id}")
}

impl Engine {
    /// All entrances.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn inlets(&self, caller: &Caller) -> Result<Vec<InletView>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        let number = account::workspace_in(&mut tx).await?.number;
        Ok(inlet::all(&mut tx).await?.into_iter().map(|one| self.inlet_view(number, one)).collect())
    }

    /// Adds an entrance.
    ///
    /// # Errors
    /// When a field is not right or the caller may not.
    pub async fn add_inlet(&self, caller: &Caller, input: &InletInput) -> Result<InletView> {
        caller.may(Permission::Configure)?;
        let new = self.inlet_from(self.new_id(), input, None)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        inlet::insert(&mut tx, &new).await?;
        let number = account::workspace_in(&mut tx).await?.number;
        let detail = serde_json::json!({ "name": new.name });
        self.audit(&mut tx, caller, "inlet.created", "inlet", Some(new.id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(self.inlet_view(number, new))
    }

    /// Changes an entrance.
    ///
    /// # Errors
    /// When it is not there, a field is not right, or the caller may not.
    pub async fn change_inlet(&self, caller: &Caller, id: Uuid, input: &InletInput) -> Result<InletView> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let stored = inlet::find(&mut tx, id).await?.ok_or(EngineError::NotFound)?;
        let new = self.inlet_from(id, input, Some(&stored))?;
        inlet::update(&mut tx, &new).await?;
        let number = account::workspace_in(&mut tx).await?.number;
        let detail = serde_json::json!({ "name": new.name, "active": new.active });
        self.audit(&mut tx, caller, "inlet.changed", "inlet", Some(id), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(self.inlet_view(number, new))
    }

    /// Removes an entrance: its address opens nothing any more.
    ///
    /// # Errors
    /// When it is not there or the caller may not.
    pub async fn remove_inlet(&self, caller: &Caller, id: Uuid) -> Result<()> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if !inlet::remove(&mut tx, id).await? {
            return Err(EngineError::NotFound);
        }
        self.audit(&mut tx, caller, "inlet.removed", "inlet", Some(id), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// The signing secret of an entrance, opened.
    pub(super) fn inlet_secret(&self, inlet: &Inlet) -> Option<Vec<u8>> {
        self.keys().open(&place(inlet.id), inlet.secret.as_deref()?).ok()
    }

    fn inlet_view(&self, workspace_number: u32, inlet: Inlet) -> InletView {
        let token = self.keys().public_token(TokenKind::Inlet, TokenClaim { workspace_number, id: inlet.id });
        let path = if inlet.kind == InletKind::QuoteForm { "f" } else { "hooks" };
        InletView { url: format!("{}/{path}/{token}", self.config().link_url), inlet }
    }

    fn inlet_from(&self, id: Uuid, input: &InletInput, stored: Option<&Inlet>) -> Result<Inlet> {
        let mut errors = Vec::new();
        if input.name.trim().is_empty() || input.name.chars().count() > 200 {
            errors.push(FieldError::new("name", "required"));
        }
        let kind = input.kind.parse::<InletKind>();
        if kind.is_err() || stored.is_some_and(|s| kind.as_ref() != Ok(&s.kind)) {
            errors.push(FieldError::new("kind", "unknown_choice"));
        }
        let secret = match input.secret.as_deref().filter(|s| !s.is_empty()) {
            Some(secret) => Some(self.keys().seal(&place(id), secret.as_bytes())),
            None => stored.and_then(|s| s.secret.clone()),
        };
        // A webhook without a secret could be sent by anybody.
        if kind.as_ref().is_ok_and(|k| *k != InletKind::QuoteForm) && secret.is_none() {
            errors.push(FieldError::new("secret", "required"));
        }
        let mut origins = Vec::new();
        for (i, origin) in input.allowed_origins.iter().enumerate() {
            let origin = origin.trim().trim_end_matches('/').to_lowercase();
            let is_plain = super::site::host_of(&origin).is_some()
                && origin.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
            if !is_plain || i >= 50 {
                errors.push(FieldError::new(format!("allowed_origins.{i}"), "origin"));
            }
            origins.push(origin);
        }
        match kind {
            Ok(kind) if errors.is_empty() => Ok(Inlet {
                id,
                kind,
                name: input.name.trim().to_owned(),
                secret,
                allowed_origins: origins.join("\n"),
                active: input.active,
                created_at: stored.map_or_else(|| self.now(), |s| s.created_at),
            }),
            _ => Err(EngineError::Invalid(errors)),
        }
    }
}
