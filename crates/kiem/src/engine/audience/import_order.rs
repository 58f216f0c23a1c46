//! What a person decided about an upload: checked, and in the form in which it is stored.

use std::collections::HashMap;

use kiem_adapters::import::values::DateOrder;
use kiem_adapters::import::{Dialect, Encoding, Field, Format, Quote};
use kiem_domain::audience::IdealProfile;
use kiem_domain::country::country_code;
use kiem_domain::id::{CompanyId, UserId};
use kiem_domain::names::fold;
use kiem_store::import::ImportRun;
use serde::{Deserialize, Serialize};

use super::bring_in::GroundToRecord;
use super::conflicts::{ConflictPolicy, RowDecision};
use super::facts::Columns;
use super::gate::NewGround;
use super::import_job::Work;
use crate::engine::{EngineError, FieldError, Result};

/// Rows about which one order may decide.
const ROWS_DECIDED_MAX: usize = 10_000;
/// Words to which one order may give a meaning.
const VALUES_MAX: usize = 1_000;

/// What a person decided about an upload.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// What the columns mean.
    pub mapping: Vec<(usize, Field)>,
    /// On what ground the people may be approached: asked, never read from the file.
    pub ground: NewGround,
    /// Country of rows that name none.
    pub default_country: Option<String>,
    /// The encoding, when the person corrects the guess.
    pub encoding: Option<Encoding>,
    /// What wins where a row and a record differ.
    pub policy: ConflictPolicy,
    /// What was decided about single rows, by their number in the spreadsheet.
    pub rows: Vec<(u64, RowDecision)>,
    /// What words of the file mean: field, word, what is read in its place.
    pub values: Vec<(Field, String, String)>,
    /// In which order days are written, when the person says so.
    pub date_order: Option<DateOrder>,
}

/// How a file is written, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DialectV1 {
    #[serde(default = "text_format")]
    format: String,
    encoding: String,
    delimiter: char,
    quote: String,
    has_sep_line: bool,
    skip: usize,
    has_header: bool,
    columns_n: usize,
    #[serde(default)]
    header_row: u64,
}

fn text_format() -> String {
    Format::Text.as_str().to_owned()
}

/// What the columns mean, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MappingV1 {
    pub(super) fields: Vec<(String, usize)>,
    pub(super) default_country: Option<String>,
    #[serde(default)]
    policy: Option<String>,
    #[serde(default)]
    rows: Vec<RowV1>,
    #[serde(default)]
    values: Vec<(String, String, String)>,
    #[serde(default)]
    date_order: Option<String>,
}

/// What was decided about one row, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct RowV1 {
    row: u64,
    action: String,
    #[serde(default)]
    company: Option<uuid::Uuid>,
}

/// The declared ground, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GroundV1 {
    pub(super) basis: String,
    pub(super) source: String,
    pub(super) source_detail: String,
    /// Orders of before have none.
    #[serde(default)]
    pub(super) evidence_url: Option<String>,
    pub(super) obtained_on: String,
    pub(super) recorded_by: uuid::Uuid,
}

impl From<&Dialect> for DialectV1 {
    fn from(d: &Dialect) -> DialectV1 {
        DialectV1 {
            format: d.format.as_str().to_owned(),
            encoding: d.encoding.as_str().to_owned(),
            delimiter: char::from(d.delimiter),
            quote: d.quote.as_str().to_owned(),
            has_sep_line: d.has_sep_line,
            skip: d.skip,
            has_header: d.has_header,
            columns_n: d.columns_n,
            header_row: d.header_row,
        }
    }
}

impl DialectV1 {
    pub(super) fn read(text: &str) -> Result<Dialect> {
        let broken =
            |e: &dyn std::fmt::Display| EngineError::Outside(format!("stored dialect is unreadable: {e}"));
        let v1: DialectV1 = serde_json::from_str(text).map_err(|e| broken(&e))?;
        Ok(Dialect {
            format: v1.format.parse().map_err(|e| broken(&e))?,
            encoding: v1.encoding.parse().map_err(|e| broken(&e))?,
            delimiter: u8::try_from(v1.delimiter).map_err(|e| broken(&e))?,
            quote: v1.quote.parse::<Quote>().map_err(|e| broken(&e))?,
            has_sep_line: v1.has_sep_line,
            skip: v1.skip,
            has_header: v1.has_header,
            columns_n: v1.columns_n,
            header_row: v1.header_row,
        })
    }
}

const SKIP: &str = "skip";
const NEW: &str = "new";
const COMPANY: &str = "company";

impl RowDecision {
    /// Reads an action as it is asked for and stored.
    pub fn read(action: &str, company: Option<uuid::Uuid>) -> Option<RowDecision> {
        match (action, company) {
            (SKIP, _) => Some(RowDecision::Skip),
            (NEW, _) => Some(RowDecision::New),
            (COMPANY, Some(id)) => Some(RowDecision::Company(CompanyId(id), None)),
            (policy, Some(id)) => {
                policy.parse().ok().map(|policy| RowDecision::Company(CompanyId(id), Some(policy)))
            }
            (policy, None) => policy.parse().ok().map(RowDecision::Conflict),
        }
    }

    fn stored(self, row: u64) -> RowV1 {
        let (action, company) = match self {
            RowDecision::Skip => (SKIP, None),
            RowDecision::New => (NEW, None),
            RowDecision::Company(id, policy) => (policy.map_or(COMPANY, |p| p.as_str()), Some(id.0)),
            RowDecision::Conflict(policy) => (policy.as_str(), None),
        };
        RowV1 { row, action: action.to_owned(), company }
    }
}

impl MappingV1 {
    /// The order as it is stored.
    ///
    /// # Errors
    /// When a column or field stands twice, nothing names a company, or there are too many decisions.
    pub(super) fn of(order: &ImportOrder, columns_n: usize) -> Result<MappingV1> {
        let country = checked_order(&order.mapping, order.default_country.as_deref(), columns_n)?;
        for (field, n, max) in
            [("rows", order.rows.len(), ROWS_DECIDED_MAX), ("values", order.values.len(), VALUES_MAX)]
        {
            if n > max {
                return Err(EngineError::field(field, "too_many"));
            }
        }
        Ok(MappingV1 {
            fields: order
                .mapping
                .iter()
                .map(|(column, field)| (field.as_str().to_owned(), *column))
                .collect(),
            default_country: country,
            policy: Some(order.policy.as_str().to_owned()),
            rows: order.rows.iter().map(|(row, decision)| decision.stored(*row)).collect(),
            values: order
                .values
                .iter()
                .map(|(field, from, to)| (field.as_str().to_owned(), fold(from), to.clone()))
                .collect(),
            date_order: order.date_order.map(|order| order.as_str().to_owned()),
        })
    }

    /// The order of a file that is brought in as it stands.
    pub(super) fn plain(
        mapping: &[(usize, Field)],
        default_country: Option<String>,
        policy: ConflictPolicy,
    ) -> MappingV1 {
        MappingV1 {
            fields: mapping.iter().map(|(column, field)| (field.as_str().to_owned(), *column)).collect(),
            default_country,
            policy: Some(policy.as_str().to_owned()),
            rows: Vec::new(),
            values: Vec::new(),
            date_order: None,
        }
    }
}

/// What was stored about an upload, as it is worked with.
///
/// # Errors
/// When it cannot be read.
pub(super) fn work_of(run: &ImportRun, profile: IdealProfile) -> Result<Work> {
    let broken =
        |e: &dyn std::fmt::Display| EngineError::Outside(format!("a stored upload is unreadable: {e}"));
    let mapping: MappingV1 = serde_json::from_str(&run.mapping).map_err(|e| broken(&e))?;
    let ground: GroundV1 = serde_json::from_str(&run.ground).map_err(|e| broken(&e))?;
    let fields: std::result::Result<Vec<_>, _> =
        mapping.fields.into_iter().map(|(field, column)| field.parse().map(|f| (f, column))).collect();
    let values: std::result::Result<Vec<_>, _> =
        mapping.values.into_iter().map(|(field, from, to)| field.parse().map(|f| (f, from, to))).collect();
    let rows: HashMap<u64, RowDecision> =
        mapping.rows.iter().filter_map(|r| Some((r.row, RowDecision::read(&r.action, r.company)?))).collect();
    let policy = mapping.policy.as_deref().map(str::parse).transpose().map_err(|e| broken(&e))?;
    let date_order = mapping.date_order.as_deref().map(str::parse).transpose().map_err(|e| broken(&e))?;
    Ok(Work {
        id: run.id,
        file_name: run.file_name.clone(),
        columns: Columns {
            fields: fields.map_err(|e| broken(&e))?,
            default_country: mapping.default_country,
            date_order,
            values: values.map_err(|e| broken(&e))?,
        },
        ground: GroundToRecord {
            basis: ground.basis.parse().map_err(|e| broken(&e))?,
            source: ground.source,
            source_detail: ground.source_detail,
            evidence_url: ground.evidence_url,
            obtained_on: ground.obtained_on.parse().map_err(|e| broken(&e))?,
            recorded_by: UserId(ground.recorded_by),
        },
        policy: policy.unwrap_or(ConflictPolicy::Fill),
        rows,
        profile,
    })
}

pub(super) fn stored_ground(ground: &GroundToRecord) -> GroundV1 {
    GroundV1 {
        basis: ground.basis.as_str().to_owned(),
        source: ground.source.clone(),
        source_detail: ground.source_detail.clone(),
        evidence_url: ground.evidence_url.clone(),
        obtained_on: ground.obtained_on.to_string(),
        recorded_by: ground.recorded_by.0,
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| EngineError::Outside(e.to_string()))
}

/// Every column once, every field once that may not repeat, and something that names a company. Returns the default country's code.
pub(super) fn checked_order(
    mapping: &[(usize, Field)],
    default_country: Option<&str>,
    columns_n: usize,
) -> Result<Option<String>> {
    let mut errors = Vec::new();
    for (i, (column, field)) in mapping.iter().enumerate() {
        let before = &mapping[..i];
        let is_double = |(c, f): &(usize, Field)| c == column || (f == field && !field.may_repeat());
        if *column >= columns_n || before.iter().any(is_double) {
            errors.push(FieldError::new(format!("mapping.{i}"), "mapping_double"));
        }
    }
    let names_company =
        [Field::CompanyName, Field::Website, Field::Email, Field::KvkNumber, Field::RegisterNumber];
    if !mapping.iter().any(|(_, field)| names_company.contains(field)) {
        errors.push(FieldError::new("mapping", "mapping_company"));
    }
    let country = default_country.map(str::trim).filter(|c| !c.is_empty());
    let code = country.and_then(country_code);
    if country.is_some() && code.is_none() {
        errors.push(FieldError::new("default_country", "country"));
    }
    if errors.is_empty() { Ok(code.map(str::to_owned)) } else { Err(EngineError::Invalid(errors)) }
}
