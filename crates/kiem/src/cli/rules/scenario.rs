//! The form of a scenario file, and how it becomes a history. Names of messages, links and appointments are free
//! texts there; here they become ids that depend on the text only, so that the order of the file never matters.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kiem_domain::company::DomainName;
use kiem_domain::contact::EmailAddress;
use kiem_domain::promotion::{Config, ConfigValue, History};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::events::{self, Reading};

/// Fields that nobody asked for: named in the report, so that a typing mistake does not pass for a default.
pub(super) type Unknown = BTreeMap<String, Value>;

const EVENTS_MAX: usize = 50_000;

#[derive(Debug, Deserialize)]
struct ScenarioDto {
    name: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    lead: LeadDto,
    decide_at: Option<String>,
    #[serde(default)]
    config: BTreeMap<String, Value>,
    #[serde(default)]
    own_domains: Vec<String>,
    #[serde(default)]
    events: Vec<Value>,
    #[serde(default)]
    expect: ExpectDto,
    #[serde(flatten)]
    unknown: Unknown,
}

#[derive(Debug, Default, Deserialize)]
struct LeadDto {
    email: Option<String>,
    company_domain: Option<String>,
    #[serde(flatten)]
    unknown: Unknown,
}

/// What a scenario expects. An expectation that is not known is an error: not comparing it would be a lie.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectDto {
    pub state: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub rule: Option<Option<String>>,
    pub suppressed: Option<bool>,
    pub sequence: Option<String>,
    pub needs_look: Option<bool>,
    pub blocked: Option<bool>,
    #[serde(default)]
    pub grades: BTreeMap<String, String>,
    #[serde(default)]
    pub click_rules: BTreeMap<String, String>,
    pub promoted_on: Option<String>,
    pub evidence_on: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub paused_until: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub nurture_until: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub settle_at: Option<Option<String>>,
    pub warmth: Option<u8>,
    pub company_warmth: Option<u8>,
}

/// Tells a field that is null from one that is not there.
pub(super) fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(deserializer).map(Some)
}

/// A scenario, ready to be decided.
#[derive(Debug)]
pub(super) struct Scenario {
    pub name: String,
    pub history: History,
    pub config: Config,
    pub decide_at: Timestamp,
    pub expect: ExpectDto,
    /// The clicks in order of time: the numbers in `expect.grades` count them from 1.
    pub clicks: Vec<Uuid>,
    /// What was read but not understood.
    pub warnings: Vec<String>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// One sentence that says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Some editors put a byte order mark at the beginning.
        let text = text.trim_start_matches('\u{feff}');
        let dto: ScenarioDto =
            serde_json::from_str(text).map_err(|error| format!("this is not a scenario: {error}"))?;
        if dto.events.len() > EVENTS_MAX {
            return Err(format!("there are more than {EVENTS_MAX} events"));
        }
        let zone_name = dto.time_zone.as_deref().unwrap_or("Europe/Amsterdam");
        let time_zone =
            TimeZone::get(zone_name).map_err(|_| format!("'{zone_name}' is not the name of a time zone"))?;
        let (lead, company) = lead(&dto.lead)?;
        let own = dto
            .own_domains
            .iter()
            .map(|domain| {
                DomainName::parse(domain).map_err(|error| format!("own_domains: '{domain}': {error}"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut warnings = Vec::new();
        warn_unknown("the scenario", &dto.unknown, &mut warnings);
        warn_unknown("lead", &dto.lead.unknown, &mut warnings);
        let config = config(&dto.config)?;
        let reading = Reading { zone: &time_zone, lead: &lead, company: company.as_ref(), own: &own };
        let story = events::read(&dto.events, &reading, &config, &mut warnings)?;
        let decide_at = match &dto.decide_at {
            Some(text) => moment(text, &time_zone).map_err(|error| format!("decide_at: {error}"))?,
            // A day after the last event everything has settled.
            None => story.events.iter().map(|event| event.at).max().map_or(Timestamp::UNIX_EPOCH, |last| {
                last.saturating_add(jiff::SignedDuration::from_hours(24)).unwrap_or(last)
            }),
        };
        let history = History { time_zone, events: story.events, gateways: story.gateways };
        let name = dto.name.unwrap_or_else(|| "without a name".to_owned());
        Ok(Self { name, history, config, decide_at, expect: dto.expect, clicks: story.clicks, warnings })
    }
}

fn lead(dto: &LeadDto) -> Result<(EmailAddress, Option<DomainName>), String> {
    let email = dto.email.as_deref().unwrap_or("lead@company.example");
    let email = EmailAddress::parse(email).map_err(|error| format!("lead.email: '{email}': {error}"))?;
    let company = match dto.company_domain.as_deref() {
        Some(domain) => Some(
            DomainName::parse(domain).map_err(|error| format!("lead.company_domain: '{domain}': {error}"))?,
        ),
        None => Some(email.domain()).filter(|domain| !domain.is_free_mail()),
    };
    Ok((email, company))
}

fn config(overrides: &BTreeMap<String, Value>) -> Result<Config, String> {
    let mut config = Config::default();
    for (name, value) in overrides {
        let value = match value {
            Value::Bool(switch) => ConfigValue::Switch(*switch),
            Value::Number(number) => number
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .map(ConfigValue::Number)
                .ok_or_else(|| format!("config: '{name}' must be a whole number, not {number}"))?,
            other => return Err(format!("config: '{name}' must be a number or true or false, not {other}")),
        };
        config.set(name, value).map_err(|error| format!("config: {error}"))?;
    }
    Ok(config)
}

/// Adds a sentence for every field that is not known.
pub(super) fn warn_unknown(place: &str, unknown: &Unknown, warnings: &mut Vec<String>) {
    warnings.extend(
        unknown.keys().map(|field| format!("{place}: the field '{field}' is not known and not used")),
    );
}

/// A moment: with an offset, or on the clock of the workspace, or the beginning of a day there.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp);
    }
    let on_clock = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)));
    let on_clock = on_clock.map_err(|_| format!("'{text}' is not a time like 2026-11-10T09:00:00+01:00"))?;
    let there = on_clock.to_zoned_datetime(zone.clone()).map_err(|_| format!("'{text}' is not a time"))?;
    Ok(there.timestamp())
}

/// An id that depends on a text only (FNV-1a, 128 bits): the same name is the same thing, in every run.
pub(super) fn id_of(kind: &str, text: &str) -> Uuid {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let bytes = kind.bytes().chain([0]).chain(text.bytes());
    Uuid::from_u128(bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)))
}
