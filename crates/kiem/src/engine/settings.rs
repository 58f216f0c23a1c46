//! Settings of one workspace: safe defaults, stored as one document, changed on the settings page.

use std::collections::BTreeMap;

use kiem_domain::id::WorkspaceId;
use kiem_domain::retention::RetentionKind;
use kiem_store::account::{self, Workspace};
use serde::{Deserialize, Serialize};

use super::promotion::Threshold;
use super::{Engine, EngineError, Result};
use crate::messages::Lang;

/// What happens with people whom nobody told in time that we have their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UninformedAction {
    /// They are kept and not used until somebody tells them: nothing is lost by a holiday or a clock that was wrong.
    Restrict,
    /// They are removed in the next night.
    Remove,
}

impl UninformedAction {
    /// The name as in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            UninformedAction::Restrict => "restrict",
            UninformedAction::Remove => "remove",
        }
    }
}

/// A period that a workspace chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionChoice {
    /// Days.
    pub days: u32,
    /// Why; empty when it is no longer than the built-in one.
    pub reason: String,
}

/// Everything that a workspace may set. A missing field has its default, so that an older document stays readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Name under every mail: who we are (required by law in every mail).
    pub sender_company: String,
    /// Postal address under every mail.
    pub postal_address: String,
    /// Website, for the page that explains what we do with data.
    pub privacy_url: String,
    /// Whether a promotion also stops the outreach to colleagues.
    pub promotion_stops_company: bool,
    /// Working hours within which a prospect gets its first answer.
    pub response_hours: u32,
    /// Networks of our own people: what comes from there is no sign of life. Single addresses or ranges.
    pub own_networks: Vec<String>,
    /// Whether names, and addresses that belong to somebody by name, are kept from companies' websites.
    pub website_people: bool,
    /// What happens with people whom nobody told in time that we have their data.
    pub uninformed: UninformedAction,
    /// Periods after which records go that differ from the built-in ones, by kind.
    pub retention: BTreeMap<String, RetentionChoice>,
    /// Thresholds of grading and promotion that differ from the built-in ones, by name.
    pub rule_thresholds: BTreeMap<String, Threshold>,
    /// The number of this set of thresholds; every change raises it.
    pub rule_thresholds_version: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sender_company: String::new(),
            postal_address: String::new(),
            privacy_url: String::new(),
            promotion_stops_company: true,
            response_hours: 8,
            own_networks: Vec::new(),
            website_people: false,
            uninformed: UninformedAction::Restrict,
            retention: BTreeMap::new(),
            rule_thresholds: BTreeMap::new(),
            rule_thresholds_version: 1,
        }
    }
}

impl Settings {
    /// Days after which records of a kind go.
    pub fn retention_days(&self, kind: RetentionKind) -> u32 {
        self.retention.get(kind.as_str()).map_or(kind.days_default(), |choice| choice.days)
    }
}

impl Engine {
    /// The workspace and its settings.
    ///
    /// # Errors
    /// When it does not exist or its settings cannot be read.
    pub async fn workspace(&self, id: WorkspaceId) -> Result<(Workspace, Settings)> {
        let mut global = self.store().global_read().await?;
        let workspace = account::workspace(&mut global, id).await?.ok_or(EngineError::NotFound)?;
        let settings = settings_of(&workspace)?;
        Ok((workspace, settings))
    }
}

/// The settings of a workspace that was read.
///
/// # Errors
/// When the stored document was damaged.
pub fn settings_of(workspace: &Workspace) -> Result<Settings> {
    serde_json::from_str(&workspace.settings)
        .map_err(|e| EngineError::Outside(format!("the settings of a workspace cannot be read: {e}")))
}

/// The language that Kiem writes in for a workspace.
pub fn language_of(workspace: &Workspace) -> Lang {
    workspace.language.parse().unwrap_or(Lang::En)
}
