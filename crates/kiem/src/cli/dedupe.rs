//! `kiem dedupe`: which records of a file are one company. No database is opened.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use kiem_adapters::company_file::{CompanyFileError, CompanyFileNote, ROWS_MAX};
use serde_json::{Value, json};

use super::words::{lang, told};
use crate::engine::audience::dedupe::{DedupeError, DedupeReport, dedupe_file};
use crate::messages::say;

/// `kiem dedupe ...`.
#[derive(Debug, Args)]
pub struct DedupeArgs {
    /// Text with a header and commas, semicolons or tabs between its cells: id, company, street, postcode, city, kvk, website, phone, employees,
    /// sbi, first_name, last_name, role, email. Only `company` has to be there.
    file: PathBuf,
    /// Write the pairs that are one company here, as id_a,id_b.
    #[arg(long, value_name = "OUT.csv")]
    pairs: Option<PathBuf>,
    /// Print one JSON object instead of sentences.
    #[arg(long)]
    json: bool,
    /// Threads that share the work; as many as there are processors when it is not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read or the pairs cannot be written, in a sentence that says what to do.
pub fn run(args: &DedupeArgs) -> anyhow::Result<ExitCode> {
    if args.pairs.as_deref() == Some(args.file.as_path()) {
        bail!(told("dedupe_same_file", &[]));
    }
    let n_threads = match args.threads {
        Some(n) => usize::from(n),
        None => std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
    };
    let report =
        dedupe_file(&args.file, args.pairs.as_deref(), n_threads).map_err(|error| sentence(&error))?;
    for note in &report.notes {
        writeln!(std::io::stderr().lock(), "{}: {}", args.file.display(), said(note))?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&report))?)?;
    } else {
        writeln!(out, "{}", as_text(&report))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sentence(error: &DedupeError) -> anyhow::Error {
    let (key, path, problem) = match error {
        DedupeError::Open { path, problem } => ("dedupe_open", path, problem.to_string()),
        DedupeError::Content { path, problem } => ("dedupe_content", path, wrong(problem)),
        DedupeError::Write { path, problem } => ("dedupe_write", path, problem.to_string()),
    };
    told(key, &[("path", path.display().to_string()), ("problem", problem)])
}

/// Why a file cannot be used, in the language of the terminal.
fn wrong(problem: &CompanyFileError) -> String {
    let (key, params) = match problem {
        CompanyFileError::ColumnMissing(name) => ("column", vec![("name", (*name).to_owned())]),
        CompanyFileError::Empty => ("empty", Vec::new()),
        CompanyFileError::NotText => ("no_text", Vec::new()),
        CompanyFileError::Disk(problem) => ("disk", vec![("problem", problem.to_string())]),
        CompanyFileError::Line { line, problem } => {
            ("line", vec![("line", line.to_string()), ("problem", problem.clone())])
        }
        CompanyFileError::TooManyRows => ("too_many", vec![("most", ROWS_MAX.to_string())]),
    };
    say(lang(), &format!("cli.dedupe_wrong.{key}"), &params)
}

/// What is strange about the file, in the language of the terminal.
fn said(note: &CompanyFileNote) -> String {
    let (key, name, n) = match *note {
        CompanyFileNote::WithoutId { rows } => ("dedupe_without_id", "rows", rows.to_string()),
        CompanyFileNote::DoubleIds { ids } => ("dedupe_double_ids", "ids", ids.to_string()),
        CompanyFileNote::OpenQuote { line } => ("dedupe_open_quote", "line", line.to_string()),
    };
    say(lang(), &format!("cli.{key}"), &[(name, n)])
}

fn as_json(report: &DedupeReport) -> Value {
    let mut seconds: serde_json::Map<String, Value> =
        report.phases.iter().map(|(name, took)| ((*name).to_owned(), rounded(took.as_secs_f64()))).collect();
    seconds.insert("total".to_owned(), rounded(total(report)));
    json!({
        "rows": report.n_rows,
        "companies": report.n_companies,
        "groups": report.n_groups,
        "pairs": report.n_pairs,
        "review": report.n_review,
        "compared": report.n_compared,
        "notes": report.notes.iter().map(said).collect::<Vec<_>>(),
        "seconds": seconds,
        "peak_memory_mb": peak_memory_mb(),
    })
}

fn as_text(report: &DedupeReport) -> String {
    let phases: Vec<String> =
        report.phases.iter().map(|(name, took)| format!("{name} {:.2} s", took.as_secs_f64())).collect();
    let memory = peak_memory_mb().map_or_else(String::new, |mb| format!(", {mb} MB"));
    let params = [
        ("rows", report.n_rows.to_string()),
        ("companies", report.n_companies.to_string()),
        ("groups", report.n_groups.to_string()),
        ("pairs", report.n_pairs.to_string()),
        ("review", report.n_review.to_string()),
        ("took", format!("{:.2} s ({}){memory}", total(report), phases.join(", "))),
    ];
    say(lang(), "cli.dedupe_found", &params)
}

fn total(report: &DedupeReport) -> f64 {
    report.phases.iter().map(|(_, took)| took.as_secs_f64()).sum()
}

fn rounded(seconds: f64) -> Value {
    json!((seconds * 1000.0).round() / 1000.0)
}

/// The most memory that this program has held, in megabytes, where the system tells (Linux).
fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kb: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kb.div_ceil(1024))
}
