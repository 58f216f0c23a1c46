//! How companies are found when one is checked: the values that they share, what waits to be checked, and how often words
//! occur in the whole database.

use std::num::NonZeroU64;

use jiff::Timestamp;
use kiem_domain::id::{CompanyId, WorkspaceId};
use kiem_domain::merge::Stake;

use crate::args;
use crate::batch::Batch;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::row::Row;
use crate::value::Value;

/// Companies that still wait are counted up to here.
pub const WAITING_COUNTED_MAX: i64 = 10_000;

/// What of a company is compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchRecord {
    /// Which company.
    pub id: uuid::Uuid,
    /// Name as written.
    pub name: String,
    /// KvK number.
    pub kvk_number: Option<String>,
    /// Number in the register of another country.
    pub register_number: Option<String>,
    /// Legal entity identifier.
    pub lei: Option<String>,
    /// VAT number with its country.
    pub vat_id: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Registrable domain.
    pub domain: Option<String>,
    /// Website as written.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// Street, perhaps with the house number.
    pub street: Option<String>,
    /// House number.
    pub house_number: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Code of the activity.
    pub sbi_code: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
}

/// How a hash is stored: the databases have no unsigned numbers.
fn stored(key: NonZeroU64) -> i64 {
    key.get().cast_signed()
}

/// Asks for a check of companies: they are new, or something that is compared has changed.
///
/// # Errors
/// Whatever the database refuses.
pub async fn ask(tx: &mut Tx, companies: &[CompanyId], now: Timestamp) -> Result<()> {
    let companies: Vec<(CompanyId, Timestamp)> = companies.iter().map(|id| (*id, now)).collect();
    let rows = to_ask(tx.workspace(), &companies);
    ask_all(tx, rows).await
}

/// Companies that are to be checked, with when it was asked for.
pub(crate) fn to_ask(workspace: WorkspaceId, companies: &[(CompanyId, Timestamp)]) -> Batch {
    let rows = companies.iter().map(|(id, at)| args![*id, *at]).collect();
    Batch::of(workspace, "company_to_match", "company_id, asked_at", rows)
}

/// Asks for all of them.
pub(crate) async fn ask_all(tx: &mut Tx, companies: Batch) -> Result<()> {
    let tail = "ON CONFLICT (workspace_id, company_id) DO UPDATE SET asked_at = excluded.asked_at";
    companies.insert(tx, tail).await?;
    Ok(())
}

/// Companies that wait to be checked, the oldest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting(tx: &mut Tx, limit: i64) -> Result<Vec<CompanyId>> {
    let sql = "SELECT company_id FROM company_to_match WHERE workspace_id = $1 ORDER BY company_id LIMIT $2";
    tx.fetch_all(sql, args![limit]).await?.iter().map(|row| row.id("company_id")).collect()
}

/// How many wait, up to [`WAITING_COUNTED_MAX`].
///
/// # Errors
/// Whatever the database refuses.
pub async fn waiting_n(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM
                   (SELECT 1 AS one FROM company_to_match WHERE workspace_id = $1 LIMIT $2) AS w";
    tx.fetch_one(sql, args![WAITING_COUNTED_MAX]).await?.get("n")
}

/// These were checked as they were at `read_at`; who was asked for again since still waits.
///
/// # Errors
/// Whatever the database refuses.
pub async fn checked(tx: &mut Tx, companies: &[CompanyId], read_at: Timestamp) -> Result<()> {
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "DELETE FROM company_to_match WHERE workspace_id = $1 AND asked_at <= $3 AND company_id IN {}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        tx.execute(sql, vec![list_of(chunk), Value::from(read_at)]).await?;
    }
    Ok(())
}

/// What of some companies is compared.
///
/// # Errors
/// Whatever the database refuses.
pub async fn records(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<MatchRecord>> {
    let mut found = Vec::with_capacity(companies.len());
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT id, name, kvk_number, register_number, lei, vat_id, country, domain, website, phone, street, house_number, postcode,
                 city, sbi_code, employees_n
             FROM company WHERE workspace_id = $1 AND id IN {} LIMIT {KEYS_PER_QUERY}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![list_of(chunk)]).await? {
            found.push(record(&row)?);
        }
    }
    found.sort_by_key(|record| record.id);
    Ok(found)
}

fn record(row: &Row) -> Result<MatchRecord> {
    Ok(MatchRecord {
        id: row.get("id")?,
        name: row.get("name")?,
        kvk_number: row.get("kvk_number")?,
        register_number: row.get("register_number")?,
        lei: row.get("lei")?,
        vat_id: row.get("vat_id")?,
        country: row.get("country")?,
        domain: row.get("domain")?,
        website: row.get("website")?,
        phone: row.get("phone")?,
        street: row.get("street")?,
        house_number: row.get("house_number")?,
        postcode: row.get("postcode")?,
        city: row.get("city")?,
        sbi_code: row.get("sbi_code")?,
        employees_n: row.get("employees_n")?,
    })
}

/// Who is found under each of the values of one company, at most `most` for each: one look into the index per value,
/// whatever the size of the database.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sharing(tx: &mut Tx, keys: &[NonZeroU64], most: usize) -> Result<Vec<(NonZeroU64, CompanyId)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let looks: Vec<String> = (0..keys.len())
        .map(|i| {
            format!(
                "SELECT * FROM (SELECT key_hash, company_id FROM company_block
                     WHERE workspace_id = $1 AND key_hash = ${} LIMIT {most}) AS look{i}",
                i + 2
            )
        })
        .collect();
    let params = keys.iter().map(|key| Value::from(stored(*key))).collect();
    let rows = tx.fetch_all(looks.join(" UNION ALL "), params).await?;
    rows.iter()
        .filter_map(|row| {
            let found = row.get::<i64>("key_hash").and_then(|key| Ok((key, row.id("company_id")?)));
            // No stored value is zero.
            found.map(|(key, id)| Some((NonZeroU64::new(key.cast_unsigned())?, id))).transpose()
        })
        .collect()
}

/// Which of these companies can be found already.
///
/// # Errors
/// Whatever the database refuses.
pub async fn findable(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<CompanyId>> {
    let mut found = Vec::new();
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT DISTINCT company_id FROM company_block WHERE workspace_id = $1 AND company_id IN {}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![list_of(chunk)]).await? {
            found.push(row.id("company_id")?);
        }
    }
    Ok(found)
}

/// Makes companies findable under these values, and under no others.
///
/// # Errors
/// Whatever the database refuses; [`crate::StoreError::MissingReference`] when one of them is gone.
pub async fn put_blocks(tx: &mut Tx, blocks: &[(CompanyId, Vec<NonZeroU64>)]) -> Result<()> {
    for chunk in blocks.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "DELETE FROM company_block WHERE workspace_id = $1 AND company_id IN {}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        tx.execute(sql, vec![keys::ids(chunk.iter().map(|(id, _)| id.0))]).await?;
        let rows = chunk
            .iter()
            .flat_map(|(id, keys)| keys.iter().map(|key| args![stored(*key), *id]))
            .collect::<Vec<_>>();
        tx.insert_many("INSERT INTO company_block (workspace_id, key_hash, company_id)", rows, "").await?;
    }
    Ok(())
}

/// What was counted of the whole database, packed by the domain.
///
/// # Errors
/// Whatever the database refuses.
pub async fn terms(tx: &mut Tx) -> Result<Option<Vec<u8>>> {
    let row = tx.fetch_optional("SELECT counts FROM match_terms WHERE workspace_id = $1", vec![]).await?;
    row.map(|row| row.get("counts")).transpose()
}

/// Keeps what was counted.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_terms(tx: &mut Tx, counts: &[u8]) -> Result<()> {
    tx.execute(
        "INSERT INTO match_terms (workspace_id, counts) VALUES ($1, $2)
         ON CONFLICT (workspace_id) DO UPDATE SET counts = excluded.counts",
        args![counts],
    )
    .await?;
    Ok(())
}

/// What hangs on some companies.
///
/// # Errors
/// Whatever the database refuses.
pub async fn stakes(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<(CompanyId, Stake)>> {
    let mut found = Vec::with_capacity(companies.len());
    for chunk in companies.chunks(KEYS_PER_QUERY) {
        let sql = format!(
            "SELECT c.id, c.fit_score,
                 EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = c.workspace_id AND p.company_id = c.id
                     AND p.state = 'won') AS is_customer,
                 EXISTS (SELECT 1 FROM prospect p WHERE p.workspace_id = c.workspace_id AND p.open_company_id = c.id)
                     AS has_open_pursuit,
                 EXISTS (SELECT 1 FROM opportunity o WHERE o.workspace_id = c.workspace_id AND o.company_id = c.id
                     AND o.state = 'open') AS has_opportunity,
                 EXISTS (SELECT 1 FROM lead l WHERE l.workspace_id = c.workspace_id AND l.company_id = c.id
                     AND l.approached_at IS NOT NULL) AS is_approached
             FROM company c WHERE c.workspace_id = $1 AND c.id IN {}",
            among(tx.conn(), KeyKind::Id, 2)
        );
        for row in tx.fetch_all(sql, vec![list_of(chunk)]).await? {
            let stake = Stake {
                is_customer: row.get("is_customer")?,
                has_open_pursuit: row.get("has_open_pursuit")?,
                has_opportunity: row.get("has_opportunity")?,
                is_approached: row.get("is_approached")?,
                fit_score: row.get("fit_score")?,
            };
            found.push((row.id("id")?, stake));
        }
    }
    Ok(found)
}

/// How many people some companies have.
///
/// # Errors
/// Whatever the database refuses.
pub async fn people_n(tx: &mut Tx, companies: &[CompanyId]) -> Result<Vec<(CompanyId, i64)>> {
    let sql = format!(
        "SELECT company_id, COUNT(*) AS n FROM contact WHERE workspace_id = $1 AND company_id IN {}
         GROUP BY company_id",
        among(tx.conn(), KeyKind::Id, 2)
    );
    let rows = tx.fetch_all(sql, vec![list_of(companies)]).await?;
    rows.iter().map(|row| Ok((row.id("company_id")?, row.get("n")?))).collect()
}

fn list_of(companies: &[CompanyId]) -> Value {
    keys::ids(companies.iter().map(|id| id.0))
}
