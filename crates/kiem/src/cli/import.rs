//! `kiem import`: a list from a shell, straight into the configured database, with the same reading, matching and guards as on
//! the page.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kiem_adapters::import::{Encoding, Field, Preset};
use kiem_domain::consent::Basis;
use kiem_domain::id::WorkspaceId;
use kiem_store::{account, member, person};
use serde_json::{Value, json};

use super::serve::{open, runtime};
use super::words::{lang, told};
use super::{Cli, said};
use crate::engine::audience::import_report::{FileColumn, FileWarning, Rejection, WENT_ON};
use crate::engine::audience::{ConflictPolicy, FileOrder, FileReport, NewGround};
use crate::engine::{Caller, Engine, Role};
use crate::messages::{Lang, say};

/// Rejections that are shown one by one; all are in the JSON.
const SHOWN_MAX: usize = 20;

/// `kiem import ...`.
#[derive(Debug, Args)]
pub struct Import {
    /// The list: CSV, XLSX, XLS or ODS.
    file: PathBuf,
    /// Workspace by number or name.
    #[arg(long)]
    workspace: String,
    /// Where the data came from, in words that the first mail repeats.
    #[arg(long)]
    source: String,
    /// Why the people may be approached: consent, existing_customer, designated_address or legitimate_interest.
    #[arg(long)]
    basis: String,
    /// Proof of the basis; needed for consent and for designated addresses.
    #[arg(long, default_value = "")]
    proof: String,
    /// The page on which the proof stands; without it designated addresses are not mailed.
    #[arg(long, value_name = "URL", default_value = "")]
    proof_url: String,
    /// Day on which the data or the consent was obtained, such as 2026-11-24; today when it is not given.
    #[arg(long)]
    obtained_on: Option<Date>,
    /// Who declares this, by e-mail address; the first owner of the workspace when it is not given.
    #[arg(long = "as", value_name = "EMAIL")]
    declared_by: Option<String>,
    /// The program that wrote the list, such as hubspot; recognised by its columns when it is not given.
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// What columns mean, as JSON: {"Klantnaam": "company_name", "7": null}.
    #[arg(long, value_name = "JSON")]
    map: Option<String>,
    /// Encoding, such as windows-1252, cp850 or macintosh; recognised when it is not given.
    #[arg(long)]
    encoding: Option<String>,
    /// Country of rows that name none, such as NL; by the workspace's time zone when it is not given.
    #[arg(long)]
    country: Option<String>,
    /// What wins where the list and a known record differ: fill (blanks only), overwrite or keep.
    #[arg(long, default_value = "fill", value_name = "POLICY")]
    conflicts: String,
    /// Write the rows into a new CSV file, each with what became of it, why, and where the record is.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    result: Option<PathBuf>,
    /// Say what would happen, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the list cannot be read or the declaration is not complete, in a sentence that says what to do.
pub fn run(cli: &Cli, import: &Import) -> anyhow::Result<ExitCode> {
    let config = cli.settings()?;
    if !import.file.is_file() {
        return Err(told("file_missing", &[("path", import.file.display().to_string())]));
    }
    if let Some(taken) = import.result.as_ref().filter(|path| path.exists()) {
        return Err(told("file_taken", &[("path", taken.display().to_string())]));
    }
    let order = Order::read(import)?;
    runtime()?.block_on(async {
        let engine = open(config).await?;
        let done = bring(&engine, import, order).await;
        engine.store().close().await;
        let (report, is_trial) = (done?, import.dry_run);
        let mut out = std::io::stdout().lock();
        if import.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&report, is_trial, lang()))?)?;
        } else {
            out.write_all(as_text(&report, is_trial, lang()).as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// What the words of the command mean.
struct Order {
    basis: Basis,
    preset: Option<Preset>,
    encoding: Option<Encoding>,
    policy: ConflictPolicy,
    map: Vec<(String, Option<Field>)>,
}

impl Order {
    fn read(import: &Import) -> anyhow::Result<Order> {
        let choices = |all: Vec<&str>| ("choices", all.join(", "));
        let basis = import.basis.parse().map_err(|_| {
            let all = Basis::ALL.iter().map(|b| b.as_str()).collect();
            told("import_basis", &[("value", import.basis.clone()), choices(all)])
        })?;
        let preset = import.preset.as_ref().map(|name| {
            name.replace('-', "_").parse::<Preset>().map_err(|_| {
                let all = Preset::ALL.iter().map(|p| p.as_str()).collect();
                told("import_preset", &[("value", name.clone()), choices(all)])
            })
        });
        let encoding = import.encoding.as_ref().map(|name| {
            Encoding::named(name).ok_or_else(|| {
                let all = Encoding::ALL.iter().map(|e| e.as_str()).collect();
                told("import_encoding", &[("value", name.clone()), choices(all)])
            })
        });
        let policy = import.conflicts.parse().map_err(|_| {
            let all = ConflictPolicy::ALL.iter().map(|p| p.as_str()).collect();
            told("import_conflicts", &[("value", import.conflicts.clone()), choices(all)])
        })?;
        Ok(Order {
            basis,
            policy,
            preset: preset.transpose()?,
            encoding: encoding.transpose()?,
            map: import.map.as_deref().map(map).transpose()?.unwrap_or_default(),
        })
    }
}

fn map(text: &str) -> anyhow::Result<Vec<(String, Option<Field>)>> {
    let unreadable = |problem: String| {
        told(
            "import_map",
            &[("problem", problem), ("example", r#"{"Klantnaam": "company_name", "7": null}"#.to_owned())],
        )
    };
    let parsed: serde_json::Map<String, Value> =
        serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    let mut map = Vec::with_capacity(parsed.len());
    for (column, field) in parsed {
        let field = match field {
            Value::Null => None,
            Value::String(name) => Some(name.parse::<Field>().map_err(|_| {
                let all: Vec<&str> = Field::ALL.iter().map(|f| f.as_str()).collect();
                told("import_field", &[("value", name.clone()), ("choices", all.join(", "))])
            })?),
            other => return Err(unreadable(other.to_string())),
        };
        map.push((column, field));
    }
    Ok(map)
}

async fn bring(engine: &Engine, import: &Import, order: Order) -> anyhow::Result<FileReport> {
    let workspace = workspace(engine, &import.workspace).await?;
    let caller = caller(engine, workspace, import.declared_by.as_deref()).await?;
    let zone = {
        let mut tx = engine.store().read(workspace).await?;
        account::workspace_in(&mut tx).await?.time_zone
    };
    let today = engine.now().to_zoned_datetime(TimeZone::get(&zone).unwrap_or(TimeZone::UTC)).date();
    let order = FileOrder {
        policy: order.policy,
        path: import.file.clone(),
        preset: order.preset,
        map: order.map,
        encoding: order.encoding,
        ground: NewGround {
            basis: order.basis,
            source: import.source.clone(),
            source_detail: import.proof.clone(),
            evidence_url: import.proof_url.clone(),
            obtained_on: import.obtained_on.unwrap_or(today),
        },
        default_country: import.country.clone(),
        own_country: country_of_zone(&zone).map(str::to_owned),
        is_trial: import.dry_run,
    };
    let report = engine.import_file(&caller, order).await.map_err(|e| said(&e))?;
    if let (Some(id), Some(to)) = (report.id, &import.result) {
        let paths = (import.file.clone(), to.clone());
        engine.import_result_file(&caller, id, paths, lang()).await.map_err(|e| said(&e))?;
    }
    Ok(report)
}

/// The country that a time zone is of, where people leave it out of their lists.
fn country_of_zone(zone: &str) -> Option<&'static str> {
    Some(match zone {
        "Europe/Amsterdam" => "NL",
        "Europe/Brussels" => "BE",
        "Europe/Berlin" => "DE",
        "Europe/Paris" => "FR",
        "Europe/London" => "GB",
        "Europe/Luxembourg" => "LU",
        "Europe/Vienna" => "AT",
        "Europe/Madrid" => "ES",
        "Europe/Rome" => "IT",
        "Europe/Dublin" => "IE",
        _ => return None,
    })
}

pub(super) async fn workspace(engine: &Engine, wanted: &str) -> anyhow::Result<WorkspaceId> {
    let mut global = engine.store().global_read().await?;
    let named = person::workspaces_named(&mut global, wanted).await?;
    if let [one] = named.as_slice() {
        return Ok(*one);
    }
    if let (true, Ok(number)) = (named.is_empty(), wanted.parse())
        && let Some(found) = account::workspace_by_number(&mut global, number).await?
    {
        return Ok(found);
    }
    Err(told("import_workspace", &[("value", wanted.to_owned())]))
}

/// Whoever declares the ground: by address, or the first owner.
pub(super) async fn caller(
    engine: &Engine,
    workspace: WorkspaceId,
    email: Option<&str>,
) -> anyhow::Result<Caller> {
    let mut tx = engine.store().read(workspace).await?;
    let mut members = member::all(&mut tx, false).await?;
    members.sort_by_key(|m| m.since);
    let found = match email {
        Some(email) => members.iter().find(|m| m.email.eq_ignore_ascii_case(email.trim())),
        None => members.iter().find(|m| m.role == Role::Owner.as_str()),
    };
    let found =
        found.ok_or_else(|| told("import_member", &[("value", email.unwrap_or("owner").to_owned())]))?;
    let role = found.role.parse().map_err(|_| told("role", &[("role", found.role.clone())]))?;
    Ok(Caller { workspace, actor: kiem_store::event::Actor::User(found.user.0), role })
}

fn reason(column: &FileColumn) -> Option<&'static str> {
    let proposal = column.proposal.as_ref()?;
    Some(if column.is_chosen { "chosen" } else { proposal.why.as_str() })
}

fn as_json(report: &FileReport, is_trial: bool, lang: Lang) -> Value {
    let header =
        |column: Option<usize>| column.and_then(|c| report.columns.get(c)).map(|c| c.header.as_str());
    let mapping: Vec<Value> = report
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let proposal = column.proposal.as_ref();
            json!({
                "column": at, "header": column.header, "field": proposal.map(|p| p.field.as_str()),
                "confidence": proposal.map(|p| f64::from(p.confidence_percent) / 100.0), "reason": reason(column),
            })
        })
        .collect();
    let rejected: Vec<Value> = report
        .rejections
        .iter()
        .map(|r| {
            json!({
                "line": r.line, "column": r.problem.column, "header": header(r.problem.column),
                "code": r.problem.code, "reason": say(lang, &format!("import.error.{}", r.problem.code), &[]),
                "value": r.problem.value, "scope": if r.is_row { "row" } else { "value" },
            })
        })
        .collect();
    let warnings: Vec<Value> = report
        .warnings
        .iter()
        .map(|w| {
            json!({
                "code": w.code, "column": w.column, "header": header(w.column), "count": w.n, "lines": w.lines,
                "message": warned(lang, w),
            })
        })
        .collect();
    let c = &report.counts;
    json!({
        "format": report.dialect.format.as_str(), "encoding": report.dialect.encoding.as_str(),
        "delimiter": char::from(report.dialect.delimiter).to_string(), "header_row": report.dialect.header_row,
        "preset": report.preset.map(Preset::as_str), "default_country": report.default_country,
        "mapping": mapping, "dry_run": is_trial,
        "rows": c.rows_n, "created": c.created_n, "matched": c.matched_n, "ambiguous": c.ambiguous_n,
        "repeated": c.repeated_n, "rejected_rows": c.rejected_n, "suppressed": c.suppressed_n,
        "companies": { "created": c.companies_created_n, "matched": c.companies_matched_n },
        "people": { "created": c.people_created_n, "matched": c.people_matched_n },
        "rejected": rejected, "rejected_count": report.rejections_n, "warnings": warnings,
    })
}

fn as_text(report: &FileReport, is_trial: bool, lang: Lang) -> String {
    let words = |key: &str, params: &[(&str, String)]| say(lang, &format!("cli.import.{key}"), params);
    let mut lines = vec![words(if is_trial { "trial" } else { "done" }, &[])];
    let written = [
        ("format", report.dialect.format.as_str().to_owned()),
        ("encoding", report.dialect.encoding.as_str().to_owned()),
        ("row", report.dialect.header_row.to_string()),
    ];
    lines.push(words(if report.dialect.has_header { "written" } else { "written_without" }, &written));
    for column in &report.columns {
        let (name, field) = (column.header.clone(), column.proposal.as_ref());
        lines.push(match field {
            Some(p) => format!(
                "  {name} -> {} ({} %, {})",
                p.field,
                p.confidence_percent,
                words(&format!("why.{}", reason(column).unwrap_or_default()), &[])
            ),
            None => format!("  {name} -> {}", words("unused", &[])),
        });
    }
    let c = &report.counts;
    for (key, n) in [
        ("rows", c.rows_n),
        ("created", c.created_n),
        ("matched", c.matched_n),
        ("repeated", c.repeated_n),
        ("ambiguous", c.ambiguous_n),
        ("rejected", c.rejected_n),
        ("suppressed", c.suppressed_n),
    ] {
        lines.push(format!("{}: {n}", words(key, &[])));
    }
    for warning in &report.warnings {
        let sentence = warned(lang, warning);
        let place = warning.column.and_then(|at| report.columns.get(at)).map(|c| format!("{}: ", c.header));
        let is_counted = warning.n > 1 && warning.code != WENT_ON;
        let n = if is_counted { format!(" ({}x)", warning.n) } else { String::new() };
        lines.push(format!("! {}{sentence}{n}", place.unwrap_or_default()));
    }
    lines.extend(report.rejections.iter().take(SHOWN_MAX).map(|r| rejected_line(report, r, lang)));
    let more = report.rejections_n.saturating_sub(SHOWN_MAX as u64);
    if more > 0 {
        lines.push(words("more", &[("n", more.to_string())]));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The sentence of a warning.
fn warned(lang: Lang, warning: &FileWarning) -> String {
    say(lang, &format!("import.warning.{}", warning.code), &[("n", warning.n.to_string())])
}

fn rejected_line(report: &FileReport, rejection: &Rejection, lang: Lang) -> String {
    let place = rejection.problem.column.and_then(|at| report.columns.get(at));
    let place = place.map(|c| format!(", {}", c.header)).unwrap_or_default();
    let value = if rejection.problem.value.is_empty() {
        String::new()
    } else {
        format!(" \"{}\"", rejection.problem.value)
    };
    let line = say(lang, "cli.import.line", &[("n", rejection.line.to_string())]);
    format!("{line}{place}:{value} {}", say(lang, &format!("import.error.{}", rejection.problem.code), &[]))
}
