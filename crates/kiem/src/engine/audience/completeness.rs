//! How complete the audience is: the open data of the register counted once, and the audience counted beside it in the
//! background.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kiem_adapters::register_file::{RegisterFile, RegisterFileError, read_register};
use kiem_domain::audience::{ActivityVersion, MarketCell, MarketCount, MarketFacts, PostcodeArea, Uncounted};
use kiem_domain::id::WorkspaceId;
use kiem_store::Tx;
use kiem_store::market::{self, MarketBy, MarketCompany, MarketLoad, MarketRow};

use super::profile::user_of;
use crate::engine::clock::latest_today;
use crate::engine::jobs::JobKind;
use crate::engine::{Caller, Engine, EngineError, Permission, Result};

/// Companies that are counted in one query.
const COMPANIES_PER_PAGE: i64 = 5_000;
/// One counting per workspace waits at a time.
const JOB_KEY: &str = "";
/// Most characters of the name of a file.
const NAME_CHARS_MAX: usize = 200;

/// A file of the register, and what a person says about it.
pub struct RegisterToLoad {
    /// Its name.
    pub file_name: String,
    /// Of which edition its codes are.
    pub edition: ActivityVersion,
    /// Day on which the register gave it out.
    pub as_of: Date,
    /// Whether it is made up, for trying.
    pub is_sample: bool,
    /// What was counted in it.
    pub counted: RegisterFile,
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompletenessQuery {
    /// Activities that begin with these digits; empty for all.
    pub activity: String,
    /// One area only, for the list of activities.
    pub area: Option<PostcodeArea>,
}

/// One line or place: which, how many are known, and how many the register counts.
pub type Share = (String, i64, i64);

/// How complete the audience is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletenessView {
    /// The file of the register; nothing else is known without one.
    pub loaded: Option<MarketLoad>,
    /// Whether the audience is being counted.
    pub is_counting: bool,
    /// Known companies that are counted nowhere, by reason.
    pub uncounted: BTreeMap<Uncounted, i64>,
    /// By first two digits of the postcode.
    pub areas: Vec<Share>,
    /// By activity: divisions, or the codes below the wanted digits.
    pub activities: Vec<Share>,
}

/// Counts a file of the register.
///
/// # Errors
/// When it cannot be read, or no company in it can be counted.
pub fn count_register(
    file: impl std::io::Read + std::io::Seek,
    edition: ActivityVersion,
) -> Result<RegisterFile> {
    read_register(file, edition).map_err(|error| {
        let problem = error.to_string();
        let code = match error {
            RegisterFileError::ColumnMissing(_) => "register_columns",
            RegisterFileError::Empty => "register_empty",
            _ => "register_unreadable",
        };
        EngineError::Refused { code, params: vec![("problem", problem)] }
    })
}

impl Engine {
    /// Takes a counted file of the register in the place of the one before, and asks for the audience to be counted.
    ///
    /// # Errors
    /// When the caller may not, or the day is in the future.
    pub async fn load_register(&self, caller: &Caller, register: RegisterToLoad) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        if register.as_of > latest_today(self.now()) {
            return Err(EngineError::field("as_of", "future"));
        }
        let cells: Vec<MarketRow> = register.counted.cells.iter().map(|(cell, n)| row(cell, *n, 0)).collect();
        let load = MarketLoad {
            file_name: register.file_name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect(),
            edition: register.edition,
            as_of: register.as_of,
            register_n: i64::try_from(register.counted.companies_n).unwrap_or(i64::MAX),
            is_sample: register.is_sample,
            loaded_by: user_of(caller)?,
            loaded_at: self.now(),
            known_n: 0,
            uncounted: "{}".to_owned(),
            counted_at: None,
        };
        let mut tx = self.store().begin(caller.workspace).await?;
        market::load(&mut tx, &load, &cells).await?;
        let detail = serde_json::json!({ "file": load.file_name, "companies": load.register_n });
        self.audit(&mut tx, caller, "register.loaded", "workspace", Some(caller.workspace.0), &detail)
            .await?;
        self.ask_market_count(&mut tx).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Asks for the audience to be counted again.
    ///
    /// # Errors
    /// When the caller may not, or no file of the register was loaded.
    pub async fn count_audience(&self, caller: &Caller) -> Result<()> {
        caller.may(Permission::WorkAudience)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        if market::loaded(&mut tx).await?.is_none() {
            return Err(EngineError::refused("register_missing"));
        }
        let id = Some(caller.workspace.0);
        self.audit(&mut tx, caller, "audience.counted", "workspace", id, &serde_json::json!({})).await?;
        self.ask_market_count(&mut tx).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// Asks for the count, when there is something to count beside.
    pub(super) async fn ask_market_count(&self, tx: &mut Tx) -> Result<()> {
        if market::loaded(tx).await?.is_none() {
            return Ok(());
        }
        self.enqueue(tx, JobKind::CountMarket, JOB_KEY, "{}", self.now()).await
    }

    /// Counts the audience the way the register counts.
    pub(in crate::engine) async fn run_market_count(&self, workspace: WorkspaceId) -> Result<()> {
        let mut tx = self.store().read(workspace).await?;
        let Some(load) = market::loaded(&mut tx).await? else { return Ok(()) };
        let (mut count, mut after) = (MarketCount::default(), None);
        loop {
            let page = market::companies(&mut tx, after, COMPANIES_PER_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for company in &page {
                count.add(&facts_of(company), load.edition);
            }
        }
        drop(tx);
        let cells: Vec<MarketRow> = count.cells.iter().map(|(cell, n)| row(cell, 0, *n)).collect();
        let uncounted: serde_json::Map<String, serde_json::Value> =
            count.uncounted.iter().map(|(why, n)| (why.to_string(), (*n).into())).collect();
        let uncounted = serde_json::Value::Object(uncounted).to_string();
        let mut tx = self.store().begin(workspace).await?;
        // Another file came meanwhile: its own count was asked for.
        market::put_known(&mut tx, load.loaded_at, &cells, &uncounted, self.now()).await?;
        tx.commit().await?;
        self.committed(workspace);
        Ok(())
    }

    /// How complete the audience is.
    ///
    /// # Errors
    /// When the caller may not look, or the digits are none.
    pub async fn completeness(&self, caller: &Caller, query: &CompletenessQuery) -> Result<CompletenessView> {
        caller.may(Permission::View)?;
        let digits = query.activity.trim();
        if digits.len() > 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(EngineError::field("activity", "activity_code"));
        }
        let mut tx = self.store().read(caller.workspace).await?;
        let loaded = market::loaded(&mut tx).await?;
        let area = query.area.map(|area| i64::from(area.number()));
        let level = MarketBy::Activity(if digits.len() < 2 { 2 } else { 5 });
        let uncounted = loaded.as_ref().map(|load| uncounted_of(&load.uncounted)).transpose()?;
        Ok(CompletenessView {
            is_counting: kiem_store::job::is_asked(&mut tx, JobKind::CountMarket.as_str(), JOB_KEY).await?,
            areas: market::sums(&mut tx, MarketBy::Area, digits, None).await?,
            activities: market::sums(&mut tx, level, digits, area).await?,
            uncounted: uncounted.unwrap_or_default(),
            loaded,
        })
    }
}

fn row(cell: &MarketCell, register_n: u32, known_n: u32) -> MarketRow {
    MarketRow {
        activity: cell.activity.clone(),
        area: i64::from(cell.area.number()),
        register_n: i64::from(register_n),
        known_n: i64::from(known_n),
    }
}

fn facts_of(company: &MarketCompany) -> MarketFacts<'_> {
    MarketFacts {
        name: &company.name,
        country: company.country.as_deref(),
        legal_form: company.legal_form.as_deref(),
        activity: company.sbi_code.as_deref().map(|code| (code, company.sbi_version)),
        postcode: company.postcode.as_deref(),
    }
}

fn uncounted_of(text: &str) -> Result<BTreeMap<Uncounted, i64>> {
    let unreadable =
        |problem: String| EngineError::Outside(format!("a stored count is unreadable: {problem}"));
    let stored: BTreeMap<String, i64> = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    stored.into_iter().map(|(why, n)| Ok((why.parse().map_err(|_| unreadable(why.clone()))?, n))).collect()
}
