//! Quotes with their lines. A draft changes freely; what was sent is frozen, its PDF with it.

use jiff::Timestamp;
use jiff::civil::Date;
use kiem_domain::id::{ContactId, OpportunityId, ProspectId, QuoteId, UserId};
use kiem_domain::locale::Lang;
use kiem_domain::money::{Currency, Line};
use kiem_domain::opportunity::QuoteState;

use crate::connection::Tx;
use crate::error::Result;
use crate::row::Row;
use crate::{args, value::Value};

/// A priced offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Id.
    pub id: QuoteId,
    /// The deal it belongs to, from when it is sent.
    pub opportunity_id: Option<OpportunityId>,
    /// The pursuit.
    pub prospect_id: ProspectId,
    /// For whom.
    pub contact_id: ContactId,
    /// "2026-0042"; a draft has none.
    pub number: Option<String>,
    /// How it stands.
    pub state: QuoteState,
    /// Its language.
    pub language: Lang,
    /// What it is about.
    pub title: String,
    /// Text above the lines.
    pub intro: String,
    /// Text below the sums.
    pub terms: String,
    /// Its currency.
    pub currency: Currency,
    /// Last day on which it can be accepted.
    pub valid_until: Date,
    /// Without VAT.
    pub net_cents: i64,
    /// VAT.
    pub vat_cents: i64,
    /// With VAT.
    pub gross_cents: i64,
    /// Who wrote it.
    pub created_by: UserId,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it went out.
    pub sent_at: Option<Timestamp>,
    /// When a person first looked at it.
    pub viewed_at: Option<Timestamp>,
    /// When it was accepted or declined.
    pub decided_at: Option<Timestamp>,
    /// Who accepted or declined it, as typed.
    pub decided_name: Option<String>,
    /// What they said with it.
    pub decided_note: Option<String>,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteLine {
    /// What it is.
    pub description: String,
    /// Quantity, price, discount and VAT.
    pub line: Line,
}

const COLUMNS: &str = "id, opportunity_id, prospect_id, contact_id, number, state, language, title, intro, terms, \
    currency, valid_until, net_cents, vat_cents, gross_cents, created_by, created_at, sent_at, viewed_at, \
    decided_at, decided_name, decided_note";

/// Adds a draft.
///
/// # Errors
/// Whatever the database refuses.
pub async fn insert(tx: &mut Tx, q: &Quote) -> Result<()> {
    let row = args![
        q.id,
        q.opportunity_id,
        q.prospect_id,
        q.contact_id,
        q.number.as_deref(),
        q.state.as_str(),
        q.language.as_str(),
        q.title.as_str(),
        q.intro.as_str(),
        q.terms.as_str(),
        q.currency.as_str(),
        q.valid_until,
        q.net_cents,
        q.vat_cents,
        q.gross_cents,
        q.created_by,
        q.created_at,
        q.sent_at,
        q.viewed_at,
        q.decided_at,
        q.decided_name.as_deref(),
        q.decided_note.as_deref()
    ];
    tx.insert_many(&format!("INSERT INTO quote (workspace_id, {COLUMNS})"), vec![row], "").await?;
    Ok(())
}

/// The quote with this id, without its PDF.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when there is none.
pub async fn get(tx: &mut Tx, id: QuoteId) -> Result<Quote> {
    let row = tx
        .fetch_one(format!("SELECT {COLUMNS} FROM quote WHERE workspace_id = $1 AND id = $2"), args![id])
        .await?;
    from_row(&row)
}

/// The quotes of a pursuit, newest first.
///
/// # Errors
/// Whatever the database refuses.
pub async fn of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<Vec<Quote>> {
    let rows = tx
        .fetch_all(
            format!(
                "SELECT {COLUMNS} FROM quote WHERE workspace_id = $1 AND prospect_id = $2
                 ORDER BY created_at DESC, id DESC LIMIT 100"
            ),
            args![prospect],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Quotes in a state (or all), newest first, from after `before` on, with the name of the company.
///
/// # Errors
/// Whatever the database refuses.
pub async fn list(
    tx: &mut Tx,
    state: Option<QuoteState>,
    before: Option<(Timestamp, QuoteId)>,
    limit: i64,
) -> Result<Vec<(Quote, String)>> {
    let mut params: Vec<Value> = args![limit];
    let mut conditions = String::new();
    if let Some(state) = state {
        params.push(state.as_str().into());
        conditions.push_str(&format!(" AND q.state = ${}", params.len() + 1));
    }
    if let Some((at, id)) = before {
        params.extend(args![at, id]);
        let (a, b) = (params.len(), params.len() + 1);
        conditions.push_str(&format!(" AND (q.created_at < ${a} OR (q.created_at = ${a} AND q.id < ${b}))"));
    }
    let columns: Vec<String> = COLUMNS.split(", ").map(|name| format!("q.{}", name.trim())).collect();
    let rows = tx
        .fetch_all(
            format!(
                "SELECT {}, c.name AS company_name FROM quote q
                 JOIN prospect p ON p.workspace_id = q.workspace_id AND p.id = q.prospect_id
                 JOIN company c ON c.workspace_id = p.workspace_id AND c.id = p.company_id
                 WHERE q.workspace_id = $1{conditions} ORDER BY q.created_at DESC, q.id DESC LIMIT $2",
                columns.join(", ")
            ),
            params,
        )
        .await?;
    rows.iter().map(|row| Ok((from_row(row)?, row.get("company_name")?))).collect()
}

/// The lines of a quote, in order.
///
/// # Errors
/// Whatever the database refuses.
pub async fn lines(tx: &mut Tx, id: QuoteId) -> Result<Vec<QuoteLine>> {
    let rows = tx
        .fetch_all(
            "SELECT * FROM quote_line WHERE workspace_id = $1 AND quote_id = $2 ORDER BY position LIMIT 1000",
            args![id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(QuoteLine {
                description: row.get("description")?,
                line: Line {
                    quantity_milli: row.get("quantity_milli")?,
                    unit_price_cents: row.get("unit_price_cents")?,
                    discount_bp: row.get("discount_bp")?,
                    vat_bp: row.get("vat_bp")?,
                },
            })
        })
        .collect()
}

/// Replaces the texts, sums and lines of a draft. False when it is a draft no longer.
///
/// # Errors
/// Whatever the database refuses.
pub async fn save_draft(tx: &mut Tx, q: &Quote, lines: &[QuoteLine]) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE quote SET contact_id = $3, language = $4, title = $5, intro = $6, terms = $7, currency = $8,
                 valid_until = $9, net_cents = $10, vat_cents = $11, gross_cents = $12
             WHERE workspace_id = $1 AND id = $2 AND state = 'draft'",
            args![
                q.id,
                q.contact_id,
                q.language.as_str(),
                q.title.as_str(),
                q.intro.as_str(),
                q.terms.as_str(),
                q.currency.as_str(),
                q.valid_until,
                q.net_cents,
                q.vat_cents,
                q.gross_cents
            ],
        )
        .await?;
    if n == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM quote_line WHERE workspace_id = $1 AND quote_id = $2", args![q.id]).await?;
    let rows = lines.iter().zip(1_i64..).map(|(one, position)| {
        let line = one.line;
        args![
            q.id,
            position,
            one.description.as_str(),
            line.quantity_milli,
            line.unit_price_cents,
            line.discount_bp,
            line.vat_bp
        ]
    });
    tx.insert_many(
        "INSERT INTO quote_line (workspace_id, quote_id, position, description, quantity_milli, unit_price_cents,
                                 discount_bp, vat_bp)",
        rows,
        "",
    )
    .await?;
    Ok(true)
}

/// Removes a draft with its lines. False when it was sent: what went out stays.
///
/// # Errors
/// Whatever the database refuses.
pub async fn delete_draft(tx: &mut Tx, id: QuoteId) -> Result<bool> {
    tx.execute(
        "DELETE FROM quote_line WHERE workspace_id = $1 AND quote_id = $2
           AND quote_id IN (SELECT id FROM quote WHERE workspace_id = $1 AND state = 'draft')",
        args![id],
    )
    .await?;
    let n = tx
        .execute("DELETE FROM quote WHERE workspace_id = $1 AND id = $2 AND state = 'draft'", args![id])
        .await?;
    Ok(n > 0)
}

/// The next number of a year. Taken in the transaction that sends the quote, so numbers have no gaps.
///
/// # Errors
/// Whatever the database refuses.
pub async fn take_number(tx: &mut Tx, year: i16) -> Result<String> {
    let row = tx
        .fetch_one(
            "INSERT INTO quote_counter (workspace_id, year, last_number) VALUES ($1, $2, 1)
             ON CONFLICT (workspace_id, year) DO UPDATE SET last_number = quote_counter.last_number + 1
             RETURNING last_number",
            args![i64::from(year)],
        )
        .await?;
    let number: i64 = row.get("last_number")?;
    Ok(format!("{year}-{number:04}"))
}

/// Marks a draft as sent and freezes its PDF. False when it was sent before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_sent(
    tx: &mut Tx,
    id: QuoteId,
    opportunity: OpportunityId,
    number: &str,
    pdf: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE quote SET state = 'sent', opportunity_id = $3, number = $4, pdf = $5, sent_at = $6
             WHERE workspace_id = $1 AND id = $2 AND state = 'draft'",
            args![id, opportunity, number, pdf, now],
        )
        .await?;
    Ok(n > 0)
}

/// Takes the other quotes of an opportunity back when a newer one goes out. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn replace_others(tx: &mut Tx, opportunity: OpportunityId, newest: QuoteId) -> Result<u64> {
    tx.execute(
        "UPDATE quote SET state = 'replaced'
         WHERE workspace_id = $1 AND opportunity_id = $2 AND id <> $3 AND state = 'sent'",
        args![opportunity, newest],
    )
    .await
}

/// The PDF that was frozen when the quote was sent.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when there is no such quote.
pub async fn pdf(tx: &mut Tx, id: QuoteId) -> Result<Option<Vec<u8>>> {
    tx.fetch_one("SELECT pdf FROM quote WHERE workspace_id = $1 AND id = $2", args![id]).await?.get("pdf")
}

/// Notes that a person looked at it for the first time. False when somebody had before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn mark_viewed(tx: &mut Tx, id: QuoteId, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE quote SET viewed_at = $3
             WHERE workspace_id = $1 AND id = $2 AND state = 'sent' AND viewed_at IS NULL",
            args![id, now],
        )
        .await?;
    Ok(n > 0)
}

/// Writes the decision of the other side on a sent quote. False when it was decided or taken back before.
///
/// # Errors
/// Whatever the database refuses.
pub async fn decide(
    tx: &mut Tx,
    id: QuoteId,
    state: QuoteState,
    name: &str,
    note: &str,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            "UPDATE quote SET state = $3, decided_name = $4, decided_note = $5, decided_at = $6
             WHERE workspace_id = $1 AND id = $2 AND state = 'sent'",
            args![id, state.as_str(), name, note, now],
        )
        .await?;
    Ok(n > 0)
}

/// Marks sent quotes whose last day was before `today` as expired and returns them.
///
/// # Errors
/// Whatever the database refuses.
pub async fn expire(tx: &mut Tx, today: Date) -> Result<Vec<QuoteId>> {
    let rows = tx
        .fetch_all(
            "UPDATE quote SET state = 'expired' WHERE workspace_id = $1 AND state = 'sent' AND valid_until < $2
             RETURNING id",
            args![today],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Takes back every quote of a pursuit that is still out: used when it is closed. Returns how many.
///
/// # Errors
/// Whatever the database refuses.
pub async fn withdraw_of_prospect(tx: &mut Tx, prospect: ProspectId) -> Result<u64> {
    tx.execute(
        "UPDATE quote SET state = 'replaced' WHERE workspace_id = $1 AND prospect_id = $2 AND state = 'sent'",
        args![prospect],
    )
    .await
}

fn from_row(row: &Row) -> Result<Quote> {
    Ok(Quote {
        id: row.id("id")?,
        opportunity_id: row.opt_id("opportunity_id")?,
        prospect_id: row.id("prospect_id")?,
        contact_id: row.id("contact_id")?,
        number: row.get("number")?,
        state: row.parsed("state")?,
        language: row.parsed("language")?,
        title: row.get("title")?,
        intro: row.get("intro")?,
        terms: row.get("terms")?,
        currency: row.parsed("currency")?,
        valid_until: row.parsed("valid_until")?,
        net_cents: row.get("net_cents")?,
        vat_cents: row.get("vat_cents")?,
        gross_cents: row.get("gross_cents")?,
        created_by: row.id("created_by")?,
        created_at: row.instant("created_at")?,
        sent_at: row.opt_instant("sent_at")?,
        viewed_at: row.opt_instant("viewed_at")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_name: row.get("decided_name")?,
        decided_note: row.get("decided_note")?,
    })
}
