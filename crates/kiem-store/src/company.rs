//! Companies: each once, from cold list to customer.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::id::{CompanyId, ImportId, WorkspaceId};

use crate::args;
use crate::batch::Batch;
use crate::connection::Tx;
use crate::error::Result;
use crate::keys::{self, KEYS_PER_QUERY, KeyKind, among};
use crate::matching;
use crate::row::Row;
use crate::value::Value;

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Name as written.
    pub name: String,
    /// Normalised for matching and search.
    pub name_key: String,
    /// Registrable domain; at most one company has it.
    pub domain: Option<String>,
    /// Number in the Dutch company register; at most one company has it.
    pub kvk_number: Option<String>,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Province or region.
    pub region: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Industry in words or as a code.
    pub industry: Option<String>,
    /// People working there.
    pub employees_n: Option<i64>,
    /// Website as written.
    pub website: Option<String>,
    /// Switchboard.
    pub phone: Option<String>,
    /// What lists and registers say besides.
    pub details: CompanyDetails,
    /// Fit of the company alone, 0 to 100; missing when nothing that is asked is known.
    pub fit_score: Option<i64>,
    /// How much of the profile could be judged, in percent.
    pub fit_known_percent: i64,
    /// Reasons as JSON.
    pub fit_reasons: String,
    /// Where the record came from, in words.
    pub source: String,
    /// The upload that it came in with.
    pub import_id: Option<ImportId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a fact last changed.
    pub updated_at: Timestamp,
}

/// What lists and registers say about a company besides name, town and website.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyDetails {
    /// Street, with the house number when the list has both in one.
    pub street: Option<String>,
    /// House number with its addition.
    pub house_number: Option<String>,
    /// Postcode as its country writes it.
    pub postcode: Option<String>,
    /// Number in the register of another country: letters and digits only.
    pub register_number: Option<String>,
    /// VAT identification number, with its country.
    pub vat_id: Option<String>,
    /// Legal entity identifier (ISO 17442).
    pub lei: Option<String>,
    /// Legal form as written.
    pub legal_form: Option<String>,
    /// Who named the form, in words.
    pub legal_form_source: Option<String>,
    /// The day on which it was so.
    pub legal_form_on: Option<Date>,
    /// Whether the company set the non-mailing indicator in its register.
    pub is_non_mailing: bool,
    /// Page on LinkedIn.
    pub linkedin_url: Option<String>,
    /// Code of the activity (SBI, NACE, NAF) as text.
    pub sbi_code: Option<String>,
    /// Of which edition the code is.
    pub sbi_version: ActivityVersion,
    /// Day of the foundation, or its year when no more is sure: ISO 8601.
    pub founded_on: Option<String>,
    /// Revenue a year.
    pub revenue_cents: Option<i64>,
    /// Currency of the revenue, ISO 4217; missing when the list does not say.
    pub revenue_currency: Option<String>,
    /// What its website is made with, one a line; missing as long as no site was read.
    pub site_technologies: Option<String>,
    /// What its website says, one text a line; missing as long as no site was read.
    pub site_words: Option<String>,
}

const COLUMNS: &str =
    "id, name, name_key, domain, kvk_number, country, region, city, industry, employees_n, website, phone,
    fit_score, fit_known_percent, fit_reasons, source, import_id, created_at, updated_at, street, house_number, postcode, register_number, vat_id, lei,
    legal_form, linkedin_url, sbi_code, founded_on, revenue_cents, revenue_currency, legal_form_source, legal_form_on,
    is_non_mailing, sbi_version, site_technologies, site_words";

/// Companies to add, made ready for the database.
#[derive(Debug)]
pub struct NewCompanies {
    rows: Batch,
    to_match: Batch,
}

impl NewCompanies {
    /// Makes companies ready; whether they are new is decided before, in the same transaction.
    pub fn of<'a>(workspace: WorkspaceId, companies: impl IntoIterator<Item = &'a Company>) -> NewCompanies {
        let (mut rows, mut to_match) = (Vec::new(), Vec::new());
        for company in companies {
            to_match.push((company.id, company.updated_at));
            rows.push(values(company));
        }
        let rows = Batch::of(workspace, "company", COLUMNS, rows);
        NewCompanies { rows, to_match: matching::to_ask(workspace, &to_match) }
    }

    /// Adds them. Each waits to be checked against all that is there. Returns how many.
    ///
    /// # Errors
    /// [`crate::StoreError::Duplicate`] when a domain or KvK number is already there.
    pub async fn insert(self, tx: &mut Tx) -> Result<u64> {
        let n = self.rows.insert(tx, "").await?;
        matching::ask_all(tx, self.to_match).await?;
        Ok(n)
    }
}

/// Adds companies; see [`NewCompanies`].
///
/// # Errors
/// As [`NewCompanies::insert`].
pub async fn insert_many<'a>(tx: &mut Tx, companies: impl IntoIterator<Item = &'a Company>) -> Result<u64> {
    NewCompanies::of(tx.workspace(), companies).insert(tx).await
}

/// Writes all facts of companies that are there, many at once. Each waits to be checked again.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when another company has a domain or KvK number.
pub async fn update_many<'a>(tx: &mut Tx, companies: impl IntoIterator<Item = &'a Company>) -> Result<()> {
    let kept = ["id", "source", "import_id", "created_at"];
    let written = COLUMNS.split(',').map(str::trim).filter(|column| !kept.contains(column));
    let written: Vec<String> = written.map(|column| format!("{column} = excluded.{column}")).collect();
    let tail = format!("ON CONFLICT (workspace_id, id) DO UPDATE SET {}", written.join(", "));
    let NewCompanies { rows, to_match } = NewCompanies::of(tx.workspace(), companies);
    rows.insert(tx, &tail).await?;
    matching::ask_all(tx, to_match).await
}

fn values(c: &Company) -> Vec<Value> {
    args![
        c.id,
        c.name.as_str(),
        c.name_key.as_str(),
        c.domain.as_deref(),
        c.kvk_number.as_deref(),
        c.country.as_deref(),
        c.region.as_deref(),
        c.city.as_deref(),
        c.industry.as_deref(),
        c.employees_n,
        c.website.as_deref(),
        c.phone.as_deref(),
        c.fit_score,
        c.fit_known_percent,
        c.fit_reasons.as_str(),
        c.source.as_str(),
        c.import_id,
        c.created_at,
        c.updated_at,
        c.details.street.as_deref(),
        c.details.house_number.as_deref(),
        c.details.postcode.as_deref(),
        c.details.register_number.as_deref(),
        c.details.vat_id.as_deref(),
        c.details.lei.as_deref(),
        c.details.legal_form.as_deref(),
        c.details.linkedin_url.as_deref(),
        c.details.sbi_code.as_deref(),
        c.details.founded_on.as_deref(),
        c.details.revenue_cents,
        c.details.revenue_currency.as_deref(),
        c.details.legal_form_source.as_deref(),
        c.details.legal_form_on,
        c.details.is_non_mailing,
        c.details.sbi_version.as_str(),
        c.details.site_technologies.as_deref(),
        c.details.site_words.as_deref(),
    ]
}

/// One company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn get(tx: &mut Tx, id: CompanyId) -> Result<Option<Company>> {
    let sql = format!("SELECT {COLUMNS} FROM company WHERE workspace_id = $1 AND id = $2");
    tx.fetch_optional(sql, args![id]).await?.as_ref().map(from_row).transpose()
}

/// Keeps other transactions from changing companies until the end of this one.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock(tx: &mut Tx, ids: &[CompanyId]) -> Result<()> {
    let lock = crate::dialect::for_update(tx.conn());
    let them = among(tx.conn(), KeyKind::Id, 2);
    // In one order, so that two merges never wait for each other.
    let sql = format!("SELECT id FROM company WHERE workspace_id = $1 AND id IN {them} ORDER BY id{lock}");
    tx.fetch_all(sql, vec![keys::ids(ids.iter().map(|id| id.0))]).await?;
    Ok(())
}

/// Keys by which companies are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompanyKey {
    /// KvK number.
    KvkNumber,
    /// Registrable domain.
    Domain,
    /// Normalised name.
    NameKey,
    /// Number in the register of another country.
    RegisterNumber,
    /// Id as text.
    Id,
}

impl CompanyKey {
    fn column(self) -> &'static str {
        match self {
            CompanyKey::KvkNumber => "kvk_number",
            CompanyKey::Domain => "domain",
            CompanyKey::NameKey => "name_key",
            CompanyKey::RegisterNumber => "register_number",
            CompanyKey::Id => "id",
        }
    }
}

/// Companies that have one of the keys, oldest first. Of names at most 4,000 companies per thousand keys come back.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_keys(tx: &mut Tx, key: CompanyKey, keys: &[String]) -> Result<Vec<Company>> {
    by_lists(tx, key, KeyKind::Text, keys.chunks(KEYS_PER_QUERY).map(keys::texts)).await
}

/// Companies by id.
///
/// # Errors
/// Whatever the database refuses.
pub async fn by_ids(tx: &mut Tx, ids: &[CompanyId]) -> Result<Vec<Company>> {
    let lists = ids.chunks(KEYS_PER_QUERY).map(|chunk| keys::ids(chunk.iter().map(|id| id.0)));
    by_lists(tx, CompanyKey::Id, KeyKind::Id, lists).await
}

async fn by_lists(
    tx: &mut Tx,
    key: CompanyKey,
    kind: KeyKind,
    lists: impl Iterator<Item = Value>,
) -> Result<Vec<Company>> {
    let mut found = Vec::new();
    let sql = format!(
        "SELECT {COLUMNS} FROM company WHERE workspace_id = $1 AND {} IN {} LIMIT 4000",
        key.column(),
        among(tx.conn(), kind, 2)
    );
    for list in lists {
        for row in tx.fetch_all(sql.clone(), vec![list]).await? {
            found.push(from_row(&row)?);
        }
    }
    // Sorted here: asked for an order, SQLite reads the whole workspace in that order instead of looking the keys up.
    found.sort_by_key(|company| company.id);
    Ok(found)
}

/// Writes all facts of a company, which waits to be checked again. False when it is not there.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when another company has the domain or KvK number.
pub async fn update(tx: &mut Tx, c: &Company) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE company SET name = $3, name_key = $4, domain = $5, kvk_number = $6, country = $7, region = $8,
                 city = $9, industry = $10, employees_n = $11, website = $12, phone = $13, fit_score = $14,
                 fit_known_percent = $15, fit_reasons = $16, updated_at = $17, street = $18, house_number = $19, postcode = $20,
                 register_number = $21, vat_id = $22, lei = $23, legal_form = $24, linkedin_url = $25,
                 sbi_code = $26, founded_on = $27, revenue_cents = $28, revenue_currency = $29, legal_form_source = $30,
                 legal_form_on = $31, is_non_mailing = $32, sbi_version = $33, site_technologies = $34, site_words = $35
             WHERE workspace_id = $1 AND id = $2",
            args![
                c.id, c.name.as_str(), c.name_key.as_str(), c.domain.as_deref(), c.kvk_number.as_deref(),
                c.country.as_deref(), c.region.as_deref(), c.city.as_deref(), c.industry.as_deref(), c.employees_n,
                c.website.as_deref(), c.phone.as_deref(), c.fit_score, c.fit_known_percent, c.fit_reasons.as_str(),
                c.updated_at, c.details.street.as_deref(), c.details.house_number.as_deref(), c.details.postcode.as_deref(), c.details.register_number.as_deref(), c.details.vat_id.as_deref(), c.details.lei.as_deref(), c.details.legal_form.as_deref(), c.details.linkedin_url.as_deref(), c.details.sbi_code.as_deref(), c.details.founded_on.as_deref(), c.details.revenue_cents, c.details.revenue_currency.as_deref(),
                c.details.legal_form_source.as_deref(), c.details.legal_form_on, c.details.is_non_mailing,
                c.details.sbi_version.as_str(), c.details.site_technologies.as_deref(), c.details.site_words.as_deref(),
            ],
        )
        .await?;
    if n > 0 {
        matching::ask(tx, &[c.id], c.updated_at).await?;
    }
    Ok(n > 0)
}

/// The next companies after `after` in the order of their ids: how all are walked through.
///
/// # Errors
/// Whatever the database refuses.
pub async fn page(tx: &mut Tx, after: Option<CompanyId>, limit: i64) -> Result<Vec<Company>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql =
        format!("SELECT {COLUMNS} FROM company WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3");
    tx.fetch_all(sql, args![after, limit]).await?.iter().map(from_row).collect()
}

/// By what a company is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyKeys {
    /// Which company.
    pub id: CompanyId,
    /// Number in the Dutch company register.
    pub kvk_number: Option<String>,
    /// Registrable domain.
    pub domain: Option<String>,
    /// Number in the register of another country.
    pub register_number: Option<String>,
    /// Normalised name.
    pub name_key: String,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Town.
    pub city: Option<String>,
}

/// By what the next companies after `after` in the order of their ids are found.
///
/// # Errors
/// Whatever the database refuses.
pub async fn keys(tx: &mut Tx, after: Option<CompanyId>, limit: i64) -> Result<Vec<CompanyKeys>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql = "SELECT id, kvk_number, domain, register_number, name_key, country, city FROM company
        WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    let rows = tx.fetch_all(sql, args![after, limit]).await?;
    let read = |row: &Row| {
        Ok(CompanyKeys {
            id: row.id("id")?,
            kvk_number: row.get("kvk_number")?,
            domain: row.get("domain")?,
            register_number: row.get("register_number")?,
            name_key: row.get("name_key")?,
            country: row.get("country")?,
            city: row.get("city")?,
        })
    };
    rows.iter().map(read).collect()
}

/// How many companies there are.
///
/// # Errors
/// Whatever the database refuses.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.fetch_one("SELECT COUNT(*) AS n FROM company WHERE workspace_id = $1", vec![]).await?.get("n")
}

fn from_row(row: &Row) -> Result<Company> {
    Ok(Company {
        id: row.id("id")?,
        name: row.get("name")?,
        name_key: row.get("name_key")?,
        domain: row.get("domain")?,
        kvk_number: row.get("kvk_number")?,
        country: row.get("country")?,
        region: row.get("region")?,
        city: row.get("city")?,
        industry: row.get("industry")?,
        employees_n: row.get("employees_n")?,
        website: row.get("website")?,
        phone: row.get("phone")?,
        details: details_from(row)?,
        fit_score: row.get("fit_score")?,
        fit_known_percent: row.get("fit_known_percent")?,
        fit_reasons: row.get("fit_reasons")?,
        source: row.get("source")?,
        import_id: row.opt_id("import_id")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn details_from(row: &Row) -> Result<CompanyDetails> {
    Ok(CompanyDetails {
        street: row.get("street")?,
        house_number: row.get("house_number")?,
        postcode: row.get("postcode")?,
        register_number: row.get("register_number")?,
        vat_id: row.get("vat_id")?,
        lei: row.get("lei")?,
        legal_form: row.get("legal_form")?,
        legal_form_source: row.get("legal_form_source")?,
        legal_form_on: row.opt_parsed("legal_form_on")?,
        is_non_mailing: row.get("is_non_mailing")?,
        linkedin_url: row.get("linkedin_url")?,
        sbi_code: row.get("sbi_code")?,
        sbi_version: row.parsed("sbi_version")?,
        founded_on: row.get("founded_on")?,
        revenue_cents: row.get("revenue_cents")?,
        revenue_currency: row.get("revenue_currency")?,
        site_technologies: row.get("site_technologies")?,
        site_words: row.get("site_words")?,
    })
}
