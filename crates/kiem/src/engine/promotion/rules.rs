//! The thresholds of a workspace: the built-in defaults with what its settings change.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kiem_domain::engagement::config::{Config, ConfigValue};
use kiem_domain::locale::Lang;
use kiem_store::{Tx, promotion};
use serde::{Deserialize, Serialize};

use crate::engine::{Engine, EngineError, Result};

/// A threshold as settings write it: a whole number or a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Threshold {
    /// On or off.
    Switch(bool),
    /// A number; its unit is the end of the name.
    Number(u32),
}

/// What deciding needs to know of a workspace.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The thresholds.
    pub config: Config,
    /// The workspace's zone.
    pub zone: TimeZone,
    /// The language that Kiem writes in for this workspace.
    pub lang: Lang,
    /// Whether a promotion also stops the outreach to colleagues.
    pub stops_company: bool,
    /// Working hours within which a prospect gets its first answer.
    pub response_hours: u32,
}

/// The part of the settings document that is about promotion.
#[derive(Debug, Deserialize)]
#[serde(default)]
struct RuleSettings {
    promotion_stops_company: bool,
    response_hours: u32,
    rule_thresholds: BTreeMap<String, Threshold>,
    rule_thresholds_version: u32,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            promotion_stops_company: true,
            response_hours: 8,
            rule_thresholds: BTreeMap::new(),
            rule_thresholds_version: 1,
        }
    }
}

impl Engine {
    /// The rules of the workspace of this transaction.
    ///
    /// # Errors
    /// When the settings cannot be read; a threshold that makes no sense is an error, not a silent default.
    pub async fn rules(&self, tx: &mut Tx) -> Result<Rules> {
        let (zone, language, settings) = promotion::workspace_settings(tx).await?;
        rules_of(&zone, &language, &settings)
    }
}

fn rules_of(zone: &str, language: &str, settings: &str) -> Result<Rules> {
    let wrong =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("the workspace's settings are wrong: {e}"));
    let settings: RuleSettings = serde_json::from_str(settings).map_err(|e| wrong(&e))?;
    let mut config = Config::default();
    for (name, value) in &settings.rule_thresholds {
        let value = match value {
            Threshold::Switch(on) => ConfigValue::Switch(*on),
            Threshold::Number(number) => ConfigValue::Number(*number),
        };
        config.set(name, value).map_err(|e| wrong(&e))?;
    }
    config.version = settings.rule_thresholds_version;
    Ok(Rules {
        config,
        zone: TimeZone::get(zone).map_err(|e| wrong(&e))?,
        lang: language.parse().unwrap_or(Lang::En),
        stops_company: settings.promotion_stops_company,
        response_hours: settings.response_hours.clamp(1, 24 * 30),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_change_single_thresholds_and_nonsense_is_refused() {
        let rules = rules_of(
            "Europe/Amsterdam",
            "nl",
            r#"{"rule_thresholds":{"visits_min":2,"r6_enabled":true},"rule_thresholds_version":7}"#,
        )
        .unwrap();
        assert_eq!((rules.config.visits_min, rules.config.r6_enabled, rules.config.version), (2, true, 7));
        assert!(rules.stops_company);
        for settings in
            [r#"{"rule_thresholds":{"visits":2}}"#, r#"{"rule_thresholds":{"visits_min":0}}"#, "7"]
        {
            assert!(rules_of("Europe/Amsterdam", "nl", settings).is_err(), "{settings}");
        }
        assert!(rules_of("Mars/Olympus", "nl", "{}").is_err());
    }
}
