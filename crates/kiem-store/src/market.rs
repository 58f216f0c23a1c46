//! How complete the audience is: what the register counts beside what is known.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::audience::ActivityVersion;
use kiem_domain::id::{CompanyId, UserId};

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// The file of the register that was counted last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketLoad {
    /// Its name.
    pub file_name: String,
    /// Of which edition its codes are.
    pub edition: ActivityVersion,
    /// Day on which the register gave it out.
    pub as_of: Date,
    /// Companies in it.
    pub register_n: i64,
    /// Whether it is made up, for trying.
    pub is_sample: bool,
    /// Who loaded it.
    pub loaded_by: UserId,
    /// When.
    pub loaded_at: Timestamp,
    /// Companies of the audience that are counted in some place.
    pub known_n: i64,
    /// Companies that are counted nowhere, by reason, as JSON.
    pub uncounted: String,
    /// When the audience was counted; missing when it was not yet.
    pub counted_at: Option<Timestamp>,
}

/// One place of the market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketRow {
    /// Digits of the activity.
    pub activity: String,
    /// First two digits of the postcode.
    pub area: i64,
    /// Companies that the register counts there.
    pub register_n: i64,
    /// Companies that are known there.
    pub known_n: i64,
}

/// What of a company decides where it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketCompany {
    /// Which company.
    pub id: CompanyId,
    /// Name as written.
    pub name: String,
    /// ISO 3166 alpha-2 code.
    pub country: Option<String>,
    /// Legal form as written.
    pub legal_form: Option<String>,
    /// Code of the activity as text.
    pub sbi_code: Option<String>,
    /// Of which edition the code is.
    pub sbi_version: ActivityVersion,
    /// Postcode as written.
    pub postcode: Option<String>,
}

/// By what places are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketBy {
    /// First two digits of the postcode.
    Area,
    /// So many first digits of the activity.
    Activity(u8),
}

/// Puts the counts of a file in the place of those before; what is known has to be counted anew.
///
/// # Errors
/// Whatever the database refuses.
pub async fn load(tx: &mut Tx, load: &MarketLoad, cells: &[MarketRow]) -> Result<()> {
    tx.execute("DELETE FROM market_cell WHERE workspace_id = $1", vec![]).await?;
    let rows = cells.iter().map(|c| args![c.activity.as_str(), c.area, c.register_n, 0_i64]);
    tx.insert_many("INSERT INTO market_cell (workspace_id, activity, area, register_n, known_n)", rows, "")
        .await?;
    tx.execute("DELETE FROM market_load WHERE workspace_id = $1", vec![]).await?;
    tx.execute(
        "INSERT INTO market_load (workspace_id, file_name, edition, as_of, register_n, is_sample, loaded_by, loaded_at, known_n,
             uncounted, counted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '{}', NULL)",
        args![
            load.file_name.as_str(), load.edition.as_str(), load.as_of, load.register_n, load.is_sample, load.loaded_by,
            load.loaded_at,
        ],
    )
    .await?;
    Ok(())
}

/// The file that was counted last.
///
/// # Errors
/// Whatever the database refuses.
pub async fn loaded(tx: &mut Tx) -> Result<Option<MarketLoad>> {
    let sql = "SELECT file_name, edition, as_of, register_n, is_sample, loaded_by, loaded_at, known_n, uncounted, counted_at
        FROM market_load WHERE workspace_id = $1";
    tx.fetch_optional(sql, vec![]).await?.as_ref().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<MarketLoad> {
    Ok(MarketLoad {
        file_name: row.get("file_name")?,
        edition: row.parsed("edition")?,
        as_of: row.parsed("as_of")?,
        register_n: row.get("register_n")?,
        is_sample: row.get("is_sample")?,
        loaded_by: row.id("loaded_by")?,
        loaded_at: row.instant("loaded_at")?,
        known_n: row.get("known_n")?,
        uncounted: row.get("uncounted")?,
        counted_at: row.opt_instant("counted_at")?,
    })
}

/// The next companies after `after`, as far as they are counted by.
///
/// # Errors
/// Whatever the database refuses.
pub async fn companies(tx: &mut Tx, after: Option<CompanyId>, limit: i64) -> Result<Vec<MarketCompany>> {
    let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
    let sql = "SELECT id, name, country, legal_form, sbi_code, sbi_version, postcode FROM company
        WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    let read = |row: &Row| {
        Ok(MarketCompany {
            id: row.id("id")?,
            name: row.get("name")?,
            country: row.get("country")?,
            legal_form: row.get("legal_form")?,
            sbi_code: row.get("sbi_code")?,
            sbi_version: row.parsed("sbi_version")?,
            postcode: row.get("postcode")?,
        })
    };
    tx.fetch_all(sql, args![after, limit]).await?.iter().map(read).collect()
}

/// Writes what is known per place, in the place of what was. False when another file was loaded since `loaded_at`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_known(
    tx: &mut Tx,
    loaded_at: Timestamp,
    cells: &[MarketRow],
    uncounted: &str,
    now: Timestamp,
) -> Result<bool> {
    let known_n: i64 = cells.iter().map(|cell| cell.known_n).sum();
    let n = tx
        .execute(
            "UPDATE market_load SET known_n = $3, uncounted = $4, counted_at = $5
             WHERE workspace_id = $1 AND loaded_at = $2",
            args![loaded_at, known_n, uncounted, now],
        )
        .await?;
    if n == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM market_cell WHERE workspace_id = $1 AND register_n = 0", vec![]).await?;
    tx.execute("UPDATE market_cell SET known_n = 0 WHERE workspace_id = $1 AND known_n <> 0", vec![]).await?;
    let rows = cells.iter().map(|c| args![c.activity.as_str(), c.area, 0_i64, c.known_n]);
    tx.insert_many(
        "INSERT INTO market_cell (workspace_id, activity, area, register_n, known_n)",
        rows,
        "ON CONFLICT (workspace_id, activity, area) DO UPDATE SET known_n = excluded.known_n",
    )
    .await?;
    Ok(true)
}

/// Sums over the places whose activity begins with `prefix`, in the order of the key; `area` keeps to one area.
///
/// # Errors
/// Whatever the database refuses.
pub async fn sums(
    tx: &mut Tx,
    by: MarketBy,
    prefix: &str,
    area: Option<i64>,
) -> Result<Vec<(String, i64, i64)>> {
    let key = match by {
        MarketBy::Area => "CAST(area AS TEXT)".to_owned(),
        MarketBy::Activity(digits) => format!("substr(activity, 1, {digits})"),
    };
    let in_area = if area.is_some() { "AND area = $4" } else { "" };
    let sql = format!(
        "SELECT {key} AS place, CAST(SUM(known_n) AS BIGINT) AS known_n, CAST(SUM(register_n) AS BIGINT) AS register_n
         FROM market_cell WHERE workspace_id = $1 AND activity >= $2 AND activity < $3 {in_area}
         GROUP BY {key} ORDER BY {key} LIMIT 1000"
    );
    // Digits end before the colon.
    let mut params = args![prefix, format!("{prefix}:")];
    params.extend(area.map(crate::value::Value::from));
    let rows = tx.fetch_all(sql, params).await?;
    rows.iter().map(|row| Ok((row.get("place")?, row.get("known_n")?, row.get("register_n")?))).collect()
}
