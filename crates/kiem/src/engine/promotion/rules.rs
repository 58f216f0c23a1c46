//! The thresholds of a workspace: the built-in defaults with what its settings change.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kiem_domain::engagement::config::{Config, ConfigError, ConfigValue};
use kiem_domain::locale::Lang;
use kiem_store::{Tx, account, member, promotion};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::engine::settings::{Settings, settings_of};
use crate::engine::{Caller, Engine, EngineError, FieldError, Permission, Result};

/// A threshold as settings write it: a whole number or a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Threshold {
    /// On or off.
    Switch(bool),
    /// A number; its unit is the end of the name.
    Number(u32),
}

impl Threshold {
    fn in_config(self) -> ConfigValue {
        match self {
            Threshold::Switch(on) => ConfigValue::Switch(on),
            Threshold::Number(number) => ConfigValue::Number(number),
        }
    }
}

impl From<ConfigValue> for Threshold {
    fn from(value: ConfigValue) -> Threshold {
        match value {
            ConfigValue::Switch(on) => Threshold::Switch(on),
            ConfigValue::Number(number) => Threshold::Number(number),
        }
    }
}

/// A threshold as the settings page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThresholdView {
    /// Its name; the unit stands last.
    pub name: &'static str,
    /// What holds in this workspace.
    pub value: Threshold,
    /// What Kiem came with.
    pub standard: Threshold,
    /// Smallest and largest value of a number.
    pub range: Option<(u32, u32)>,
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

impl Engine {
    /// The rules of the workspace of this transaction.
    ///
    /// # Errors
    /// When the settings cannot be read; a threshold that makes no sense is an error, not a silent default.
    pub async fn rules(&self, tx: &mut Tx) -> Result<Rules> {
        let (zone, language, settings) = promotion::workspace_settings(tx).await?;
        rules_of(&zone, &language, &settings)
    }

    /// Every threshold of the workspace, and the number of this set.
    ///
    /// # Errors
    /// When the caller may not look or the settings cannot be read.
    pub async fn thresholds(&self, caller: &Caller) -> Result<(u32, Vec<ThresholdView>)> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(shown(&self.rules(&mut tx).await?.config))
    }

    /// Changes thresholds by name; none puts one back to what Kiem came with. What was decided stays decided.
    ///
    /// # Errors
    /// Says which thresholds are not right; nothing is changed then.
    pub async fn change_thresholds(
        &self,
        caller: &Caller,
        changes: &BTreeMap<String, Option<Threshold>>,
    ) -> Result<(u32, Vec<ThresholdView>)> {
        caller.may(Permission::Configure)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let workspace = account::workspace_in(&mut tx).await?;
        let mut settings = settings_of(&workspace)?;
        let before = settings.rule_thresholds.clone();
        change(&mut settings.rule_thresholds, changes)?;
        if settings.rule_thresholds != before {
            settings.rule_thresholds_version += 1;
            let text = serde_json::to_string(&settings)
                .map_err(|e| EngineError::Outside(format!("settings cannot be written: {e}")))?;
            member::update_workspace(
                &mut tx,
                &workspace.name,
                &workspace.time_zone,
                &workspace.language,
                &text,
            )
            .await?;
            let detail = json!({ "before": before, "after": settings.rule_thresholds,
                "version": settings.rule_thresholds_version });
            self.audit(&mut tx, caller, "rules.changed", "workspace", Some(caller.workspace.0), &detail)
                .await?;
        }
        let after = shown(&self.rules(&mut tx).await?.config);
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(after)
    }
}

/// The rules with other thresholds, as if they were saved.
///
/// # Errors
/// Says which thresholds are not right.
pub(super) fn rules_with(held: &Rules, changes: &BTreeMap<String, Option<Threshold>>) -> Result<Rules> {
    let standard = Config::default();
    let mut kept: BTreeMap<String, Threshold> = held
        .config
        .entries()
        .into_iter()
        .zip(standard.entries())
        .filter(|((_, value), (_, standard))| value != standard)
        .map(|((name, value), _)| (name.to_owned(), value.into()))
        .collect();
    change(&mut kept, changes)?;
    let mut rules = held.clone();
    rules.config = Config { version: held.config.version, ..standard };
    for (name, value) in kept {
        // Checked by `change`, or in force already.
        rules.config.set(&name, value.in_config()).map_err(|e| EngineError::Outside(e.to_string()))?;
    }
    Ok(rules)
}

fn shown(config: &Config) -> (u32, Vec<ThresholdView>) {
    let standards = Config::default().entries();
    let ranges = Config::ranges();
    let views = config.entries().into_iter().zip(standards).map(|((name, value), (_, standard))| {
        let range = ranges.iter().find(|(one, _, _)| *one == name).map(|(_, min, max)| (*min, *max));
        ThresholdView { name, value: value.into(), standard: standard.into(), range }
    });
    (config.version, views.collect())
}

/// Only what differs from the built-in value is kept, so that a better one reaches every workspace that never cared.
fn change(
    kept: &mut BTreeMap<String, Threshold>,
    changes: &BTreeMap<String, Option<Threshold>>,
) -> Result<()> {
    let standards: BTreeMap<&str, Threshold> =
        Config::default().entries().into_iter().map(|(name, value)| (name, value.into())).collect();
    let mut errors = Vec::new();
    for (name, wanted) in changes {
        let Some(standard) = standards.get(name.as_str()).copied() else {
            errors.push(FieldError::new(name.clone(), "unknown_choice"));
            continue;
        };
        let value = wanted.unwrap_or(standard);
        match Config::default().set(name, value.in_config()) {
            Ok(()) if value == standard => drop(kept.remove(name)),
            Ok(()) => drop(kept.insert(name.clone(), value)),
            Err(ConfigError::OutOfRange { min, max, .. }) => {
                let params = vec![("min", min.to_string()), ("max", max.to_string())];
                errors.push(FieldError { field: name.clone(), code: "between", params });
            }
            Err(_) => errors.push(FieldError::new(name.clone(), "unknown_choice")),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(EngineError::Invalid(errors)) }
}

fn rules_of(zone: &str, language: &str, settings: &str) -> Result<Rules> {
    let wrong =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("the workspace's settings are wrong: {e}"));
    let settings: Settings = serde_json::from_str(settings).map_err(|e| wrong(&e))?;
    let mut config = Config::default();
    for (name, value) in &settings.rule_thresholds {
        config.set(name, value.in_config()).map_err(|e| wrong(&e))?;
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

    #[test]
    fn only_what_differs_is_kept_and_a_mistake_is_named() {
        let mut kept = BTreeMap::from([("visits_min".to_owned(), Threshold::Number(5))]);
        let wanted = |name: &str, value| BTreeMap::from([(name.to_owned(), value)]);
        change(&mut kept, &wanted("case_pages_min", Some(Threshold::Number(2)))).unwrap();
        change(&mut kept, &wanted("visits_min", None)).unwrap();
        change(&mut kept, &wanted("r6_enabled", Some(Threshold::Switch(false)))).unwrap();
        assert_eq!(kept, BTreeMap::from([("case_pages_min".to_owned(), Threshold::Number(2))]));
        for (name, value, code) in [
            ("visits_min", Threshold::Number(0), "between"),
            ("visits_min", Threshold::Switch(true), "unknown_choice"),
            ("visits", Threshold::Number(2), "unknown_choice"),
        ] {
            let Err(EngineError::Invalid(errors)) = change(&mut kept, &wanted(name, Some(value))) else {
                panic!("{name} was taken")
            };
            assert_eq!((errors[0].field.as_str(), errors[0].code), (name, code));
        }
    }
}
