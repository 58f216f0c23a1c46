//! `kiem website read`: what a company's own website tells, with where each fact stands. Nothing is stored.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kiem_adapters::website::{ReadFact, Refused, SiteReading};
use kiem_domain::country::country_code;
use serde_json::{Map, Value, json};

use super::words::{lang, told};
use super::{Cli, serve};
use crate::engine::Clock;
use crate::engine::website::read_site;
use crate::messages::say;

/// `kiem website ...`.
#[derive(Debug, Subcommand)]
pub enum WebsiteCommand {
    /// Read one company's site: at most 12 pages, one at a time, as far as the site allows.
    Read(Read),
}

/// `kiem website read ...`.
#[derive(Debug, Args)]
pub struct Read {
    /// Domain or address of the company's own site.
    site: String,
    /// Country of the company: says how a telephone number without country code is meant.
    #[arg(long)]
    country: Option<String>,
    /// Leave out names, and addresses that belong to somebody by name.
    #[arg(long)]
    no_people: bool,
    /// Print one JSON object instead of sentences.
    #[arg(long)]
    json: bool,
}

/// Runs the command. Ends with an error code when nothing could be read.
///
/// # Errors
/// When secure connections cannot be made, or the country is not known.
pub fn run(cli: &Cli, command: &WebsiteCommand) -> anyhow::Result<ExitCode> {
    let WebsiteCommand::Read(read) = command;
    let config = cli.settings()?;
    let country = match &read.country {
        None => None,
        Some(text) => {
            Some(country_code(text).ok_or_else(|| told("website_country", &[("value", text.clone())]))?)
        }
    };
    if config.allow_private_addresses {
        eprintln!("kiem: {}", say(lang(), "cli.website_private", &[]));
    }
    let reading = serve::runtime()?
        .block_on(read_site(&config, &Clock::System, &read.site, country, !read.no_people))
        .map_err(|error| told("website_failed", &[("problem", error.to_string())]))?;
    let mut out = std::io::stdout().lock();
    if read.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&read.site, &reading))?)?;
    } else {
        writeln!(out, "{}", as_text(&read.site, &reading))?;
    }
    Ok(if reading.pages.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn as_json(site: &str, reading: &SiteReading) -> Value {
    let page = |page: &kiem_adapters::website::PageRead| {
        json!({
            "url": page.url,
            "kind": page.kind.as_str(),
            "read_at": page.read_at.to_string(),
            "content_hash": page.content_hash,
        })
    };
    let refused = |refused: &Refused| json!({ "url": refused.url, "why": refused.why.as_str(), "detail": refused.why.detail() });
    json!({
        "site": site,
        "pages": reading.pages.iter().map(page).collect::<Vec<_>>(),
        "facts": reading.facts.iter().map(fact_json).collect::<Vec<_>>(),
        "refused": reading.refused.iter().map(refused).collect::<Vec<_>>(),
        "retry_in_seconds": reading.retry_in.map(|wait| wait.as_secs()),
    })
}

fn fact_json(read: &ReadFact) -> Value {
    let finding = &read.fact.finding;
    let details: Map<String, Value> =
        finding.details().into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    json!({
        "kind": finding.kind().as_str(),
        "value": finding.value(),
        "details": details,
        "url": read.fact.url,
        "snippet": read.fact.snippet,
        "read_at": read.read_at.to_string(),
        "content_hash": read.content_hash,
    })
}

fn as_text(site: &str, reading: &SiteReading) -> String {
    let lang = lang();
    let head = if reading.pages.is_empty() {
        say(lang, "cli.website_nothing", &[("site", site.to_owned())])
    } else {
        let n = |n: usize| n.to_string();
        let params =
            [("site", site.to_owned()), ("facts", n(reading.facts.len())), ("pages", n(reading.pages.len()))];
        say(lang, "cli.website_read", &params)
    };
    let mut lines = vec![head];
    for read in &reading.facts {
        let finding = &read.fact.finding;
        let kind = say(lang, &format!("website.fact.{}", finding.kind()), &[]);
        let details: Vec<String> =
            finding.details().into_iter().map(|(name, value)| format!("{name} {value}")).collect();
        let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
        lines.push(format!("{kind}: {}{details}", plain(&finding.value())));
        lines.push(format!("    \"{}\" {}", plain(&read.fact.snippet), read.fact.url));
    }
    for refused in &reading.refused {
        let detail = refused.why.detail().unwrap_or_default();
        let why = say(lang, &format!("website.refused.{}", refused.why.as_str()), &[("detail", detail)]);
        lines.push(say(lang, "cli.website_refused", &[("url", plain(&refused.url)), ("why", why)]));
    }
    lines.join("\n")
}

/// Text of a stranger for a terminal: what could move its cursor is shown, not done.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
