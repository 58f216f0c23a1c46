//! Opportunities: a pursuit with money.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{CompanyId, OpportunityId, ProspectId};
use kiem_domain::opportunity::{OpenedBy, OpportunityState};

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, value::Value};

/// A concrete deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opportunity {
    /// Id.
    pub id: OpportunityId,
    /// The pursuit it belongs to.
    pub prospect_id: ProspectId,
    /// The company.
    pub company_id: CompanyId,
    /// What it is about.
    pub name: String,
    /// How it stands.
    pub state: OpportunityState,
    /// What made it an opportunity.
    pub opened_by: OpenedBy,
    /// The evidence in words: the quote's number or title, or what was said.
    pub opened_evidence: String,
    /// Value in cents, without VAT.
    pub value_cents: i64,
    /// ISO 4217.
    pub currency: String,
    /// When it is expected to close.
    pub expected_close_on: Option<Date>,
    /// A person's own estimate of the chance in percent, beside the calculated one.
    pub chance_own_percent: Option<i64>,
    /// Since when.
    pub opened_at: Timestamp,
    /// When it was won or lost.
    pub closed_at: Option<Timestamp>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// What won it: `quote:<id>` or the fact that a person told.
    pub won_by: Option<String>,
}

/// An opportunity as a list shows it.
#[derive(Debug, Clone)]
pub struct OpportunityCard {
    /// The opportunity.
    pub opportunity: Opportunity,
    /// Name of the company.
    pub company_name: String,
    /// Step of its pursuit.
    pub step: kiem_domain::conversation::Step,
}

/// Adds an opportunity.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, o: &Opportunity) -> Result<()> {
    tx.execute(
        "INSERT INTO opportunity (workspace_id, id, prospect_id, company_id, name, state, opened_by, opened_evidence,
             value_cents, currency, expected_close_on, chance_own_percent, opened_at, closed_at, lost_reason, won_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        args![
            o.id,
            o.prospect_id,
            o.company_id,
            o.name.as_str(),
            o.state.as_str(),
            o.opened_by.as_str(),
            o.opened_evidence.as_str(),
            o.value_cents,
            o.currency.as_str(),
            o.expected_close_on,
            o.chance_own_percent,
            o.opened_at,
            o.closed_at,
            o.lost_reason.as_deref(),
            o.won_by.as_deref()
        ],
    )
    .await?;
    Ok(())
}

/// The opportunity with this id.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when there is none.
pub async fn get(tx: &mut Tx, id: OpportunityId) -> Result<Opportunity> {
    let row =
        tx.fetch_one("SELECT * FROM opportunity WHERE workspace_id = $1 AND id = $2", args![id]).await?;
    from_row(&row)
}

/// The newest open opportunity of a pursuit.
///
/// # Errors
/// Whatever the database refuses.
pub async fn open_of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<Option<Opportunity>> {
    let row = tx
        .fetch_optional(
            "SELECT * FROM opportunity WHERE workspace_id = $1 AND prospect_id = $2 AND state = 'open'
             ORDER BY opened_at DESC, id DESC LIMIT 1",
            args![prospect],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All opportunities of a pursuit, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<Vec<Opportunity>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM opportunity WHERE workspace_id = $1 AND prospect_id = $2
             ORDER BY opened_at DESC, id DESC LIMIT 100",
            args![prospect],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Changes what a person may change while it is open. False when it is not open any more.
///
/// # Errors
/// Whatever the database refuses.
pub async fn update_open(tx: &mut Tx, o: &Opportunity) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE opportunity SET name = $3, value_cents = $4, currency = $5, expected_close_on = $6,
                 chance_own_percent = $7
             WHERE workspace_id = $1 AND id = $2 AND state = 'open'",
            args![
                o.id,
                o.name.as_str(),
                o.value_cents,
                o.currency.as_str(),
                o.expected_close_on,
                o.chance_own_percent
            ],
        )
        .await?;
    Ok(n > 0)
}

/// Wins an open opportunity. False when it was not open.
///
/// # Errors
/// Whatever the database refuses.
pub async fn win(
    tx: &mut Tx,
    id: OpportunityId,
    won_by: &str,
    value_cents: i64,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE opportunity SET state = 'won', won_by = $3, value_cents = $4, closed_at = $5
             WHERE workspace_id = $1 AND id = $2 AND state = 'open'",
            args![id, won_by, value_cents, now],
        )
        .await?;
    Ok(n > 0)
}

/// Loses all open opportunities of a pursuit. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lose_of_prospect(
    tx: &mut Tx,
    prospect: ProspectId,
    reason: &str,
    now: Timestamp,
) -> Result<u64> {
    tx.execute(
        "UPDATE opportunity SET state = 'lost', lost_reason = $3, closed_at = $4
         WHERE workspace_id = $1 AND prospect_id = $2 AND state = 'open'",
        args![prospect, reason, now],
    )
    .await
}

/// Opens the opportunities again that were lost together with their pursuit at `closed_at`.
///
/// # Errors
/// Whatever the database refuses.
pub async fn reopen_of_prospect(tx: &mut Tx, prospect: ProspectId, closed_at: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE opportunity SET state = 'open', lost_reason = NULL, closed_at = NULL
         WHERE workspace_id = $1 AND prospect_id = $2 AND state = 'lost' AND closed_at = $3",
        args![prospect, closed_at],
    )
    .await
}

/// Opportunities in a state, most recently opened first, from after `before` on.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    tx: &mut Tx,
    state: OpportunityState,
    before: Option<(Timestamp, OpportunityId)>,
    limit: i64,
) -> Result<Vec<OpportunityCard>> {
    let mut params: Vec<Value> = args![state.as_str(), limit];
    let mut place = "";
    if let Some((at, id)) = before {
        params.extend(args![at, id]);
        place = " AND (o.opened_at < $4 OR (o.opened_at = $4 AND o.id < $5))";
    }
    let rows = tx
        .fetch_all(
            format!(
                "SELECT o.*, c.name AS company_name, p.step FROM opportunity o
                 JOIN company c ON c.workspace_id = o.workspace_id AND c.id = o.company_id
                 JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
                 WHERE o.workspace_id = $1 AND o.state = $2{place}
                 ORDER BY o.opened_at DESC, o.id DESC LIMIT $3"
            ),
            params,
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OpportunityCard {
                opportunity: from_row(row)?,
                company_name: row.get("company_name")?,
                step: row.parsed("step")?,
            })
        })
        .collect()
}

/// The middle value of what was opened lately (up to 101), in cents: what a deal of unknown value is taken for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn usual_value_cents(tx: &mut Tx) -> Result<Option<i64>> {
    let rows = tx
        .fetch_all(
            "SELECT value_cents FROM opportunity WHERE workspace_id = $1 AND value_cents > 0
             ORDER BY opened_at DESC, id LIMIT 101",
            vec![],
        )
        .await?;
    let mut values: Vec<i64> = rows.iter().map(|row| row.get("value_cents")).collect::<Result<_>>()?;
    values.sort_unstable();
    Ok(values.get(values.len() / 2).copied())
}

/// Whether a company ever bought.
///
/// # Errors
/// Whatever the database refuses.
pub async fn has_won(tx: &mut Tx, company: CompanyId) -> Result<bool> {
    let row = tx
        .fetch_optional(
            "SELECT o.id FROM opportunity o JOIN prospect p ON p.workspace_id = o.workspace_id AND p.id = o.prospect_id
             WHERE o.workspace_id = $1 AND p.company_id = $2 AND o.state = 'won' LIMIT 1",
            args![company],
        )
        .await?;
    Ok(row.is_some())
}

fn from_row(row: &Row) -> Result<Opportunity> {
    Ok(Opportunity {
        id: row.id("id")?,
        prospect_id: row.id("prospect_id")?,
        company_id: row.id("company_id")?,
        name: row.get("name")?,
        state: row.parsed("state")?,
        opened_by: row.parsed("opened_by")?,
        opened_evidence: row.get("opened_evidence")?,
        value_cents: row.get("value_cents")?,
        currency: row.get("currency")?,
        expected_close_on: row.opt_parsed("expected_close_on")?,
        chance_own_percent: row.get("chance_own_percent")?,
        opened_at: row.instant("opened_at")?,
        closed_at: row.opt_instant("closed_at")?,
        lost_reason: row.get("lost_reason")?,
        won_by: row.get("won_by")?,
    })
}
