//! The company register: access to it, what was paid, and the last answer about each company.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{CompanyId, RegisterRunId, UserId};
use kiem_domain::register::RegisterOutcome;
use uuid::Uuid;

use crate::args;
use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;

/// Access to the register, and its bounds. Money is in mills: thousandths of a euro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterAccess {
    /// The key, sealed; missing when there is none.
    pub secret: Option<Vec<u8>>,
    /// Price of one profile.
    pub price_mills: i64,
    /// What is spent in a calendar month at most.
    pub ceiling_mills: i64,
    /// Days within which a company is not paid for again by itself.
    pub fresh_days: i64,
}

/// Access as it was set; `None` when nobody set anything.
///
/// # Errors
/// Whatever the database refuses.
pub async fn access(tx: &mut Tx) -> Result<Option<RegisterAccess>> {
    let row = tx
        .fetch_optional(
            "SELECT secret, price_mills, ceiling_mills, fresh_days FROM register_access WHERE workspace_id = $1",
            vec![],
        )
        .await?;
    let access = |row: &Row| {
        Ok(RegisterAccess {
            secret: row.get("secret")?,
            price_mills: row.get("price_mills")?,
            ceiling_mills: row.get("ceiling_mills")?,
            fresh_days: row.get("fresh_days")?,
        })
    };
    row.as_ref().map(access).transpose()
}

/// Sets access.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_access(tx: &mut Tx, access: &RegisterAccess) -> Result<()> {
    tx.execute(
        "INSERT INTO register_access (workspace_id, secret, price_mills, ceiling_mills, fresh_days)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id) DO UPDATE SET secret = excluded.secret, price_mills = excluded.price_mills,
             ceiling_mills = excluded.ceiling_mills, fresh_days = excluded.fresh_days",
        args![access.secret.as_deref(), access.price_mills, access.ceiling_mills, access.fresh_days],
    )
    .await?;
    Ok(())
}

/// Keeps other payments of the workspace waiting until the end of the transaction: two rounds never spend the same euro.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lock_access(tx: &mut Tx) -> Result<()> {
    let lock = crate::dialect::for_update(tx.conn());
    let sql = format!("SELECT price_mills FROM register_access WHERE workspace_id = $1{lock}");
    tx.fetch_all(sql, vec![]).await?;
    Ok(())
}

kiem_domain::text_enum! {
    /// What became of a profile that was asked for.
    pub enum PaymentState {
        /// No answer is known: it counts as paid.
        Asked = "asked",
        /// Answered.
        Paid = "paid",
        /// Refused: nothing is due.
        Free = "free",
    }
}

/// A profile that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: Uuid,
    /// The round.
    pub run_id: RegisterRunId,
    /// The company.
    pub company_id: CompanyId,
    /// What became of it.
    pub state: PaymentState,
    /// Price.
    pub price_mills: i64,
    /// When.
    pub asked_at: Timestamp,
}

/// Writes down that a profile is going to be asked for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn begin_payment(tx: &mut Tx, p: &Payment) -> Result<()> {
    tx.execute(
        "INSERT INTO register_payment (workspace_id, id, run_id, company_id, state, price_mills, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![p.id, p.run_id, p.company_id, p.state.as_str(), p.price_mills, p.asked_at],
    )
    .await?;
    Ok(())
}

/// Notes what became of it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn end_payment(tx: &mut Tx, id: Uuid, state: PaymentState) -> Result<()> {
    tx.execute(
        "UPDATE register_payment SET state = $3 WHERE workspace_id = $1 AND id = $2",
        args![id, state.as_str()],
    )
    .await?;
    Ok(())
}

/// The last time that a company was paid for, or perhaps paid for.
///
/// # Errors
/// Whatever the database refuses.
pub async fn last_payment(tx: &mut Tx, company: CompanyId) -> Result<Option<Payment>> {
    let row = tx
        .fetch_optional(
            "SELECT id, run_id, company_id, state, price_mills, asked_at FROM register_payment
             WHERE workspace_id = $1 AND company_id = $2 AND state <> 'free' ORDER BY asked_at DESC, id DESC LIMIT 1",
            args![company],
        )
        .await?;
    let payment = |row: &Row| {
        Ok(Payment {
            id: row.get("id")?,
            run_id: row.id("run_id")?,
            company_id: row.id("company_id")?,
            state: row.parsed("state")?,
            price_mills: row.get("price_mills")?,
            asked_at: row.instant("asked_at")?,
        })
    };
    row.as_ref().map(payment).transpose()
}

/// What was paid, or perhaps paid, since a moment.
///
/// # Errors
/// Whatever the database refuses.
pub async fn spent_since(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(price_mills), 0) AS BIGINT) AS mills FROM register_payment
         WHERE workspace_id = $1 AND asked_at >= $2 AND state <> 'free'";
    tx.fetch_one(sql, args![since]).await?.get("mills")
}

/// The last answer about a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterReading {
    /// The company.
    pub company_id: CompanyId,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How it ended.
    pub outcome: RegisterOutcome,
    /// What else is known of that: the register's code.
    pub outcome_detail: Option<String>,
    /// The number that was asked about.
    pub kvk_number: Option<String>,
    /// Whether it is no longer in the register.
    pub is_ended: bool,
    /// Since when.
    pub ended_on: Option<Date>,
    /// What the register said, JSON; missing when no profile was read.
    pub profile: Option<String>,
    /// Companies that it may be, JSON.
    pub candidates: String,
    /// Each fact beside what was known, JSON.
    pub takings: String,
    /// When somebody said that none of the companies that it may be is the one, and who; a new answer takes it back.
    pub refused: Option<(Timestamp, UserId)>,
}

/// What a company's number is searched by, of the company under the name `c`. As long as it stays the same, what somebody
/// said of it holds.
pub(crate) const SEARCHED_BY: &str = "c.name_key || '|' || LOWER(COALESCE(c.city, '')) || '|' ||
    UPPER(REPLACE(COALESCE(c.postcode, ''), ' ', '')) || '|' || COALESCE(c.kvk_number, '')";

/// Writes an answer in the place of the one before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn put_reading(tx: &mut Tx, r: &RegisterReading) -> Result<()> {
    tx.execute(
        "INSERT INTO register_reading (workspace_id, company_id, asked_at, outcome, outcome_detail, kvk_number, is_ended,
             ended_on, profile, candidates, takings, refused_at, refused_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (workspace_id, company_id) DO UPDATE SET asked_at = excluded.asked_at, outcome = excluded.outcome,
             outcome_detail = excluded.outcome_detail, kvk_number = excluded.kvk_number, is_ended = excluded.is_ended,
             ended_on = excluded.ended_on, profile = excluded.profile, candidates = excluded.candidates,
             takings = excluded.takings, refused_at = excluded.refused_at, refused_by = excluded.refused_by,
             refused_of = CASE WHEN excluded.refused_at IS NULL THEN NULL ELSE register_reading.refused_of END",
        args![
            r.company_id,
            r.asked_at,
            r.outcome.as_str(),
            r.outcome_detail.as_deref(),
            r.kvk_number.as_deref(),
            r.is_ended,
            r.ended_on,
            r.profile.as_deref(),
            r.candidates.as_str(),
            r.takings.as_str(),
            r.refused.map(|(at, _)| at),
            r.refused.map(|(_, by)| by)
        ],
    )
    .await?;
    Ok(())
}

/// Notes that somebody said of a company, as it is now, that none of those that it may be is the one. False when nothing
/// was asked about it.
///
/// # Errors
/// Whatever the database refuses.
pub async fn refuse(tx: &mut Tx, company: CompanyId, by: UserId, now: Timestamp) -> Result<bool> {
    let sql = format!(
        "UPDATE register_reading SET refused_at = $3, refused_by = $4,
             refused_of = (SELECT {SEARCHED_BY} FROM company c
                 WHERE c.workspace_id = register_reading.workspace_id AND c.id = register_reading.company_id)
         WHERE workspace_id = $1 AND company_id = $2"
    );
    Ok(tx.execute(sql, args![company, now, by]).await? > 0)
}

/// The last answer about a company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn reading(tx: &mut Tx, company: CompanyId) -> Result<Option<RegisterReading>> {
    let row = tx
        .fetch_optional(
            "SELECT company_id, asked_at, outcome, outcome_detail, kvk_number, is_ended, ended_on, profile, candidates, takings,
                 refused_at, refused_by
             FROM register_reading WHERE workspace_id = $1 AND company_id = $2",
            args![company],
        )
        .await?;
    let reading = |row: &Row| {
        Ok(RegisterReading {
            company_id: row.id("company_id")?,
            asked_at: row.instant("asked_at")?,
            outcome: row.parsed("outcome")?,
            outcome_detail: row.get("outcome_detail")?,
            kvk_number: row.get("kvk_number")?,
            is_ended: row.get("is_ended")?,
            ended_on: row.opt_parsed("ended_on")?,
            profile: row.get("profile")?,
            candidates: row.get("candidates")?,
            takings: row.get("takings")?,
            refused: row.opt_instant("refused_at")?.zip(row.opt_id("refused_by")?),
        })
    };
    row.as_ref().map(reading).transpose()
}
