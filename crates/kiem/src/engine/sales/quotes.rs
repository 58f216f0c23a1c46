//! Quotes as drafts: made, changed, looked at, thrown away.

use jiff::ToSpan;
use jiff::civil::Date;
use kiem_adapters::pdf::{DocumentLine, QuoteDocument, QuoteWords, quote_pdf};
use kiem_domain::id::{ContactId, ProspectId, QuoteId};
use kiem_domain::locale::Lang;
use kiem_domain::money::{Currency, LINES_MAX, Line, LineError, Totals, line_net_cents, totals};
use kiem_domain::opportunity::QuoteState;
use kiem_store::quote::{self, Quote, QuoteLine};
use kiem_store::{Tx, prospect, thread};
use uuid::Uuid;

use super::{Scene, bounded, typed};
use crate::engine::error::FieldError;
use crate::engine::keys::{TokenClaim, TokenKind};
use crate::engine::{Caller, Engine, EngineError, Permission, Result};
use crate::messages::say;

/// Days that a new quote is valid.
const VALID_DAYS: i32 = 30;
/// Rows on one page of a list at most.
const PAGE_MAX: i64 = 200;

/// What a person may change on a draft: all of it at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteDraft {
    /// For whom.
    pub contact_id: ContactId,
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
    /// Its lines.
    pub lines: Vec<QuoteLine>,
}

/// A quote with its lines and sums.
#[derive(Debug, Clone)]
pub struct QuoteRecord {
    /// The quote.
    pub quote: Quote,
    /// Its lines.
    pub lines: Vec<QuoteLine>,
    /// Its sums, VAT per rate.
    pub totals: Totals,
    /// Its public page, once it is sent.
    pub url: Option<String>,
}

/// The sums of lines, or which field is wrong.
pub(crate) fn sums(lines: &[QuoteLine]) -> Result<Totals> {
    let plain: Vec<Line> = lines.iter().map(|one| one.line).collect();
    totals(&plain).map_err(|(place, error)| {
        let (field, code) = match error {
            LineError::Quantity => ("quantity_milli", "line_quantity"),
            LineError::Amount => ("unit_price_cents", "line_amount"),
            LineError::Discount => ("discount_bp", "line_percent"),
            LineError::Vat => ("vat_bp", "line_percent"),
        };
        EngineError::field(format!("lines.{place}.{field}"), code)
    })
}

fn checked(draft: &QuoteDraft) -> Result<Totals> {
    let mut wrong = Vec::new();
    if draft.lines.len() > LINES_MAX {
        wrong.push(FieldError::new("lines", "too_many_lines"));
    }
    for (place, line) in draft.lines.iter().enumerate() {
        let field = format!("lines.{place}.description");
        if line.description.trim().is_empty() {
            wrong.push(FieldError::new(field, "required"));
        } else if line.description.chars().count() > 2_000 {
            wrong.push(FieldError::new(field, "text_too_long"));
        }
    }
    if !wrong.is_empty() {
        return Err(EngineError::Invalid(wrong));
    }
    sums(&draft.lines)
}

/// The words of a document in its language.
pub(crate) fn words(language: Lang) -> QuoteWords {
    let lang = language;
    let word = |name: &str| say(lang, &format!("quote_document.{name}"), &[]);
    QuoteWords {
        quote: word("quote"),
        number: word("number"),
        date: word("date"),
        valid_until: word("valid_until"),
        recipient: word("recipient"),
        description: word("description"),
        quantity: word("quantity"),
        price: word("price"),
        vat: word("vat"),
        amount: word("amount"),
        discount: word("discount"),
        net: word("net"),
        vat_on: word("vat_on"),
        gross: word("gross"),
        accept: word("accept"),
        page: word("page"),
    }
}

impl Engine {
    /// Begins a quote for a prospect: language of the person, one empty line's worth of nothing, 30 days valid.
    ///
    /// # Errors
    /// Refused when the prospect is closed.
    pub async fn create_quote(&self, caller: &Caller, id: ProspectId, title: &str) -> Result<QuoteRecord> {
        caller.may(Permission::WorkProspects)?;
        let scene = self.scene(caller.workspace).await?;
        let title = bounded("title", title)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let card = prospect::card(&mut tx, id).await?;
        if !card.prospect.state.is_open() {
            return Err(EngineError::refused("prospect_closed"));
        }
        let person = thread::people(&mut tx, id)
            .await?
            .into_iter()
            .find(|person| person.contact_id == card.prospect.contact_id);
        let language = person
            .and_then(|person| person.language)
            .and_then(|text| text.parse().ok())
            .or_else(|| scene.workspace.language.parse().ok())
            .unwrap_or(Lang::En);
        let lang = language;
        let draft = Quote {
            id: self.new_id(),
            opportunity_id: None,
            prospect_id: id,
            contact_id: card.prospect.contact_id,
            number: None,
            state: QuoteState::Draft,
            language,
            title: if title.is_empty() { card.company_name.clone() } else { title },
            intro: say(lang, "quote_document.intro_default", &[("name", card.contact_name.clone())]),
            terms: say(lang, "quote_document.terms_default", &[]),
            currency: card.prospect.currency.parse().unwrap_or(Currency::Eur),
            valid_until: scene.today().saturating_add(VALID_DAYS.days()),
            net_cents: 0,
            vat_cents: 0,
            gross_cents: 0,
            created_by: caller.user().unwrap_or(Uuid::nil().into()),
            created_at: scene.now,
            sent_at: None,
            viewed_at: None,
            decided_at: None,
            decided_name: None,
            decided_note: None,
        };
        quote::insert(&mut tx, &draft).await?;
        self.audit(&mut tx, caller, "quote.created", "quote", Some(draft.id.0), &serde_json::json!({}))
            .await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        self.quote(caller, draft.id).await
    }

    /// A quote with lines and sums.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or when the caller may not look.
    pub async fn quote(&self, caller: &Caller, id: QuoteId) -> Result<QuoteRecord> {
        caller.may(Permission::View)?;
        let (workspace, _) = self.workspace(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        let quote = quote::get(&mut tx, id).await?;
        let lines = quote::lines(&mut tx, id).await?;
        let url = (quote.state != QuoteState::Draft).then(|| self.quote_url(workspace.number, id));
        Ok(QuoteRecord { totals: sums(&lines)?, quote, lines, url })
    }

    /// Quotes in a state or all, newest first, with the name of the company.
    ///
    /// # Errors
    /// When the caller may not look or the database fails.
    pub async fn quotes(
        &self,
        caller: &Caller,
        state: Option<QuoteState>,
        before: Option<(jiff::Timestamp, QuoteId)>,
        limit: i64,
    ) -> Result<Vec<(Quote, String)>> {
        caller.may(Permission::View)?;
        let mut tx = self.store().read(caller.workspace).await?;
        Ok(quote::list(&mut tx, state, before, limit.clamp(1, PAGE_MAX + 1)).await?)
    }

    /// Changes a draft.
    ///
    /// # Errors
    /// Refused when it was sent; fields that cannot be calculated are named.
    pub async fn change_quote(&self, caller: &Caller, id: QuoteId, draft: QuoteDraft) -> Result<QuoteRecord> {
        caller.may(Permission::WorkProspects)?;
        let sums = checked(&draft)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        let before = quote::get(&mut tx, id).await?;
        let people = prospect::contacts(&mut tx, before.prospect_id).await?;
        if !people.iter().any(|(contact, _)| *contact == draft.contact_id) {
            return Err(EngineError::field("contact_id", "unknown_choice"));
        }
        let after = Quote {
            contact_id: draft.contact_id,
            language: draft.language,
            title: typed("title", &draft.title)?,
            intro: bounded("intro", &draft.intro)?,
            terms: bounded("terms", &draft.terms)?,
            currency: draft.currency,
            valid_until: draft.valid_until,
            net_cents: sums.net_cents,
            vat_cents: sums.vat_cents,
            gross_cents: sums.gross_cents,
            ..before
        };
        if !quote::save_draft(&mut tx, &after, &draft.lines).await? {
            return Err(EngineError::refused("quote_frozen"));
        }
        let detail = serde_json::json!({ "net_cents": after.net_cents });
        self.audit(&mut tx, caller, "quote.changed", "quote", Some(id.0), &detail).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        self.quote(caller, id).await
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`EngineError::NotFound`]; refused when it was sent.
    pub async fn delete_quote(&self, caller: &Caller, id: QuoteId) -> Result<()> {
        caller.may(Permission::WorkProspects)?;
        let mut tx = self.store().begin(caller.workspace).await?;
        quote::get(&mut tx, id).await?;
        if !quote::delete_draft(&mut tx, id).await? {
            return Err(EngineError::refused("quote_frozen"));
        }
        self.audit(&mut tx, caller, "quote.removed", "quote", Some(id.0), &serde_json::json!({})).await?;
        tx.commit().await?;
        self.committed(caller.workspace);
        Ok(())
    }

    /// The PDF: the frozen one of a quote that went out, a fresh one of a draft.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or when the caller may not look.
    pub async fn quote_pdf(&self, caller: &Caller, id: QuoteId) -> Result<Vec<u8>> {
        caller.may(Permission::View)?;
        let scene = self.scene(caller.workspace).await?;
        let mut tx = self.store().read(caller.workspace).await?;
        if let Some(frozen) = quote::pdf(&mut tx, id).await? {
            return Ok(frozen);
        }
        let draft = quote::get(&mut tx, id).await?;
        let number = say(draft.language, "quote_document.draft", &[]);
        let document = self.document(&mut tx, &scene, &draft, &number, None).await?;
        Ok(quote_pdf(&document))
    }

    /// The address of a quote's public page.
    pub fn quote_url(&self, workspace_number: u32, id: QuoteId) -> String {
        let claim = TokenClaim { workspace_number, id: id.0 };
        format!("{}/q/{}", self.config().link_url, self.keys().public_token(TokenKind::Quote, claim))
    }

    /// Everything that stands on the document.
    pub(crate) async fn document(
        &self,
        tx: &mut Tx,
        scene: &Scene,
        quote: &Quote,
        number: &str,
        accept_url: Option<String>,
    ) -> Result<QuoteDocument> {
        let lines = kiem_store::quote::lines(tx, quote.id).await?;
        let totals = sums(&lines)?;
        let card = prospect::card(tx, quote.prospect_id).await?;
        let person = thread::people(tx, quote.prospect_id)
            .await?
            .into_iter()
            .find(|person| person.contact_id == quote.contact_id);
        let settings = &scene.settings;
        let sender = if settings.sender_company.is_empty() {
            scene.workspace.name.clone()
        } else {
            settings.sender_company.clone()
        };
        let mut document_lines = Vec::with_capacity(lines.len());
        for one in &lines {
            document_lines.push(DocumentLine {
                description: one.description.clone(),
                quantity_milli: one.line.quantity_milli,
                unit_price_cents: one.line.unit_price_cents,
                discount_bp: one.line.discount_bp,
                vat_bp: one.line.vat_bp,
                net_cents: line_net_cents(&one.line)
                    .map_err(|e| EngineError::Outside(format!("a stored line cannot be calculated: {e}")))?,
            });
        }
        Ok(QuoteDocument {
            language: quote.language,
            words: words(quote.language),
            sender_name: sender,
            sender_lines: settings
                .postal_address
                .split(['\n', ','])
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty())
                .collect(),
            recipient_lines: [Some(card.company_name), person.map(|p| p.name)]
                .into_iter()
                .flatten()
                .collect(),
            number: number.to_owned(),
            title: quote.title.clone(),
            date: scene.today(),
            valid_until: quote.valid_until,
            intro: quote.intro.clone(),
            lines: document_lines,
            totals,
            currency: quote.currency,
            terms: quote.terms.clone(),
            accept_url,
        })
    }
}
