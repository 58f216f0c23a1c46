//! Scoring the whole audience against the ideal profile: reading what is compared, a random part of it, and writing the
//! answers back many at a time.

use jiff::Timestamp;
use kiem_domain::audience::{ActivityVersion, FitFacts};
use kiem_domain::id::{CompanyId, LeadId, ProspectId};
use kiem_domain::titles::Seniority;

use crate::connection::Tx;
use crate::error::Result;
use crate::lead::FIT_UNKNOWN;
use crate::row::Row;
use crate::{args, dialect};

/// A company as far as the profile asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitRow {
    /// Its id.
    pub id: CompanyId,
    /// Name as written.
    pub name: String,
    /// Industry in words or as a code.
    pub industry: Option<String>,
    /// Code of the activity as text.
    pub sbi_code: Option<String>,
    /// Of which edition the code is.
    pub sbi_version: ActivityVersion,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Revenue a year.
    pub revenue_cents: Option<i64>,
    /// Currency of the revenue.
    pub revenue_currency: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Legal form as written.
    pub legal_form: Option<String>,
    /// What its website is made with, when that was asked for and a site was read.
    pub site_technologies: Option<String>,
    /// What its website says, likewise.
    pub site_words: Option<String>,
    /// When a fact last changed; a fit is written only where it is still so.
    pub updated_at: Timestamp,
}

impl FitRow {
    /// What the profile looks at.
    pub fn facts(&self) -> FitFacts<'_> {
        FitFacts {
            name: Some(&self.name),
            industry: self.industry.as_deref(),
            activity: self.sbi_code.as_deref().map(|code| (code, self.sbi_version)),
            employees_n: self.employees_n.and_then(|n| u32::try_from(n).ok()),
            revenue_cents: self.revenue_cents,
            revenue_currency: self.revenue_currency.as_deref(),
            country: self.country.as_deref(),
            region: self.region.as_deref(),
            city: self.city.as_deref(),
            postcode: self.postcode.as_deref(),
            legal_form: self.legal_form.as_deref(),
            technologies: self.site_technologies.as_deref(),
            site_words: self.site_words.as_deref(),
            title: None,
            seniority: None,
        }
    }
}

const COLUMNS: &str = "id, name, industry, sbi_code, sbi_version, employees_n, revenue_cents, revenue_currency, country, region,
    city, postcode, legal_form, updated_at";

/// What is read; what websites say only when it is asked for, because it is longer than all the rest together.
fn columns(with_sites: bool) -> String {
    let sites = if with_sites {
        "site_technologies, site_words"
    } else {
        "CAST(NULL AS TEXT) AS site_technologies, CAST(NULL AS TEXT) AS site_words"
    };
    format!("{COLUMNS}, {sites}")
}

fn from_row(row: &Row) -> Result<FitRow> {
    Ok(FitRow {
        id: row.id("id")?,
        name: row.get("name")?,
        industry: row.get("industry")?,
        sbi_code: row.get("sbi_code")?,
        sbi_version: row.parsed("sbi_version")?,
        employees_n: row.get("employees_n")?,
        revenue_cents: row.get("revenue_cents")?,
        revenue_currency: row.get("revenue_currency")?,
        country: row.get("country")?,
        region: row.get("region")?,
        city: row.get("city")?,
        postcode: row.get("postcode")?,
        legal_form: row.get("legal_form")?,
        site_technologies: row.get("site_technologies")?,
        site_words: row.get("site_words")?,
        updated_at: row.instant("updated_at")?,
    })
}

/// The next companies after `after` in the order of their ids; with what their websites say when `with_sites`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(
    tx: &mut Tx,
    after: Option<CompanyId>,
    limit: i64,
    with_sites: bool,
) -> Result<Vec<FitRow>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let columns = columns(with_sites);
    let sql =
        format!("SELECT {columns} FROM company WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3");
    tx.fetch_all(sql, args![after, limit]).await?.iter().map(from_row).collect()
}

/// A random part of all companies: of 256 parts, the first `n_parts`. The same part every time, so that two counts differ
/// by what was asked and not by whom was asked.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sample(tx: &mut Tx, n_parts: u8, with_sites: bool) -> Result<Vec<FitRow>> {
    let (byte, columns) = (dialect::last_byte_of_id(tx.conn()), columns(with_sites));
    let sql = format!(
        "SELECT {columns} FROM company WHERE workspace_id = $1
             AND id IN (SELECT id FROM company WHERE workspace_id = $1 AND {byte} < $2)"
    );
    tx.fetch_all(sql, args![vec![n_parts]]).await?.iter().map(from_row).collect()
}

/// Companies that bought, at most `limit`, those that were made last first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn won(tx: &mut Tx, limit: i64) -> Result<Vec<FitRow>> {
    let columns = columns(false);
    let sql = format!(
        "SELECT {columns} FROM company WHERE workspace_id = $1 AND id IN (
             SELECT company_id FROM opportunity WHERE workspace_id = $1 AND state = 'won')
         ORDER BY id DESC LIMIT $2"
    );
    tx.fetch_all(sql, args![limit]).await?.iter().map(from_row).collect()
}

/// The fit of one company as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyFit {
    /// Which company.
    pub id: CompanyId,
    /// 0 to 100; missing when nothing that is asked is known.
    pub score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub known_percent: i64,
    /// Reasons as JSON.
    pub reasons: String,
    /// When a fact had last changed, as it was compared.
    pub seen_at: Timestamp,
}

/// Writes fits of companies whose facts are still those that were compared; who changed meanwhile was scored then.
///
/// # Errors
/// Whatever the database refuses.
pub async fn write_companies(tx: &mut Tx, fits: &[CompanyFit]) -> Result<u64> {
    let rows = fits
        .iter()
        .map(|fit| args![fit.id, fit.score, fit.known_percent, fit.reasons.as_str(), fit.seen_at])
        .collect();
    tx.update_many(
        "company",
        "id, score, known_percent, reasons, seen_at",
        rows,
        "fit_score = v.score, fit_known_percent = v.known_percent, fit_reasons = v.reasons",
        "AND company.updated_at = v.seen_at",
    )
    .await
}

/// A lead as far as the profile asks about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadFitRow {
    /// The lead.
    pub id: LeadId,
    /// Where the person works.
    pub company_id: CompanyId,
    /// Job title.
    pub title: Option<String>,
    /// What the title was read as.
    pub seniority: Option<Seniority>,
    /// Fit as it stands.
    pub score: Option<i64>,
    /// How much of it is known, as it stands.
    pub known_percent: i64,
}

/// Leads of companies after `after` up to and with `last`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn leads(tx: &mut Tx, after: Option<CompanyId>, last: CompanyId) -> Result<Vec<LeadFitRow>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let rows = tx
        .fetch_all(
            "SELECT l.id, l.company_id, l.fit_score, l.fit_known_percent, k.title, k.seniority FROM lead l
             JOIN contact k ON k.workspace_id = l.workspace_id AND k.id = l.contact_id
             WHERE l.workspace_id = $1 AND l.company_id > $2 AND l.company_id <= $3",
            args![after, last],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let score: i64 = row.get("fit_score")?;
            Ok(LeadFitRow {
                id: row.id("id")?,
                company_id: row.id("company_id")?,
                title: row.get("title")?,
                seniority: row.opt_parsed("seniority")?,
                score: (score != FIT_UNKNOWN).then_some(score),
                known_percent: row.get("fit_known_percent")?,
            })
        })
        .collect()
}

/// Writes fits of leads: which, score, and how much is known.
///
/// # Errors
/// Whatever the database refuses.
pub async fn write_leads(tx: &mut Tx, fits: &[(LeadId, Option<i64>, i64)]) -> Result<u64> {
    let rows = fits
        .iter()
        .map(|(id, score, known_percent)| args![*id, score.unwrap_or(FIT_UNKNOWN), *known_percent])
        .collect();
    tx.update_many(
        "lead",
        "id, score, known_percent",
        rows,
        "fit_score = v.score, fit_known_percent = v.known_percent",
        "",
    )
    .await
}

/// Open pursuits of companies after `after` up to and with `last`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_pursuits(
    tx: &mut Tx,
    after: Option<CompanyId>,
    last: CompanyId,
) -> Result<Vec<(ProspectId, CompanyId)>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let rows = tx
        .fetch_all(
            "SELECT id, company_id FROM prospect WHERE workspace_id = $1 AND company_id > $2 AND company_id <= $3
                 AND state IN ('to_qualify', 'in_conversation', 'nurture')
             ORDER BY company_id, id",
            args![after, last],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.id("company_id")?))).collect()
}

/// Scoring all companies against one version of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitRun {
    /// The version.
    pub profile_version: i64,
    /// Companies when it began.
    pub n_total: i64,
    /// Companies that are scored.
    pub n_done: i64,
    /// The company up to which all are scored.
    pub after: Option<CompanyId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When all were scored.
    pub finished_at: Option<Timestamp>,
}

/// Begins a scoring, or begins it anew.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin_run(tx: &mut Tx, profile_version: i64, n_total: i64, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO fit_run (workspace_id, profile_version, n_total, n_done, started_at) VALUES ($1, $2, $3, 0, $4)
         ON CONFLICT (workspace_id, profile_version) DO UPDATE SET
             n_total = excluded.n_total, n_done = 0, after_id = NULL, started_at = excluded.started_at, finished_at = NULL",
        args![profile_version, n_total, now],
    )
    .await?;
    Ok(())
}

/// Notes how far a scoring is.
///
/// # Errors
/// Whatever the database refuses.
pub async fn advance_run(
    tx: &mut Tx,
    profile_version: i64,
    n_more: i64,
    after: Option<CompanyId>,
    finished_at: Option<Timestamp>,
) -> Result<()> {
    tx.execute(
        "UPDATE fit_run SET n_done = n_done + $3, after_id = $4, finished_at = $5
         WHERE workspace_id = $1 AND profile_version = $2",
        args![profile_version, n_more, after, finished_at],
    )
    .await?;
    Ok(())
}

/// The scoring of one version, locked against other workers until the end of the transaction.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock_run(tx: &mut Tx, profile_version: i64) -> Result<Option<FitRun>> {
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM fit_run WHERE workspace_id = $1 AND profile_version = $2{}",
        dialect::for_update(tx.conn())
    );
    tx.fetch_optional(sql, args![profile_version]).await?.as_ref().map(run_from_row).transpose()
}

/// The newest scoring.
///
/// # Errors
/// Whatever the database refuses.
pub async fn newest_run(tx: &mut Tx) -> Result<Option<FitRun>> {
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM fit_run WHERE workspace_id = $1 ORDER BY profile_version DESC LIMIT 1"
    );
    tx.fetch_optional(sql, vec![]).await?.as_ref().map(run_from_row).transpose()
}

const RUN_COLUMNS: &str = "profile_version, n_total, n_done, after_id, started_at, finished_at";

fn run_from_row(row: &Row) -> Result<FitRun> {
    Ok(FitRun {
        profile_version: row.get("profile_version")?,
        n_total: row.get("n_total")?,
        n_done: row.get("n_done")?,
        after: row.opt_id("after_id")?,
        started_at: row.instant("started_at")?,
        finished_at: row.opt_instant("finished_at")?,
    })
}
